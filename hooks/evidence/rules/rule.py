"""What a rule is, and what it is given."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field

from evidence import day
from evidence.bibliography import Bibliography
from evidence.diagnostic import Diagnostic, Place
from evidence.page import Page
from evidence.reference import Reference


@dataclass(frozen=True)
class Setting:
    """What a rule may know beside the page: the bibliographies, whether the page belongs to the site, and the day.

    ``bibliographies`` is empty where none is known; rules that need one then say nothing. ``today`` is the day that dates are
    compared with.
    """

    bibliographies: tuple[Bibliography, ...] = ()
    in_site: bool = False
    today: datetime.date = field(default_factory=day.today)

    def reference(self, key: str) -> Reference | None:
        """The reference with a key, or None."""
        return next((found for b in self.bibliographies if (found := b.by_key.get(key))), None)

    def references(self, keys: Iterable[str]) -> list[Reference]:
        """The references with these keys, in order; keys nobody knows are passed over."""
        return [found for key in keys if (found := self.reference(key)) is not None]

    def knows(self, key: str) -> bool:
        """Whether some bibliography has the key."""
        return any(key in bibliography.by_key for bibliography in self.bibliographies)

    def nearest(self, key: str) -> str | None:
        """The known key that looks most like ``key``, or None."""
        return next((near for b in self.bibliographies if (near := b.nearest(key))), None)


@dataclass(frozen=True)
class PageRule:
    """A rule about one page."""

    name: str
    check: Callable[[Page, Setting], Iterator[Diagnostic]]


@dataclass(frozen=True)
class BibliographyRule:
    """A rule about one bibliography."""

    name: str
    check: Callable[[Bibliography, Setting], Iterator[Diagnostic]]


@dataclass(frozen=True)
class ProjectRule:
    """A rule about the keys cited on all pages of a site, together with one bibliography."""

    name: str
    check: Callable[[Collection[str], Bibliography], Iterator[Diagnostic]]


def field_place(bibliography: Bibliography, reference: Reference, name: str) -> Place:
    """The place of a field of a reference; of the entry where the field is missing."""
    line = reference.line_of(name)
    text = bibliography.line(line)
    start = len(text) - len(text.lstrip())
    return Place(bibliography.path, line, start + 1, line, len(text.rstrip()) + 1)


def line_place(bibliography: Bibliography, line: int) -> Place:
    """The place of a whole line of a bibliography."""
    text = bibliography.line(line)
    start = len(text) - len(text.lstrip())
    return Place(bibliography.path, line, start + 1, line, max(len(text.rstrip()), start) + 1)
