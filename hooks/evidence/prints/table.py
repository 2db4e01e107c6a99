"""The claims of pages as a table for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from evidence.claims import MIN_CONFIDENCE
from evidence.diagnostic import shorten, visible
from evidence.page import CITED, Page
from evidence.prints.json import claims
from evidence.reference import Reference


def render(pages: Iterable[Page], references: Mapping[str, Reference]) -> str:
    """One line per claim: place, class, confidence, references, words and reasons, in columns.

    The last line counts them, and of those that cite, how many the checker would have stopped without their reference.
    """
    found = claims(pages, references)
    rows = [
        (
            f"{claim['path']}:{claim['line']}:{claim['column']}",
            claim["status"],
            f"{claim['confidence']:.2f}",
            " ".join(claim["citations"]) or "–",
            shorten(visible(claim["text"]), 60),
            "; ".join(claim["reasons"]),
        )
        for claim in found
    ]
    heading = ("where", "class", "sure", "references", "claim", "because")
    widths = [max(len(row[at]) for row in (heading, *rows)) for at in range(5)]
    lines = [
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[5]]).rstrip()
        for row in (heading, *rows)
    ]
    citing = [claim["confidence"] >= MIN_CONFIDENCE for claim in found if claim["status"] == CITED]
    unaided = f"; without their references, {sum(citing)} of the {len(citing)} that cite would be findings" if citing else ""
    return "\n".join(lines) + f"\n{len(rows)} claim{'s' * (len(rows) != 1)}{unaided}\n"
