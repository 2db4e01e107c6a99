"""The names in an ``author`` or ``editor`` field, as BibTeX writes them, cut into family name, given names and rank."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from evidence.latex import to_text

# BibTeX wants the rank between two commas; people also write it behind the family or the given name.
_RANK = re.compile(r"(?:Jr|Sr|I{2,3}|IV|VI{0,3}|[2-9](?:nd|rd|th))\.?\Z")
# “Rasmussen JØ”, as PubMed lists a name: the initials stand last.
_LAST_INITIALS = re.compile(r"[^\W\d_]{1,4}\Z")


@dataclass(frozen=True)
class Name:
    """One name as plain text; an organisation has a family name only, kept whole, and ``organisation`` set."""

    family: str
    given: str = ""
    suffix: str = ""
    organisation: bool = False


def at_top(value: str, separator: str) -> list[str]:
    """``value`` cut at a separator that stands outside all braces; empty parts are left out."""
    parts: list[str] = []
    depth, at, index = 0, 0, 0
    while index < len(value):
        char = value[index]
        if char == "\\":
            index += 2
            continue
        if char in "{}":
            depth += 1 if char == "{" else -1
        elif depth == 0 and value.startswith(separator, index):
            parts.append(value[at:index])
            index += len(separator)
            at = index
            continue
        index += 1
    parts.append(value[at:])
    return [part.strip() for part in parts if part.strip()]


def _in_braces(name: str) -> bool:
    """Whether one pair of braces holds the whole name; in ``{Le Corre}, {Ann}`` none does."""
    if not (name.startswith("{") and name.endswith("}")):
        return False
    depth, index = 0, 0
    while index < len(name):
        if name[index] == "\\":
            index += 2
            continue
        depth += {"{": 1, "}": -1}.get(name[index], 0)
        if depth == 0:
            return index == len(name) - 1
        index += 1
    return False


def _without_rank(words: list[str]) -> tuple[list[str], str]:
    """The words of a name, and the rank that stood behind them."""
    if len(words) > 1 and _RANK.match(words[-1]):
        return words[:-1], words[-1].rstrip(".")
    return words, ""


def _words(name: str) -> list[str]:
    return [word for part in at_top(name, " ") if (word := to_text(part))]


def parse(name: str) -> Name:
    """One name: ``Family, Given``, ``Family, Jr, Given``, ``Given von Family``, ``Family AB`` or ``{Organisation}``.

    A word in lower case begins the family name, as in BibTeX. Whatever is written, this returns.
    """
    name = unicodedata.normalize("NFC", " ".join(name.split()))
    if _in_braces(name):
        return Name(to_text(name), organisation=True)
    parts = at_top(name, ",")
    if len(parts) >= 2:
        family, rank = _without_rank(_words(parts[0]))
        given, middle = to_text(parts[-1]), to_text(parts[1]) if len(parts) > 2 else ""
        if _RANK.match(given) and middle:
            given, middle = middle, given
        return Name(" ".join(family), given, middle.rstrip(".") or rank)
    words, rank = _without_rank(_words(parts[0] if parts else ""))
    if len(words) < 2:
        return Name(" ".join(words), suffix=rank)
    if words[-1].isupper() and _LAST_INITIALS.match(words[-1]) and not words[0].isupper():
        return Name(" ".join(words[:-1]), words[-1], rank)
    start = next((at for at, word in enumerate(words[:-1]) if word[:1].islower()), len(words) - 1)
    return Name(" ".join(words[start:]), " ".join(words[:start]), rank)


def read(value: str) -> tuple[list[Name], bool]:
    """The names in a field in their order, and whether it ends with ``and others``."""
    written = at_top(" ".join(value.split()), " and ")
    found = [parse(name) for name in written if name != "others"]
    return [name for name in found if name.family or name.given], "others" in written
