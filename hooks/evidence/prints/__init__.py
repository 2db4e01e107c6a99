"""How a report is printed: one file per format, each with ``render(report, site_url)``."""

from __future__ import annotations

from collections.abc import Callable

from evidence.lint import Report
from evidence.prints import github, json, sarif, text

FORMATS: dict[str, Callable[[Report, str], str]] = {
    "text": text.render,
    "github": github.render,
    "json": json.render,
    "sarif": sarif.render,
}
