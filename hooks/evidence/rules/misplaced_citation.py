"""A citation where no reference can stand."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from evidence import citation, inline
from evidence.blocks import Block, Prose
from evidence.diagnostic import Diagnostic, shorten
from evidence.page import Page
from evidence.rules.rule import Setting

_MOVE = "put it behind the sentence in the text that says the same"
_NAMED = re.compile(r"^(?P<name>[A-Za-z_][\w-]*)[ \t]*:", re.MULTILINE)


def check(page: Page, setting: Setting) -> Iterator[Diagnostic]:
    """Each citation in a title, description, heading, the words of an image or a link, or a block of raw HTML."""
    found = list(_in_front_matter(page))
    prose = page.prose
    raw = inline.html_blocks(page.source.text) if prose.citations else []
    starts = [block.start for block in prose.blocks]
    for cited in prose.citations:
        at = bisect_right(starts, cited.start) - 1
        block = prose.blocks[at] if at >= 0 and cited.start < prose.blocks[at].end else None
        where = _place_of(cited, block, prose, raw)
        if where:
            found.append((cited.start, cited.end, *where))
    for start, end, where_, help_ in found:
        yield Diagnostic(
            page.source.place(start, end),
            "misplaced-citation",
            f"stands in {where_}, where no reference can",
            shorten(page.source.text[start:end]),
            help_,
        )


def _place_of(cited: citation.Citation, block: Block | None, prose: Prose, raw: list[tuple[int, int]]) -> tuple[str, str] | None:
    """The place of a citation in words and what to do, where it cannot stand there; else None."""

    def inside(spans: list[tuple[int, int]]) -> bool:
        return any(start <= cited.start < end for start, end in spans)

    if inside(prose.images):
        return "the description of an image", _MOVE
    if inside(prose.links):
        return "the words of a link", "put it behind the link"
    if inside(raw):
        return "a block of HTML, which is not read as Markdown", "write the block as Markdown, or add markdown to its first tag"
    if block is not None and block.kind == "heading":
        return ("the head of a table" if block.row is not None else "a heading"), _MOVE
    if block is not None and block.kind == "title":
        return "the title of a box", _MOVE
    return None


def _in_front_matter(page: Page) -> Iterator[tuple[int, int, str, str]]:
    """Citations in ``title`` and ``description``; elsewhere in the front matter they are nobody's words."""
    front = page.source.text[: page.source.body_start]
    if "@" not in front:
        return
    names = [(match.start(), match["name"]) for match in _NAMED.finditer(front)]
    for cited in citation.find(front)[0]:
        at = bisect_right(names, (cited.start, "\uffff")) - 1
        if at >= 0 and names[at][1] in ("title", "description"):
            yield cited.start, cited.end, f"the {names[at][1]} of the page", _MOVE
