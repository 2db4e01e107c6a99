"""The quiet view inside a paragraph: markup taken out, words kept, every offset kept.

What a reader sees as space becomes spaces; what a reader does not see at all (the stars around a word, a citation before a
full stop) becomes ``GONE``, one for each character, so that the words on both sides stay together.
"""

from __future__ import annotations

import re
from collections.abc import Container

GONE = "\x00"

# Everything here is bounded or cannot restart inside itself, so that `[` or `<a ` repeated ten thousand
# times stays linear: Python-Markdown itself takes minutes on such a line.
_TICKS = re.compile(r"`+")
_NEVER_PROSE = re.compile(r"[@{\[]|<[!/A-Za-z]")
_RAW_OPEN = re.compile(r"<(?P<tag>script|style|pre|code|textarea|svg|math)\b[^<>]{0,500}>", re.IGNORECASE)
_IMAGE = re.compile(r"!\[[^\[\]\n]{0,1000}\](?:\([^()\n]{0,2000}(?:\([^()\n]{0,500}\)[^()\n]{0,500})?\)|\[[^\[\]\n]{0,200}\])")
_LINK = re.compile(
    r"\[(?P<words>[^\[\]]{0,1000})(?P<target>\](?:\([^()\n]{0,2000}(?:\([^()\n]{0,500}\)[^()\n]{0,500})?\)|\[[^\[\]\n@]{0,200}\])?)"
)
_TAG = re.compile(r"</?(?P<name>[A-Za-z][A-Za-z0-9-]*)[^<>]{0,2000}>")
# These stand inside a word or between words; a reader sees no gap at any other tag but a gap at `<br>` or `</p>`.
_INLINE_TAGS = frozenset(
    """a abbr b bdi bdo cite code data del dfn em font i ins kbd label mark q ruby s samp small span strong sub sup time tt u var
    wbr""".split()
)
_AUTOLINK = re.compile(r"<(?=(?:https?|mailto|tel|ftp):[^<>\s]{1,2000}>)|(?<=[^\s<>])(?<!-)>(?=[\s.,;:!?)]|\Z)")
_ATTRIBUTES = re.compile(r"[ \t]*\{:?[ \t]*[#.][^{}\n]{0,500}\}|\{[:%{][^{}\n]{0,500}\}\}?")
# Footnote marks, and the numbers of references as other sites print them: [3], [13, 14], [2-5].
_NOTE_REFERENCE = re.compile(
    r"[ \t]*\[\^[^\[\]\s]{1,100}\]|[ \t]*\[\d{1,3}(?:\s?[,–-]\s?\d{1,3}){0,20}\]|[ \t]*\[citation needed\]", re.IGNORECASE
)
_ENTITY = re.compile(r"&(?:nbsp|ensp|emsp|thinsp|#160|#xa0|shy|zwj|zwnj);", re.IGNORECASE)
_EMPHASIS = re.compile(r"(?<![\w*])[*_]{1,3}(?=[^\s*_])|(?<=[^\s*_])[*_]{1,3}(?![\w*])|\*\*|~~|==(?=\S)|(?<=\S)==|\^\^")
_ICON = re.compile(r":(?:material|fontawesome|octicons|simple|[a-z_]+_face|warning|heart)[a-z0-9_-]*:")
_ESCAPE = re.compile(r"\\(?=[\\`*_{}\[\]()#+.!|>~<-])")


def spaces(text: str) -> str:
    """As many spaces as ``text`` has characters, with its line ends kept."""
    if "\n" not in text:
        return " " * len(text)
    return "\n".join(" " * len(line) for line in text.split("\n"))


def blank_match(match: re.Match[str]) -> str:
    """A match as spaces of the same length, line ends kept."""
    return spaces(match[0])


def gone(text: str) -> str:
    """As many ``GONE`` as ``text`` has characters."""
    return GONE * len(text)


def gone_match(match: re.Match[str]) -> str:
    """A match as if it were not there."""
    return GONE * len(match[0])


def words(text: str) -> str:
    """The words of a stretch of a quiet view on one line, as a reader sees them."""
    if GONE in text:
        text = text.replace(GONE, "")
    return " ".join(text.split())


def code_spans(text: str) -> list[tuple[int, int, int]]:
    """Code spans as (start, end, length of the fence of backticks); a span ends before a blank line.

    A run of backticks opens a span if a run of the same length follows in the same paragraph.
    """
    runs = [(match.start(), match.end()) for match in _TICKS.finditer(text)]
    if len(runs) < 2:
        return []
    breaks = [match.start() for match in re.finditer(r"\n[ \t]*\n", text)]
    spans: list[tuple[int, int, int]] = []
    # For each run, the next one of the same length, found once from the back.
    following: dict[int, int] = {}
    closing: list[int | None] = [None] * len(runs)
    for index in range(len(runs) - 1, -1, -1):
        length = runs[index][1] - runs[index][0]
        closing[index] = following.get(length)
        following[length] = index
    at, brk = 0, 0
    while at < len(runs):
        start, end = runs[at]
        close = closing[at]
        while brk < len(breaks) and breaks[brk] < start:
            brk += 1
        limit = breaks[brk] if brk < len(breaks) else len(text)
        escaped = start > 0 and text[start - 1] == "\\"
        if close is None or runs[close][0] > limit or escaped:
            at += 1
            continue
        spans.append((start, runs[close][1], end - start))
        at = close + 1
    return spans


def blank_code(text: str) -> str:
    """``text`` with code spans of more than three words blanked, and the backticks of shorter ones.

    A short span (``mg``, ``GABA-A``) is a word of its sentence; a long one is an example and not prose.
    A span with ``@`` or ``<!--`` in it is always blanked: a citation in code is not a citation.
    """
    spans = code_spans(text)
    if not spans:
        return text
    parts: list[str] = []
    at = 0
    for start, end, fence in spans:
        inside = text[start + fence : end - fence]
        hide = len(inside.split()) > 3 or _NEVER_PROSE.search(inside)
        parts += (text[at:start], GONE * fence, spaces(inside) if hide else inside, GONE * fence)
        at = end
    parts.append(text[at:])
    return "".join(parts)


def _blank_spans(text: str, spans: list[tuple[int, int]]) -> str:
    """``text`` with the given stretches, sorted and apart, as spaces."""
    parts: list[str] = []
    at = 0
    for start, end in spans:
        parts += (text[at:start], spaces(text[start:end]))
        at = end
    parts.append(text[at:])
    return "".join(parts)


def blank_comments(text: str) -> tuple[str, list[tuple[int, int]]]:
    """``text`` with HTML comments blanked, and where they stood. An unclosed comment is left as text."""
    found: list[tuple[int, int]] = []
    start = text.find("<!--")
    while start >= 0:
        end = text.find("-->", start + 4)
        if end < 0:
            break
        found.append((start, end + 3))
        start = text.find("<!--", end + 3)
    return (_blank_spans(text, found), found) if found else (text, [])


def blank_raw(text: str) -> str:
    """``text`` without the HTML elements that hold no prose (``script``, ``style``, ``pre``, …), where they are closed."""
    found: list[tuple[int, int]] = []
    never_closed: set[str] = set()
    lower = text.lower()
    at = 0
    while match := _RAW_OPEN.search(text, at):
        tag = match["tag"].lower()
        at = match.end()
        if tag in never_closed:
            continue
        close = lower.find(f"</{tag}", at)
        if close < 0:
            never_closed.add(tag)
            continue
        end = text.find(">", close)
        at = end + 1 if end >= 0 else len(text)
        found.append((match.start(), at))
    return _blank_spans(text, found) if found else text


def images_and_links(text: str, labels: Container[str] = ()) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """The spans of the words that describe an image, and of those that make a link; see :func:`blank_links_and_images`."""
    images: list[tuple[int, int]] = []
    links: list[tuple[int, int]] = []
    if "](" in text or "][" in text or (labels and "[" in text):
        if "![" in text:
            images = [(match.start() + 2, text.index("]", match.start())) for match in _IMAGE.finditer(text)]
            text = _IMAGE.sub(blank_match, text)
        links = [
            match.span("words")
            for match in _LINK.finditer(text)
            if match["target"] != "]" or " ".join(match["words"].lower().split()) in labels
        ]
    return images, links


def blank_links_and_images(text: str, labels: Container[str] = ()) -> str:
    """``text`` without images and without what makes a link of its words.

    ``labels`` are the lower-case names of the link definitions of the page: ``[name]`` alone is a link then. Every other
    bracket is text.
    """

    def link(match: re.Match[str]) -> str:
        target = match["target"]
        if target == "]" and " ".join(match["words"].lower().split()) not in labels:
            return match[0]
        return GONE + match["words"] + GONE * len(target)

    if "](" in text or "][" in text or (labels and "[" in text):
        if "![" in text:
            text = _IMAGE.sub(gone_match, text)
        text = _LINK.sub(link, text)
    return text


def _tag(match: re.Match[str]) -> str:
    return gone(match[0]) if match["name"].lower() in _INLINE_TAGS else spaces(match[0])


def blank_markup(text: str) -> str:
    """``text`` without the rest of inline markup: tags, attributes, emphasis, marks of notes. Addresses stay."""
    if "<" in text:
        if "://" in text or "<mailto:" in text or "<tel:" in text:
            text = _AUTOLINK.sub(gone_match, text)
        text = _TAG.sub(_tag, text)
    if "{" in text:
        text = _ATTRIBUTES.sub(gone_match, text)
    if "[" in text:
        text = _NOTE_REFERENCE.sub(gone_match, text)
    if "&" in text:
        text = _ENTITY.sub(blank_match, text)
    if "*" in text or "_" in text or "~~" in text or "==" in text or "^^" in text:
        text = _EMPHASIS.sub(gone_match, text)
    if ":" in text:
        text = _ICON.sub(gone_match, text)
    if "\\" in text:
        text = _ESCAPE.sub(GONE, text)
    return text
