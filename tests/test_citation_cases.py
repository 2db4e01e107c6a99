"""Citations, case by case: each form in each place has exactly this HTML, or exactly these findings.

``data/citation-cases.txt`` has the cases: a name behind ``===``, the Markdown, and behind ``---`` what becomes of it. A case
without findings is built by the real MkDocs; its HTML is what
stands on the page before the list of references, and the note that a writer made by hand (``[^n]``).
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import pytest
from conftest import BUILD_ENVIRONMENT
from evidence import project
from evidence.prints import text

DATA = Path(__file__).parent / "data" / "citation-cases.txt"
SITES = Path(__file__).parent / "sites"
HOOKS = Path(__file__).parent.parent / "hooks"
FRONT = "---\nreviewed: 2026-11-23\nreview_due: 2027-05-23\n---\n"
CONFIG = """\
site_name: Cases
theme:
  name: null
  custom_dir: theme
plugins:
  - bibtex:
      bib_file: references.bib
      enable_inline_citations: false
hooks:
  - hooks/claims.py
  - hooks/citations.py
markdown_extensions:
  - abbr
  - admonition
  - attr_list
  - def_list
  - footnotes:
      USE_DEFINITION_ORDER: false
  - md_in_html
  - pymdownx.details
  - pymdownx.superfences
  - tables
"""


@dataclass(frozen=True)
class Case:
    """A case: its Markdown, and the HTML or the findings that it must give."""

    name: str
    markdown: str
    kind: str
    expected: str


def cases() -> list[Case]:
    found = []
    for part in DATA.read_text(encoding="utf-8").split("\n=== ")[1:]:
        name, _, rest = part.partition("\n")
        markdown, kind, expected = re.split(r"\n--- (html|findings)\n", rest)
        found.append(Case(name, markdown, kind, expected.rstrip("\n")))
    return found


CASES = cases()


def page_name(case: Case) -> str:
    return re.sub(r"\W+", "-", case.name) + ".md"


def lay_out(folder: Path, chosen: list[Case]) -> None:
    """A site with a page for each case."""
    (folder / "docs").mkdir()
    (folder / "theme").mkdir()
    (folder / "theme" / "main.html").write_text("{{ page.content }}", encoding="utf-8")
    (folder / "hooks").symlink_to(HOOKS)
    (folder / "references.bib").write_bytes((SITES / "good" / "references.bib").read_bytes())
    (folder / "mkdocs.yml").write_text(CONFIG, encoding="utf-8")
    for case in chosen:
        body = case.markdown if case.markdown.startswith("---\n") else FRONT + case.markdown
        (folder / "docs" / page_name(case)).write_text(body + "\n", encoding="utf-8")


@pytest.fixture(scope="module")
def findings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What the checker says about each page, without the page's name; lines count from below the front matter."""
    folder = tmp_path_factory.mktemp("checked")
    lay_out(folder, CASES)
    here = Path.cwd()
    os.chdir(folder)
    try:
        report = project.read().check()
    finally:
        os.chdir(here)
    found: dict[str, list[str]] = defaultdict(list)
    for diagnostic in report.findings:
        name = diagnostic.place.path.removeprefix("docs/")
        line = text.line(diagnostic).removeprefix(f"{diagnostic.place.path}:")
        number, _, rest = line.partition(":")
        found[name].append(f"{int(number) - FRONT.count(chr(10))}:{rest}")
    return found


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The HTML of each page that may be built, up to its list of references."""
    folder = tmp_path_factory.mktemp("built")
    chosen = [case for case in CASES if case.kind == "html"]
    lay_out(folder, chosen)
    run = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--no-directory-urls"],
        cwd=folder,
        env={**os.environ, **BUILD_ENVIRONMENT},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    pages = {}
    for case in chosen:
        page = (folder / "site" / page_name(case)).with_suffix(".html").read_text(encoding="utf-8")
        note = re.search(r'<li id="fn:n">.*?</li>', page, re.DOTALL)
        pages[case.name] = re.sub(r'\n?<section class="footnote".*', "", page, flags=re.DOTALL) + (f"\n{note[0]}" if note else "")
    return pages


def test_there_is_a_case_for_each_form_in_each_place() -> None:
    names = [case.name for case in CASES]
    assert len(set(names)) == len(names) >= 80


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case: Case, findings: dict[str, list[str]], built: dict[str, str]) -> None:
    said = "\n".join(line for line in findings[page_name(case)] if not line.startswith("note"))
    if case.kind == "findings":
        assert said == case.expected
    else:
        assert said == ""
        assert built[case.name] == case.expected
