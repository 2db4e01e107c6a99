"""A character that nobody sees and that changes what a reader, a browser or a program gets."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from evidence.diagnostic import CONTROL, Diagnostic, shorten, visible
from evidence.page import Page
from evidence.rules.rule import Setting

_AROUND = 20  # characters of the line shown on each side

# Unicode gives controls no names of their own; these are its aliases for those that turn up in files.
_ALIASES = {
    0x00: "NULL",
    0x03: "END OF TEXT",
    0x07: "ALERT",
    0x08: "BACKSPACE",
    0x0B: "LINE TABULATION",
    0x0C: "FORM FEED",
    0x0E: "SHIFT OUT",
    0x0F: "SHIFT IN",
    0x1A: "SUBSTITUTE",
    0x1B: "ESCAPE",
    0x1C: "INFORMATION SEPARATOR FOUR",
    0x1D: "INFORMATION SEPARATOR THREE",
    0x1E: "INFORMATION SEPARATOR TWO",
    0x1F: "INFORMATION SEPARATOR ONE",
    0x7F: "DELETE",
    0x85: "NEXT LINE",
}


def check(page: Page, setting: Setting) -> Iterator[Diagnostic]:
    """Each control character and each character that turns the direction of writing, wherever it stands in the file."""
    text = page.source.text
    for match in CONTROL.finditer(text):
        at = match.start()
        directs = match[0] > "\u2000"
        yield Diagnostic(
            page.source.place(at, at + 1),
            "control-character",
            f"holds the character {name(match[0])}, which nobody sees and which "
            + ("shows words in another order than they are written" if directs else "has no place in a page"),
            _shown(text, at),
            "remove it",
        )


def name(char: str) -> str:
    """A character as people can look it up: ``U+202E RIGHT-TO-LEFT OVERRIDE``."""
    number = ord(char)
    return f"U+{number:04X} {unicodedata.name(char, '') or _ALIASES.get(number, 'CONTROL')}"


def _shown(text: str, at: int) -> str:
    """The words around offset ``at`` on its line, with every such character in them written as ``<U+0000>``."""
    start = max(text.rfind("\n", 0, at) + 1, at - _AROUND)
    end = text.find("\n", at)
    end = min(len(text) if end < 0 else end, at + 1 + _AROUND)
    return shorten(visible(text[start:end]))
