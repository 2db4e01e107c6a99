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
from typing import Any, Literal

from evidence import blocks, lint, marks, settings, site, source, standing, vancouver
from evidence.audit import site as audit
from evidence.audit.page import MARKERS
from evidence.citation import Mention
from evidence.prints import text
from evidence.reference import Reference
from evidence.standing import Standing
from evidence.web import references as references_page
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import ConfigurationError, PluginError
from mkdocs.livereload import LiveReloadServer
from mkdocs.plugins import CombinedEvent, event_priority, get_plugin_logger
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page
from mkdocs.utils import get_relative_url
from mkdocs_bibtex.registry import SimpleRegistry

log = get_plugin_logger("citations")
_NO_ENTRIES = Path(__file__).with_name("no-entries.bib")

_SPACE_BEFORE = re.compile(r"(?<=[\w)”’\"'*_%.,;:!?…\]`])(?:[ \t]+|[ \t]*\n[ \t]*(?=\Z))\Z")
_PUNCTUATION = re.compile(r"([\\`*_{}\[\]()#+.!|~<>&:-])")


class Registry(SimpleRegistry):
    """mkdocs-bibtex's registry over our bibliography: entries are placeholders until the page is HTML."""

    def __init__(self, references: dict[str, Reference]) -> None:
        """Take over the references by key; nothing is parsed again."""
        self.bib_data = SimpleNamespace(entries=references)
        self.footnote_format = "{key}"

    def reference_text(self, citation: Any) -> str:
        """A placeholder for an entry; Markdown and other plugins cannot touch what is not there yet."""
        return f"{marks.ENTRY_OPEN}{citation.key}{marks.ENTRY_CLOSE}"


@dataclass
class _State:
    """What one build needs from step to step; emptied on every configuration.

    ``works`` is the address of the page References from the start of the site, empty where there is none.
    """

    entries: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    uses: dict[str, list[Mention]] = field(default_factory=dict)
    pages: dict[str, Page] = field(default_factory=dict)
    works: str = ""


_state = _State()
_serving = False


def on_startup(*, command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:
    """Remember whether a writer is at work: then a difference is told and stops nothing."""
    global _serving  # MkDocs tells it once
    _serving = command == "serve"


def _site(config: MkDocsConfig) -> site.Site:
    """What this build knows."""
    try:
        return site.of(config, Path(config.config_file_path))
    except source.Unreadable as problem:
        raise ConfigurationError(str(problem)) from None


@event_priority(100)  # before mkdocs-bibtex hands the files to a parser that ends in a traceback
def _config_first(config: MkDocsConfig) -> None:
    global _state  # MkDocs keeps hook modules while serving
    plugin = config.plugins.get("bibtex")
    if plugin is None:
        raise ConfigurationError("mkdocs.yml: plugins needs ‘bibtex’ with a bib_file, for the hook citations.py")
    if "footnotes" not in config.markdown_extensions:
        raise ConfigurationError("mkdocs.yml: markdown_extensions needs ‘footnotes’, which numbers the references")
    plugin.config["enable_inline_citations"] = False  # it would replace a bare @word by a whole reference
    # Its parser ends in a traceback where ours has a sentence, and nothing that it read would be used: see _config_last.
    plugin.config["bib_file"], plugin.config["bib_dir"] = str(_NO_ENTRIES), None
    plugin.config["full_bib_command"] = marks.NOTHING  # a list of every work is what the page References is
    _state = _State()
    found = [
        text.line(diagnostic)
        for known in _site(config).bibliographies
        if known.broken or known.repeated
        for diagnostic in lint.check_bibliography(known)
        if diagnostic.stops
    ]
    for line in found:
        log.error(line)
    if found and not _serving:
        number = f"{len(found)} findings, named" if len(found) > 1 else "the finding is named"
        raise PluginError(f"the bibliography cannot be read: {number} above")


@event_priority(-100)  # after it made a registry of its own
def _config_last(config: MkDocsConfig) -> None:
    plugin: Any = config.plugins["bibtex"]
    plugin.registry = Registry(_site(config).references)


def on_files(files: Files, *, config: MkDocsConfig) -> None:
    """Find the page that has an entry for every work."""
    file = files.get_file_from_path("references.md")
    _state.works = file.url if file and MARKERS["references"] in file.content_string else ""


on_config = CombinedEvent(_config_first, _config_last)


@event_priority(50)  # after the gate has read the page, before mkdocs-bibtex
def _markdown_before(markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Leave mkdocs-bibtex nothing but plain ``[@key]``, each followed by the number of its use on the page."""
    references = _site(config).references
    markdown = marks.RESERVED.sub("\ufffd", markdown)
    prose = blocks.read(source.Source(page.file.src_uri, markdown))
    uses: list[Mention] = []
    parts: list[str] = []
    at = 0
    for citation in prose.citations:
        before = markdown[at : citation.start].replace("[", marks.BRACKET)
        if citation.narrative and citation.keys[0] in references:
            # "@hadley2012switching compared" reads "Hadley 2012¹ compared".
            short = vancouver.short_name(references[citation.keys[0]])
            parts += (before, _PUNCTUATION.sub(r"\\\1", short).replace("[", marks.BRACKET))
        else:
            # A mark stands at its word; a space between would let it slip to the next line.
            parts.append(_SPACE_BEFORE.sub("", before))
        for mention in citation.mentions:
            if mention.key in references:
                parts.append(f"[@{mention.key}]{marks.USE_OPEN}{len(uses)}{marks.USE_CLOSE}")
                uses.append(mention)
        at = citation.end
    parts.append(markdown[at:].replace("[", marks.BRACKET))
    _state.uses[page.file.src_uri] = uses
    _state.pages[page.file.src_uri] = page
    return "".join(parts)


@event_priority(-50)
def _markdown_after(markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Give the other brackets back."""
    return markdown.replace(marks.BRACKET, "[")


on_page_markdown = CombinedEvent(_markdown_before, _markdown_after)


def _entry(key: str, here: site.Site, known: Standing) -> str:
    """The entry of a reference as HTML, formatted once per build unless it leads to other works."""
    reference = here.references.get(key)
    if reference is None:
        return html.escape(key)
    if known.disputed:  # where their entries stand depends on the page
        return vancouver.to_html(reference, known)
    if key not in _state.entries:
        _state.entries[key] = vancouver.to_html(reference, known)
    return _state.entries[key]


def _name(key: str, here: site.Site) -> str:
    """What a screen reader calls a work: ``Hadley 2012, randomised trial``; that it was retracted is said before."""
    if key not in _state.names:
        reference = here.references[key]
        kind = vancouver.design(reference)
        short = vancouver.short_name(reference)
        name = f"{short}, {kind[:1].lower()}{kind[1:]}" if kind else short
        first = standing.lead(here.standing(key))
        _state.names[key] = f"{first}; {name}" if first else name
    return _state.names[key]


def _dressed(content: str, uses: list[Mention], page: Page, config: MkDocsConfig) -> marks.Dressed:
    here = _site(config)
    on_page = marks.listed(content)
    works = get_relative_url(_state.works, page.url) if _state.works else ""

    def href(key: str) -> str:
        """The entry of another work: in the list of this page where it stands there, else on the page References."""
        return f"#fn:{key}" if key in on_page else f"{works}#{references_page.anchor(key)}" if works else ""

    return marks.dress(content, uses, lambda key: _name(key, here), lambda key: _entry(key, here, here.standing(key, href)))


def on_page_content(content: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Dress what mkdocs-bibtex and Markdown made of the citations."""
    dressed = _dressed(content, _state.uses.get(page.file.src_uri, []), page, config)
    _site(config).marks[page.file.src_uri] = dressed.ids
    return dressed.html


def on_post_page(output: str, *, page: Page, config: MkDocsConfig) -> str | None:
    """Clean what a plugin rendered again from a page's Markdown: the excerpts in the list of articles."""
    if not marks.RESERVED.search(output):
        return None
    here = _site(config)
    by_address = {get_relative_url(other.url, page.url): name for name, other in _state.pages.items()}
    return marks.dress_excerpts(
        output, lambda address: _state.uses.get(by_address.get(address, ""), []), lambda key: _name(key, here)
    )


def on_serve(server: LiveReloadServer, *, config: MkDocsConfig, builder: Any) -> LiveReloadServer:
    """Build again when a bibliography changes."""
    for path in settings.read(Path(config.config_file_path)).bibliographies:
        server.watch(str(path))
    return server


@event_priority(-100)  # when all else has been written
def on_post_build(*, config: MkDocsConfig) -> None:
    """Compare each written page with its source; a difference fails the build."""
    here = _site(config)
    folder = Path(config.site_dir)
    files = {uri: page.file.dest_uri for uri, page in _state.pages.items() if Path(page.file.abs_dest_path).is_file()}
    wanted = [here.expected[uri] for uri in files]  # a page the host left out is a draft
    if (folder / audit.LEDGER).is_file():
        faults = audit.run(folder, wanted, here.references)
    else:
        faults = audit.pages(folder, wanted, files)
    for fault in faults:
        (log.info if _serving else log.error)(str(fault))
    if faults and not _serving:
        raise PluginError(f"the built pages do not carry what their sources cite: {len(faults)} differences, named above")
    number = sum(len(uses) for uses in _state.uses.values())
    log.info(f"{number} citations in {len(_state.pages)} sources, all on their pages")
