"""What others build on: the hooks we export, and the commands that our own files name."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from conftest import ROOT


def commands() -> set[str]:
    """The subcommands of ``evidence``."""
    run = subprocess.run([sys.executable, "-m", "evidence", "--help"], capture_output=True, text=True, check=True)
    return set(re.findall(r"^    ([a-z-]+)\s", run.stdout, re.MULTILINE))


def test_exported_hooks() -> None:
    """Each exported hook has what pre-commit demands, and runs a command that is there, with options that it takes."""
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert len({hook["id"] for hook in hooks}) == len(hooks) == 2
    for hook in hooks:
        assert {"id", "name", "entry", "language"} <= hook.keys()
        program, command, *options = hook["entry"].split()
        assert program == "evidence" and command in commands()
        help_ = subprocess.run([sys.executable, "-m", "evidence", command, "--help"], capture_output=True, text=True, check=True)
        assert all(option in help_.stdout for option in options)


def test_our_own_hooks_use_ours() -> None:
    """The hooks of this repository are those it exports, and its style checks."""
    exported = {hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))}
    used = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"][0]["hooks"]
    for hook in used:
        if hook["id"] in exported:
            assert hook["entry"] == f".venv/bin/{exported[hook['id']]['entry']}"
    assert exported.keys() <= {hook["id"] for hook in used}


@pytest.mark.parametrize(
    "file", ["CONTRIBUTING.md", "README.md", "docs/contribute/index.md", "SECURITY.md", "comments/README.md"]
)
def test_what_guides_name_is_there(file: str) -> None:
    """Commands, make targets and files that a guide names exist."""
    text = (ROOT / file).read_text(encoding="utf-8")
    here = (ROOT / file).parent
    for name in re.findall(r"`(?:\.venv/bin/)?evidence ([a-z-]+)", text):
        assert name in commands(), name
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for name in re.findall(r"`make ([a-z-]+)", text):
        assert name in targets, name
    for name in re.findall(r"\]\(([\w./-]+\.(?:md|py|yml))(?:#[\w-]+)?\)", text):
        assert (here / name).exists(), name


def test_the_paths_of_readme() -> None:
    """Folders and files that the README names in code are there."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for name in re.findall(r"`((?:docs|hooks|tests|comments|requirements|overrides|\.github)/[\w./-]*)`", text):
        assert Path(ROOT, name).exists(), name
