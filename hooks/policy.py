"""Door: the Content-Security-Policy of every page, as a meta tag and for the host as ``_headers``.

What may run is this site's own files and the few inline scripts of the theme, each by its hash. Their hashes are pinned in
inline-scripts.txt: a script that nobody has read fails the build. The comments' provider adds what it needs, and no more.
"""

from __future__ import annotations

import base64
import hashlib
import html
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Literal

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import event_priority
from mkdocs.structure.pages import Page

import comments

PINNED = Path(__file__).with_name("inline-scripts.txt")
_INLINE = re.compile(r"<(?P<tag>script|style)(?P<attributes>(?![^>]*\ssrc=)[^>]*)>(?P<body>.*?)</(?P=tag)>", re.DOTALL)
# The theme writes the way to the start of the site into this one, so it differs from folder to folder.
_SCOPE = re.compile(r'new URL\("[^"]*",location\)')
_CHARSET = re.compile(r'<meta charset="?utf-8"?>', re.IGNORECASE)
_BASE: Mapping[str, tuple[str, ...]] = {
    "default-src": ("'self'",),
    "script-src": ("'self'",),
    "style-src": ("'self'",),
    "img-src": ("'self'", "data:"),
    "font-src": ("'self'", "data:"),
    "connect-src": ("'self'",),
    "frame-src": (),
    "worker-src": ("'self'",),
    "object-src": ("'none'",),
    "base-uri": ("'none'",),
    "form-action": ("'self'",),
}

_serving = False
_hashes: dict[str, set[str]] = {"script": set(), "style": set()}


def on_startup(*, command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:
    """Remember whether a writer is at work: the preview's own script would be refused."""
    global _serving  # MkDocs tells it once
    _serving = command == "serve"


def on_config(config: MkDocsConfig) -> None:
    """Forget the build before this one."""
    for found in _hashes.values():
        found.clear()


def digest(text: str) -> str:
    """The hash of a script or style as a policy names it: ``sha256-…`` in Base64."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def pinned() -> frozenset[str]:
    """The hashes of the inline scripts and styles that somebody has read."""
    lines = (line.split("#")[0].strip() for line in PINNED.read_text(encoding="utf-8").splitlines())
    return frozenset(line for line in lines if line)


def inline(page: str, name: str) -> dict[str, set[str]]:
    """The hashes of the inline scripts and styles of a page, by tag; JSON is none, as it does not run.

    Raises PluginError for one that is not pinned.
    """
    found: dict[str, set[str]] = {"script": set(), "style": set()}
    known = pinned()
    for match in _INLINE.finditer(page):
        if "json" in match["attributes"]:
            continue
        stable = digest(_SCOPE.sub('new URL("…",location)', match["body"]))
        if stable not in known:
            start = " ".join(match["body"].split())[:60]
            raise PluginError(
                f"{name}: ‘{start}’ is an inline {match['tag']} that nobody has read; "
                f"put it into a file of its own, or read it and add {stable} to hooks/{PINNED.name}"
            )
        found[match["tag"]].add(digest(match["body"]))
    return found


def policy(hashes: Mapping[str, Iterable[str]], extra: Mapping[str, tuple[str, ...]]) -> str:
    """A Content-Security-Policy: the base, the hashes of inline scripts and styles, and what the provider needs."""
    parts: list[str] = []
    for directive, base in _BASE.items():
        sources = [*base, *extra.get(directive, ())]
        sources += [f"'{one}'" for one in sorted(hashes.get(directive.removesuffix("-src"), ()))]
        if "'unsafe-inline'" in sources:  # a hash would switch it off
            sources = [one for one in sources if not one.startswith("'sha256-")]
        parts.append(" ".join((directive, *(dict.fromkeys(sources) or ("'none'",)))))
    return "; ".join(parts)


def _guarded(page: str, name: str, config: MkDocsConfig) -> str:
    """The page with its policy, as early as it can stand."""
    hashes = inline(page, name)
    for tag, found in hashes.items():
        _hashes[tag] |= found
    if _serving:
        return page
    content = html.escape(policy(hashes, comments.policy(config)), quote=True).replace("&#x27;", "'")
    tags = f'<meta http-equiv="Content-Security-Policy" content="{content}"><meta name="referrer" content="no-referrer">'
    return _CHARSET.sub(lambda match: match[0] + tags, page, count=1)


@event_priority(-200)  # when nothing adds to the page any more
def on_post_page(output: str, *, page: Page, config: MkDocsConfig) -> str:
    """Give a page its policy."""
    return _guarded(output, page.file.src_uri, config)


@event_priority(-200)
def on_post_template(output_content: str, *, template_name: str, config: MkDocsConfig) -> str:
    """Give the 404 its policy."""
    return _guarded(output_content, template_name, config) if template_name.endswith(".html") else output_content


def on_post_build(*, config: MkDocsConfig) -> None:
    """Write ``_headers`` for hosts that read it: the policy of all pages together, and what a meta tag cannot say."""
    whole = policy(_hashes, comments.policy(config))
    lines = (
        "/*",
        f"  Content-Security-Policy: {whole}; frame-ancestors 'none'",
        "  Referrer-Policy: no-referrer",
        "  X-Content-Type-Options: nosniff",
        "  Permissions-Policy: camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    )
    (Path(config.site_dir) / "_headers").write_text("\n".join(lines) + "\n", encoding="utf-8")
