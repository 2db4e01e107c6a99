"""Bibliographies as people send them: what is read, what is said about the rest, and never a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest
from evidence import bibliography, lint, vancouver
from evidence.reference import Reference
from evidence.source import Unreadable

OK = "title = {T}, journal = {J}, year = {2020}, doi = {10.1000/x}"


def found(text: str) -> list[tuple[int, str]]:
    """(line, rule) of each diagnostic about a bibliography."""
    diagnostics = lint.check_bibliography(bibliography.parse("references.bib", text))
    for diagnostic in diagnostics:
        assert diagnostic.message and diagnostic.help and diagnostic.quote
    return [(d.place.line, d.rule) for d in diagnostics]


U, D, L, V, S = (
    "unparsable-reference",
    "duplicate-reference",
    "incomplete-reference",
    "invalid-identifier",
    "unsafe-reference",
)

TABLE: list[tuple[str, str, list[tuple[int, str]]]] = [
    ("empty file", "", []),
    ("only a comment", "% nothing here\n@comment{x}\n", []),
    ("one good entry", f"@article{{a, {OK}}}", []),
    ("entry in parentheses", f"@article(a, {OK})", []),
    ("never closed", "@article{a,\n title = {T\n", [(1, U)]),
    ("second entry after one never closed", f"@article{{a,\n title = {{T\n\n@article{{b, {OK}}}", [(1, U)]),
    ("missing comma after key", "@article{a title = {T}}", [(1, U)]),
    ("missing key", f"@article{{, {OK}}}", [(1, U)]),
    ("space in key", f"@article{{a b, {OK}}}", [(1, U)]),
    ("dot in key", f"@article{{a.b, {OK}}}", [(1, U)]),
    ("colon in key", f"@article{{a:b, {OK}}}", [(1, U)]),
    ("accent in key", f"@article{{mül, {OK}}}", [(1, U)]),
    ("field twice", f"@article{{a, {OK}, year = {{2021}}}}", [(1, U)]),
    ("text around entries", f"hello\n@article{{a, {OK}}}\nbye", []),
    ("stray at sign", f"mail me @ home\n@article{{a, {OK}}}", [(1, U)]),
    ("key twice", f"@article{{a, {OK}}}\n@article{{a, {OK.replace('/x', '/y')}}}", [(2, D)]),
    ("key twice, other case", f"@article{{a, {OK}}}\n@article{{A, {OK.replace('/x', '/y')}}}", [(2, D)]),
    ("doi twice", f"@article{{a, {OK}}}\n@article{{b, {OK}}}", [(2, D)]),
    ("doi twice, other case", f"@article{{a, {OK}}}\n@article{{b, {OK.replace('/x', '/X')}}}", [(2, D)]),
    ("pmid twice", f"@article{{a, {OK}, pmid = {{12}}}}\n@article{{b, {OK.replace('/x', '/y')}, pmid = 12}}", [(2, D)]),
    ("no title", "@misc{a, year = 2020, url = {https://example.org}}", [(1, L)]),
    ("no year", "@misc{a, title = {T}, url = {https://example.org}}", [(1, L)]),
    ("undated", "@misc{a, title = {T}, year = {n.d.}, url = {https://example.org}}", []),
    ("no journal", "@article{a, title = {T}, year = 2020, doi = {10.1000/x}}", [(1, L)]),
    ("no identifier", "@misc{a, title = {T}, year = 2020}", [(1, L)]),
    ("no author is no fault", "@misc{a, title = {T}, year = 2020, url = {https://example.org/a}}", []),
    ("empty title", "@misc{a, title = {}, year = 2020, url = {https://example.org/a}}", [(1, L)]),
    ("doi with address", "@misc{a, title = {T}, year = 2020,\n doi = {https://doi.org/10.1000/x}}", [(2, V)]),
    ("doi without slash", "@misc{a, title = {T}, year = 2020,\n doi = {10.1000}}", [(2, V)]),
    ("pmid with letter", f"@article{{a, {OK},\n pmid = {{12a}}}}", [(2, V)]),
    ("pmid zero", f"@article{{a, {OK},\n pmid = 0}}", [(2, V)]),
    ("pmcid without PMC", f"@article{{a, {OK},\n pmcid = {{123}}}}", [(2, V)]),
    ("isbn with wrong check digit", f"@article{{a, {OK},\n isbn = {{978-3-16-148410-1}}}}", [(2, V)]),
    ("isbn", f"@article{{a, {OK},\n isbn = {{978-3-16-148410-0}}}}", []),
    ("year in words", "@misc{a, title = {T},\n year = {last year}, url = {https://example.org}}", [(2, V)]),
    ("year of five digits", "@misc{a, title = {T},\n year = 20200, url = {https://example.org}}", [(2, V)]),
    ("unknown study design", f"@article{{a, {OK},\n studydesign = {{trial}}, population = {{people}}}}", [(2, V)]),
    ("unknown population", f"@article{{a, {OK},\n population = {{rats}}}}", [(2, V)]),
    ("sample size in words", f"@article{{a, {OK},\n samplesize = {{many}}}}", [(2, V)]),
    ("address without host", "@misc{a, title = {T}, year = 2020,\n url = {https://}}", [(2, V)]),
    ("address that is none", "@misc{a, title = {T}, year = 2020,\n url = {www.example.org}}", [(2, V)]),
    ("bracket in an address", "@misc{a, title = {T}, year = 2020,\n url = {https://[bad}}", [(2, V), (2, S)]),
    ("javascript address", "@misc{a, title = {T}, year = 2020,\n url = {javascript:alert(1)}}", [(2, S)]),
    ("JavaScript in capitals", "@misc{a, title = {T}, year = 2020,\n url = {JaVaScRiPt:alert(1)}}", [(2, S)]),
    ("data address", "@misc{a, title = {T}, year = 2020,\n url = {data:text/html,x}}", [(2, S)]),
    ("ftp address", "@misc{a, title = {T}, year = 2020,\n url = {ftp://example.org/x}}", [(2, S)]),
    (
        "link that ends early",
        "@misc{a, title = {T}, year = 2020,\n url = {https://example.org/) <img src=x>}}",
        [(2, V), (2, S)],
    ),
    ("script in title", f"@article{{a, {OK.replace('{T}', '{<script>x</script>}')}}}", [(1, S)]),
    ("image in note", f"@article{{a, {OK},\n note = {{<img src=x onerror=y>}}}}", [(2, S)]),
    ("markup in finding", f"@article{{a, {OK},\n finding = {{<b>big</b>}}}}", [(2, S)]),
    ("href in title", f"@article{{a, {OK},\n note = {{\\href{{javascript:x}}{{y}}}}}}", [(2, S)]),
    ("direction mark in title", f"@article{{a, {OK},\n note = {{a\u202eb}}}}", [(2, S)]),
    ("null byte", f"@article{{a, {OK},\n note = {{a\x00b}}}}", [(2, S)]),
    ("less-than sign is no markup", f"@article{{a, {OK},\n finding = {{p < 0.05}}}}", []),
    ("per cent and ampersand", f"@article{{a, {OK},\n note = {{A 50% taper & more}}}}", []),
]


@pytest.mark.parametrize("text, expected", [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_broken_and_good(text: str, expected: list[tuple[int, str]]) -> None:
    """Each fault is said once, at its line; what is good passes."""
    assert found(text) == expected


@pytest.mark.parametrize(
    "text", ["{" * 50_000, "@article{" * 5_000, '"' * 50_000, "@" * 50_000, "@article{a," + "x = {y}, " * 5_000 + "}"]
)
def test_hostile_files_end(text: str) -> None:
    """Nonsense is answered, not crashed on."""
    assert isinstance(found(text), list)


def test_not_utf8(tmp_path: Path) -> None:
    """A file in another encoding is named with its line."""
    path = tmp_path / "x.bib"
    path.write_bytes(b"@article{a,\n title = {caf\xe9}}")
    with pytest.raises(Unreadable, match=r"x\.bib:2:1: this file is not UTF-8"):
        bibliography.read(path)


def test_strings_and_concatenation() -> None:
    """@string names are replaced and # joins, as BibTeX does."""
    known = bibliography.parse("b", '@string{jp = "J Psych"}\n@article{a, title = "A " # {b}, journal = jp # " X", year = 2020}')
    assert known.by_key["a"].fields == {"title": "A b", "journal": "J Psych X", "year": "2020"}


AUTHORS = [
    ("Hadley, Sallie J.", "Hadley SJ"),
    ("Sallie J. Hadley", "Hadley SJ"),
    ("Brunner, E", "Brunner E"),
    ("{World Health Organization}", "World Health Organization"),
    ("van der Berg, Jan", "van der Berg J"),
    ("Jan van der Berg", "van der Berg J"),
    ('M{\\"u}ller, J{\\o}rg', "Müller J"),
    ("Smith, Jr., Bob", "Smith B Jr"),
    ("Li, Wei-Ming", "Li WM"),
    ("A, B and C, D", "A B, C D"),
    ("A, B and others", "A B, et al"),
    ("A, B and B, C and C, D and D, E and E, F and F, G and G, H", "A B, B C, C D, D E, E F, F G, et al"),
    ("{Food and Drug Administration}", "Food and Drug Administration"),
    ("", ""),
]


@pytest.mark.parametrize("written, printed", AUTHORS)
def test_authors(written: str, printed: str) -> None:
    """Names come out as PubMed prints them."""
    assert vancouver.authors(Reference("k", "article", {"author": written}, "b", 1)) == printed


def test_entry_escapes_everything_and_keeps_capitals() -> None:
    """No value brings markup onto the page, and GABA stays GABA."""
    fields = {"title": "GABA <b> & {\\'e}", "journal": "J", "year": "2020", "doi": '10.1/x"y', "url": "javascript:x"}
    text = vancouver.to_html(Reference("k", "article", fields, "b", 1))
    assert "GABA &lt;b&gt; &amp; é." in text
    assert '"10.1/x"' not in text and "javascript" not in text
