"""What we say to people, and where: the diagnostic and its place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "note"]

# C0 and C1 but for tab and line feed, and what turns the direction of writing: embeddings, overrides, isolates.
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, order=True)
class Place:
    """A stretch of a file on disk: path, then line and column of both ends.

    Lines and columns count from 1, in characters; the end column is the first one after the stretch.
    """

    path: str
    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True)
class Diagnostic:
    """One finding: its place, the words at fault, a fact, and one thing to do.

    ``confidence`` (0 to 1) says how sure we are, ``severity`` how much it matters; they are not the same. Errors and warnings
    are findings, which stop a build; a note is something to think about, and stops nothing.
    """

    place: Place
    rule: str
    message: str
    quote: str = ""
    help: str = ""
    severity: Severity = "error"
    confidence: float = 1.0

    @property
    def stops(self) -> bool:
        """Whether it is a finding."""
        return self.severity != "note"

    def sort_key(self) -> tuple[str, int, int, str, str]:
        """Order of printing: by path, line, column, then rule and message."""
        place = self.place
        return place.path, place.line, place.column, self.rule, self.message


def shorten(text: str, limit: int = 70) -> str:
    """``text`` on one line with single spaces, cut in the middle to at most ``limit`` characters."""
    flat = " ".join(text.split())
    if len(flat) <= limit:
        return flat
    head = (limit - 1) * 2 // 3
    return f"{flat[:head].rstrip()}…{flat[len(flat) - (limit - 1 - head) :].lstrip()}"


def visible(text: str) -> str:
    """``text`` with each control character written out as ``<U+001B>``: a terminal would obey it."""
    return text if text.isprintable() else CONTROL.sub(lambda match: f"<U+{ord(match[0]):04X}>", text)
