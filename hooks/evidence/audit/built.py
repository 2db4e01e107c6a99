"""What the HTML of one built page carries."""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass, field
from typing import Any

# Private-use characters in which the citations door hides its marks; none may reach a reader.
LEFTOVER = re.compile("[\ue010-\ue01f]")

_ATTRIBUTES = r"""(?:[^>"']|"[^"]*"|'[^']*')*"""
_TAG = re.compile(rf"</?[a-zA-Z]{_ATTRIBUTES}>")
_ARTICLE = re.compile(rf"<article\b{_ATTRIBUTES}>")
_EXCERPT = re.compile(rf"<article\b(?=[^>]*\bmd-post--excerpt\b){_ATTRIBUTES}>.*?</article>", re.DOTALL)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
# Nobody reads these as sentences; what is left of them is looked at by itself.
_NOT_PROSE = re.compile(rf"<(code|pre|script|style|textarea|template)\b{_ATTRIBUTES}>.*?</\1>", re.DOTALL | re.IGNORECASE)
_ID = re.compile(r"""\sid=(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_HREF = re.compile(r"""\shref=(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_MARK = re.compile(rf"<a\b(?=[^>]*\bfootnote-ref\b)({_ATTRIBUTES})>(.*?)</a>", re.DOTALL)
_BACK = re.compile(rf"<a\b(?=[^>]*\bfootnote-backref\b)({_ATTRIBUTES})>", re.DOTALL)
_LISTED = re.compile(r'<li id="fn:([^"]+)"')
_SUP = re.compile(rf"<sup\b{_ATTRIBUTES}>.*?</sup>", re.DOTALL)
_DATA = re.compile(r"""<script type=["']?application/ld\+json["']?>(.*?)</script>""", re.DOTALL)
_TAGGED = re.compile(r'<meta name="citation_reference" content="citation_title=[^"]')
_TITLES = re.compile(r'<meta (?:name|property)="(citation_title|og:title)" content="[^"]')
_RAW_CITATION = re.compile(r"\[[^\[\]\n]{0,200}?(?<![\w.@/+-])-?@[\w-]+[^\[\]\n]{0,200}\]|\[\^[\w-]+\]")
_BADGE = re.compile(r'<p class="evidence-badge"[^>]*><a [^>]*>([\d,]+) claims?, ([\d,]+) with a source</a>')
_NOT_WORD = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Mark:
    """A citation mark: the key it leads to and the number it shows."""

    key: str
    number: str


@dataclass
class Built:
    """What one page carries.

    ``marks`` in the order of the page; ``listed`` the keys of its references in theirs; ``ids`` of every element; ``returns``
    what back-links lead to; ``fragments`` what links within the page's text lead to; ``raw`` citations that came out as text;
    ``data`` its JSON-LD, ``tagged`` the number of works that its meta tags name, ``titled`` which title tags it has, ``faults``
    what could not be read of that; ``badge`` the numbers of its badge (claims, with a source).
    """

    html: str
    text: str
    marks: list[Mark] = field(default_factory=list)
    listed: list[str] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    returns: list[str] = field(default_factory=list)
    fragments: list[str] = field(default_factory=list)
    raw: list[str] = field(default_factory=list)
    data: list[Any] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    tagged: int = 0
    titled: frozenset[str] = frozenset()
    badge: tuple[int, int] | None = None

    @property
    def cited(self) -> list[str]:
        """The keys of the marks in their order."""
        return [mark.key for mark in self.marks]

    def links(self) -> list[str]:
        """The addresses that its text links to."""
        return [_value(match) for match in _HREF.finditer(self.text)]

    def letters(self) -> str:
        """The letters and digits of the text, without marks of citations and in lower case: what no markup changes."""
        return letters(_TAG.sub("", _SUP.sub("", self.text)))

    def spots(self) -> tuple[str, list[int]]:
        """The text as by :meth:`letters`, and for each mark how many of its letters stand before it."""
        parts: list[str] = []
        spots: list[int] = []
        at = length = 0
        for match in _SUP.finditer(self.text):
            parts.append(letters(_TAG.sub("", self.text[at : match.start()])))
            length += len(parts[-1])
            spots += [length] * len(_MARK.findall(match[0]))
            at = match.end()
        parts.append(letters(_TAG.sub("", self.text[at:])))
        return "".join(parts), spots


def letters(text: str) -> str:
    """The letters and digits of a text in lower case; entities are read."""
    return _NOT_WORD.sub("", html.unescape(text)).casefold()


def _value(match: re.Match[str]) -> str:
    return html.unescape(next((group for group in match.groups() if group is not None), ""))


def _target(attributes: str) -> str:
    """The fragment that a link leads to."""
    found = _HREF.search(attributes)
    return _value(found).partition("#")[2] if found else ""


def _prose(page: str) -> str:
    """A page's own text: its article where a theme names one, else all of it; no excerpts of other pages."""
    page = _EXCERPT.sub("", page)
    start = _ARTICLE.search(page)
    end = page.rfind("</article>")
    return page[start.end() : end] if start and end > start.end() else page


def read(page: str) -> Built:
    """What the HTML of a page carries; excerpts of other pages (``md-post--excerpt``) do not count."""
    page = _COMMENT.sub("", page)
    prose = _prose(page)
    built = Built(page, prose)
    built.ids = {_value(match) for match in _ID.finditer(page)}
    for attributes, shown in _MARK.findall(prose):
        built.marks.append(Mark(_target(attributes).removeprefix("fn:"), html.unescape(_TAG.sub("", shown)).strip()))
    built.listed = [html.unescape(key) for key in _LISTED.findall(prose)]
    built.returns = [_target(attributes) for attributes in _BACK.findall(prose)]
    built.fragments = [
        target[1:] for match in _HREF.finditer(prose) if (target := _value(match)).startswith("#") and target != "#"
    ]
    bare = _NOT_PROSE.sub(" ", prose)
    if "[" in bare:
        built.raw = _RAW_CITATION.findall(html.unescape(_TAG.sub("", bare)))
    for text in _DATA.findall(page):
        try:
            built.data.append(json.loads(text))
        except ValueError as error:
            built.faults.append(f"its JSON-LD cannot be read: {error}")
    built.tagged = len(_TAGGED.findall(page))
    built.titled = frozenset(_TITLES.findall(page))
    if badge := _BADGE.search(page):
        built.badge = (int(badge[1].replace(",", "")), int(badge[2].replace(",", "")))
    return built
