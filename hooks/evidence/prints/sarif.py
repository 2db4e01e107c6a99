"""The report as SARIF 2.1.0, which code-scanning services read."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from evidence import __version__
from evidence.diagnostic import Diagnostic
from evidence.lint import Report
from evidence.prints.address import rule_url
from evidence.rules import NAMES


def _result(diagnostic: Diagnostic) -> dict[str, Any]:
    place = diagnostic.place
    words = f"‘{diagnostic.quote}’ " if diagnostic.quote else ""
    return {
        "ruleId": diagnostic.rule,
        "ruleIndex": NAMES.index(diagnostic.rule),
        "level": diagnostic.severity,
        "message": {"text": f"{words}{diagnostic.message}; {diagnostic.help}"},
        "rank": round(diagnostic.confidence * 100, 1),
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": quote(place.path)},
                    "region": {
                        "startLine": place.line,
                        "startColumn": place.column,
                        "endLine": place.end_line,
                        "endColumn": place.end_column,
                    },
                }
            }
        ],
    }


def render(report: Report, site_url: str) -> str:
    """One run of the tool ``evidence`` with all its rules and results."""
    rules: list[dict[str, Any]] = []
    for name in NAMES:
        rule: dict[str, Any] = {"id": name, "shortDescription": {"text": name.replace("-", " ")}}
        if site_url:
            rule["helpUri"] = rule_url(name, site_url)
        else:
            rule["help"] = {"text": f"evidence explain {name}"}
        rules.append(rule)
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "evidence", "version": __version__, "rules": rules}},
                "columnKind": "unicodeCodePoints",
                "results": [_result(diagnostic) for diagnostic in report.diagnostics],
            }
        ],
    }
    return json.dumps(log, ensure_ascii=False, indent=2) + "\n"
