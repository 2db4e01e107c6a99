"""The site outlives its host: ProperDocs, the community's continuation of MkDocs, builds the same pages."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from conftest import BUILD_ENVIRONMENT, ROOT

_GENERATOR = re.compile(r'\n\s*<meta name="generator" content="[^"]*">')


def _build(host: str, target: Path) -> dict[str, str]:
    """The pages that a host builds, by their paths, without the line that names the host."""
    run = subprocess.run(
        [sys.executable, "-m", host, "build", "--strict", "-f", "mkdocs.yml", "--site-dir", str(target)],
        cwd=ROOT,
        env={**os.environ, **BUILD_ENVIRONMENT},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    found = {str(path.relative_to(target)): path.read_text(encoding="utf-8") for path in sorted(target.rglob("*.html"))}
    assert all(len(_GENERATOR.findall(page)) == 1 for page in found.values())
    return {name: _GENERATOR.sub("", page) for name, page in found.items()}


def test_properdocs_builds_the_same_pages(tmp_path: Path) -> None:
    theirs, ours = _build("properdocs", tmp_path / "properdocs"), _build("mkdocs", tmp_path / "mkdocs")
    assert theirs.keys() == ours.keys()
    assert [name for name in ours if theirs[name] != ours[name]] == []
    assert (tmp_path / "properdocs" / "claims.json").read_bytes() == (tmp_path / "mkdocs" / "claims.json").read_bytes()
