"""Each rule's page is its test: its examples run, and say exactly what the page shows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from evidence import project
from evidence.__main__ import rule_page
from evidence.prints import text
from evidence.rules import NAMES

PAGES = Path(__file__).parent.parent / "docs" / "contribute" / "rules"
_BLOCK = re.compile(r'^```\w+ title="(?P<title>[^"]+)"\n(?P<body>.*?)^```$', re.DOTALL | re.MULTILINE)
_REASONS = re.compile(r"without a reference \(.*?\);")
_WRITTEN_OUT = re.compile(r"<U\+([0-9A-F]{4})>")


def examples(page: Path) -> list[tuple[dict[str, str], str]]:
    """The examples of a page: files by name, and the output expected for them."""
    found: list[tuple[dict[str, str], str]] = []
    files: dict[str, str] = {}
    for match in _BLOCK.finditer(page.read_text(encoding="utf-8")):
        if match["title"] == "evidence check":
            found.append((files, match["body"].strip()))
            files = {}
        else:
            # A page that held a control character would be at fault itself.
            files[match["title"]] = _WRITTEN_OUT.sub(lambda char: chr(int(char[1], 16)), match["body"])
    assert not files, f"{page.name}: files without an expected output: {sorted(files)}"
    return found


CASES = [
    pytest.param(rule, number, id=f"{rule}-{number}") for rule in NAMES for number in range(len(examples(PAGES / f"{rule}.md")))
]


@pytest.mark.parametrize("rule, number", CASES)
def test_example(rule: str, number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An example prints what its page says."""
    files, expected = examples(PAGES / f"{rule}.md")[number]
    for name, body in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(body, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795392000")  # 2026-11-23, the day of the pages' examples
    in_site = any(name.startswith("docs/") for name in files)
    if in_site:
        (tmp_path / "mkdocs.yml").write_text("plugins:\n  - bibtex:\n      bib_file: references.bib\n")
    paths = [] if in_site else [Path(name) for name in files if name.endswith(".md")]
    bibliography = Path("references.bib") if "references.bib" in files and not in_site else None
    read = project.read(paths, bibliography) if in_site or paths else project.Project(bibliographies=[_bib(bibliography)])
    assert read.problems == []
    lines = [_REASONS.sub("without a reference (…);", text.line(d)) for d in read.check().diagnostics]
    assert "\n".join(lines) == ("" if expected == "no findings" else expected)


def _bib(path: Path | None):  # type: ignore[no-untyped-def]
    from evidence import bibliography

    assert path is not None
    return bibliography.read(path, path.name)


@pytest.mark.parametrize("rule", NAMES)
def test_page_shows_the_rule_at_work_and_satisfied(rule: str) -> None:
    """Each page has an example that breaks its rule and one that has no findings."""
    outputs = [expected for _, expected in examples(PAGES / f"{rule}.md")]
    assert any(f"[{rule}]" in expected for expected in outputs)
    assert "no findings" in outputs


def test_every_page_has_its_rule() -> None:
    """No page without a rule, no rule without a page; the command finds each."""
    assert {path.stem for path in PAGES.glob("*.md")} - {"index"} == set(NAMES)
    assert all(rule_page(rule) is not None for rule in NAMES)
