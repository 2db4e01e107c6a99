"""Annotations on a pull request: GitHub's workflow commands."""

from __future__ import annotations

from evidence.diagnostic import visible
from evidence.lint import Report
from evidence.prints import text

_LEVELS = {"error": "error", "warning": "warning", "note": "notice"}


def _data(value: str) -> str:
    return value.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: str) -> str:
    return _data(value).replace(":", "%3A").replace(",", "%2C")


def render(report: Report, site_url: str) -> str:
    """One command per diagnostic, and the summary as a plain line.

    Columns are given only where a finding stands on one line: GitHub accepts no others.
    """
    lines: list[str] = []
    for diagnostic in report.diagnostics:
        place = diagnostic.place
        fields = [f"file={_property(place.path)}", f"line={place.line}", f"endLine={place.end_line}"]
        if place.line == place.end_line:
            fields += [f"col={place.column}", f"endColumn={place.end_column}"]
        fields.append(f"title={_property(diagnostic.rule)}")
        quote = f"‘{diagnostic.quote}’ " if diagnostic.quote else ""
        message = f"{quote}{diagnostic.message}; {diagnostic.help}"
        lines.append(f"::{_LEVELS[diagnostic.severity]} {','.join(fields)}::{_data(visible(message))}")
    return "\n".join([*lines, text.summary(report)]) + "\n"
