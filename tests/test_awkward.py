"""Awkward works, one by one: each entry of ``data/awkward.bib`` has exactly the HTML that stands in ``data/awkward.txt``.

In ``awkward.txt`` the key of an entry stands behind ``===``, and below it what a reader's browser gets.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from evidence import bibliography, lint, vancouver
from evidence.latex import to_text
from evidence.reference import Reference

DATA = Path(__file__).parent / "data"
KNOWN = bibliography.read(DATA / "awkward.bib", "awkward.bib")


def written() -> dict[str, str]:
    """The HTML of each entry by its key."""
    blocks = (DATA / "awkward.txt").read_text(encoding="utf-8").removeprefix("=== ").split("\n=== ")
    return {key: html.strip() for key, _, html in (block.partition("\n") for block in blocks)}


EXPECTED = written()


def test_the_file_is_awkward_and_right() -> None:
    """Enough entries, all read, and nothing to find fault with but that some are not graded."""
    assert len(KNOWN.references) >= 55 and list(EXPECTED) == [reference.key for reference in KNOWN.references]
    assert {diagnostic.rule for diagnostic in lint.check_bibliography(KNOWN) if diagnostic.stops} <= {"unclassified-reference"}
    assert KNOWN.broken == [] and KNOWN.repeated == []


@pytest.mark.parametrize("reference", KNOWN.references, ids=lambda reference: reference.key)
def test_entry(reference: Reference) -> None:
    """The entry, letter by letter; what is LaTeX in the file is none on the page."""
    html = vancouver.to_html(reference)
    assert html == EXPECTED[reference.key]
    assert "\\" not in html and "{" not in html and "  " not in html and ".." not in html.replace("...", "")


SHORT = [
    ("sixty-authors", "Abe 2006"),
    ("corporate-and", "Food and Drug Administration 2011"),
    ("no-author", "“Nobody signed this editorial” 2009"),
    ("long-title", "Verbose 1979"),
    ("book-edited", "Edwards 2020"),
    ("particles", "van der Berg 1997"),
    ("ranks", "King 1996"),
    ("single-names", "Plato 1995"),
    ("braced-parts", "Le Corre 1992"),
    ("chinese", "王 2021"),
    ("arabic", "ابن سينا 2022"),
    ("no-date-article", "Old"),
    ("web-month", "“Read in some month” 2015"),
]


@pytest.mark.parametrize("key, name", SHORT)
def test_short_name(key: str, name: str) -> None:
    """What running text calls a work."""
    assert vancouver.short_name(KNOWN.by_key[key]) == name


DESIGNS = [
    ("rct", "people", "", "106", "Randomised trial, 106 people", "people"),
    ("rct", "people", "", "1", "Randomised trial, 1 person", "people"),
    ("meta-analysis", "people", "8", "2,299", "Meta-analysis, 8 studies, 2,299 people", "people"),
    ("systematic-review", "people", "1", "", "Systematic review, 1 study, people", "people"),
    ("animal", "animals", "", "", "Animal study, animals only", "animals"),
    ("animal", "animals", "", "24", "Animal study, 24 animals", "animals"),
    ("narrative-review", "animals", "", "", "Narrative review, animals", "animals"),
    ("in-vitro", "cells", "", "", "Laboratory study, cells or tissue", "cells"),
    ("in-vitro", "animals", "", "", "Laboratory study, animals", "animals"),
    ("in-vitro", "cells", "", "1", "Laboratory study, 1 sample of cells or tissue", "cells"),
    (
        "observational",
        "people-and-animals",
        "",
        "30",
        "Observational study, people and animals, 30 studied",
        "people-and-animals",
    ),
    ("guideline", "people", "", "106", "Guideline", ""),
    ("regulatory", "people", "", "", "Regulator’s record", ""),
    ("label", "people", "", "", "Official product label", ""),
    ("legal", "people", "", "", "Law or legal notice", ""),
    ("", "people", "", "", "People", "people"),
    ("", "", "", "", "", ""),
    ("miracle", "plants", "", "", "", ""),
]


@pytest.mark.parametrize("design, population, studies, size, words, data", DESIGNS)
def test_design(design: str, population: str, studies: str, size: str, words: str, data: str) -> None:
    """Study design, who was studied and how many; nobody was studied for a guideline, a record, a label or a law."""
    fields = {"title": "T", "studydesign": design, "population": population, "studies": studies, "samplesize": size}
    reference = Reference("k", "article", fields, "b", 1)
    assert vancouver.design(reference) == words
    html = vancouver.to_html(reference)
    assert (f'<strong class="ref-design" data-population="{data}">' in html) == bool(data)
    assert ("data-population" in html) == bool(data)
    assert (f">{words}.</strong>" in html) == bool(words)


LATEX = [
    ("plain text, untouched  ", "plain text, untouched  "),
    (r"H$_2$O, CO$_{2}$, $x^{-10}$, ${}^{13}$C", "H₂O, CO₂, x⁻¹⁰, ¹³C"),
    (r"GABA$_A$, GABA$_{\mathrm{A}}$, GABA$_\mathrm{A}$, GABA\textsubscript{A}", "GABA(A), GABA(A), GABA(A), GABA(A)"),
    (r"37\,$^\circ$C and 2\textsuperscript{nd}", "37 °C and 2nd"),
    (r"a_b and a^b", "a_b and a^b"),
    ("a_b~c", "a_b c"),
    ("$5 or $10 a day, $", "$5 or $10 a day, $"),
    (r"\$5", "$5"),
    ("50% & #1", "50% & #1"),
    ("``a'' and `b' don't", "“a” and ‘b’ don't"),
    (r"\mbox{Z-drug}, and\slash or, \copyright\ X", "Z-drug, and/or, © X"),
    (r"a--b---c", "a–b—c"),
]


@pytest.mark.parametrize("value, text", LATEX)
def test_latex(value: str, text: str) -> None:
    """Maths and escapes as text; money stays money."""
    assert to_text(value) == text
