"""What a reference is made of: FIELDS, study designs, populations, and the check of each value."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Reference:
    """One entry of a bibliography, values as written but for their outer braces or quotes.

    ``lines`` maps each field to its line in ``path`` (from 1); ``line`` is where the entry begins.
    """

    key: str
    type: str
    fields: dict[str, str]
    path: str
    line: int
    lines: dict[str, int] = field(default_factory=dict)

    def get(self, name: str) -> str:
        """The value of a field, stripped; empty where it is missing."""
        return self.fields.get(name, "").strip()

    def line_of(self, name: str) -> int:
        """Line of a field; of the entry where the field is missing."""
        return self.lines.get(name, self.line)


@dataclass(frozen=True)
class StudyDesign:
    """A kind of evidence: its name in ``studydesign``, its words for readers, and its rank.

    Ranks order designs by how much one study of that kind can carry for people, highest first; they follow the
    order of the Oxford Centre for Evidence-Based Medicine's 2011 levels, with guidelines and regulators' records
    on top because they weigh many studies.
    """

    name: str
    words: str
    rank: int


STUDY_DESIGNS: dict[str, StudyDesign] = {
    design.name: design
    for design in (
        StudyDesign("guideline", "Guideline", 9),
        StudyDesign("regulatory", "Regulator’s record", 9),
        StudyDesign("label", "Official product label", 9),
        StudyDesign("legal", "Law or legal notice", 9),
        StudyDesign("meta-analysis", "Meta-analysis", 8),
        StudyDesign("systematic-review", "Systematic review", 8),
        StudyDesign("rct", "Randomised trial", 7),
        StudyDesign("observational", "Observational study", 5),
        StudyDesign("narrative-review", "Narrative review", 4),
        StudyDesign("case-report", "Case report", 3),
        StudyDesign("animal", "Animal study", 2),
        StudyDesign("in-vitro", "Laboratory study", 1),
    )
}

# Records that state rules and decisions; nobody was studied for them.
WITHOUT_POPULATION = frozenset({"guideline", "regulatory", "label", "legal"})

POPULATIONS: dict[str, str] = {
    "people": "People",
    "animals": "Animals",
    "cells": "Cells or tissue",
    "people-and-animals": "People and animals",
}

_DOI = re.compile(r"10\.\d{4,9}/[^\s<>\"{}|\\^`]+\Z")
_PMID = re.compile(r"[1-9]\d{0,8}\Z")
_PMCID = re.compile(r"PMC[1-9]\d{0,8}\Z")
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d\Z")
_COUNT = re.compile(r"[1-9]\d{0,2}(?:,?\d{3})*\Z")
_ISBN = re.compile(r"[\d -]{9,16}[\dX]\Z")
_DATE = re.compile(r"\d{4}(?:-\d\d(?:-\d\d)?)?\Z")
UNDATED = "n.d."


def _doi(value: str) -> str | None:
    if value.lower().startswith(("http", "doi:")):
        return "write the DOI alone, from “10.” on"
    return None if _DOI.match(value) else "a DOI begins with 10., four to nine digits and a slash"


def _pmid(value: str) -> str | None:
    return None if _PMID.match(value) else "a PMID is a number of up to nine digits"


def _pmcid(value: str) -> str | None:
    return None if _PMCID.match(value) else "a PMCID is ‘PMC’ and a number"


def _url(value: str) -> str | None:
    try:
        parts = urlsplit(value)
        host = parts.hostname
    except ValueError:
        return "this is not an address"
    if parts.scheme in ("http", "https") and (not host or "." not in host or re.search(r"\s", value)):
        return "an address needs a host and no spaces"
    return None if parts.scheme else "an address begins with https://"


def _year(value: str) -> str | None:
    if value == UNDATED or _YEAR.match(value):
        return None
    return f"a year has four digits; write {UNDATED} where the work gives none"


def _one_of(allowed: dict[str, object]) -> Callable[[str], str | None]:
    def check(value: str) -> str | None:
        return None if value in allowed else f"use one of: {', '.join(allowed)}"

    return check


def _count(value: str) -> str | None:
    return None if _COUNT.match(value) else "write a whole number"


def keys(value: str) -> tuple[str, ...]:
    """The keys in a value such as ``a2001one, b2002two``."""
    return tuple(part.strip() for part in value.split(",") if part.strip())


def _keys(value: str) -> str | None:
    bad = next((key for key in keys(value) if not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_-]*", key)), None)
    return None if bad is None else "write keys of this bibliography, parted by commas"


def _isbn(value: str) -> str | None:
    digits = re.sub(r"[ -]", "", value)
    if not _ISBN.match(value) or len(digits) not in (10, 13):
        return "an ISBN has 10 or 13 digits"
    return None if _isbn_sum(digits) else "the check digit of this ISBN is wrong"


def _isbn_sum(digits: str) -> bool:
    """Whether the check digit holds (ISO 2108: weights 10 to 1 modulo 11, or 1 and 3 modulo 10)."""
    if len(digits) == 10:
        values = [10 if c == "X" else int(c) for c in digits]
        return sum(v * w for v, w in zip(values, range(10, 0, -1), strict=True)) % 11 == 0
    if not digits.isdigit():
        return False
    return sum(int(c) * (3 if i % 2 else 1) for i, c in enumerate(digits)) % 10 == 0


def _date(value: str) -> str | None:
    return None if _DATE.match(value) else "write a date as 2026-11-23"


@dataclass(frozen=True)
class Field:
    """One field we know: whether it identifies the work, which types require it, and how its value is checked.

    ``required`` holds entry types, or ``*`` for all. ``check`` returns what is wrong with a value, or None.
    """

    name: str
    required: frozenset[str] = frozenset()
    identifier: bool = False
    check: Callable[[str], str | None] | None = None
    meaning: str = ""


_ALL = frozenset({"*"})

FIELDS: dict[str, Field] = {
    row.name: row
    for row in (
        Field("title", _ALL, meaning="title of the work, as printed"),
        Field("author", meaning="authors, parted by ‘and’; an organisation in double braces"),
        Field("journal", frozenset({"article"}), meaning="journal, in full"),
        Field("editor", meaning="editors of a book, as authors are written"),
        Field("booktitle", meaning="book that a chapter stands in"),
        Field("edition", meaning="edition of a book"),
        Field("month", meaning="month of publication"),
        Field("address", meaning="place of a publisher"),
        Field("school", meaning="university of a thesis"),
        Field("publisher", meaning="publisher or authority"),
        Field("institution", meaning="body that issued a report"),
        Field("howpublished", meaning="where a web page or notice appeared"),
        Field("year", _ALL, check=_year, meaning=f"year of publication, or {UNDATED}"),
        Field("volume", meaning="volume of the journal"),
        Field("number", meaning="issue of the journal"),
        Field("pages", meaning="first and last page"),
        Field("eid", meaning="number of an article without pages"),
        Field("doi", identifier=True, check=_doi, meaning="digital object identifier, from 10. on"),
        Field("pmid", identifier=True, check=_pmid, meaning="number of the record in PubMed"),
        Field("pmcid", identifier=True, check=_pmcid, meaning="number of the full text in PubMed Central"),
        Field("isbn", identifier=True, check=_isbn, meaning="number of a book"),
        Field("url", identifier=True, check=_url, meaning="official address of the work"),
        Field("accessed", check=_date, meaning="day on which a web page was read"),
        Field("studydesign", check=_one_of(dict(STUDY_DESIGNS)), meaning="kind of evidence"),
        Field("population", check=_one_of(dict(POPULATIONS)), meaning="who or what was studied"),
        Field("samplesize", check=_count, meaning="how many were studied"),
        Field("studies", check=_count, meaning="how many studies a review or meta-analysis weighed"),
        Field("finding", meaning="what it found, in one plain sentence of our own"),
        Field("limitation", meaning="what speaks against relying on it, in one plain sentence of our own"),
        Field("disputedby", check=_keys, meaning="keys of works that speak against it, parted by commas"),
        Field("supersededby", check=_keys, meaning="key of the work or edition that replaced it"),
        Field("intentional", check=_one_of({"true": None}), meaning="true where it is cited because it was retracted"),
        Field("keywords", meaning="what it is about, parted by commas"),
        Field("note", meaning="anything else a reader should know"),
    )
}

IDENTIFIERS = tuple(row.name for row in FIELDS.values() if row.identifier)
