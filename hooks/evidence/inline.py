"""The quiet view inside a paragraph: markup blanked out, words kept, every offset kept."""

from __future__ import annotations

import re

# Everything here is bounded or cannot restart inside itself, so that `[` or `<a ` repeated ten thousand
# times stays linear: Python-Markdown itself takes minutes on such a line.
_TICKS = re.compile(r"`+")
_RAW_OPEN = re.compile(r"<(?P<tag>script|style|pre|textarea|svg|math)\b[^<>]{0,500}>", re.IGNORECASE)
_IMAGE = re.compile(r"!\[[^\[\]\n]{0,1000}\](?:\([^()\n]{0,2000}(?:\([^()\n]{0,500}\)[^()\n]{0,500})?\)|\[[^\[\]\n]{0,200}\])")
_LINK_TARGET = re.compile(r"(?<=\])(?:\([^()\n]{0,2000}(?:\([^()\n]{0,500}\)[^()\n]{0,500})?\)|\[[^\[\]\n@]{0,200}\])")
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,2000}>")
_AUTOLINK = re.compile(r"<(?:https?|mailto|tel|ftp):[^<>\s]{1,2000}>|\b(?:https?|ftp)://[^\s<>()\[\]]{1,2000}(?<![.,;:!?'\"])")
_ATTRIBUTES = re.compile(r"\{[:%{#.][^{}\n]{0,500}\}\}?")
# Footnote marks, and the numbers of references as other sites print them: [3], [13, 14], [2-5].
_NOTE_REFERENCE = re.compile(r"\[\^[^\[\]\s]{1,100}\]|\[\d{1,3}(?:\s?[,–-]\s?\d{1,3}){0,20}\]|\[citation needed\]", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:nbsp|ensp|emsp|thinsp|#160|#xa0|shy|zwj|zwnj);", re.IGNORECASE)
_EMPHASIS = re.compile(r"(?<![\w*])[*_]{1,3}(?=[^\s*_])|(?<=[^\s*_])[*_]{1,3}(?![\w*])|\*\*|~~|==(?=\S)|(?<=\S)==|\^\^")
_ICON = re.compile(r":(?:material|fontawesome|octicons|simple|[a-z_]+_face|warning|heart)[a-z0-9_-]*:")
_BRACKETS = re.compile(r"[\[\]]")
_ESCAPE = re.compile(r"\\(?=[\\`*_{}\[\]()#+.!|>~<-])")


def spaces(text: str) -> str:
    """As many spaces as ``text`` has characters, with its line ends kept."""
    if "\n" not in text:
        return " " * len(text)
    return "\n".join(" " * len(line) for line in text.split("\n"))


def blank_match(match: re.Match[str]) -> str:
    """A match as spaces of the same length, line ends kept."""
    return spaces(match[0])


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
        hide = len(inside.split()) > 3 or "@" in inside or "<" in inside or "{" in inside or "[" in inside
        parts += (text[at:start], " " * fence, spaces(inside) if hide else inside, " " * fence)
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


def blank_links_and_images(text: str) -> str:
    """``text`` without images and the targets of links; brackets stay, for citations are found after this."""
    if "](" in text or "][" in text:
        if "![" in text:
            text = _IMAGE.sub(blank_match, text)
        text = _LINK_TARGET.sub(blank_match, text)
    return text


def blank_markup(text: str) -> str:
    """``text`` without the rest of inline markup: tags, addresses, attributes, emphasis, brackets of links."""
    if "<" in text or "://" in text:
        text = _AUTOLINK.sub(blank_match, text)
        text = _TAG.sub(blank_match, text)
    if "{" in text:
        text = _ATTRIBUTES.sub(blank_match, text)
    if "[" in text:
        text = _NOTE_REFERENCE.sub(blank_match, text)
        text = _BRACKETS.sub(" ", text)
    if "&" in text:
        text = _ENTITY.sub(blank_match, text)
    if "*" in text or "_" in text or "~~" in text or "==" in text or "^^" in text:
        text = _EMPHASIS.sub(blank_match, text)
    if ":" in text:
        text = _ICON.sub(blank_match, text)
    if "\\" in text:
        text = _ESCAPE.sub(" ", text)
    return text
