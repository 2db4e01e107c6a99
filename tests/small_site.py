"""A site of two posts with the project's own hooks, templates, scripts and styles: quick to build, for tests of comments."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml
from conftest import BUILD_ENVIRONMENT, ROOT

FIRST, SECOND = "/first/", "/second/"


def write(
    folder: Path, settings_of_comments: dict[str, Any], *, features: tuple[str, ...] = (), address: str = "", **front: object
) -> None:
    """Lay out the site in ``folder``; ``front`` is added to the front matter of both posts.

    ``address`` is where it will be served; the theme's instant navigation needs it.
    """
    docs = folder / "docs"
    docs.mkdir(parents=True)
    (docs / "assets").symlink_to(ROOT / "docs" / "assets")
    (folder / "hooks").symlink_to(ROOT / "hooks")
    (folder / "overrides").symlink_to(ROOT / "overrides")
    numbered = {"first": 4, "second": 5}  # what "{number}" in the front matter is for each
    for name in ("index", "first", "second", "help", "comment-rules", "privacy"):
        meta: dict[str, object] = {"title": name}
        if name in numbered:
            meta = {"title": name.capitalize(), "comments": True}
            meta |= {key: _filled(value, numbered[name]) for key, value in front.items()}
        memory = "<div data-comments-memory></div>\n" if name == "privacy" else ""
        links = "[First](first.md) and [second](second.md) and [privacy](privacy.md).\n\n"
        (docs / f"{name}.md").write_text(
            f"---\n{yaml.safe_dump(meta)}---\n# {name.capitalize()}\n\nWords of the page {name}.\n\n{links}{memory}",
            encoding="utf-8",
        )
    teal = {"primary": "teal", "accent": "teal"}
    palette = [
        {"scheme": "default", **teal, "toggle": {"icon": "material/weather-sunny", "name": "Switch to dark colours"}},
        {"scheme": "slate", **teal, "toggle": {"icon": "material/weather-night", "name": "Switch to light colours"}},
    ]
    settings = {
        "site_name": "Small",
        "site_url": f"{address}/" if address else "",
        "theme": {"name": "material", "custom_dir": "overrides", "font": False, "features": list(features), "palette": palette},
        "plugins": ["search"],
        "hooks": ["hooks/comments.py", "hooks/policy.py"],
        "markdown_extensions": ["admonition", "md_in_html"],
        "extra_css": ["assets/stylesheets/site.css", "assets/stylesheets/comments.css"],
        "extra_javascript": ["assets/javascripts/comments.js"],
        "extra": {"generator": False, "comments": settings_of_comments},
    }
    (folder / "mkdocs.yml").write_text(yaml.safe_dump(settings), encoding="utf-8")


def _filled(value: object, number: int) -> object:
    return value.replace("{number}", str(number)) if isinstance(value, str) else value


def build(folder: Path, target: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Build it into ``target``."""
    return subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "-q", "--site-dir", str(target)],
        cwd=folder,
        env={**os.environ, **BUILD_ENVIRONMENT, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
