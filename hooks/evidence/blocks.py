"""Where the prose of a Markdown file stands: blocks over a quiet view in which every offset is kept.

The reading follows Python-Markdown with the extensions the site uses, and CommonMark where the two differ
in what a writer would mean. In doubt a stretch counts as prose: what is read needlessly costs a second look,
what is passed over could be a claim that slipped through.
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property

from evidence import citation, inline
from evidence.source import Source

_QUOTE = re.compile(r"[ ]*>[ ]?")
# Behind tildes only what a fence can be told: with other words there, its lines are text.
_TOLD = r"[ \t]*(?:\{[^\n]*\}|[\w#.+-]*(?:[ \t]+[\w-]+=(?:\"[^\"\n]*\"|'[^'\n]*'|[^\s\"']+))*)[ \t]*$"
_FENCE = re.compile(rf"(?P<fence>`{{3,}}(?=[^`\n]*$)|~{{3,}}(?={_TOLD}))")
_HEADING = re.compile(r"#{1,6}(?:[ \t]+|$)")
_CLOSING_HASHES = re.compile(r"[ \t]+#+[ \t]*$")
_ITEM = re.compile(r"(?:[-*+]|\d{1,9}[.)])(?:[ \t]+|$)(?:\[[ xX]\][ \t]+)?")
_ADMONITION = re.compile(r"(?:!!!|\?\?\?\+?)[ \t]*(?P<kind>[\w-]+)(?:[ \t]+[\w-]+)*(?:[ \t]+\"(?P<title>[^\n]*)\")?[ \t]*$")
_DIRECTIVE_ADMONITION = re.compile(r":::+[ \t]*[\w.-]*[ \t]*$")
_TAB = re.compile(r"===[!+]?[ \t]+\"(?P<title>[^\"\n]*)\"[ \t]*$")
_SETEXT = re.compile(r"(?:=+|-+)[ \t]*$")
_RULE = re.compile(r"(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$")
_TABLE_RULE = re.compile(r"\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$")
_FOOTNOTE = re.compile(r"\[\^[^\]\s]+\]:[ \t]*")
_ABBREVIATION = re.compile(r"\*\[[^\]\n]+\]:[ \t]*")
_LINK_DEFINITION = re.compile(r"\[[^\]\n@^]+\]:[ \t]*\S+[ \t]*(?:\"[^\n]*\"|'[^\n]*'|\([^\n]*\))?[ \t]*$")
_DEFINITION = re.compile(r":[ \t]{1,3}(?=\S)")
_ATTRIBUTE_LINE = re.compile(r"\{:?[ ]*[^{}\n ][^{}\n]*\}[ \t]*$")
_CLOSING_ATTRIBUTES = re.compile(r"[ ]+\{:?[ ]*[^{}\n ][^{}\n]*\}[ ]*$")  # of a heading or a cell
_DIRECTIVE = re.compile(r"(?:\\(?:bibliography|full_bibliography)|\[TOC\])[ \t]*$")
# Between a word and its citation; a blank line, or the marker of a list or table, is none.
_SPACE_BEFORE = re.compile(r"(?<=[^\s>|])[ \t]*\n?[ \t]*\Z")
_LABEL = re.compile(r"\[([^\]\n@^]+)\]:")
_MATH = re.compile(r"^[ \t]*\$\$.*?\$\$", re.DOTALL | re.MULTILINE)
_WORDS_IN_A_ROW = re.compile(r"\b[A-Za-z]{2,}\s[A-Za-z]{2,}\s[A-Za-z]{2,}\b")  # which no formula has
_TERMINATED = re.compile(r"[.!?:;…][\"'”’)\]*_]*$")


@dataclass
class Block:
    """A stretch of prose that sentences do not cross.

    ``kind`` is paragraph, item, heading, cell, caption, title (of an admonition or tab), footnote,
    abbreviation or definition. ``lead`` is the index of the block that introduces this one (the sentence above
    a list, the parent item, the caption of a table), or None. ``row`` numbers table rows within the file.
    ``container`` is the kind of the nearest admonition around it (``experience``, ``danger``), or "".
    """

    kind: str
    start: int
    end: int
    lead: int | None = None
    row: int | None = None
    container: str = ""


@dataclass
class _Container:
    """An open list item, admonition, footnote: lines indented to ``indent`` belong to it."""

    indent: int
    kind: str
    name: str = ""
    block: int | None = None


@dataclass
class Prose:
    """The prose of one file.

    ``quiet`` has the length of the text; what is not prose is spaces. ``citations`` and ``malformed`` are sorted;
    ``comments`` are the spans of HTML comments outside code, ``images`` and ``links`` those of the words that describe an image
    or make a link.
    """

    source: Source
    quiet: str
    blocks: list[Block]
    citations: list[citation.Citation]
    malformed: list[citation.Malformed]
    comments: list[tuple[int, int]] = field(default_factory=list)
    images: list[tuple[int, int]] = field(default_factory=list)
    links: list[tuple[int, int]] = field(default_factory=list)

    @cached_property
    def headings(self) -> list[tuple[int, str]]:
        """Offset and words of each heading, in order."""
        return [
            (block.start, inline.words(self.quiet[block.start : block.end])) for block in self.blocks if block.kind == "heading"
        ]


class _Reader:
    """One pass over the lines of a file."""

    def __init__(self, source: Source, quiet: str) -> None:
        self.source = source
        self.lines = quiet.split("\n")
        self.all = quiet
        self.hides = "<" in source.text or "$$" in source.text  # whether comments, scripts, formulas may have become spaces
        self.starts: list[int] = []
        at = 0
        for line in self.lines:
            self.starts.append(at)
            at += len(line) + 1
        self.blocks: list[Block] = []
        self.containers: list[_Container] = []
        self.open: int | None = None  # the paragraph that the next line may continue
        self.after_blank = True
        self.last: int | None = None  # the last block of prose, which may introduce a list
        self.rows = 0
        self.quoted = False
        self.labels: set[str] = set()  # lower-case names of link definitions
        self.list_leads: dict[int, int | None] = {}  # indent of an open list -> the block that introduces it

    def add(self, kind: str, start: int, end: int, lead: int | None = None, row: int | None = None) -> int:
        """Append a block and return its index."""
        name = next((c.name for c in reversed(self.containers) if c.kind == "admonition"), "")
        self.blocks.append(Block(kind, start, end, lead, row, name))
        if kind != "item" and not any(c.kind == "item" for c in self.containers):
            self.list_leads.clear()
        return len(self.blocks) - 1

    def blank(self, index: int) -> None:
        """Make a line silent."""
        self.lines[index] = " " * len(self.lines[index])

    def cover(self, index: int, upto: int) -> None:
        """Make the first ``upto`` characters of a line silent: a marker of a list, a quote, a heading."""
        self.lines[index] = " " * upto + self.lines[index][upto:]

    def run(self) -> None:
        """Read all lines."""
        index = 0
        while index < len(self.lines):
            index = self.line(index)

    def line(self, index: int) -> int:
        """Read one line, or a table or fence that begins on it; returns the index of the next one to read."""
        raw = self.lines[index]
        line = raw.expandtabs(4) if "\t" in raw[: len(raw) - len(raw.lstrip())] else raw
        shift = len(raw) - len(line)  # a tab is one character on disk
        at, quoted = 0, False
        room = (self.containers[-1].indent if self.containers else 0) + 3
        while (quote := _QUOTE.match(line, at)) and len(line) - len(line.lstrip(" ")) <= room:
            at, quoted = quote.end(), True
        body = line[at:].lstrip(" ")
        if not body:
            self.cover(index, len(raw))
            self.open, self.after_blank, self.quoted = None, True, quoted
            return index + 1
        # A line without the mark goes on with the quoted paragraph above it, unless it begins something new.
        lazy = self.quoted and not quoted and self.open is not None and not self.after_blank and not self._interrupts(body)
        if quoted != self.quoted and not lazy:
            self.open, self.quoted = None, quoted
        indent = len(line) - at - len(body)
        first = at + indent + shift  # column of the first character, on disk
        if indent and self.hides and (hidden := self.source.text[self.starts[index] : self.starts[index] + first].lstrip(" \t>")):
            # What was blanked in front (a comment, the end of a script) does not move the words to the right.
            indent = max(0, indent - len(hidden))
        if quoted:
            self.cover(index, first)
        return self.prose(index, body, indent, first)

    def prose(self, index: int, body: str, indent: int, first: int) -> int:
        """Read a line that is not blank; ``first`` is the column of its first character on disk."""
        was_blank, self.after_blank = self.after_blank, False
        if not (self.open is not None and not was_blank and not self._interrupts(body)):
            while self.containers and indent < self.containers[-1].indent:
                self.containers.pop()
        base = self.containers[-1].indent if self.containers else 0
        if was_blank and self.open is None and indent - base >= 4 and not _ITEM.match(body) and not self._in_html(index):
            self.blank(index)
            self.after_blank = True
            return index + 1
        return self.marked(index, body, indent, first)

    @cached_property
    def _html(self) -> list[tuple[int, int]]:
        return inline.html_blocks(self.all)

    def _in_html(self, index: int) -> bool:
        """Whether a line stands in a block of raw HTML, where nothing is code for its indent."""
        at = self.starts[index]
        return self.hides and _inside(at, self._html)

    def _interrupts(self, body: str) -> bool:
        """Whether a line ends the paragraph above it without a blank line between."""
        item = _ITEM.match(body)
        if item and body[0].isdigit():
            # "since\n2012. Then" is a line that was wrapped; only a first item, or one more, begins a list.
            return item[0].startswith(("1.", "1)")) or (self.open is not None and self.blocks[self.open].kind == "item")
        return bool(item or _HEADING.match(body) or body.startswith(("!!!", "???", '=== "', ":::")))

    def marked(self, index: int, body: str, indent: int, first: int) -> int:
        """Read a line by its marker: heading, item, admonition, table, note; else it is a paragraph."""
        start = self.starts[index] + first
        end = self.starts[index] + len(self.lines[index].rstrip())
        if body[0] in "=-" and self.open is not None and _SETEXT.match(body) and self._one_line(self.open):
            self.blocks[self.open].kind = "heading"
            self._without_attributes(self.blocks[self.open], index - 1)
            self.blank(index)
            self.open = self.last = None
            return index + 1
        if (
            _RULE.match(body)
            or _DIRECTIVE.match(body)
            or _LINK_DEFINITION.match(body)
            or (body[0] == "{" and self._ends_in_attributes(index, body))
        ):
            if label := _LABEL.match(body):
                self.labels.add(" ".join(label[1].lower().split()))
            self.blank(index)
            self.open = None
            return index + 1
        if match := _HEADING.match(body):
            self.cover(index, first + match.end())
            if closing := _CLOSING_HASHES.search(body, match.end() - 1):
                end = start + closing.start()
                self.lines[index] = self.lines[index][: first + closing.start()].ljust(len(self.lines[index]))
            self._without_attributes(self.blocks[self.add("heading", min(start + match.end(), end), end)], index)
            self.open = self.last = None
            return index + 1
        if match := (_ADMONITION.match(body) or _TAB.match(body)):
            return self.admonition(index, match, indent, first)
        if match := _DIRECTIVE_ADMONITION.match(body):
            self.blank(index)
            self.open = None
            return index + 1
        if (match := _ITEM.match(body)) and (self.open is None or self._interrupts(body)):
            return self.item(index, match, indent, first)
        for pattern, kind in ((_FOOTNOTE, "footnote"), (_ABBREVIATION, "abbreviation"), (_DEFINITION, "definition")):
            if match := pattern.match(body):
                if kind == "definition" and self.open is not None:
                    self._split_terms(self.open)
                self.cover(index, first + match.end())
                self.open = self.add(kind, start + match.end(), end)
                self.containers.append(_Container(indent + 4, kind))
                return index + 1
        if "|" in body and index + 1 < len(self.lines) and self._table_rule(index + 1):
            return self.table(index)
        return self.paragraph(index, start, end)

    def _one_line(self, block: int) -> bool:
        """Whether a block stands on one line so far: only then does an underline make it a heading."""
        return "\n" not in self.source.text[self.blocks[block].start : self.blocks[block].end]

    def _ends_in_attributes(self, index: int, body: str) -> bool:
        """Whether a line is the attribute list of the paragraph or item above it: its last line, and not its only one."""
        if self.open is None or self.blocks[self.open].kind == "footnote" or not _ATTRIBUTE_LINE.match(body):
            return False
        below = self.lines[index + 1].lstrip(" \t>") if index + 1 < len(self.lines) else ""
        return not below or (self.blocks[self.open].kind == "item" and bool(_ITEM.match(below)))

    def _without_attributes(self, block: Block, index: int) -> None:
        """Leave the attribute list at the end of a heading or cell out of it; ``index`` is its line."""
        if self.source.text[block.end - 1 : block.end] != "}":
            return
        begin = self.starts[index]
        line = self.lines[index]
        if match := _CLOSING_ATTRIBUTES.search(line, block.start - begin, block.end - begin):
            self.lines[index] = line[: match.start()] + " " * (match.end() - match.start()) + line[match.end() :]
            block.end = begin + match.start()

    def _split_terms(self, block: int) -> None:
        """The paragraph above a definition: each of its lines is a term of its own."""
        paragraph = self.blocks[block]
        text = self.source.text[paragraph.start : paragraph.end]
        ends = [paragraph.start + at for at, char in enumerate(text) if char == "\n"]
        if not ends or paragraph.kind != "paragraph" or block != len(self.blocks) - 1:
            return
        last, paragraph.end = paragraph.end, ends[0]
        for start, end in itertools.pairwise([*ends, last]):
            self.add("paragraph", start + 1, end)

    def paragraph(self, index: int, start: int, end: int) -> int:
        """Begin or continue a paragraph."""
        if self.open is not None:
            self.blocks[self.open].end = end
        else:
            self.open = self.last = self.add("paragraph", start, end)
        return index + 1

    def admonition(self, index: int, match: re.Match[str], indent: int, first: int) -> int:
        """Open an admonition or tab; its title is a block of its own."""
        line = self.lines[index]
        groups = match.groupdict()
        title = groups["title"]
        if title:
            begin = line.index(title, first)
            self.lines[index] = " " * begin + title + " " * (len(line) - begin - len(title))
        else:
            self.blank(index)
        self.containers.append(_Container(indent + 4, "admonition", (groups.get("kind") or "").lower()))
        self.open = self.last = None
        if title:
            at = self.starts[index] + line.index(title, first)
            self.add("title", at, at + len(title))
        self.after_blank = False
        return index + 1

    def item(self, index: int, match: re.Match[str], indent: int, first: int) -> int:
        """Open a list item; what introduces its list is kept as ``lead``."""
        while self.containers and self.containers[-1].kind == "item" and indent < self.containers[-1].indent:
            self.containers.pop()
        parent = self.containers[-1] if self.containers and self.containers[-1].kind == "item" else None
        for deeper in [i for i in self.list_leads if i > indent]:
            del self.list_leads[deeper]
        if indent not in self.list_leads:
            directly_above = self.last is not None and self.last == len(self.blocks) - 1
            self.list_leads[indent] = parent.block if parent else self.last if directly_above else None
        lead = self.list_leads[indent]
        self.cover(index, first + match.end())
        start = self.starts[index] + first + match.end()
        end = self.starts[index] + len(self.lines[index].rstrip())
        block = self.add("item", min(start, end), end, lead)
        self.containers.append(_Container(indent + 2, "item", "", block))
        self.open, self.last = block, None
        return index + 1

    def _table_rule(self, index: int) -> bool:
        body = self.lines[index].lstrip(" \t>")
        return "-" in body and bool(_TABLE_RULE.match(body)) and ("|" in body)

    def table(self, index: int) -> int:
        """Read a table: a block per cell; the paragraph directly above is its caption."""
        caption = self.last if self.last is not None and self.last == len(self.blocks) - 1 else None
        header = index
        while index < len(self.lines) and "|" in self.lines[index]:
            line = self.lines[index].rstrip()
            stripped = line.lstrip(" \t>")
            if index == header + 1:
                self.blank(index)
                index += 1
                continue
            if not stripped:
                break
            self.rows += 1
            at = len(line) - len(stripped)
            self.cover(index, at)
            self._cells(index, at, line, caption, index == header)
            index += 1
        self.open = self.last = None
        return index

    def _cells(self, index: int, at: int, line: str, caption: int | None, header: bool) -> None:
        """Add a block for each cell of one row and blank the bars."""
        bars = [m.start() for m in re.finditer(r"(?<!\\)\|", line) if m.start() >= at]
        edges = [at - 1, *bars, len(line)]
        start = self.starts[index]
        for left, right in itertools.pairwise(edges):
            cell = line[left + 1 : right]
            text = cell.strip()
            if text:
                begin = start + left + 1 + len(cell) - len(cell.lstrip())
                cell_block = self.add("heading" if header else "cell", begin, begin + len(text), caption, self.rows)
                self._without_attributes(self.blocks[cell_block], index)
        chars = list(self.lines[index])
        for bar in bars:
            chars[bar] = " "
        self.lines[index] = "".join(chars)


def read(source: Source) -> Prose:
    """The prose of a source: its quiet view, its blocks, citations and comments.

    Front matter, code, comments, scripts, link targets, tags and attributes are spaces in ``quiet``; its length is
    that of the text and each character that is not blanked stands where it stands on disk.
    """
    text = source.text
    start = source.body_start
    quiet = inline.spaces(text[:start]) + text[start:]
    if inline.GONE in quiet:
        quiet = quiet.replace(inline.GONE, " ")  # a stray control character is no mark of ours
    quiet = _blank_fences(quiet)
    if "`" in quiet:
        quiet = inline.blank_code(quiet)
    quiet, comments = inline.blank_comments(quiet)
    if "<" in quiet:
        quiet = inline.blank_raw(quiet)
    if "$$" in quiet:
        quiet = _MATH.sub(_formula, quiet)
    reader = _Reader(source, quiet)
    reader.run()
    quiet = "\n".join(reader.lines)
    citations, malformed = citation.find(quiet)
    if "<" in quiet and (citations or malformed) and (verbatim := inline.verbatim(quiet)):
        # What stands there is read, and nothing in it becomes a citation.
        citations = [found for found in citations if not _inside(found.start, verbatim)]
        malformed = [found for found in malformed if not _inside(found.start, verbatim)]
    masked = _mask(quiet, citations)
    images, links = inline.images_and_links(masked, reader.labels)
    quiet = inline.blank_markup(inline.blank_links_and_images(masked, reader.labels))
    return Prose(source, quiet, reader.blocks, citations, malformed, comments, images, links)


def _inside(at: int, spans: list[tuple[int, int]]) -> bool:
    """Whether an offset lies in one of the spans, which are sorted and apart."""
    number = bisect_right(spans, (at, at)) - 1
    return number >= 0 and at < spans[number][1]


def _formula(match: re.Match[str]) -> str:
    return match[0] if _WORDS_IN_A_ROW.search(match[0]) else inline.blank_match(match)


def _mask(quiet: str, citations: list[citation.Citation]) -> str:
    """``quiet`` with citations gone, each with the space before it where that stands inside a paragraph."""
    if not citations:
        return quiet
    parts: list[str] = []
    at = 0
    for found in citations:
        before = quiet[at : found.start]
        if found.narrative:
            # "@hadley2012switching compared …": its author is a word of the sentence.
            name = quiet[found.start + 1 : found.end]
            surname = re.match(r"[A-Za-z]+", name)
            size = surname.end() if surname else 0
            parts += (before, inline.GONE, name[:size].capitalize(), inline.gone(name[size:]))
            at = found.end
            continue
        kept = _SPACE_BEFORE.sub("", before) if before.strip() else ""
        parts += (kept, inline.gone(quiet[at + len(kept) : found.end]))
        at = found.end
    parts.append(quiet[at:])
    return "".join(parts)


def _blank_fences(text: str) -> str:
    """``text`` with fenced code blanked before anything inside it can look like a comment or a script.

    A fence that nothing closes is no fence for Python-Markdown either: its lines stay prose.
    """
    if "```" not in text and "~~~" not in text:
        return text
    lines = text.split("\n")
    opening: dict[int, str] = {}
    closing: dict[str, list[int]] = {"`": [], "~": []}
    for index, line in enumerate(lines):
        body = line.strip(" \t>")
        if match := _FENCE.match(body):
            opening[index] = match["fence"]
            if len(match["fence"]) == len(body):
                closing[body[0]].append(index)
    done = -1
    for index, fence in opening.items():
        if index <= done:
            continue
        candidates = closing[fence[0]]
        for close in candidates[bisect_right(candidates, index) :]:
            if len(lines[close].strip(" \t>")) >= len(fence):
                for number in range(index, close + 1):
                    lines[number] = " " * len(lines[number])
                done = close
                break
    return "\n".join(lines)
