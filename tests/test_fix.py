"""Mending what has one right answer: pages, bibliographies, and nothing else."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT
from evidence import bibliography, fix, page, source, tidy
from evidence.rules.rule import Setting

BIB = (
    "@article{one2012trial, title = {T}, journal = {J}, year = 2012, doi = {10.1234/a}}\n"
    "@misc{WHO2009, title = {T}, year = 2009, url = {https://who.int}}\n"
)


def mended(text: str) -> str:
    known = bibliography.parse("references.bib", BIB)
    return fix.page(page.read(source.Source("a.md", text)), Setting((known,)))


PAGES = [
    ("Pregabalin reduces anxiety. [@one2012trial]", "Pregabalin reduces anxiety [@one2012trial]."),
    ("Pregabalin reduces anxiety.[@one2012trial] It can.", "Pregabalin reduces anxiety [@one2012trial]. It can."),
    ("Pregabalin reduces anxiety [@One2012Trial].", "Pregabalin reduces anxiety [@one2012trial]."),
    ("Pregabalin [see @ONE2012trial, p. 2; but @who2009] helps.", "Pregabalin [see @one2012trial, p. 2; but @WHO2009] helps."),
    ("@One2012trial found less anxiety.", "@one2012trial found less anxiety."),
    ("“Less anxiety.” [@one2012trial]", None),
    ("Is it so? [@one2012trial]", None),
    ("It helped … [@one2012trial]", None),
    ("Pregabalin reduces anxiety [@one2012trial].", None),
    ("Pregabalin reduces anxiety [@nobody2001].", None),
    ("Write `x. [@One2012trial]` so.", None),
    ("```\nx. [@One2012trial]\n```\n", None),
    ("[a page. [@one2012trial]](x.md)", None),
    ("<!-- x. [@One2012trial] -->", None),
    ("I slept badly.\n\n[@one2012trial] said so.", None),
    ("A line with a break.  \n[@one2012trial] goes on.", None),
]


@pytest.mark.parametrize("text, expected", PAGES)
def test_pages(text: str, expected: str | None) -> None:
    """Keys in their own case, citations before the full stop; all else as it was; a second time nothing more."""
    once = mended(text)
    assert once == (text if expected is None else expected)
    assert mended(once) == once


IDENTIFIERS = [
    ("doi", "https://doi.org/10.1234/a", "10.1234/a"),
    ("doi", "http://dx.doi.org/10.1234/a(b)", "10.1234/a(b)"),
    ("doi", "DOI: 10.1234/A", "10.1234/A"),
    ("doi", "https://example.org/10.1234/a", "https://example.org/10.1234/a"),
    ("pmid", "https://pubmed.ncbi.nlm.nih.gov/123/", "123"),
    ("pmid", "PMID: 123", "123"),
    ("pmid", "12x", "12x"),
    ("pmcid", "pmc123", "PMC123"),
    ("pmcid", "https://pmc.ncbi.nlm.nih.gov/articles/PMC123/", "PMC123"),
    ("title", "https://doi.org/10.1234/a", "https://doi.org/10.1234/a"),
]


@pytest.mark.parametrize("name, value, expected", IDENTIFIERS)
def test_identifiers(name: str, value: str, expected: str) -> None:
    assert tidy.identifier(name, value) == expected


def test_a_bibliography_in_order() -> None:
    """Entries by key, fields by kind, comments with their entries, strings and the head on top."""
    text = (
        "% The head.\n\n@string{j = {Journal}}\n\n@ARTICLE{zoe2001b,\n YEAR=2001, doi={https://doi.org/10.1/z},\n"
        ' title = "Z",\n journal = j # { B}}\n\n% About Ann.\n'
        "@misc{ann2000a, url={https://a.example}, custom = {x}, title={A\n  long title}}\n\n% The end.\n"
    )
    assert tidy.bibliography(bibliography.parse("r.bib", text)) == (
        "% The head.\n\n@string{j = {Journal}}\n\n"
        "% About Ann.\n@misc{ann2000a,\n  title = {A long title},\n  url = {https://a.example},\n  custom = {x},\n}\n\n"
        '@article{zoe2001b,\n  title = "Z",\n  journal = j # { B},\n  year = 2001,\n  doi = {10.1/z},\n}\n\n% The end.\n'
    )


@pytest.mark.parametrize("file", [ROOT / "references.bib", ROOT / "tests" / "data" / "awkward.bib"], ids=["site", "awkward"])
def test_nothing_is_lost_and_twice_is_once(file: Path) -> None:
    """The same works with the same values, and a second run changes nothing."""
    known = bibliography.read(file, file.name)
    text = tidy.bibliography(known)
    assert text is not None
    again = bibliography.parse(file.name, text)
    assert {r.key: (r.type, r.fields) for r in again.references} == {r.key: (r.type, r.fields) for r in known.references}
    assert again.broken == [] and tidy.bibliography(again) == text
    assert text.count("%") == known.text.count("%")


def test_the_site_is_in_order() -> None:
    """The bibliography of this site is in its one form."""
    known = bibliography.read(ROOT / "references.bib", "references.bib")
    assert tidy.bibliography(known) == known.text


@pytest.mark.parametrize("text", ["@article{a, title = {T}", "@misc{a, title={T}}\n@misc{A, title={U}}", "@misc{ä, title={T}}"])
def test_what_cannot_be_read_is_left_alone(text: str) -> None:
    assert tidy.bibliography(bibliography.parse("r.bib", text)) is None


@pytest.mark.parametrize("text", ["", "\n", "% only words\n"])
def test_a_bibliography_without_entries(text: str) -> None:
    assert tidy.bibliography(bibliography.parse("r.bib", text)) == text


# The command


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "docs").mkdir()
    (tmp_path / "mkdocs.yml").write_text("plugins:\n  - bibtex:\n      bib_file: references.bib\n", encoding="utf-8")
    (tmp_path / "references.bib").write_text(BIB, encoding="utf-8")
    front = "---\nreviewed: 2026-11-23\nreview_due: 2027-05-23\n---\n"
    (tmp_path / "docs" / "a.md").write_text(
        f"{front}Pregabalin can reduce anxiety. [@One2012trial]\n\nTold by others [@who2009].\n", encoding="utf-8"
    )
    return tmp_path


def evidence(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "hooks"), "SOURCE_DATE_EPOCH": "1795392000"}
    return subprocess.run(
        [sys.executable, "-m", "evidence", *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def test_diff_shows_and_changes_nothing(folder: Path) -> None:
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    run = evidence(folder, "check", "--diff")
    assert run.returncode == 1, run.stderr
    assert "-Pregabalin can reduce anxiety. [@One2012trial]\n+Pregabalin can reduce anxiety [@one2012trial].\n" in run.stdout
    assert "+++ b/references.bib" in run.stdout
    assert {path: path.read_bytes() for path in before} == before


def test_fix_mends_and_checks(folder: Path) -> None:
    """What was mended is no finding any more; the files keep their rights, line ends and byte order mark."""
    path = folder / "docs" / "a.md"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    path.chmod(0o640)
    assert evidence(folder, "check").returncode == 1
    run = evidence(folder, "check", "--fix")
    assert run.returncode == 0, run.stdout + run.stderr
    assert "docs/a.md: mended" in run.stderr
    data = path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf---\r\n") and b"anxiety [@one2012trial].\r\n" in data and b"[@WHO2009].\r\n" in data
    assert b"\n" not in data.replace(b"\r\n", b"") and stat.S_IMODE(path.stat().st_mode) == 0o640
    assert evidence(folder, "check", "--diff").returncode == 0
    assert not [one for one in folder.rglob(".*") if one.is_file()]


def test_format_bibliography(folder: Path) -> None:
    run = evidence(folder, "format-bibliography", "--diff")
    assert run.returncode == 1 and (folder / "references.bib").read_text(encoding="utf-8") == BIB
    assert evidence(folder, "format-bibliography").returncode == 0
    text = (folder / "references.bib").read_text(encoding="utf-8")
    assert text.startswith("@article{one2012trial,\n  title = {T},\n")
    run = evidence(folder, "format-bibliography")
    assert run.returncode == 0 and run.stdout == "already in order\n"


@pytest.mark.parametrize("broken", ["@article{a, title = {T}", "\xff"])
def test_a_broken_bibliography_is_not_touched(folder: Path, broken: str) -> None:
    (folder / "references.bib").write_bytes(broken.encode("latin-1"))
    run = evidence(folder, "format-bibliography")
    assert run.returncode == 2 and run.stderr.startswith("evidence: ") and "Traceback" not in run.stderr
    assert (folder / "references.bib").read_bytes() == broken.encode("latin-1")


def test_a_write_that_fails_leaves_the_file_whole(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk fills up in the middle: the old file stands, nothing is left beside it, and a sentence says so."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(source.Unreadable, match="cannot be written: No space left on device"):
        fix.write(folder / "references.bib", "new")
    assert (folder / "references.bib").read_text(encoding="utf-8") == BIB
    assert sorted(path.name for path in folder.iterdir()) == ["docs", "mkdocs.yml", "references.bib"]
