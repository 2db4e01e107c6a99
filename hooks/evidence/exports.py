r"""References as files that reference managers read: BibTeX, RIS and CSL-JSON.

BibTeX keeps each value as the bibliography has it. The other two carry plain text: LaTeX is read, braces are gone.

RIS after "RIS Format Specifications" (Research Information Systems, 2001; names of types and PY as in the revision of 2011),
CSL-JSON after the schema csl-data.json of the Citation Style Language, version 1.0.2.

Each takes how the works stand by key: that a work was retracted, doubted or corrected is the first thing its notes say.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from evidence import names, standing, vancouver
from evidence.latex import to_text
from evidence.names import Name
from evidence.reference import Reference
from evidence.standing import Standing

_YEAR = re.compile(r"\d{4}\Z")
_DAY = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?\Z")
_BRACE = re.compile(r"\\?[{}]")
# Control, format, separator characters and halves of pairs: none belongs in a line, and RIS ends a field at some of them.
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]+")
_RANGE = re.compile(r"(?P<first>[^\s,;–]+)–(?P<last>[^\s,;–]+)\Z")

# Entry type: type in RIS, type in CSL. Works of other types are GEN and document, or ELEC and webpage where they have an address.
_TYPES = {
    "article": ("JOUR", "article-journal"),
    "book": ("BOOK", "book"),
    "booklet": ("PAMP", "pamphlet"),
    "collection": ("BOOK", "book"),
    "conference": ("CPAPER", "paper-conference"),
    "inbook": ("CHAP", "chapter"),
    "incollection": ("CHAP", "chapter"),
    "inproceedings": ("CPAPER", "paper-conference"),
    "manual": ("BOOK", "book"),
    "mastersthesis": ("THES", "thesis"),
    "online": ("ELEC", "webpage"),
    "electronic": ("ELEC", "webpage"),
    "webpage": ("ELEC", "webpage"),
    "phdthesis": ("THES", "thesis"),
    "thesis": ("THES", "thesis"),
    "proceedings": ("CONF", "book"),
    "report": ("RPRT", "report"),
    "techreport": ("RPRT", "report"),
    "unpublished": ("UNPB", "manuscript"),
}
_NOBODY_LOOKED: Mapping[str, Standing] = {}
_WITH_ADDRESS, _OTHERS = ("ELEC", "webpage"), ("GEN", "document")
_GENRES = {"phdthesis": "PhD thesis", "mastersthesis": "Master’s thesis"}


def _types(reference: Reference) -> tuple[str, str]:
    return _TYPES.get(reference.type) or (_WITH_ADDRESS if _plain(reference, "url") else _OTHERS)


def _line(text: str) -> str:
    return " ".join(_UNSEEN.sub(" ", text).split())


def _plain(reference: Reference, field: str) -> str:
    """A field as one line of plain text; addresses and identifiers are no LaTeX and stay as they are.

    An address other than http or https is left out: programs open what they are given.
    """
    value = reference.get(field)
    if field == "url" and not value.lower().startswith(("http://", "https://")):
        return ""
    return _line(value if field in ("url", "doi", "pmid", "pmcid", "isbn") else to_text(value))


def _keywords(reference: Reference) -> list[str]:
    return [word for part in re.split("[,;]", _plain(reference, "keywords")) if (word := part.strip())]


# BibTeX


def _bibtex_value(value: str) -> str:
    """A value in braces. Where its own do not pair, BibTeX could read no further: they are left out."""
    value = _line(value)
    depth = 0
    for char in value:
        depth += {"{": 1, "}": -1}.get(char, 0)
        if depth < 0:
            break
    if depth:
        value = _BRACE.sub("", value)
    # A backslash would escape the brace that ends the value.
    return f"{{{value} }}" if value.endswith("\\") else f"{{{value}}}"


def _bibtex_fields(reference: Reference, standings: Mapping[str, Standing]) -> dict[str, str]:
    """The fields of a work; what is known of its status stands first in its note."""
    said = standing.before([note] if (note := reference.get("note")) else [], reference.key, standings)
    return {**reference.fields, "note": " ".join(said)} if said else reference.fields


def bibtex(references: Iterable[Reference], standings: Mapping[str, Standing] = _NOBODY_LOOKED) -> str:
    """The references as BibTeX, in their order and with their fields in the order of the bibliography.

    Reading it with :func:`evidence.bibliography.parse` gives the same keys, types and fields, but for the note of a work that was
    retracted, doubted or corrected. Ends with one line break; no references are an empty file.
    """
    entries: list[str] = []
    for reference in references:
        known = _bibtex_fields(reference, standings)
        fields = "".join(f"  {name} = {_bibtex_value(value)},\n" for name, value in known.items())
        entries.append(f"@{reference.type}{{{reference.key},\n{fields}}}\n")
    return "\n".join(entries)


# RIS


def _ris_name(name: Name) -> str:
    """``Family, Given, Suffix``; an organisation whole."""
    if not name.given:
        return f"{name.family}, , {name.suffix}" if name.suffix else name.family
    return ", ".join(part for part in (name.family, name.given, name.suffix) if part)


def _ris_pages(reference: Reference) -> Iterator[tuple[str, str]]:
    where = vancouver.pages(reference)
    if found := _RANGE.match(where):
        yield "SP", found["first"]
        yield "EP", found["last"]
    else:
        yield "SP", where


def _ris_dates(reference: Reference) -> Iterator[tuple[str, str]]:
    year = reference.get("year")
    if not _YEAR.match(year):
        return  # "n.d.": a reader's program writes its own words for a work without a date
    yield "PY", year
    if month := vancouver.month(reference):
        yield "DA", f"{year}/{month:02}//"


def _ris_notes(reference: Reference) -> Iterator[tuple[str, str]]:
    """Our own words on a work, as notes: in AB they would pass for the abstract of its authors."""
    if names.read(reference.get("author"))[1]:
        yield "N1", "More authors than these signed the work."
    if words := vancouver.design(reference):
        yield "N1", f"Study: {words}"
    for field, label in (("finding", "Finding: "), ("limitation", "Limit: "), ("note", "")):
        if text := _plain(reference, field):
            yield "N1", label + text


def _ris_fields(reference: Reference, standings: Mapping[str, Standing]) -> Iterator[tuple[str, str]]:
    """Tags and values of one work, in the order in which they are written; some values may be empty."""
    yield "ID", reference.key
    for tag, field in (("AU", "author"), ("ED", "editor")):
        for name in names.read(reference.get(field))[0]:
            yield tag, _ris_name(name)
    yield "T1", _plain(reference, "title")
    yield "JF", _plain(reference, "journal")
    if reference.type in vancouver.PARTS:
        yield "T2", _plain(reference, "booktitle")
    yield from _ris_dates(reference)
    yield "VL", _plain(reference, "volume")
    yield "IS", _plain(reference, "number")
    yield from _ris_pages(reference)
    yield "ET", _plain(reference, "edition")
    yield "CY", _plain(reference, "address")
    yield "PB", vancouver.publisher(reference)
    yield "SN", _plain(reference, "isbn") or _plain(reference, "issn")
    yield "DO", _plain(reference, "doi")
    if pmid := _plain(reference, "pmid"):
        # AN is the number of a record in the database that DB names; EndNote keeps PMCIDs in C2.
        yield "AN", pmid
        yield "DB", "PubMed"
    yield "C2", _plain(reference, "pmcid")
    yield "UR", _plain(reference, "url")
    if read := _DAY.match(reference.get("accessed")):
        yield "Y2", "/".join((read[1], read[2] or "", read[3] or "", ""))
    for word in _keywords(reference):
        yield "KW", word
    for said in standing.before((), reference.key, standings):
        yield "N1", said
    yield from _ris_notes(reference)


def ris(references: Iterable[Reference], standings: Mapping[str, Standing] = _NOBODY_LOOKED) -> str:
    """The references as RIS, in their order; each line ends with CR LF, an empty line parts the works.

    Names are written as the bibliography has them; RIS has no tag for ``and others``, so a note says it.
    """
    works: list[str] = []
    for reference in references:
        fields = [(tag, _line(value)) for tag, value in _ris_fields(reference, standings)]
        lines = [("TY", _types(reference)[0]), *((tag, value) for tag, value in fields if value), ("ER", "")]
        works.append("".join(f"{tag}  - {value}\r\n" for tag, value in lines))
    return "\r\n".join(works)


# CSL-JSON


def _csl_name(name: Name) -> dict[str, str]:
    if name.organisation:
        return {"literal": _line(name.family)}
    found = {"family": name.family, "given": name.given, "suffix": name.suffix}
    return {part: _line(text) for part, text in found.items() if text}


def _csl_names(value: str) -> list[dict[str, str]]:
    found, others = names.read(value)
    # The schema has no word for "and others"; a last literal is what citeproc prints as such.
    return [_csl_name(name) for name in found] + ([{"literal": "others"}] if others and found else [])


def _csl_date(*parts: str | int) -> dict[str, list[list[int]]]:
    return {"date-parts": [[int(part) for part in parts if part]]}


def _csl_dates(reference: Reference) -> dict[str, Any]:
    """``issued`` and ``accessed``; a work without a year has no ``issued``, for which styles print "n.d." themselves."""
    found: dict[str, Any] = {}
    if _YEAR.match(year := reference.get("year")):
        found["issued"] = _csl_date(year, vancouver.month(reference))
    if read := _DAY.match(reference.get("accessed")):
        found["accessed"] = _csl_date(read[1], *([read[2], read[3] or ""] if read[2] else []))
    return found


def _csl_custom(reference: Reference) -> dict[str, str]:
    """Our own words on a work, where no style prints them into somebody's list of references."""
    fields = ("studydesign", "population", "samplesize", "studies", "finding", "limitation")
    return {field: text for field in fields if (text := _plain(reference, field))}


def _csl_item(reference: Reference, standings: Mapping[str, Standing]) -> dict[str, Any]:
    kind = _types(reference)[1]
    issue = "issue" if kind == "article-journal" else "number"
    container = _plain(reference, "journal") or _plain(reference, "booktitle" if reference.type in vancouver.PARTS else "")
    if not container and kind == "webpage":
        container = _plain(reference, "howpublished")
    publisher = vancouver.publisher(reference)
    item: dict[str, Any] = {
        "id": reference.key,
        "type": kind,
        "title": _plain(reference, "title"),
        "author": _csl_names(reference.get("author")),
        "editor": _csl_names(reference.get("editor")),
        **_csl_dates(reference),
        "container-title": container,
        "volume": _plain(reference, "volume"),
        issue: _plain(reference, "number"),
        "page": _line(vancouver.pages(reference)).replace("–", "-"),
        "edition": _plain(reference, "edition"),
        "genre": _GENRES.get(reference.type, ""),
        "publisher": "" if publisher == container else _line(publisher),
        "publisher-place": _plain(reference, "address"),
        "DOI": _plain(reference, "doi"),
        "PMID": _plain(reference, "pmid"),
        "PMCID": _plain(reference, "pmcid"),
        "ISBN": _plain(reference, "isbn"),
        "URL": _plain(reference, "url"),
        "keyword": ", ".join(_keywords(reference)),
        "note": " ".join(standing.before([_plain(reference, "note")], reference.key, standings)).strip(),
        "custom": _csl_custom(reference),
    }
    return {name: value for name, value in item.items() if value}


def csl_json(references: Iterable[Reference], standings: Mapping[str, Standing] = _NOBODY_LOOKED) -> str:
    """The references as CSL-JSON, in their order: a list of items, indented, that ends with one line break."""
    items = [_csl_item(reference, standings) for reference in references]
    return json.dumps(items, ensure_ascii=False, indent=2) + "\n"
