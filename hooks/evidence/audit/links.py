"""Every link of a built site to itself: the page is there, and the place on it."""

from __future__ import annotations

import html
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

_ATTRIBUTES = r"""(?:[^>"']|"[^"]*"|'[^']*')*"""
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_INERT = re.compile(rf"<(script|style|template)\b{_ATTRIBUTES}>.*?</\1>", re.DOTALL | re.IGNORECASE)
_LINK = re.compile(
    rf"<(?:a|link|img|script|iframe|source)\b{_ATTRIBUTES}?\s(?:href|src)=(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE
)
_ID = re.compile(r"\s(?:id|name)=(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
# A reader's program makes sense of these by itself.
_MADE = ("__", "discuss=", ":~:")


@dataclass(frozen=True)
class Broken:
    """A link that leads nowhere: the page it is on, what it says, and what is wrong."""

    page: str
    address: str
    problem: str

    def __str__(self) -> str:
        """``help/index.html: ../gone/ leads to gone/index.html, which is not there``."""
        return f"{self.page}: {self.address} {self.problem}"


def _values(pattern: re.Pattern[str], text: str) -> Iterator[str]:
    for match in pattern.finditer(text):
        yield html.unescape(next((group for group in match.groups() if group is not None), ""))


def check(folder: Path, site_url: str = "") -> tuple[list[Broken], int, int]:
    """The broken links of a site, and how many pages and how many different internal links were looked at.

    ``site_url`` is the site's own address: links that begin with it are internal too. Links to other hosts are left alone.
    """
    pages = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*.html"))}
    texts = {name: _COMMENT.sub("", path.read_text(encoding="utf-8", errors="replace")) for name, path in pages.items()}
    ids = {name: frozenset(_values(_ID, text)) for name, text in texts.items()}
    base = site_url.rstrip("/")
    broken: list[Broken] = []
    seen = 0
    for name, text in texts.items():
        for address in dict.fromkeys(_values(_LINK, _INERT.sub(lambda match: match[0].partition(">")[0] + ">", text))):
            target = address[len(base) :] or "/" if base and (address == base or address.startswith(f"{base}/")) else address
            parts = urlsplit(target)
            if parts.scheme or parts.netloc:
                continue
            seen += 1
            problem = _problem(folder, name, parts.path, unquote(parts.fragment), ids)
            if problem:
                broken.append(Broken(name, address, problem))
    return broken, len(pages), seen


def _problem(folder: Path, name: str, path: str, fragment: str, ids: dict[str, frozenset[str]]) -> str | None:
    """What is wrong with a link to a path and a place from a page; None where nothing is."""
    if path.startswith("/"):
        file = posixpath.normpath(unquote(path).lstrip("/") or ".")
    else:
        file = posixpath.normpath(posixpath.join(posixpath.dirname(name), unquote(path))) if path else name
    if file.startswith(".."):
        return "leads out of the site"
    if path.endswith("/") or (folder / file).is_dir():
        file = posixpath.normpath(posixpath.join(file, "index.html"))
    if not (folder / file).is_file():
        return f"leads to {file}, which is not there"
    if fragment and file in ids and fragment not in ids[file] and not fragment.startswith(_MADE):
        return f"leads to #{fragment}, and {file} has no such place"
    return None
