"""Structured citations around mkdocs-bibtex: it gets only what it renders faithfully, and its output is dressed.

Its faults are known (it reads any bracket on a line, in code and links too; it drops locators; it formats a reference
again for every page), so this door hides every other bracket from it, marks each use, gives it a registry of ours,
and afterwards compares each written page with its source: nothing may vanish.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from evidence import audit, bibliography, blocks, lint, settings, source, vancouver
from evidence.citation import Mention
from evidence.prints import text
from evidence.reference import Reference
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import ConfigurationError, PluginError
from mkdocs.plugins import CombinedEvent, event_priority, get_plugin_logger
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page
from mkdocs_bibtex.registry import SimpleRegistry

log = get_plugin_logger("citations")

# Private-use characters; audit.LEFTOVER is the proof that none reaches a page.
_USE_OPEN, _USE_CLOSE, _BRACKET, _ENTRY_OPEN, _ENTRY_CLOSE = "\ue010", "\ue011", "\ue013", "\ue014", "\ue015"
_RESERVED = re.compile("[\ue010-\ue01f]")

_MARK = re.compile(
    r'<sup id="(?P<id>fnref\d*:[^"]+)"><a class="footnote-ref" href="(?P<href>[^"]+)">(?P<number>\d+)</a></sup>'
    rf"(?:{_USE_OPEN}(?P<use>\d+){_USE_CLOSE})?"
)
_BACK = re.compile(r'<a class="footnote-backref" href="#fnref(?P<use>\d*):(?P<key>[^"]+)" title="[^"]*">[^<]*</a>')
_ENTRY = re.compile(rf"{_ENTRY_OPEN}(?P<key>[\w-]+){_ENTRY_CLOSE}")
_LEFT = re.compile(rf"{_USE_OPEN}\d+{_USE_CLOSE}")
_SPACE_BEFORE = re.compile(r"(?<=[\w)”’\"'*_%.,;:!?…\]`])(?:[ \t]+|[ \t]*\n[ \t]*(?=\Z))\Z")
_LIST = re.compile(r'<div class="footnote">\s*<hr\s*/?>\s*<ol>')
_ITEM = re.compile(r'<li id="fn:(?P<key>[^"]+)">')
_NOTE = re.compile(r"^[ \t]*\[\^([^\]\s]+)\]:", re.MULTILINE)
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


class Registry(SimpleRegistry):
    """mkdocs-bibtex's registry over our bibliography: entries are placeholders until the page is HTML."""

    def __init__(self, references: dict[str, Reference]) -> None:
        """Take over the references by key; nothing is parsed again."""
        self.bib_data = SimpleNamespace(entries=references)
        self.footnote_format = "{key}"

    def reference_text(self, citation: Any) -> str:
        """A placeholder for an entry; Markdown and other plugins cannot touch what is not there yet."""
        return f"{_ENTRY_OPEN}{citation.key}{_ENTRY_CLOSE}"


@dataclass
class _State:
    """What one build needs from step to step; emptied on every configuration."""

    references: dict[str, Reference] = field(default_factory=dict)
    entries: dict[str, str] = field(default_factory=dict)
    uses: dict[str, list[Mention]] = field(default_factory=dict)
    notes: dict[str, set[str]] = field(default_factory=dict)
    pages: dict[str, Page] = field(default_factory=dict)


_state = _State()


@event_priority(100)  # before mkdocs-bibtex hands the files to a parser that ends in a traceback
def _config_first(config: MkDocsConfig) -> None:
    plugin = config.plugins.get("bibtex")
    if plugin is None:
        raise ConfigurationError("mkdocs.yml: plugins needs ‘bibtex’ with a bib_file, for the hook citations.py")
    if "footnotes" not in config.markdown_extensions:
        raise ConfigurationError("mkdocs.yml: markdown_extensions needs ‘footnotes’, which numbers the references")
    plugin.config["enable_inline_citations"] = False  # it would replace a bare @word by a whole reference
    _state.references, _state.entries = {}, {}
    _state.uses, _state.notes, _state.pages = {}, {}, {}
    root = Path(config.config_file_path).resolve().parent
    found: list[str] = []
    for path in settings.read(Path(config.config_file_path)).bibliographies:
        shown = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()
        try:
            known = bibliography.read(path, shown)
        except source.Unreadable as problem:
            raise ConfigurationError(str(problem)) from None
        _state.references.update(known.by_key)
        if known.broken or known.repeated:
            found += [text.line(diagnostic) for diagnostic in lint.check_bibliography(known)]
    for line in found:
        log.error(line)
    if found:
        raise PluginError(f"the bibliography cannot be read: {len(found)} findings, named above")


@event_priority(-100)  # after it made a registry of its own
def _config_last(config: MkDocsConfig) -> None:
    plugin: Any = config.plugins["bibtex"]
    plugin.registry = Registry(_state.references)


on_config = CombinedEvent(_config_first, _config_last)


@event_priority(50)  # after the gate has read the page, before mkdocs-bibtex
def _markdown_before(markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Leave mkdocs-bibtex nothing but plain ``[@key]``, each followed by the number of its use on the page."""
    markdown = _RESERVED.sub("\ufffd", markdown)
    prose = blocks.read(source.Source(page.file.src_uri, markdown))
    uses: list[Mention] = []
    parts: list[str] = []
    at = 0
    for citation in prose.citations:
        before = markdown[at : citation.start].replace("[", _BRACKET)
        # A mark stands at its word; a space between would let it slip to the next line.
        parts.append(_SPACE_BEFORE.sub("", before))
        for mention in citation.mentions:
            if mention.key in _state.references:
                parts.append(f"[@{mention.key}]{_USE_OPEN}{len(uses)}{_USE_CLOSE}")
                uses.append(mention)
        at = citation.end
    parts.append(markdown[at:].replace("[", _BRACKET))
    _state.uses[page.file.src_uri] = uses
    _state.notes[page.file.src_uri] = set(_NOTE.findall(markdown))
    _state.pages[page.file.src_uri] = page
    return "".join(parts)


@event_priority(-50)
def _markdown_after(markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Give the other brackets back."""
    return markdown.replace(_BRACKET, "[")


on_page_markdown = CombinedEvent(_markdown_before, _markdown_after)


def _entry(key: str) -> str:
    """The entry of a reference as HTML, formatted once per build."""
    if key not in _state.entries:
        reference = _state.references.get(key)
        _state.entries[key] = vancouver.to_html(reference) if reference else html.escape(key)
    return _state.entries[key]


def _locator(mention: Mention) -> str:
    """What a citation adds to its key, in words: ``see``, ``disputes this``, ``p. 12``."""
    parts = [mention.prefix] if mention.prefix and not mention.disputes else []
    if mention.disputes:
        parts.append("disputes this")
    if mention.locator:
        parts.append(mention.locator)
    return ", ".join(parts)


def _ordinal(number: int) -> str:
    """``first``, ``second``, … ``21st``."""
    if number <= len(_ORDINALS):
        return _ORDINALS[number - 1]
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _split(content: str) -> tuple[str, list[str], str]:
    """A page's HTML before its list of notes, the notes, and what comes after them; no notes where there is no list."""
    start = content.rfind('<div class="footnote">')
    close = content.find("</ol>\n</div>", start) if start >= 0 else -1
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
        use = f"{_USE_OPEN}{match['use']}{_USE_CLOSE}" if match["use"] else ""
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


def dress(content: str, uses: list[Mention]) -> str:
    """The HTML of a page with its marks named, its references formatted and its links back told apart.

    ``uses`` are the citations of the page in order, as numbered in its Markdown.
    """

    def mark(match: re.Match[str]) -> str:
        mention = uses[int(match["use"])] if match["use"] and int(match["use"]) < len(uses) else None
        extra = _locator(mention) if mention else ""
        label = f"{'Reference' if match['use'] else 'Note'} {match['number']}" + (f": {extra}" if extra else "")
        shown = f'<span class="cite-locator">{html.escape(extra)}</span>' if extra else ""
        return (
            f'<sup id="{match["id"]}" class="cite"><a class="footnote-ref" href="{match["href"]}" role="doc-noteref" '
            f'aria-label="{html.escape(label, quote=True)}">{match["number"]}</a>{shown}</sup>'
        )

    def back(match: re.Match[str]) -> str:
        label = f"Back to the {_ordinal(int(match['use'] or 1))} use in the text"
        return (
            f'<a class="footnote-backref" href="#fnref{match["use"]}:{match["key"]}" role="doc-backlink" '
            f'title="{label}" aria-label="{label}">↩</a>'
        )

    content = _MARK.sub(mark, _in_order(content))
    content = _BACK.sub(back, content)
    content = _ENTRY.sub(lambda match: _entry(match["key"]), content)
    content = _LIST.sub(
        '<div class="footnote" role="doc-endnotes" data-search-exclude>\n'
        '<h2 id="references" class="references-title">References</h2>\n<ol>',
        content,
    )
    return _LEFT.sub("", content).replace(_BRACKET, "[")


def on_page_content(content: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Dress what mkdocs-bibtex and Markdown made of the citations."""
    return dress(content, _state.uses.get(page.file.src_uri, []))


def on_post_page(output: str, *, page: Page, config: MkDocsConfig) -> str | None:
    """Clean what a plugin rendered again from a page's Markdown: the excerpts in the list of articles."""
    return dress(output, []) if _RESERVED.search(output) else None


@event_priority(-100)  # when all else has been written
def on_post_build(*, config: MkDocsConfig) -> None:
    """Compare each written page with its source; a difference fails the build."""
    faults: list[str] = []
    for uri, page in _state.pages.items():
        written = Path(page.file.abs_dest_path)
        if not written.is_file():
            continue  # a page the host left out (a draft)
        cited = [mention.key for mention in _state.uses[uri]]
        built = written.read_text(encoding="utf-8")
        faults += [f"{uri}: {fault}" for fault in audit.compare(cited, built, _state.notes[uri])]
    for fault in faults:
        log.error(fault)
    if faults:
        raise PluginError(f"the built pages do not carry what their sources cite: {len(faults)} differences, named above")
    number = sum(len(uses) for uses in _state.uses.values())
    log.info(f"{number} citations in {len(_state.pages)} sources, all on their pages")
