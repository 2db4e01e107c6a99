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
_RAW_OPEN = re.compile(r"<(?P<tag>script|style|code)\b[^<>]{0,500}>", re.IGNORECASE)
_PRE_BEFORE = re.compile(r"<pre\b[^<>]{0,500}>\s{0,20}\Z", re.IGNORECASE)
_VERBATIM_OPEN = re.compile(r"<(?P<tag>pre|textarea|svg|math)\b[^<>]{0,500}>", re.IGNORECASE)
# A browser ends a comment at `--!>` too, and takes `<!-->` and `<!--->` for whole ones.
_COMMENT_END = re.compile(r"--!?>")
_BLANK_LINE = re.compile(r"\n[ \t]*\n")
# Tags that Python-Markdown takes as a block of HTML when they begin a line, with all that is inside, unless the tag has the
# attribute `markdown` (extension md_in_html).
_HTML_BLOCK = re.compile(
    r"(?:^[ ]{0,3}|(?<=>))<(?P<tag>address|article|aside|blockquote|body|canvas|center|dd|details|dialog|div|dl|dt|fieldset"
    r"|figcaption|figure|footer|form|h[1-6]|header|hgroup|iframe|legend|li|main|map|math|menu|nav|noscript|object|ol|output|p|pre"
    r"|progress|section|summary|table|tbody|td|textarea|tfoot|th|thead|tr|ul|video)\b"
    r"(?P<attributes>[^<>\n]{0,500})>",
    re.MULTILINE | re.IGNORECASE,
)
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
_AUTOLINK = re.compile(r"<((?:https?|mailto|tel|ftp):[^<>\s]{1,2000})>")
# An attribute list right behind a link, an image, code or emphasis; behind a word it is text like any other. Those at the end of
# a block are known to evidence.blocks.
_ATTRIBUTES = re.compile(r"(?:(?<=\x00)|(?<=\S[*_]))\{:?[ ]*[^{}\n ][^{}\n]{0,500}\}")
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
    """``text`` with HTML comments blanked, and where they stood. What neither Markdown nor a browser ends is left as text."""
    found: list[tuple[int, int]] = []
    start = text.find("<!--")
    while start >= 0:
        span = _comment(text, start)
        if span is None:
            break
        if span[0] < span[1]:
            found.append(span)
        start = text.find("<!--", span[1])
    return (_blank_spans(text, found), found) if found else (text, [])


def _comment(text: str, start: int) -> tuple[int, int] | None:
    """The comment that the mark at ``start`` opens; an empty span behind it where it opens none; None where nothing follows.

    Behind other words of its line a comment is read with its paragraph: it ends with it, and begins at the last mark before
    its end.
    """
    for whole in (">", "->"):
        if text.startswith(whole, start + 4):
            return start, start + 4 + len(whole)
    close = _COMMENT_END.search(text, start + 4)
    if close is None:
        return None
    line = text.rfind("\n", 0, start) + 1
    if start - line <= 3 and not text[line:start].strip(" "):
        return start, close.end()
    start = text.rindex("<!--", start, close.start() + 2)
    if _BLANK_LINE.search(text, start, close.start()):
        return start + 4, start + 4
    return start, close.end()


def blank_raw(text: str) -> str:
    """``text`` without the HTML elements that nobody reads as prose, where they are closed: scripts, styles, code.

    Code ends with its paragraph, if it is not all that a ``pre`` begins with. Whatever else a ``pre`` holds is read.
    """
    found = _closed(text, _RAW_OPEN)
    return _blank_spans(text, found) if found else text


def verbatim(text: str) -> list[tuple[int, int]]:
    """The spans of HTML elements of which each character is shown as it stands: ``pre`` and its like."""
    return _closed(text, _VERBATIM_OPEN)


def _closed(text: str, opening: re.Pattern[str]) -> list[tuple[int, int]]:
    """The spans of the elements that tags like ``opening`` begin, where they are closed; one inside another is part of it."""
    found: list[tuple[int, int]] = []
    # Where each tag closes next, and where the next blank line is: looked for again only when passed.
    closes: dict[str, int] = {}
    gap = -1
    lower = text.lower()
    at = 0
    while match := opening.search(text, at):
        tag = match["tag"].lower()
        at = match.end()
        close = closes.get(tag, -1)
        if close < at:
            close = lower.find(f"</{tag}", at)
            closes[tag] = close if close >= 0 else len(text)
        if close < 0 or close == len(text):
            continue
        if tag == "code":
            if gap < at:
                gap = found_gap.start() if (found_gap := _BLANK_LINE.search(text, at)) else len(text)
            if gap < close and not _PRE_BEFORE.search(text, max(0, match.start() - 530), match.start()):
                continue
        end = text.find(">", close)
        at = end + 1 if end >= 0 else len(text)
        found.append((match.start(), at))
    return found


def html_blocks(text: str) -> list[tuple[int, int]]:
    """The blocks of raw HTML in ``text`` as spans, from the first tag to the one that closes it, or to the end."""
    if "<" not in text:
        return []
    spans: list[tuple[int, int]] = []
    ends: dict[str, dict[int, int]] = {}
    at = 0
    while match := _HTML_BLOCK.search(text, at):
        tag = match["tag"].lower()
        at = match.end()
        if not re.search(r"\bmarkdown\b", match["attributes"]):
            if tag not in ends:
                ends[tag] = _closings(text, tag)
            end = ends[tag].get(match.start("tag") - 1, len(text))
            spans.append((match.start(), end))
            at = max(at, end)
    return spans


def _closings(text: str, tag: str) -> dict[int, int]:
    """Where each tag of one name that opens is closed, by its offset; one that never is, is left out."""
    found: dict[int, int] = {}
    open_: list[int] = []
    for match in re.compile(rf"<(/?){tag}\b", re.IGNORECASE).finditer(text):
        if not match[1]:
            open_.append(match.start())
        elif open_:
            found[open_.pop()] = match.end()
    return found


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
    if "<" in text and ("://" in text or "<mailto:" in text or "<tel:" in text):
        text = _AUTOLINK.sub(rf"{GONE}\1{GONE}", text)
    if "{" in text:
        text = _ATTRIBUTES.sub(gone_match, text)  # before tags: behind raw HTML it is text
    if "<" in text:
        text = _TAG.sub(_tag, text)
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
