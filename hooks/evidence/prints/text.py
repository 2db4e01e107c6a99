"""Lines for people: ``path:line:column: ‘words’ fact; one thing to do [rule]``, then the counts."""

from __future__ import annotations

from evidence.diagnostic import Diagnostic
from evidence.lint import Report


def line(diagnostic: Diagnostic) -> str:
    """One diagnostic on one line."""
    place = diagnostic.place
    quote = f"‘{diagnostic.quote}’ " if diagnostic.quote else ""
    help_ = f"; {diagnostic.help}" if diagnostic.help else ""
    if not diagnostic.stops:
        help_ += " (a note: it stops nothing)"
    return f"{place.path}:{place.line}:{place.column}: {quote}{diagnostic.message}{help_} [{diagnostic.rule}]"


def summary(report: Report) -> str:
    """Two plain sentences: the counts, and how many findings and notes."""
    counts = report.counts
    number = len(report.findings)
    files = len({diagnostic.place.path for diagnostic in report.findings})
    found = f"{number} finding{'s' * (number != 1)} in {files} file{'s' * (files != 1)}" if number else "no findings"
    if notes := len(report.diagnostics) - number:
        found += f", {notes} note{'s' * (notes != 1)}"
    return (
        f"{len(report.results)} page{'s' * (len(report.results) != 1)}, {counts['sentences']} sentences: "
        f"{counts['cited']} cited, {counts['covered']} covered, {counts['experience']} experience, "
        f"{counts['allowed']} allowed, {counts['not_a_claim']} not a claim, {counts['uncited']} uncited; {found}"
    )


def render(report: Report, site_url: str) -> str:
    """All diagnostics, a line each, and the summary."""
    return "\n".join([*(line(diagnostic) for diagnostic in report.diagnostics), summary(report)]) + "\n"
