"""What a change does to the claims, as a reader of the pull request is told."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

PAGE = (
    "---\nreviewed: 2026-11-23\nreview_due: 2027-05-23\n---\n"
    "Pregabalin can reduce anxiety in adults [@one2012trial].\n\n"
    "Lorazepam can cause dependence within weeks [@two2018review].\n\n"
    "Melatonin did not help people to stop diazepam [@two2018review].\n"
)


def entry(key: str, design: str = "rct") -> str:
    fields = {
        "title": f"The work {key}", "journal": "J", "year": key[3:7], "doi": f"10.1234/{key}",
        "studydesign": design, "population": "people", "samplesize": "106",
    }  # fmt: skip
    return f"@article{{{key},\n" + "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items()) + "}\n"


BIB = entry("one2012trial") + entry("two2018review", "systematic-review")


def git(folder: Path, *arguments: str) -> None:
    identity = {f"GIT_{who}_{what}": "a@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    subprocess.run(["git", "-C", str(folder), *arguments], check=True, capture_output=True, env={**os.environ, **identity})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project in a repository, inside a folder of it, with one page and two references."""
    root = tmp_path / "site"
    (root / "docs").mkdir(parents=True)
    (root / "mkdocs.yml").write_text("site_name: S\nplugins:\n  - bibtex:\n      bib_file: references.bib\n", encoding="utf-8")
    (root / "references.bib").write_text(BIB, encoding="utf-8")
    (root / "docs" / "a.md").write_text(PAGE, encoding="utf-8")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "x")
    return root


def report(folder: Path, base: str = "HEAD") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "evidence", "report", "--base", base],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT / "hooks"), "SOURCE_DATE_EPOCH": "1795392000"},
        capture_output=True,
        text=True,
        check=False,
    )


def edit(folder: Path, old: str, new: str, name: str = "docs/a.md") -> None:
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_nothing_changed(folder: Path) -> None:
    run = report(folder)
    assert run.returncode == 0, run.stderr
    assert "| Claims | 3 of 3 claims with a reference | 3 of 3 claims with a reference |" in run.stdout
    assert "Findings: none." in run.stdout and "No claim and no reference is touched." in run.stdout


def test_a_reworded_claim_is_named(folder: Path) -> None:
    """The words of a cited claim changed and its citation did not: that is what a reviewer must see first."""
    edit(folder, "can reduce anxiety in adults", "will reduce anxiety in all adults")
    out = report(folder).stdout
    assert "**Please compare this with its source: the words changed, and the reference did not.**" in out
    assert "### Reworded, with the same references (1)" in out
    assert "- `a.md:5`, `@one2012trial`" in out
    assert "before: `Pregabalin can reduce anxiety in adults.`" in out
    assert "now: `Pregabalin will reduce anxiety in all adults.`" in out
    assert "### Added" not in out and "### Removed" not in out


def test_a_claim_cited_anew(folder: Path) -> None:
    edit(folder, "adults [@one2012trial]", "adults [@two2018review; but @one2012trial]")
    out = report(folder).stdout
    assert "### Cited anew, in the same words (1)" in out
    assert "from `@one2012trial` to `@two2018review but @one2012trial`" in out


def test_claims_come_and_go(folder: Path) -> None:
    edit(
        folder,
        "Melatonin did not help people to stop diazepam [@two2018review].",
        "Alcohol makes withdrawal from alprazolam worse.",
    )
    (folder / "docs" / "b.md").write_text(PAGE, encoding="utf-8")
    out = report(folder).stdout
    assert "| Claims | 3 of 3 claims with a reference | 5 of 6 claims with a reference |" in out
    assert "### Added (4)" in out and "`Alcohol makes withdrawal from alprazolam worse.`, no reference" in out
    assert "### Removed (1)" in out and "`Melatonin did not help people to stop diazepam.`" in out
    assert "uncited-claim 1" in out and "### Findings" in out


def test_a_sentence_that_moves_is_no_change(folder: Path) -> None:
    first, second = (
        "Pregabalin can reduce anxiety in adults [@one2012trial].",
        "Lorazepam can cause dependence within weeks [@two2018review].",
    )
    text = (folder / "docs" / "a.md").read_text(encoding="utf-8")
    (folder / "docs" / "a.md").write_text(text.replace(first, "X").replace(second, first).replace("X", second), encoding="utf-8")
    assert "No claim and no reference is touched." in report(folder).stdout


def test_references_come_and_go(folder: Path) -> None:
    edit(folder, entry("one2012trial"), entry("new2020trial"), "references.bib")
    out = report(folder).stdout
    assert "### New references (1)" in out and "- `@new2020trial`: `Randomised trial, 106 people` `The work new2020trial`" in out
    assert "### References that went (1)" in out and "- `@one2012trial`" in out


def test_words_of_strangers_stay_words(folder: Path) -> None:
    """No name is called, no link or markup comes out of what a pull request says."""
    edit(
        folder,
        "in adults [@one",
        "in adults, says @octocat `</code>` <img src=x> [a](https://evil.example) ![b](https://evil.example/b) [@one",
    )
    out = report(folder).stdout
    line = next(line for line in out.splitlines() if "octocat" in line and "now:" in line)
    assert line.strip().startswith("- now: `") and line.endswith("`") and line.count("`") == 2


@pytest.mark.parametrize("base", ["nosuch", "--output=x", "HEAD~5", ""])
def test_no_such_commit(folder: Path, base: str) -> None:
    run = report(folder, base)
    assert run.returncode == 2 and "Traceback" not in run.stderr and not (folder / "x").exists()
    assert "git cannot tell" in run.stderr or "expected one argument" in run.stderr


def test_no_repository(tmp_path: Path, folder: Path) -> None:
    import shutil

    shutil.rmtree(tmp_path / ".git")
    run = report(folder)
    assert run.returncode == 2 and "git cannot tell" in run.stderr


def test_a_base_without_the_site(folder: Path) -> None:
    """A commit from before the docs folder existed: everything is new."""
    git(folder, "checkout", "-q", "--orphan", "empty")
    git(folder, "rm", "-rqf", "--cached", ".")
    git(folder, "commit", "-q", "--allow-empty", "-m", "nothing")
    out = report(folder).stdout
    assert "### Added (3)" in out and "### New references (2)" in out


def test_unreadable_pages_of_the_base(folder: Path) -> None:
    """What could not be read then is passed over."""
    (folder / "docs" / "c.md").write_bytes(b"\xff\xfe")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "y")
    (folder / "docs" / "c.md").unlink()
    run = report(folder)
    assert run.returncode == 0 and "No claim and no reference is touched." in run.stdout
