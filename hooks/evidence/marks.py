"""The marks of citations in a page's HTML: numbered as a reader meets them, named, and led back from.

What comes in is the HTML of Python-Markdown's footnotes, to which mkdocs-bibtex turns citations. Private-use characters carry
what Markdown must not touch: which use of which reference a mark is, and where the text of a reference goes.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from evidence.citation import Mention

# audit.LEFTOVER is the proof that none of these reaches a page.
NOTHING = "\ue01e"  # never written: a command that nobody can give
USE_OPEN, USE_CLOSE, BRACKET, ENTRY_OPEN, ENTRY_CLOSE = "\ue010", "\ue011", "\ue013", "\ue014", "\ue015"
RESERVED = re.compile("[\ue010-\ue01f]")

_MARK = re.compile(
    r'<sup id="(?P<id>fnref\d*:[^"]+)"><a class="footnote-ref" href="(?P<href>[^"]+)">(?P<number>\d+)</a></sup>'
    rf"(?:{USE_OPEN}(?P<use>\d+){USE_CLOSE})?"
)
_BACK = re.compile(r'<a class="footnote-backref" href="#fnref(?P<use>\d*):(?P<key>[^"]+)" title="[^"]*">[^<]*</a>')
_ENTRY = re.compile(rf"{ENTRY_OPEN}(?P<key>[\w-]+){ENTRY_CLOSE}")
_LEFT = re.compile(rf"{USE_OPEN}\d+{USE_CLOSE}")
_LIST = re.compile(r'<div class="footnote">\s*<hr\s*/?>\s*<ol>')
# Side by side two marks would read as one number.
_NEIGHBOURS = re.compile(r'(</a></sup>)(?=<sup(?: id="fnref[^>]*)? class="cite[ "])()')
_LIST_END = "</ol>\n</div>"
_ITEM = re.compile(r'<li id="fn:(?P<key>[^"]+)">')
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


@dataclass
class Dressed:
    """The HTML of a page, and the id of the mark of each use by its number; "" where a use has no mark."""

    html: str
    ids: list[str] = field(default_factory=list)


def ordinal(number: int) -> str:
    """``first``, ``second``, … ``21st``."""
    if number <= len(_ORDINALS):
        return _ORDINALS[number - 1]
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _split(content: str) -> tuple[str, list[str], str]:
    """A page's HTML before its list of notes, the notes, and what comes after them; no notes where there is no list."""
    start = content.rfind('<div class="footnote">')
    close = content.rfind(_LIST_END, start) if start >= 0 else -1  # a note may have a list of its own
    if close < 0:
        return content, [], ""
    first = content.find('<li id="fn:', start)
    if first < 0:
        return content, [], ""
    parts = content[first:close].split('<li id="fn:')[1:]
    return content[:first], [f'<li id="fn:{part}' for part in parts], content[close:]


def _in_order(content: str) -> str:
    """The HTML with notes numbered, and uses counted, as a reader meets them.

    Python-Markdown numbers notes in the order in which it happens to work on the page, which is not that of the text where
    there are lists and boxes (markdown/treeprocessors.py works from the inside out).
    """
    head, items, tail = _split(content)
    if not items:
        return content
    by_key = {match["key"]: item for item in items if (match := _ITEM.match(item))}
    numbers: dict[str, int] = {}
    uses: dict[str, int] = {}

    def mark(match: re.Match[str]) -> str:
        key = match["href"].partition("#fn:")[2]
        number = numbers.setdefault(key, len(numbers) + 1)
        uses[key] = uses.get(key, 0) + 1
        again = uses[key] if uses[key] > 1 else ""
        use = f"{USE_OPEN}{match['use']}{USE_CLOSE}" if match["use"] else ""
        return f'<sup id="fnref{again}:{key}"><a class="footnote-ref" href="{match["href"]}">{number}</a></sup>{use}'

    head = _MARK.sub(mark, head)
    listed: list[str] = []
    done: set[str] = set()
    while waiting := [key for key in numbers if key not in done and key in by_key]:
        for key in waiting:  # a note may cite in turn
            done.add(key)
            listed.append(_MARK.sub(mark, by_key[key]))
    listed += [item for key, item in by_key.items() if key not in done]
    return head + "".join(listed) + tail


def where(mention: Mention) -> str:
    """What a citation adds to its key, in words: ``see``, ``p. 12``."""
    parts = [mention.prefix] if mention.prefix and not mention.disputes else []
    if mention.locator:
        parts.append(mention.locator)
    return ", ".join(parts)


def _dressed_mark(match: re.Match[str], number: str, mention: Mention | None, name: Callable[[str], str], own: str) -> str:
    """A mark with its name; ``own`` is its id as an attribute, or "" for a copy of it on another page."""
    if mention is None:
        label, extra, kind = f"Note {number}", "", ""
    else:
        extra = where(mention)
        said = [f"Reference {number}: {name(mention.key)}"]
        said += [extra] if extra else []
        said += ["speaks against this"] if mention.disputes else []
        label = "; ".join(said)
        kind = " cite--disputes" if mention.disputes else ""
    data = f' data-where="{html.escape(extra, quote=True)}"' if extra else ""
    against = '<span class="cite-against" aria-hidden="true">but </span>' if kind else ""
    return (
        f'<sup{own} class="cite{kind}">{against}'
        f'<a class="footnote-ref" href="{match["href"]}" role="doc-noteref" '
        f'aria-label="{html.escape(label, quote=True)}"{data}>{number}</a></sup>'
    )


def dress_excerpts(content: str, uses: Callable[[str], Sequence[Mention]], name: Callable[[str], str]) -> str:
    """The HTML of a page that shows beginnings of other pages, with their marks named; they lead to the lists of those pages.

    ``uses`` gives for the address of a page, as a link here has it, the citations of that page as numbered in its Markdown.
    """
    numbers: dict[str, dict[str, str]] = {}

    def mark(match: re.Match[str]) -> str:
        page, _, key = match["href"].partition("#fn:")
        listed = numbers.setdefault(page, {})
        number = listed.setdefault(key, str(len(listed) + 1))
        known = uses(page)
        use = int(match["use"]) if match["use"] else -1
        return _dressed_mark(match, number, known[use] if 0 <= use < len(known) else None, name, "")

    content = _NEIGHBOURS.sub(r'\1<sup class="cite-gap">,</sup>\2', _MARK.sub(mark, content))
    return _LEFT.sub("", content).replace(BRACKET, "[")


def listed(content: str) -> frozenset[str]:
    """The keys of the works that stand in the lists of an HTML, before it is dressed."""
    return frozenset(_ENTRY.findall(content))


def dress(
    content: str, uses: Sequence[Mention], name: Callable[[str], str], entry: Callable[[str], str], below: str = ""
) -> Dressed:
    """The HTML of a page with its marks named, its references formatted and its links back told apart.

    ``uses`` are the citations of the page as numbered in its Markdown. ``name`` says for a key what a screen reader calls the
    work, ``entry`` gives its entry in the list as HTML, ``below`` is put behind the list.
    """
    ids = [""] * len(uses)

    def mark(match: re.Match[str]) -> str:
        mention = None
        if match["use"] is not None and int(match["use"]) < len(uses):
            mention = uses[int(match["use"])]
            ids[int(match["use"])] = match["id"]
        return _dressed_mark(match, match["number"], mention, name, f' id="{match["id"]}"')

    def back(match: re.Match[str]) -> str:
        label = f"Back to the {ordinal(int(match['use'] or 1))} use in the text"
        return (
            f'<a class="footnote-backref" href="#fnref{match["use"]}:{match["key"]}" role="doc-backlink" '
            f'title="{label}" aria-label="{label}">↩</a>'
        )

    content = _NEIGHBOURS.sub(r'\1<sup class="cite-gap">,</sup>\2', _MARK.sub(mark, _in_order(content)))
    content = _BACK.sub(back, content)
    content = _ENTRY.sub(lambda match: entry(match["key"]), content)
    # A section and not a div: Material's reader of pages for the search takes the first </div> in it, that of a box within a
    # note, for the end of what it is to leave out (material/plugins/search/plugin.py, Parser).
    content, lists = _LIST.subn(
        '<section class="footnote" role="doc-endnotes" data-search-exclude>\n'
        '<h2 id="references" class="references-title">References</h2>\n<ol>',
        content,
    )
    if lists:
        head, _, tail = content.rpartition(_LIST_END)
        content = f"{head}</ol>\n{below}</section>{tail}"
    return Dressed(_LEFT.sub("", content).replace(BRACKET, "["), ids)
