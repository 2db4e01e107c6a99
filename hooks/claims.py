"""The gate: every page is checked before anything rewrites it, and with findings nothing is written.

MkDocs reads all pages before it writes the first (``on_env`` stands between), so the gate closes there: a build with
a finding fails with and without ``--strict`` and ``-q``, and leaves no page behind. While serving, findings are shown in
the terminal and on the page at the sentence, and writing goes on.
"""

from __future__ import annotations

import html
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from evidence import lint, page, site, source
from evidence.diagnostic import Diagnostic
from evidence.prints import text
from evidence.prints.address import rule_url
from evidence.rules import front_matter
from evidence.rules.rule import Setting
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import ConfigurationError, PluginError
from mkdocs.plugins import event_priority, get_plugin_logger
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.pages import Page

# Under --quiet only errors are printed, so findings are errors: the line that fails a build must be seen.
log = get_plugin_logger("claims")

_serving = False


def on_startup(*, command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:
    """Remember whether a writer is at work: then findings are shown instead of stopping the build."""
    global _serving  # MkDocs tells it once, and keeps hook modules while serving
    _serving = command == "serve"


def _site(config: MkDocsConfig) -> site.Site:
    """What this build knows."""
    try:
        return site.of(config, Path(config.config_file_path))
    except source.Unreadable as problem:
        raise ConfigurationError(str(problem)) from None


def on_config(config: MkDocsConfig) -> None:
    """Read the bibliographies, or say what is wrong with them."""
    _site(config)


@event_priority(100)  # before the blog plugin, which reads its posts here
def on_files(files: Files, *, config: MkDocsConfig) -> None:
    """Say which files MkDocs or a plugin could not even read, each on a line, before one of them ends in a traceback.

    While serving, such a page is replaced by one that says what is wrong, a post or another file is left out, and the rest is
    served.
    """
    here = _site(config)
    found = {file: lines for file in list(files) if file.src_dir == config.docs_dir and (lines := _unreadable(file, here))}
    if not found:
        return
    lines = [line for lines in found.values() for line in lines]
    if not _serving:
        number = _counted(len(found), "file")
        raise PluginError("\n".join([*lines, f"{number} cannot be read, as said above. Nothing was written."]))
    for line in lines:
        log.info(line)  # see _say
    for file, lines in found.items():
        files.remove(file)
        if file.is_documentation_page() and not front_matter.is_post(file.src_uri):
            files.append(_stand_in(file, lines, config))
    # Links to what is left out are no faults of their own; as warnings they would end a strict preview.
    config.validation.nav.not_found = config.validation.links.not_found = config.validation.links.anchors = logging.INFO


def _unreadable(file: File, here: site.Site) -> list[str]:
    """Why a file of the docs folder cannot be read, a sentence each with its place; nothing where it can be."""
    path = Path(file.src_dir or "", file.src_uri)
    shown = here.shown(path)
    level, draft = file.inclusion.value, InclusionLevel.DRAFT.value
    if level < draft or (level == draft and not _serving):  # the host will not read it
        return []
    if not path.is_file():  # nor may anything wait for what a pipe will never say
        what = f"is a link to {path.readlink()}, which does not exist" if path.is_symlink() else "is not a file"
        return [f"{shown}:1:1: {what}; mend it or take it away"]
    if not file.is_documentation_page():
        return []
    try:
        read = source.read(path, shown)
    except source.Unreadable as problem:
        return [str(problem)]
    return [text.line(found) for found in front_matter.breaking(read, Setting(here.bibliographies, True, here.today))]


def _stand_in(file: File, lines: Sequence[str], config: MkDocsConfig) -> File:
    """A page in the place of one that cannot be read, which says why."""
    said = "".join(f"<li><code>{_inert(line)}</code></li>" for line in lines)
    content = f'# Not readable yet\n\n<div class="admonition failure evidence-banner"><ul>{said}</ul></div>\n'
    return File.generated(config, file.src_uri, content=content, inclusion=file.inclusion)


@event_priority(100)  # before any plugin changes the text
def on_page_markdown(markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str | None:
    """Check the page as its file is on disk; while serving, mark what was found at its sentence."""
    here = _site(config)
    read = _read_source(page, markdown, config, here)
    checked = _check(page.file.src_uri, read, here)
    found = here.results[page.file.src_uri].diagnostics
    return _marked(markdown, checked, found, config) if _serving and found else None


def _read_source(host_page: Page, markdown: str, config: MkDocsConfig, here: site.Site) -> source.Source:
    """The file of a page; the text given by the host where a plugin made the page without a file."""
    docs = Path(config.docs_dir).resolve()
    path = host_page.file.abs_src_path
    if path is None or not Path(path).resolve().is_relative_to(docs):
        return source.Source(here.shown(docs / host_page.file.src_uri), markdown)
    try:
        return source.read(Path(path), here.shown(Path(path).resolve()))
    except source.Unreadable as problem:
        raise PluginError(str(problem)) from None


def _check(name: str, read: source.Source, here: site.Site) -> page.Page:
    checked = page.read(read)
    result = lint.check_page(checked, Setting(here.bibliographies, True, here.today))
    here.add(name, checked, result)
    for diagnostic in result.diagnostics:
        _say(diagnostic)
    return checked


def _say(diagnostic: Diagnostic) -> None:
    # MkDocs counts errors and warnings, and where mkdocs.yml says strict they stop a preview too.
    (log.error if diagnostic.stops and not _serving else log.info)(text.line(diagnostic))


def _marked(markdown: str, checked: page.Page, found: Sequence[Diagnostic], config: MkDocsConfig) -> str:
    """The Markdown with a mark behind each sentence that has a finding, which says what is wrong and leads to the rule.

    Only where the host's text is the end of the file as it is on disk: else places would not fit.
    """
    read = checked.source
    if not read.text.rstrip().endswith(markdown.rstrip()):
        return markdown
    shift = len(read.text.rstrip()) - len(markdown.rstrip())
    for diagnostic in sorted(found, key=Diagnostic.sort_key, reverse=True):
        place = diagnostic.place
        at = read.line_start(place.line) + place.column - 1
        sentence = page.sentence_at(checked, at)
        at = (sentence.end if sentence else read.line_start(place.end_line) + place.end_column - 1) - shift
        if 0 < at <= len(markdown):
            mark = f'<a class="evidence-finding" href="{_rule_page(diagnostic, config)}">{_inert(_words(diagnostic))}</a>'
            markdown = markdown[:at] + mark + markdown[at:]
    return markdown


def _words(diagnostic: Diagnostic) -> str:
    return f"{diagnostic.rule}: {diagnostic.message}; {diagnostic.help}"


def _counted(number: int, one: str) -> str:
    return f"{number} {one}{'s' * (number != 1)}"


def _inert(words: str) -> str:
    """Words of which nothing may be read as HTML, as Markdown or as a citation."""
    words = html.escape(words, quote=True)
    for char in "[]|*_`@\\":
        words = words.replace(char, f"&#{ord(char)};")
    return words


def _rule_page(diagnostic: Diagnostic, config: MkDocsConfig) -> str:
    """Where the page of a rule is served."""
    return f"{urlsplit(config.site_url or '/').path.rstrip('/')}/contribute/rules/{diagnostic.rule}/"


def on_page_content(content: str, *, page: Page, config: MkDocsConfig, files: Files) -> str | None:
    """While serving, put a banner with all findings on top of the page."""
    result = _site(config).results.get(page.file.src_uri)
    if not (_serving and result and result.diagnostics):
        return None
    found = result.diagnostics
    # In code elements: a message may quote a citation, and nothing here is one.
    lines = "".join(
        f"<li><code>{html.escape(f'{d.place.path}:{d.place.line}:{d.place.column}: {_words(d)}')}</code> "
        f'<a href="{_rule_page(d, config)}">What to do</a></li>'
        for d in found
    )
    stops = sum(diagnostic.stops for diagnostic in found)
    title = f"{_counted(stops, 'finding')} on this page: it could not be published like this"
    title = title if stops else f"{_counted(len(found), 'note')} on this page"
    head = f'<p class="admonition-title">{title}</p>'
    return f'<div class="admonition failure evidence-banner">{head}<ul>{lines}</ul></div>{content}'


@event_priority(100)  # nothing else needs to be made where the gate is closed
def on_env(env: Any, *, config: MkDocsConfig, files: Files) -> None:
    """All pages are read and none is written: print the counts, and close the gate where there are findings."""
    here = _site(config)
    report = here.report()
    said = {id(diagnostic) for result in here.results.values() for diagnostic in result.diagnostics}
    for diagnostic in report.diagnostics:
        if id(diagnostic) not in said:  # those of the bibliography; each fault has one voice
            _say(diagnostic)
    log.info(text.summary(report))
    if (findings := report.findings) and not _serving:
        rules = ", ".join(sorted({diagnostic.rule for diagnostic in findings}))
        where = rule_url(findings[0].rule, config.site_url or "")
        raise PluginError(f"{text.summary(report)}. Nothing was written. Rules: {rules}; see {where}")
