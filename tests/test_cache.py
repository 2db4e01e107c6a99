"""A second check reads only what changed, and never says anything else than a first one would."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from evidence import cache, page
from evidence.__main__ import main

CLAIM = "Pregabalin reduces anxiety in adults."
BIB = "@article{hadley2012, title = {T}, journal = {J}, year = {2012}, doi = {10.1000/x}}\n"


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small site with a claim in it, and the current folder in it."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "mkdocs.yml").write_text("plugins:\n  - bibtex:\n      bib_file: references.bib\n")
    (tmp_path / "references.bib").write_text(BIB)
    dates = "---\nreviewed: 2026-01-01\nreview_due: 2027-01-01\n---\n\n"
    (tmp_path / "docs" / "a.md").write_text(f"{dates}{CLAIM[:-1]} [@hadley2012].\n")
    (tmp_path / "docs" / "b.md").write_text(f"{dates}{CLAIM}\n\nThe garden was cold.\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    """Exit code and output of a check."""
    capsys.readouterr()
    code = main(["check", *arguments])
    return code, capsys.readouterr().out


@pytest.fixture
def read_pages(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the pages that were really read and judged, in order."""
    names: list[str] = []
    original = page.read

    def counted(source, *rest):  # type: ignore[no-untyped-def]
        names.append(source.path)
        return original(source, *rest)

    monkeypatch.setattr(page, "read", counted)
    return names


def test_a_second_check_says_the_same_and_reads_nothing(
    site: Path, capsys: pytest.CaptureFixture[str], read_pages: list[str]
) -> None:
    """What has not changed is not judged again."""
    first = said(capsys)
    assert read_pages == ["docs/a.md", "docs/b.md"]
    assert first[0] == 1 and "docs/b.md:6:1:" in first[1]
    read_pages.clear()
    assert said(capsys) == first
    assert read_pages == []
    for style in ("json", "github", "sarif"):
        assert said(capsys, "--format", style) == said(capsys, "--format", style, "--no-cache")


def test_a_changed_page_is_read_again(site: Path, capsys: pytest.CaptureFixture[str], read_pages: list[str]) -> None:
    """Only that one."""
    said(capsys)
    (site / "docs" / "b.md").write_text((site / "docs" / "a.md").read_text() + "\nIt was late.\n")
    read_pages.clear()
    assert said(capsys)[0] == 0
    assert read_pages == ["docs/b.md"]


def test_a_changed_bibliography_counts(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A key that is gone is unknown on a page that did not change."""
    said(capsys)
    (site / "references.bib").write_text(BIB.replace("hadley2012", "hadley2013"))
    assert "docs/a.md:6:39: ‘@hadley2012’ is no key" in said(capsys)[1]


def test_a_changed_checker_counts(
    site: Path, capsys: pytest.CaptureFixture[str], read_pages: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new word in a list, a new weight, a new rule: all is judged anew, and the old results are gone."""
    said(capsys)
    read_pages.clear()
    monkeypatch.setattr(cache, "version", lambda: "another")
    said(capsys)
    assert len(read_pages) == 2
    assert len(list((site / ".cache" / "evidence").glob("check-*.json"))) == 1


@pytest.mark.parametrize(
    "name", ["lint.py", "rules/uncited_claim.py", "lexicon/drugs.txt", "lexicon/worlds/software.txt", "weights.tsv"]
)
def test_the_version_covers_lists_weights_and_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """One character more in any of them is another checker."""
    package = tmp_path / "evidence"
    shutil.copytree(Path(cache.__file__).parent, package, ignore=shutil.ignore_patterns("__pycache__", "training"))
    monkeypatch.setattr(cache, "_PACKAGE", package)
    before = cache.version.__wrapped__()
    assert cache.version.__wrapped__() == before
    with (package / name).open("a", encoding="utf-8") as file:
        file.write("\n")
    assert cache.version.__wrapped__() != before


@pytest.mark.parametrize("ruin", ["", "{", "nothing\n[]", "\x00" * 50], ids=["empty", "cut", "other", "zeros"])
def test_a_broken_cache_is_no_cache(site: Path, capsys: pytest.CaptureFixture[str], ruin: str) -> None:
    """Whatever its file holds."""
    first = said(capsys)
    (path,) = (site / ".cache" / "evidence").glob("check-*.json")
    path.write_text(ruin)
    assert said(capsys) == first
    path.write_bytes(path.read_bytes()[:-10])
    assert said(capsys) == first


def test_a_place_that_cannot_be_written_is_no_matter(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file where the folder should be."""
    (site / ".cache").write_text("in the way")
    assert said(capsys)[0] == 1
    assert (site / ".cache").read_text() == "in the way"


def test_no_cache_keeps_nothing(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The option does what it says."""
    assert said(capsys, "--no-cache")[0] == 1
    assert not (site / ".cache").exists()


def test_two_checks_at_once(site: Path) -> None:
    """They write the same file, and both are right."""
    runs = [
        subprocess.Popen([sys.executable, "-m", "evidence", "check"], cwd=site, stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    outputs = {run.communicate()[0] for run in runs}
    assert len(outputs) == 1 and "docs/b.md:6:1" in outputs.pop()


def git(folder: Path, *arguments: str) -> None:
    """Run git as somebody."""
    who = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


def test_changed_since(site: Path, capsys: pytest.CaptureFixture[str], read_pages: list[str]) -> None:
    """Only pages that differ from a commit are checked, new ones too; with a changed bibliography all are."""
    git(site, "init", "-q")
    git(site, "add", ".")
    git(site, "commit", "-qm", "start")
    code, out = said(capsys, "--changed-since", "HEAD", "--no-cache")
    assert (code, read_pages) == (0, [])
    assert "0 pages" in out
    (site / "docs" / "c.md").write_text(CLAIM + "\n")
    assert said(capsys, "--changed-since", "HEAD", "--no-cache")[0] == 1
    assert read_pages == ["docs/c.md"]
    read_pages.clear()
    (site / "references.bib").write_text(BIB + "\n")
    said(capsys, "--changed-since", "HEAD", "--no-cache")
    assert read_pages == ["docs/a.md", "docs/b.md", "docs/c.md"]


@pytest.mark.parametrize("revision", ["nosuch", "--output=x", ""])
def test_changed_since_nothing_known(site: Path, capsys: pytest.CaptureFixture[str], revision: str) -> None:
    """No repository, or no such commit: one sentence, and exit 2."""
    assert main(["check", f"--changed-since={revision}"]) == 2
    assert "evidence: --changed-since" in capsys.readouterr().err
    git(site, "init", "-q")
    assert main(["check", f"--changed-since={revision}"]) == 2
    assert "Traceback" not in capsys.readouterr().err
    assert not (site / "x").exists()
