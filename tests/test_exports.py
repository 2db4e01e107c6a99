"""References as files for reference managers: BibTeX that reads back the same, RIS and CSL-JSON by their rules."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from evidence import bibliography, exports, names
from evidence.names import Name
from evidence.reference import Reference

ROOT = Path(__file__).parent.parent
FILES = (ROOT / "references.bib", Path(__file__).parent / "data" / "awkward.bib")
AWKWARD = bibliography.read(FILES[1], "awkward.bib")


def reference(kind: str = "article", **fields: str) -> Reference:
    return Reference("k", kind, fields, "b", 1)


def plain(known: list[Reference]) -> list[tuple[str, str, dict[str, str]]]:
    """What of references does not depend on where they stand."""
    return [(one.key, one.type, one.fields) for one in known]


# BibTeX


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_bibtex_reads_back_the_same(path: Path) -> None:
    """Same works in the same order, same fields in the same order, and writing it again changes nothing."""
    known = bibliography.read(path).references
    text = exports.bibtex(known)
    again = bibliography.parse("again.bib", text)
    assert again.broken == [] and again.repeated == []
    assert plain(again.references) == plain(known)
    assert [list(one.fields) for one in again.references] == [list(one.fields) for one in known]
    assert exports.bibtex(again.references) == text
    assert text.endswith("}\n") and not text.endswith("\n\n")


def test_bibtex_is_written_so() -> None:
    """Values as in the file, one field a line; no references are no text."""
    work = reference(title=r"The {GABA} of M{\"u}ller", author="{{X}} and Y, Z", year="2020")
    expected = '@article{k,\n  title = {The {GABA} of M{\\"u}ller},\n  author = {{{X}} and Y, Z},\n  year = {2020},\n}\n'
    assert exports.bibtex([work]) == expected
    assert exports.bibtex([work, work]) == expected + "\n" + expected
    assert exports.bibtex([]) == ""


@pytest.mark.parametrize(
    "value, kept",
    [
        ("a { b", "a b"),
        ("} x {", "x"),
        (r"a \{ b", "a b"),
        ("ends with \\", "ends with \\"),
        ('say "x" # y, z = {q}', 'say "x" # y, z = {q}'),
        ("a @misc{b, } c", "a @misc{b, } c"),
        ("50% & 100 #1", "50% & 100 #1"),
        ("a\nb\x00c\u2028d", "a b c d"),
        ("", ""),
    ],
)
def test_bibtex_never_breaks_the_file(value: str, kept: str) -> None:
    """Whatever a value holds, the entry behind it is read too."""
    again = bibliography.parse("b", exports.bibtex([reference(note=value, year="2020"), Reference("z", "misc", {}, "b", 1)]))
    assert again.broken == []
    assert [one.key for one in again.references] == ["k", "z"]
    assert again.by_key["k"].fields == {"note": kept, "year": "2020"}


# RIS

TYPES = {"BOOK", "CHAP", "CONF", "CPAPER", "ELEC", "GEN", "JOUR", "PAMP", "RPRT", "THES", "UNPB"}
TAGS = {*"TY ID AU ED T1 T2 JF PY DA VL IS SP EP ET CY PB SN DO AN DB C2 UR Y2 KW N1 ER".split()}
ONCE = TAGS - {"AU", "ED", "KW", "N1"}


def fields_of(text: str) -> list[tuple[str, str]]:
    """The lines of one RIS record as tags and values."""
    return [(line[:2], line[6:]) for line in text.split("\r\n") if line]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_ris_is_ris(path: Path) -> None:
    """Lines end with CR LF, have a tag that is known, are of plain text; each record begins with TY and ends with ER."""
    known = bibliography.read(path).references
    text = exports.ris(known)
    assert "\n" not in text.replace("\r\n", "") and text.endswith("ER  - \r\n")
    records = text.split("\r\n\r\n")
    assert len(records) == len(known)
    for record, work in zip(records, known, strict=True):
        lines = [line for line in record.split("\r\n") if line]
        assert all(re.match(r"[A-Z][A-Z0-9]  - ", line) for line in lines), lines
        fields = fields_of(record)
        tags = [tag for tag, _ in fields]
        assert set(tags) <= TAGS and all(tags.count(tag) <= 1 for tag in ONCE), tags
        assert tags[0] == "TY" and fields[0][1] in TYPES and fields[-1] == ("ER", "")
        assert ("ID", work.key) in fields
        for tag, value in fields[1:-1]:
            assert value == value.strip() and value and value.isprintable()
            assert tag in ("UR", "DO") or not re.search(r"[\\{}]", value), value
            assert tag != "PY" or re.fullmatch(r"\d{4}", value)


def ris(key: str) -> list[tuple[str, str]]:
    return fields_of(exports.ris([AWKWARD.by_key[key]]))


RIS: list[tuple[str, list[tuple[str, str]]]] = [
    (
        "accents-braced",
        [
            ("TY", "JOUR"),
            ("ID", "accents-braced"),
            ("AU", "Müller, Jörg"),
            ("AU", "Ørsted, Søren"),
            ("AU", "Łukasiewicz, Łucja"),
            ("T1", "Smågruppen: över fyrtio år"),
            ("JF", "Läkartidningen"),
            ("PY", "2001"),
            ("VL", "98"),
            ("SP", "12"),
            ("EP", "15"),
            ("DO", "10.5555/awkward.1"),
            ("N1", "Study: Observational study, 1 person"),
            ("ER", ""),
        ],
    ),
    (
        "corporate",
        [
            ("TY", "RPRT"),
            ("ID", "corporate"),
            ("AU", "World Health Organization"),
            ("T1", "A report of an organisation"),
            ("PY", "2010"),
            ("IS", "WHO/MSD/2010.1"),
            ("CY", "Geneva"),
            ("PB", "World Health Organization"),
            ("UR", "https://example.org/who/2010"),
            ("N1", "Study: Guideline"),
            ("ER", ""),
        ],
    ),
    (
        "no-date",
        [
            ("TY", "ELEC"),
            ("ID", "no-date"),
            ("AU", "National Health Service"),
            ("T1", "A page without a date"),
            ("PB", "NHS"),
            ("UR", "https://www.example.org/undated/"),
            ("Y2", "2026/11/23/"),
            ("ER", ""),
        ],
    ),
    (
        "chapter",
        [
            ("TY", "CHAP"),
            ("ID", "chapter"),
            ("AU", "O'Brien, Charles P."),
            ("ED", "Brunton, Laurence L."),
            ("T1", "How tapers fail"),
            ("T2", "Goodman & Gilman's"),
            ("PY", "2005"),
            ("SP", "607"),
            ("EP", "627"),
            ("ET", "Second"),
            ("CY", "New York"),
            ("PB", "McGraw-Hill"),
            ("DO", "10.5555/awkward.23"),
            ("ER", ""),
        ],
    ),
]


@pytest.mark.parametrize("key, expected", RIS, ids=[row[0] for row in RIS])
def test_ris_record(key: str, expected: list[tuple[str, str]]) -> None:
    """A record, line by line."""
    assert ris(key) == expected


def test_ris_in_particular() -> None:
    """Types, numbers of databases, pages, months, ranks, and our own words as notes."""
    kinds = {key: ris(key)[0][1] for key in ("book-second", "thesis", "conference", "online", "web-page", "not-web", "law")}
    assert kinds == {
        **{"book-second": "BOOK", "thesis": "THES", "conference": "CPAPER"},
        **{"online": "ELEC", "web-page": "ELEC", "not-web": "GEN", "law": "ELEC"},
    }
    numbers = ris("article-number")
    assert {("AN", "12345678"), ("DB", "PubMed"), ("C2", "PMC7654321"), ("SP", "e0285584")} <= set(numbers)
    assert "EP" not in dict(numbers)
    assert dict(ris("en-dash-pages"))["SP"] == "S1–S4, S9"
    assert [dict(ris("conference"))[tag] for tag in ("SP", "EP")] == ["A-1", "A-9"]
    assert dict(ris("months"))["DA"] == "1983/09//"
    assert {("AU", "King, Martin Luther, Jr"), ("AU", "Ford, Henry, III")} <= set(ris("ranks"))
    assert ("AU", "Plato") in ris("single-names") and ("AU", "van Beethoven, Ludwig") in ris("particles")
    assert len([tag for tag, _ in ris("sixty-authors") if tag == "AU"]) == 60
    notes = [value for tag, value in ris("sixty-authors") if tag == "N1"]
    assert notes == [
        "Study: Randomised trial, 12,345 people",
        "Finding: Half of them got better.",
        "Limit: Half of them did not!",
    ]
    assert ("N1", "More authors than these signed the work.") in ris("and-others")
    assert [value for tag, value in ris("and-others") if tag == "AU"] == ["First, Ann", "Second, Ben"]


def test_ris_values_cannot_end_a_record() -> None:
    """A line break in a value is a space: no value begins a line of its own."""
    text = exports.ris([reference(title="a\r\nER  - \x00\x85b\u2028c", year="2020", keywords="x, ; y")])
    lines = ["TY  - JOUR", "ID  - k", "T1  - a ER - b c", "PY  - 2020", "KW  - x", "KW  - y", "ER  - ", ""]
    assert text.split("\r\n") == lines
    assert exports.ris([]) == ""


def test_only_web_addresses_leave() -> None:
    """A program that reads the file would open any address."""
    bad = [reference("misc", title="T", year="2020", url=url) for url in ("javascript:x", "file:///x", "ftp://x.org")]
    assert "UR  -" not in exports.ris(bad) and "TY  - ELEC" not in exports.ris(bad)
    assert "URL" not in exports.csl_json(bad)


# CSL-JSON

# What the schema csl-data.json, version 1.0.2, allows, as far as a reference of ours can have it.
CSL_TYPES = {*"article-journal book chapter document manuscript pamphlet paper-conference report thesis webpage".split()}
CSL_TEXT = {
    *"id type title container-title volume issue number page edition genre publisher publisher-place".split(),
    *"DOI PMID PMCID ISBN URL keyword note".split(),
}
CSL_NAMES, CSL_DATES = {"author", "editor"}, {"issued", "accessed"}


def assert_valid_csl(item: dict[str, Any]) -> None:
    assert set(item) <= CSL_TEXT | CSL_NAMES | CSL_DATES | {"custom"}
    assert item["id"] and item["type"] in CSL_TYPES and item["title"]
    for name in CSL_TEXT & set(item):
        value = item[name]
        assert isinstance(value, str) and value == value.strip() and value and value.isprintable()
        assert name in ("URL", "DOI") or not re.search(r"[\\{}]", value), value
    for name in CSL_NAMES & set(item):
        for person in item[name]:
            assert set(person) == {"literal"} or {"family"} <= set(person) <= {"family", "given", "suffix"}
            assert all(isinstance(part, str) and part and not re.search(r"[\\{}]", part) for part in person.values())
    for name in CSL_DATES & set(item):
        assert set(item[name]) == {"date-parts"}
        (parts,) = item[name]["date-parts"]
        assert 1 <= len(parts) <= 3 and all(type(part) is int for part in parts)
        assert 1000 <= parts[0] <= 2999 and all(1 <= part <= 31 for part in parts[1:])
    assert all(isinstance(value, str) for value in item.get("custom", {}).values())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_csl_is_csl(path: Path) -> None:
    """Each item has what the schema allows, and nothing else; the text is UTF-8 and ends with one line break."""
    known = bibliography.read(path).references
    text = exports.csl_json(known)
    items = json.loads(text)
    assert [item["id"] for item in items] == [one.key for one in known]
    for item in items:
        assert_valid_csl(item)
    assert text.endswith("]\n") and "\\u" not in text


def csl(key: str) -> dict[str, Any]:
    (item,) = json.loads(exports.csl_json([AWKWARD.by_key[key]]))
    assert isinstance(item, dict)
    return item


CSL: list[tuple[str, dict[str, Any]]] = [
    (
        "article-number",
        {
            "id": "article-number",
            "type": "article-journal",
            "title": "An article with a number of its own",
            "author": [{"family": "Number", "given": "A."}],
            "issued": {"date-parts": [[2024]]},
            "container-title": "PLoS One",
            "volume": "19",
            "issue": "6",
            "page": "e0285584",
            "DOI": "10.5555/awkward.44",
            "PMID": "12345678",
            "PMCID": "PMC7654321",
        },
    ),
    (
        "book-edited",
        {
            "id": "book-edited",
            "type": "book",
            "title": "Dependence: a reader",
            "editor": [{"family": "Edwards", "given": "Griffith"}, {"family": "de la Cruz", "given": "Penélope"}],
            "issued": {"date-parts": [[2020]]},
            "edition": "3",
            "publisher": "Sage & Sons",
            "publisher-place": "London",
            "URL": "https://example.org/reader",
        },
    ),
    (
        "web-month",
        {
            "id": "web-month",
            "type": "webpage",
            "title": "Read in some month",
            "issued": {"date-parts": [[2015, 8]]},
            "accessed": {"date-parts": [[2026, 3]]},
            "container-title": "GOV.UK",
            "URL": "http://example.org/read/",
        },
    ),
    (
        "thesis",
        {
            "id": "thesis",
            "type": "thesis",
            "title": "On withdrawal",
            "author": [{"family": "Petursson", "given": "Hannes"}],
            "issued": {"date-parts": [[1981]]},
            "genre": "PhD thesis",
            "publisher": "University of London",
            "publisher-place": "London",
            "URL": "https://example.org/thesis",
        },
    ),
]


@pytest.mark.parametrize("key, expected", CSL, ids=[row[0] for row in CSL])
def test_csl_item(key: str, expected: dict[str, Any]) -> None:
    """An item, whole."""
    assert csl(key) == expected


def test_csl_in_particular() -> None:
    """No date, organisations, ranks, others, pages, maths, reports, and our own words where no style prints them."""
    assert "issued" not in csl("no-date") and csl("no-date")["accessed"] == {"date-parts": [[2026, 11, 23]]}
    assert csl("corporate-mixed")["author"] == [
        {"family": "Lind", "given": "James"},
        {"literal": "The SCURVY Study Group"},
    ]
    assert csl("ranks")["author"][1] == {"family": "Ford", "given": "Henry", "suffix": "III"}
    assert csl("and-others")["author"][-1] == {"literal": "others"}
    assert csl("dashes")["page"] == "14-20"
    assert csl("maths")["title"] == "Effect of α₂δ ligands on GABA(A) and Ca²⁺ at 10⁻⁶ M (p < 0.05, n ≥ 65)"
    assert csl("corporate")["number"] == "WHO/MSD/2010.1" and csl("corporate")["type"] == "report"
    assert csl("chapter")["container-title"] == "Goodman & Gilman's" and csl("not-web")["type"] == "document"
    assert csl("sixty-authors")["custom"] == {
        "studydesign": "rct",
        "population": "people",
        "samplesize": "12,345",
        "finding": "Half of them got better.",
        "limitation": "Half of them did not!",
    }
    assert json.loads(exports.csl_json([])) == []


# Names

NAMES = [
    ("Hadley, Sallie J.", Name("Hadley", "Sallie J.")),
    ("Sallie J. Hadley", Name("Hadley", "Sallie J.")),
    ("van der Berg, Jan", Name("van der Berg", "Jan")),
    ("Jan van der Berg", Name("van der Berg", "Jan")),
    ("von Neumann", Name("von Neumann")),
    ("Rasmussen JØ", Name("Rasmussen", "JØ")),
    ("Walsh, Jr, R. M.", Name("Walsh", "R. M.", "Jr")),
    ("Walsh, R. M., Jr.", Name("Walsh", "R. M.", "Jr")),
    ("Walsh Jr., R. M.", Name("Walsh", "R. M.", "Jr")),
    ("R. M. Walsh III", Name("Walsh", "R. M.", "III")),
    ("{Home Office}", Name("Home Office", organisation=True)),
    ("{{Home Office}}", Name("Home Office", organisation=True)),
    ("{Le Corre}, {Ann}", Name("Le Corre", "Ann")),
    (r"{\O}rsted, S{\o}ren", Name("Ørsted", "Søren")),
    (r"Maria {Garc{\'i}a L{\'o}pez}", Name("García López", "Maria")),
    ("Plato", Name("Plato")),
    ("Plato,", Name("Plato")),
    ("", Name("")),
    (",", Name("")),
    ("{", Name("")),
]


@pytest.mark.parametrize("written, expected", NAMES)
def test_name(written: str, expected: Name) -> None:
    """Each way to write a name."""
    assert names.parse(written) == expected


def test_a_list_of_names() -> None:
    """``and`` inside braces is a word; ``others`` is nobody."""
    assert names.read("{A and B} and\n C, D and others") == ([Name("A and B", organisation=True), Name("C", "D")], True)
    assert names.read("") == ([], False)
