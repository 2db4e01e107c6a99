"""Lines for people: ``path:line:column: ‘words’ fact; one thing to do [rule]``, then the counts."""

from __future__ import annotations

from evidence.diagnostic import Diagnostic, visible
from evidence.lint import Report


def line(diagnostic: Diagnostic) -> str:
    """One diagnostic on one line."""
    place = diagnostic.place
    quote = f"‘{diagnostic.quote}’ " if diagnostic.quote else ""
    help_ = f"; {diagnostic.help}" if diagnostic.help else ""
    if not diagnostic.stops:
        help_ += " (a note: it stops nothing)"
    return visible(f"{place.path}:{place.line}:{place.column}: {quote}{diagnostic.message}{help_} [{diagnostic.rule}]")


def counted(number: int, one: str) -> str:
    """``1 page``, ``2 pages``."""
    return f"{number} {one}{'s' * (number != 1)}"


def unread(report: Report) -> str:
    """How many files could not be read."""
    return f"{counted(report.unread, 'file')} could not be read"


def summary(report: Report) -> str:
    """Two plain sentences: the counts, and how many findings and notes."""
    counts = report.counts
    number = len(report.findings)
    files = len({diagnostic.place.path for diagnostic in report.findings})
    found = f"{counted(number, 'finding')} in {counted(files, 'file')}" if number else "" if report.unread else "no findings"
    if notes := len(report.diagnostics) - number:
        found += f"{', ' * bool(found)}{counted(notes, 'note')}"
    if report.unread:
        found += f"{', ' * bool(found)}{unread(report)}"
    return (
        f"{counted(len(report.results), 'page')}, {counted(counts['sentences'], 'sentence')}: "
        f"{counts['cited']} cited, {counts['covered']} covered, {counts['experience']} experience, "
        f"{counts['allowed']} allowed, {counts['not_a_claim']} not a claim, {counts['uncited']} uncited; {found}"
    )


def render(report: Report, site_url: str) -> str:
    """All diagnostics, a line each, and the summary."""
    return "\n".join([*(line(diagnostic) for diagnostic in report.diagnostics), summary(report)]) + "\n"
