"""Two tiny sites built by the real MkDocs: one passes, one fails at exactly the expected lines."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from evidence.audit import built
from evidence.audit import page as audit

SITES = Path(__file__).parent / "sites"
HOOKS = Path(__file__).parent.parent / "hooks"

BAD = {
    "docs/index.md:9:14: [uncited-claim]",
    "docs/index.md:11:49: [unknown-citation]",
    "docs/index.md:12:3: [uncited-claim]",
    "docs/second.md:1:1: [missing-review-date]",
    "docs/second.md:3:46: [malformed-citation]",
}


@pytest.fixture
def site(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A copy of one of the sites, with its hooks where its mkdocs.yml says."""
    folder = tmp_path / "tests" / "sites" / "site"
    shutil.copytree(SITES / request.param, folder)
    (tmp_path / "hooks").symlink_to(HOOKS)
    return folder


def build(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run ``mkdocs build`` in a folder."""
    return subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", *options],
        cwd=folder,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1", "DISABLE_MKDOCS_2_WARNING": "true", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def places(output: str) -> set[str]:
    """``path:line:column: [rule]`` of each finding in a log."""
    return {f"{m[1]} [{m[2]}]" for m in re.finditer(r"(\S+:\d+:\d+:) .*\[([a-z-]+)\]$", output, re.MULTILINE)}


@pytest.mark.parametrize("options", [(), ("-q",), ("--strict",), ("--strict", "-q")], ids=" ".join)
@pytest.mark.parametrize("site", ["bad"], indirect=True)
def test_a_site_with_findings_is_not_built(site: Path, options: tuple[str, ...]) -> None:
    """Every combination of flags fails, names each place, and writes no page."""
    run = build(site, *options)
    assert run.returncode != 0
    assert places(run.stderr) == BAD
    assert "Traceback" not in run.stderr
    assert not list((site / "site").rglob("*.html"))


@pytest.mark.parametrize("site", ["good"], indirect=True)
def test_a_site_without_findings_is_built(site: Path) -> None:
    """Citations come out wherever prose stands, locators are kept, code and links are untouched."""
    run = build(site, "--strict")
    assert run.returncode == 0, run.stderr
    page = (site / "site" / "index.html").read_text(encoding="utf-8")
    assert built.read(page).cited.count("hadley2012switching") == 5
    assert built.read(page).cited.count("who2009") == 4
    assert "<code>code [@hadley2012switching]</code>" in page
    assert "[@hadley2012switching] in code stays as it is" in page
    assert '<a href="https://example.org/@handle">link with @handle</a>' in page
    assert "interval of [0, 5) mg" in page
    assert 'aria-label="Reference 1: Hadley 2012, randomised trial' in page
    assert '; see, p. 12" data-where="see, p. 12"' in page
    assert '; table 2; speaks against this" data-where="table 2"' in page
    assert "pregabalin: a GABA trial." in page
    assert "*stars* [and] brackets" in page
    assert "9 citations in 1 sources, all on their pages" in run.stderr


@pytest.mark.parametrize("site", ["good"], indirect=True)
def test_numbers_follow_the_text(site: Path) -> None:
    """References are numbered as a reader meets them, and each use is counted in the order of the text."""
    with (site / "docs" / "index.md").open("a", encoding="utf-8") as file:
        file.write(
            "\n\nDiazepam lasts longer [@who2009].\n\n- Item of a list [@hadley2012switching].\n\n"
            '!!! danger "Box"\n    Lorazepam is cleared faster [@who2009].\n'
        )
    assert build(site).returncode == 0
    page = (site / "site" / "index.html").read_text(encoding="utf-8")
    numbers = [int(number) for number in re.findall(r'class="footnote-ref"[^>]*>(\d+)</a>', page)]
    assert list(dict.fromkeys(numbers)) == sorted(set(numbers))
    for key in ("who2009", "hadley2012switching"):
        uses = [int(use or 1) for use in re.findall(rf'<sup id="fnref(\d*):{key}"', page)]
        assert uses == list(range(1, len(uses) + 1))


@pytest.mark.parametrize("site", ["good"], indirect=True)
def test_counts_add_up(site: Path) -> None:
    """The counts in the log are those of the classes, and their sum is the number of sentences."""
    log = build(site).stderr
    match = re.search(r"(\d+) sentences: ((?:\d+ [a-z ]+,? ?)+);", log)
    assert match, log
    assert int(match[1]) == sum(int(number) for number in re.findall(r"\d+", match[2]))


@pytest.mark.parametrize("site", ["good"], indirect=True)
def test_a_broken_bibliography_is_said_once(site: Path) -> None:
    """What cannot be read stops the build at its line, without a traceback of another parser."""
    with (site / "references.bib").open("a", encoding="utf-8") as file:
        file.write("\n@book{broken, title = {never closed\n")
    run = build(site, "-q")
    assert run.returncode != 0
    assert places(run.stderr) == {"references.bib:26:1: [unparsable-reference]"}
    assert "Traceback" not in run.stderr


@pytest.mark.parametrize("site", ["good"], indirect=True)
def test_a_hidden_citation_fails_the_audit(site: Path) -> None:
    """A citation that something else on the way swallows fails the build instead of vanishing."""
    (site / "swallow.py").write_text(
        "import re\n\n\ndef on_page_content(html, **_):\n    return re.sub(r'<sup id=\"fnref2:who2009\".*?</sup>', '', html)\n",
        encoding="utf-8",
    )
    settings = (site / "mkdocs.yml").read_text(encoding="utf-8")
    (site / "mkdocs.yml").write_text(settings.replace("hooks:\n", "hooks:\n  - swallow.py\n"), encoding="utf-8")
    run = build(site, "-q")
    assert run.returncode != 0
    assert "index.md: @who2009 is cited 4 times in the source and 3 times on the page" in run.stderr


@pytest.mark.parametrize("site", ["good"], indirect=True)
def test_every_mark_counts(site: Path) -> None:
    """Taking any one mark out of the built page makes the audit name its key."""
    build(site)
    page = (site / "site" / "index.html").read_text(encoding="utf-8")
    cited = built.read(page).cited
    wanted = audit.Expected("index.md", tuple(key for key in cited if key != "note"), frozenset({"note"}))
    assert audit.compare(wanted, built.read(page)) == []
    marks = list(re.finditer(r'<sup id="fnref.*?</sup>', page))
    assert len(marks) == len(cited)
    for mark in marks:
        key = re.search(r'href="#fn:([^"]+)"', mark[0])
        assert key
        if key[1] == "note":
            continue
        faults = audit.compare(wanted, built.read(page[: mark.start()] + page[mark.end() :]))
        assert any(f"@{key[1]} " in fault for fault in faults)


REST = "journal = {J}, year = 2001, doi = {10.1234/x}, studydesign = {rct}, population = {people}}"
AWKWARD_ENTRIES = {
    "a name with five commas": "@article{x2001, author = {A, B, C, D, E}, title = {T}, " + REST,
    "a title without braces": "@article{x2001, title = foo, " + REST,
    "a brace within quotation marks": '@article{x2001, title = "T {x", ' + REST,
    "braces in braces": f"@article{{x2001, title = {'{' * 150}T{'}' * 150}, {REST}",
    "a preamble with an unknown name": "@preamble{ foo }\n@article{x2001, title = {T}, " + REST,
    "an empty string": "@string{x = }\n@article{x2001, title = {T}, " + REST,
    "no comma between fields": "@article{x2001, author = {A, B} title = {T}, " + REST,
}


@pytest.mark.parametrize("entry", AWKWARD_ENTRIES.values(), ids=AWKWARD_ENTRIES)
@pytest.mark.parametrize("site", ["good"], indirect=True)
def test_no_entry_ends_in_a_traceback(site: Path, entry: str) -> None:
    """What another parser would choke on is built, or told with its place."""
    with (site / "references.bib").open("a", encoding="utf-8") as file:
        file.write(f"\n{entry}\n")
    with (site / "docs" / "index.md").open("a", encoding="utf-8") as file:
        file.write("\nDiazepam lasts longer than lorazepam in adults [@x2001].\n")
    run = build(site, "-q")
    assert "Traceback" not in run.stderr + run.stdout
    if run.returncode:
        assert any(place.startswith("references.bib:") for place in places(run.stderr)), run.stderr
    else:
        page = (site / "site" / "index.html").read_text(encoding="utf-8")
        assert built.read(page).cited.count("x2001") == 1


@pytest.mark.parametrize("site", ["good"], indirect=True)
def test_a_page_that_another_overwrites(site: Path) -> None:
    """Two sources of one address: the second would be lost, so the build fails and names both."""
    (site / "docs" / "other").mkdir()
    for copy in ("other.md", "other/index.md"):
        (site / "docs" / copy).write_text("# Another page\n\nI slept badly.\n", encoding="utf-8")
    run = build(site, "-q")
    assert run.returncode != 0
    assert "other/index.md: it and other.md both become other/index.html" in run.stderr


@pytest.mark.parametrize("site", ["good"], indirect=True)
def test_a_broken_entry_is_not_told_on_every_page(site: Path) -> None:
    """An entry that cannot be read is told once, and its citations are left alone."""
    bib = (site / "references.bib").read_text(encoding="utf-8")
    (site / "references.bib").write_text(bib.replace("@misc{who2009,", "@misc{who2009"), encoding="utf-8")
    check = subprocess.run(
        [sys.executable, "-m", "evidence", "check"], cwd=site, capture_output=True, text=True, check=False, env={**os.environ}
    )
    assert check.returncode == 1
    assert places(check.stdout) >= {"references.bib:17:1: [unparsable-reference]"}
    assert "[unknown-citation]" not in check.stdout


@pytest.mark.parametrize("site", ["good"], indirect=True)
def test_a_note_with_a_box_and_a_list(site: Path) -> None:
    """A note may hold a box, a list and code: the search does not stumble over it, and reads no reference."""
    settings = (site / "mkdocs.yml").read_text(encoding="utf-8")
    (site / "mkdocs.yml").write_text(settings.replace("plugins:\n", "plugins:\n  - search\n"), encoding="utf-8")
    with (site / "docs" / "index.md").open("a", encoding="utf-8") as file:
        file.write(
            '\n\nAlpha words.[^q]\n\n[^q]: A note.\n\n    !!! note "Box"\n        1. one\n        2. two [@who2009]\n\n'
            "    ```text\n    code in a note\n    ```\n"
        )
    run = build(site)
    assert run.returncode == 0, run.stderr
    assert "Traceback" not in run.stderr
    page = (site / "site" / "index.html").read_text(encoding="utf-8")
    assert page.count('<section class="footnote"') == page.count("</section>") == 1
    index = (site / "site" / "search" / "search_index.json").read_text(encoding="utf-8")
    assert "Alpha words" in index and "code in a note" not in index and "Journal of Psychopharmacology" not in index


@pytest.mark.parametrize("site", ["good"], indirect=True)
def test_citations_in_the_beginning_of_a_post(site: Path) -> None:
    """The list of posts shows the beginning of each: its marks are named, and lead to the list of the post."""
    settings = (site / "mkdocs.yml").read_text(encoding="utf-8")
    (site / "mkdocs.yml").write_text(settings.replace("plugins:\n", "plugins:\n  - blog\n"), encoding="utf-8")
    posts = site / "docs" / "blog" / "posts"
    posts.mkdir(parents=True)
    for name in ("one", "two"):
        (posts / f"{name}.md").write_text(
            f"---\ntitle: Post {name}\ndate: 2026-11-01\nreviewed: 2026-11-01\nreview_due: 2027-05-01\n---\n# Post {name}\n\n"
            "Pregabalin can ease anxiety in a trial [@hadley2012switching; but @who2009, p. 2].\n\n<!-- more -->\n\n"
            "More on it in the trial [@hadley2012switching].\n",
            encoding="utf-8",
        )
    (site / "docs" / "blog" / "index.md").write_text("# Blog\n", encoding="utf-8")
    run = build(site, "-q")
    assert run.returncode == 0, run.stderr
    page = (site / "site" / "blog" / "index.html").read_text(encoding="utf-8")
    assert page.count('aria-label="Reference 1: Hadley 2012, randomised trial, 106 people"') == 2
    assert page.count("Reference 2: World Health Organization, guideline; p. 2; speaks against this") == 2
    assert len(re.findall(r'href="[\w/.-]+/#fn:hadley2012switching"', page)) == 2
    assert 'id="fnref' not in page and not re.search("[\ue010-\ue01f]", page)
