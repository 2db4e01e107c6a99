"""The gate: every page is checked before anything rewrites it, and with findings nothing is written.

MkDocs reads all pages before it writes the first (``on_env`` stands between), so the gate closes there: a build with
a finding fails with and without ``--strict`` and ``-q``, and leaves no page behind. While serving, findings are shown in
the terminal and on the page at the sentence, and writing goes on.
"""

from __future__ import annotations

import datetime
import html
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from evidence import bibliography, lint, page, project, settings, source
from evidence.bibliography import Bibliography
from evidence.diagnostic import Diagnostic
from evidence.lint import Report
from evidence.prints import text
from evidence.prints.address import rule_url
from evidence.rules.rule import Setting
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import event_priority, get_plugin_logger
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page

# Under --quiet only errors are printed, so findings are errors: the line that fails a build must be seen.
log = get_plugin_logger("claims")


@dataclass
class _State:
    """What one build has found so far; emptied in ``on_config``, for MkDocs keeps hook modules while serving."""

    serving: bool = False
    root: Path = field(default_factory=Path)
    today: datetime.date = field(default_factory=project.today)
    bibliographies: list[Bibliography] = field(default_factory=list)
    report: Report = field(default_factory=Report)
    by_page: dict[str, list[Diagnostic]] = field(default_factory=dict)
    unreadable: int = 0


_state = _State()


def on_startup(*, command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:
    """Remember whether a writer is at work: then findings are shown instead of stopping the build."""
    _state.serving = command == "serve"


def on_config(config: MkDocsConfig) -> None:
    """Start anew and read the bibliographies."""
    _state.today = project.today()
    _state.root = Path(config.config_file_path).resolve().parent
    _state.bibliographies, _state.report, _state.by_page, _state.unreadable = [], Report(), {}, 0
    for path in settings.read(Path(config.config_file_path)).bibliographies:
        _state.bibliographies.append(bibliography.read(path, _shown(path)))
    _state.report.bibliographies = _state.bibliographies


def _say(diagnostic: Diagnostic) -> None:
    # A note is no error: MkDocs counts errors and warnings, and --strict would stop at them.
    (log.error if diagnostic.stops else log.info)(text.line(diagnostic))


def _shown(path: Path) -> str:
    """A path as a terminal can open it: from the folder of ``mkdocs.yml``."""
    return path.relative_to(_state.root).as_posix() if path.is_relative_to(_state.root) else path.as_posix()


@event_priority(100)  # before any plugin changes the text
def on_page_markdown(markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str | None:
    """Check the page as its file is on disk; while serving, mark what was found at its sentence."""
    found = _check(page, markdown, config)
    if not (_state.serving and found):
        return None
    return _marked(markdown, _read_source(page, markdown, config), found)


def _read_source(host_page: Page, markdown: str, config: MkDocsConfig) -> source.Source:
    """The file of a page; the text given by the host where a plugin made the page without a file."""
    docs = Path(config.docs_dir).resolve()
    path = host_page.file.abs_src_path
    if path is None or not Path(path).resolve().is_relative_to(docs):
        return source.Source(_shown(docs / host_page.file.src_uri), markdown)
    return source.read(Path(path), _shown(Path(path).resolve()))


def _check(host_page: Page, markdown: str, config: MkDocsConfig) -> list[Diagnostic]:
    checked = page.read(_read_source(host_page, markdown, config))
    result = lint.check_page(checked, Setting(tuple(_state.bibliographies), True, _state.today))
    found = list(result.diagnostics)
    _state.report.results.append(result)
    _state.report.diagnostics += found
    _state.by_page[host_page.file.src_uri] = found
    for diagnostic in found:
        _say(diagnostic)
    return found


def _marked(markdown: str, read: source.Source, found: list[Diagnostic]) -> str:
    """The Markdown with a mark behind each sentence that has a finding.

    Only where the host's text is the end of the file as it is on disk: else places would not fit.
    """
    if not read.text.rstrip().endswith(markdown.rstrip()):
        return markdown
    shift = len(read.text.rstrip()) - len(markdown.rstrip())
    for diagnostic in sorted(found, key=Diagnostic.sort_key, reverse=True):
        place = diagnostic.place
        at = read.line_start(place.end_line) + place.end_column - 1 - shift
        if 0 < at <= len(markdown):
            words = html.escape(f"{diagnostic.message}; {diagnostic.help}", quote=True)
            for char in "[]|*_`@\\":  # nothing in the mark may be read as Markdown or as a citation
                words = words.replace(char, f"&#{ord(char)};")
            mark = f'<span class="evidence-finding" role="note" title="{words}">{diagnostic.rule}</span>'
            markdown = markdown[:at] + mark + markdown[at:]
    return markdown


def on_page_content(content: str, *, page: Page, config: MkDocsConfig, files: Files) -> str | None:
    """While serving, put a banner with all findings on top of the page."""
    found = _state.by_page.get(page.file.src_uri, [])
    if not (_state.serving and found):
        return None
    lines = "".join(f"<li>{html.escape(text.line(diagnostic))}</li>" for diagnostic in found)
    title = f"{len(found)} finding{'s' * (len(found) != 1)} on this page: it could not be published like this"
    head = f'<p class="admonition-title">{title}</p>'
    return f'<div class="admonition failure evidence-banner">{head}<ul>{lines}</ul></div>{content}'


def on_env(env: Any, *, config: MkDocsConfig, files: Files) -> None:
    """All pages are read and none is written: print the counts, and close the gate where there are findings."""
    report = _state.report
    shared: list[Diagnostic] = []
    for known in _state.bibliographies:
        shared += lint.check_bibliography(known)
    if not any(diagnostic.rule == "unparsable-reference" for diagnostic in shared):
        shared += lint.check_project(report.results, _state.bibliographies)
    for diagnostic in shared:
        _say(diagnostic)
    report.diagnostics += shared
    log.info(text.summary(report))
    if (findings := report.findings) and not _state.serving:
        rules = ", ".join(sorted({diagnostic.rule for diagnostic in findings}))
        where = rule_url(findings[0].rule, config.site_url or "")
        raise PluginError(f"{text.summary(report)}. Nothing was written. Rules: {rules}; see {where}")
