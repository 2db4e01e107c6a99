"""The report for programs. The shape is a promise: fields are added, never renamed or taken away."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from evidence.diagnostic import Diagnostic
from evidence.ledger import words_of
from evidence.lint import Report
from evidence.page import ALLOWED, CITED, COVERED, UNCITED, Page
from evidence.prints.address import rule_url
from evidence.reference import Reference

_CLAIM_CLASSES = frozenset({CITED, COVERED, ALLOWED, UNCITED})


def _diagnostic(diagnostic: Diagnostic, site_url: str) -> dict[str, Any]:
    place = diagnostic.place
    return {
        "path": place.path,
        "line": place.line,
        "column": place.column,
        "end_line": place.end_line,
        "end_column": place.end_column,
        "rule": diagnostic.rule,
        "severity": diagnostic.severity,
        "confidence": diagnostic.confidence,
        "message": diagnostic.message,
        "quote": diagnostic.quote,
        "help": diagnostic.help,
        "url": rule_url(diagnostic.rule, site_url),
    }


def render(report: Report, site_url: str) -> str:
    """``{"diagnostics": […], "counts": {…}}``; lines and columns from 1, in characters of the file on disk."""
    value = {"diagnostics": [_diagnostic(d, site_url) for d in report.diagnostics], "counts": report.counts}
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def claims(pages: Iterable[Page], references: Mapping[str, Reference]) -> list[dict[str, Any]]:
    """The claims of pages as plain values, in the order of the files: every cited, covered, allowed, uncited sentence.

    Their words are those of the ledger; ``references`` are those of the bibliographies by key.
    """
    found: list[dict[str, Any]] = []
    for page in pages:
        for sentence in page.sentences:
            if sentence.status not in _CLAIM_CLASSES:
                continue
            place = page.source.place(sentence.start, sentence.end)
            found.append(
                {
                    "path": place.path,
                    "line": place.line,
                    "column": place.column,
                    "end_line": place.end_line,
                    "end_column": place.end_column,
                    "text": words_of(page, sentence, references),
                    "status": sentence.status,
                    "citations": sentence.keys,
                    "confidence": sentence.confidence,
                    "reasons": list(sentence.reasons),
                }
            )
    return found


def render_claims(pages: Iterable[Page], references: Mapping[str, Reference]) -> str:
    """``{"claims": […]}`` of the given pages; ``references`` are those of the bibliographies by key."""
    return json.dumps({"claims": claims(pages, references)}, ensure_ascii=False, indent=2) + "\n"
