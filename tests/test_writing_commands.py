"""What helps a writer: a new page, references for a claim, links that lead somewhere."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from conftest import ROOT
from evidence import bibliography, scaffold, source, suggest
from evidence.audit import links

SETTINGS = "site_name: S\nplugins:\n  - bibtex:\n      bib_file: references.bib\n"
BIB = (ROOT / "references.bib").read_text(encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project without pages."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "mkdocs.yml").write_text(SETTINGS, encoding="utf-8")
    (tmp_path / "references.bib").write_text("", encoding="utf-8")
    return tmp_path


def evidence(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a folder, as a person does."""
    return subprocess.run(
        [sys.executable, "-m", "evidence", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT / "hooks"), "SOURCE_DATE_EPOCH": "1795392000"},
        capture_output=True,
        text=True,
        check=False,
    )


# evidence new


@pytest.mark.parametrize("kind, path", [("post", "docs/blog/posts/my-first-winter.md"), ("page", "docs/my-first-winter.md")])
def test_a_new_page_passes_the_check(folder: Path, kind: str, path: str) -> None:
    """It is where it belongs, readable by all, has its dates, and nothing to find fault with."""
    run = evidence(folder, "new", kind, "My first winter")
    assert run.returncode == 0, run.stderr
    assert run.stdout.startswith(f"{path}: written.")
    assert stat.S_IMODE((folder / path).stat().st_mode) == 0o644
    meta = source.read(folder / path).meta
    assert str(meta["reviewed"]) == "2026-11-23" and str(meta["review_due"]) == "2027-05-24"
    assert ("date" in meta) == (kind == "post")
    check = evidence(folder, "check")
    assert check.returncode == 0 and "no findings" in check.stdout, check.stdout


TITLES = [
    "It's “done”: what now?",
    "Schlaf & Träume",
    "007",
    "2026-11-23",
    "true",
    "# not a heading: {x} [y]",
    "@somebody said",
    "a" * 200,
    "'quoted'",
]


@pytest.mark.parametrize("title", TITLES)
def test_titles_survive(folder: Path, title: str) -> None:
    """Whatever a title may hold, the front matter has it as text, and the check finds nothing."""
    run = evidence(folder, "new", "page", title)
    assert run.returncode == 0, run.stderr
    file = next((folder / "docs").glob("*.md"))
    assert source.read(file).meta["title"] == title
    assert evidence(folder, "check").returncode == 0


@pytest.mark.parametrize("title", ["", "   ", "???", "<b>x</b>", "a\u202eb", "日本", "a" * 201])
def test_titles_that_cannot_be(folder: Path, title: str) -> None:
    """A sentence, exit code 2, and no file."""
    run = evidence(folder, "new", "post", title)
    assert run.returncode == 2 and "cannot be a title" in run.stderr and "Traceback" not in run.stderr
    assert not list((folder / "docs").rglob("*.md"))


def test_nothing_is_overwritten(folder: Path) -> None:
    """A page that is there stays as it is."""
    (folder / "docs" / "sleep.md").write_text("mine", encoding="utf-8")
    run = evidence(folder, "new", "page", "Sleep!")
    assert run.returncode == 2 and "there is such a page already" in run.stderr
    assert (folder / "docs" / "sleep.md").read_text(encoding="utf-8") == "mine"


def test_new_outside_a_project(tmp_path: Path) -> None:
    """Where there is no site, a sentence."""
    run = evidence(tmp_path, "new", "post", "Sleep")
    assert run.returncode == 2 and "no mkdocs.yml in this folder or above" in run.stderr


def test_new_where_nothing_can_be_written(folder: Path) -> None:
    """A file in the place of the folder for posts: one sentence, and nothing left behind."""
    (folder / "docs" / "blog").write_text("", encoding="utf-8")
    run = evidence(folder, "new", "post", "Sleep")
    assert run.returncode == 2 and "cannot be written" in run.stderr and "Traceback" not in run.stderr


def test_the_front_matter_is_yaml() -> None:
    """Every title gives a mapping that YAML reads."""
    import datetime

    for title in TITLES:
        front = scaffold.text("post", title, datetime.date(2026, 11, 23)).split("---\n")[1]
        assert yaml.safe_load(front)["title"] == title


# evidence suggest

CLAIMS = [
    (
        "Pregabalin lowers the release of glutamate in slices of rat brain.",
        {"yang2007felbamate", "dooley2000glutamate", "errante2003forebrain"},
    ),
    (
        "Stopping lorazepam suddenly can cause seizures.",
        {"hu2011seizures", "fialip1987seizures", "fda2020boxed", "lann2009fatal"},
    ),
    ("Therapy for insomnia beside a taper helps older people to stop.", {"baillargeon2003discontinuation", "morin2004cbt"}),
    (
        "Pregabalin together with opioids raises the risk of death by overdose.",
        {"gomes2018opioid", "abrahamsson2017maintenance", "kuo2022substitutes"},
    ),
    ("Melatonin did not help people stop their benzodiazepine.", {"wright2015melatonin"}),
    ("Pregabalin in pregnancy may raise the risk of malformations.", {"mhra2022pregnancy", "greenall2022pregnancy"}),
]


@pytest.mark.parametrize("claim, fitting", CLAIMS, ids=[claim[:40] for claim, _ in CLAIMS])
def test_a_fitting_reference_comes_first(claim: str, fitting: set[str]) -> None:
    """For claims of the site's subjects one of the right works is among the first two."""
    index = suggest.Index(bibliography.parse("references.bib", BIB).references)
    found = index.suggest(claim)
    assert {one.reference.key for one in found[:2]} & fitting
    assert all(0 < one.score <= 1 and one.words for one in found)
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)


def test_nothing_fits() -> None:
    """A claim on another subject gets no suggestion, and neither does one without words."""
    index = suggest.Index(bibliography.parse("references.bib", BIB).references)
    for claim in ("Paracetamol harms the liver.", "…", "It is so."):
        assert list(index.suggest(claim)) == []
    assert list(suggest.Index([]).suggest("Pregabalin reduces anxiety.")) == []


def test_suggest_changes_nothing(folder: Path) -> None:
    """It names place, claim, key and shared words, and leaves the file alone."""
    (folder / "references.bib").write_text(BIB, encoding="utf-8")
    text = "I slept badly.\n\nMelatonin did not help people to stop their benzodiazepine.\n"
    (folder / "docs" / "a.md").write_text(text, encoding="utf-8")
    run = evidence(folder, "suggest", "docs/a.md")
    assert run.returncode == 0, run.stderr
    assert "docs/a.md:3:1: ‘Melatonin did not help" in run.stdout and "[@wright2015melatonin]" in run.stdout
    assert "melatonin" in run.stdout and "1 claim without a reference." in run.stdout
    assert (folder / "docs" / "a.md").read_text(encoding="utf-8") == text


# evidence links


def site(folder: Path, **pages: str) -> Path:
    for name, body in pages.items():
        path = folder / name.replace("__", "/")
        path = path / "index.html" if name != "index" else folder / "index.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"<!doctype html><html><body>{body}</body></html>", encoding="utf-8")
    return folder


LINKS = [
    ('<a href="a/">x</a>', None),
    ('<a href="a/#here">x</a>', None),
    ('<a href="/a/index.html">x</a>', None),
    ("<a href='a/'>x</a>", None),
    ('<a href="#top" id="top">x</a>', None),
    ('<a href="https://example.org/gone">x</a>', None),
    ('<a href="mailto:a@example.org">x</a> <a href="tel:112">x</a>', None),
    ('<a href="https://site.example/a/">x</a>', None),
    ("<!-- <a href='gone/'>x</a> -->", None),
    ("<script>const a = '<a href=\"gone/\">';</script>", None),
    ('<a href="a/#discuss=words">x</a>', None),
    ('<a href="gone/">x</a>', "leads to gone/index.html, which is not there"),
    ('<a href="a/#gone">x</a>', "leads to #gone, and a/index.html has no such place"),
    ('<a href="#gone">x</a>', "leads to #gone, and index.html has no such place"),
    ('<img alt="" src="gone.png">', "leads to gone.png, which is not there"),
    ('<script src="gone.js"></script>', "leads to gone.js, which is not there"),
    ('<a href="../../etc/passwd">x</a>', "leads out of the site"),
    ('<a href="https://site.example/gone/">x</a>', "leads to gone/index.html, which is not there"),
    ('<a class="x" title="a > b" href="gone">x</a>', "leads to gone, which is not there"),
    ('<a href="a/?q=1#here">x</a>', None),
    ('<a href="a%2Fb/">x</a>', "leads to a/b/index.html, which is not there"),
]


@pytest.mark.parametrize("body, problem", LINKS)
def test_links(tmp_path: Path, body: str, problem: str | None) -> None:
    """Each kind of link, to a page, a place on it, a file, another host."""
    broken, pages, _ = links.check(site(tmp_path, index=body, a='<p id="here">x</p>'), "https://site.example/")
    assert pages == 2
    assert [one.problem for one in broken] == ([problem] if problem else [])
    assert all(one.page == "index.html" for one in broken)


def test_links_command(folder: Path) -> None:
    """Exit codes and a summary; a folder that is none, or empty, is one sentence."""
    site(folder / "site", index='<a href="gone/">x</a>')
    run = evidence(folder, "links", "site")
    assert run.returncode == 1 and run.stdout.endswith("1 page, 1 link: 1 leads nowhere\n")
    site(folder / "site", gone="x")
    assert evidence(folder, "links", "site").returncode == 0
    (folder / "empty").mkdir()
    for name in ("empty", "missing"):
        run = evidence(folder, "links", name)
        assert run.returncode == 2 and run.stderr.startswith("evidence: ") and "Traceback" not in run.stderr
