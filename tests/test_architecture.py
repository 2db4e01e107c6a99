"""The lines of the house: the library knows no host, hook files obey the host's quirks."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

HOOKS = Path(__file__).parent.parent / "hooks"
DOORS = ("claims.py", "citations.py", "comments.py", "evidence_pages.py")
FORBIDDEN = {"mkdocs", "material", "mkdocs_bibtex", "pybtex", "jinja2"}


def imported(path: Path) -> set[str]:
    """Names of the packages a file imports anywhere in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").partition(".")[0] if not node.level else ".")
    return found


@pytest.mark.parametrize("path", sorted((HOOKS / "evidence").rglob("*.py")), ids=lambda p: p.stem)
def test_library_imports_no_host(path: Path) -> None:
    """No file of the library imports MkDocs, a theme or mkdocs-bibtex."""
    assert not imported(path) & FORBIDDEN


def test_command_loads_no_host() -> None:
    """Running a check loads none of them either, through no other library."""
    code = (
        "import sys; from evidence.__main__ import main; main(['check', sys.argv[1]]);"
        f"sys.exit(','.join(sorted({FORBIDDEN!r} & set(sys.modules))) or 0)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, str(HOOKS.parent / "docs" / "contribute" / "rules" / "index.md")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr


@pytest.mark.parametrize("name", DOORS)
def test_doors_import_absolutely_and_at_the_top(name: str) -> None:
    """MkDocs takes the folder off sys.path after loading a hook, and gives it no package."""
    tree = ast.parse((HOOKS / name).read_text(encoding="utf-8"))
    assert "." not in imported(HOOKS / name)
    inside = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    late = [n for outer in inside for n in ast.walk(outer) if isinstance(n, ast.Import | ast.ImportFrom)]
    assert late == []


@pytest.mark.parametrize("name", DOORS)
def test_doors_define_only_events_with_on(name: str) -> None:
    """MkDocs registers every name that begins with on_; an unknown one crashes it."""
    from mkdocs.plugins import EVENTS

    tree = ast.parse((HOOKS / name).read_text(encoding="utf-8"))
    names = {n.name for n in tree.body if isinstance(n, ast.FunctionDef)} | {
        t.id for n in tree.body if isinstance(n, ast.Assign) for t in n.targets if isinstance(t, ast.Name)
    }
    assert {n.removeprefix("on_") for n in names if n.startswith("on_")} <= set(EVENTS)


def test_the_map_names_every_door_and_fits_a_screen() -> None:
    """hooks/README.md is one screen, and names what lies in hooks/."""
    text = (HOOKS / "README.md").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 60
    for path in HOOKS.glob("*.py"):
        assert path.name in text
