"""The claims of pages as a table for people."""

from __future__ import annotations

from collections.abc import Iterable

from evidence.diagnostic import shorten
from evidence.page import Page
from evidence.prints.json import claims


def render(pages: Iterable[Page]) -> str:
    """One line per claim: place, class, confidence, references, words and reasons, in columns."""
    rows = [
        (
            f"{claim['path']}:{claim['line']}:{claim['column']}",
            claim["status"],
            f"{claim['confidence']:.2f}",
            " ".join(claim["citations"]) or "–",
            shorten(claim["text"], 60),
            "; ".join(claim["reasons"]),
        )
        for claim in claims(pages)
    ]
    heading = ("where", "class", "sure", "references", "claim", "because")
    widths = [max(len(row[at]) for row in (heading, *rows)) for at in range(5)]
    lines = [
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[5]]).rstrip()
        for row in (heading, *rows)
    ]
    return "\n".join(lines) + f"\n{len(rows)} claim{'s' * (len(rows) != 1)}\n"
