"""The evidence beside the text: the badge of a page, the pages References and Claims, and the ledger for programs.

Two pages in the docs folder carry a marker, ``<!-- ledger: references -->`` and ``<!-- ledger: claims -->``; what stands there is
made in each build from what the gate has read, never by hand. It is filled in when all pages are read and none is written.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

from evidence import __version__, exports, ledger, site, source
from evidence.audit.page import MARKERS
from evidence.ledger import Claim
from evidence.reference import Reference
from evidence.standing import Standing
from evidence.web import badge
from evidence.web import claims as claims_page
from evidence.web import references as references_page
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import ConfigurationError
from mkdocs.plugins import event_priority, get_plugin_logger
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page
from mkdocs.utils import get_relative_url

log = get_plugin_logger("evidence_pages")


class _State:
    """What one build needs from step to step."""

    def __init__(self) -> None:
        self.pages: dict[str, Page] = {}
        self.generated: dict[str, Page] = {}


_state = _State()


def _site(config: MkDocsConfig) -> site.Site:
    """What this build knows."""
    try:
        return site.of(config, Path(config.config_file_path))
    except source.Unreadable as problem:
        raise ConfigurationError(str(problem)) from None


def on_config(config: MkDocsConfig) -> None:
    """Forget the build before this one."""
    global _state  # MkDocs keeps hook modules while serving
    _state = _State()


@event_priority(-50)  # when citations.py has dressed the page
def on_page_content(content: str, *, page: Page, config: MkDocsConfig, files: Files) -> str | None:
    """Remember the page; put its badge below its heading."""
    here = _site(config)
    name = page.file.src_uri
    _state.pages[name] = page
    for kind, marker in MARKERS.items():
        if marker in content:
            _state.generated[kind] = page
    content += _take_along(page, here)
    if not here.claims.get(name) or "</h1>" not in content:
        return content
    target = _state_href(files, "claims", page)
    line = badge.render(
        here.claims[name], here.references, f"{target}#{claims_page.anchor(name)}" if target else "#", __version__
    )
    head, heading, tail = content.partition("</h1>")
    return f"{head}{heading}\n{line}{tail}"


def _file_of(page: Page, suffix: str) -> str:
    """The path in the site of a page's references as a file, beside the page: ``help/help-references.ris``."""
    path = PurePosixPath(page.file.dest_uri)
    name = path.parent.name if path.stem == "index" and path.parent.name else path.stem
    return path.with_name(f"{name}-references.{suffix}").as_posix()


def _take_along(page: Page, here: site.Site) -> str:
    """The links to a page's references as files; "" where it cites none."""
    if not here.cited(page.file.src_uri):
        return ""
    files = tuple((PurePosixPath(_file_of(page, suffix)).name, words) for suffix, words, _ in _FORMATS)
    return "\n" + _downloads("These references for your own library:", files, "")


def _state_href(files: Files, kind: str, page: Page) -> str:
    """The address of a generated page from another page; "" where the site has none."""
    file = files.get_file_from_path(f"{kind}.md")
    return get_relative_url(file.url, page.url) if file else ""


def on_env(env: Any, *, config: MkDocsConfig, files: Files) -> None:
    """All pages are read: write what the generated pages show."""
    here = _site(config)
    titles = {name: str(page.title) for name, page in _state.pages.items()}
    claims = {name: found for name, found in here.claims.items() if name in _state.pages}
    if (target := _state.generated.get("references")) is not None:
        every = [claim for name in sorted(claims) for claim in claims[name]]
        mark = partial(_place, target=target, here=here)
        uses = references_page.uses_of(every, titles, mark)
        made = references_page.render(here.references, uses, titles, partial(here.standing, href=_entry_here))
        taken = _downloads("All of them:", _FILES, "../" if target.url.endswith("/") else "")
        target.content = (target.content or "").replace(MARKERS["references"], taken + made)
    if (target := _state.generated.get("claims")) is not None:
        works = files.get_file_from_path("references.md")
        base = get_relative_url(works.url, target.url) if works else ""
        made = claims_page.render(
            claims,
            [_listed(name, titles[name], target) for name in sorted(claims, key=lambda name: titles[name].casefold())],
            here.references,
            lambda key: f"{base}#ref-{key}",
            lambda claim: _place(claim, 0, target, here),
        )
        taken = _downloads("For programs:", _LEDGER_FILES, "../" if target.url.endswith("/") else "")
        target.content = (target.content or "").replace(MARKERS["claims"], taken + made)


def _entry_here(key: str) -> str:
    """The address of a work's entry on the page References itself."""
    return f"#{references_page.anchor(key)}"


_FORMATS: tuple[tuple[str, str, Callable[[Iterable[Reference], Mapping[str, Standing]], str]], ...] = (
    ("bib", "BibTeX", exports.bibtex),
    ("ris", "RIS", exports.ris),
    ("json", "CSL-JSON", exports.csl_json),
)
_FILES = tuple((f"references.{suffix}", words) for suffix, words, _ in _FORMATS)
_LEDGER_FILES = (("claims.json", "claims.json"), ("claims.csv", "claims.csv"))


def _downloads(lead: str, files: tuple[tuple[str, str], ...], base: str) -> str:
    """A line of files to take along; ``base`` leads to their folder."""
    links = ", ".join(f'<a href="{base}{name}" download>{words}</a>' for name, words in files)
    return f'<p class="downloads" data-search-exclude>{lead} {links}.</p>\n'


def _listed(name: str, title: str, target: Page) -> claims_page.Listed:
    meta = _state.pages[name].meta
    href = get_relative_url(_state.pages[name].url, target.url)
    reviewed, due = (str(meta.get(key) or "") for key in ("reviewed", "review_due"))
    return claims_page.Listed(name, title, href, reviewed, due, meta.get("comments") is True)


def _fragment(claim: Claim, number: int, here: site.Site) -> str:
    """The id of the mark of the nth work of a claim on its page; "" where it has none."""
    ids = here.marks.get(claim.page, [])
    return ids[claim.uses[number]] if number < len(claim.uses) and claim.uses[number] < len(ids) else ""


def _place(claim: Claim, number: int, target: Page, here: site.Site) -> str:
    """The address, from a generated page, of a mark of a claim; of its page where it has no mark."""
    href = get_relative_url(_state.pages[claim.page].url, target.url)
    fragment = _fragment(claim, number, here)
    return f"{href}#{fragment}" if fragment else href


@event_priority(50)  # before citations.py compares what was written
def on_post_build(*, config: MkDocsConfig) -> None:
    """Write the ledger for programs, ``claims.json`` and ``claims.csv``, and the references as files."""
    here = _site(config)
    folder = Path(config.site_dir)
    _write_references(folder, here)
    base = (config.site_url or "").rstrip("/")
    pages: list[dict[str, Any]] = []
    rows: list[dict[str, Any]] = []
    for name in sorted(_state.pages):
        page = _state.pages[name]
        result = here.results.get(name)
        if result is None or not Path(page.file.abs_dest_path).is_file():
            continue
        dates = {key: str(page.meta.get(key) or "") for key in ("reviewed", "review_due")}
        url = f"{base}/{page.url}" if base else page.url
        pages.append(
            {"source": name, "file": page.file.dest_uri, "url": url, "title": str(page.title), **dates, "counts": result.counts}
        )
        for claim in here.claims.get(name, ()):
            fragment = _fragment(claim, 0, here)
            rows.append({**ledger.as_value(claim, here.references, f"{url}#{fragment}" if fragment else url), **dates})
    value = {"version": __version__, "pages": pages, "claims": rows}
    (folder / "claims.json").write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    (folder / "claims.csv").write_text(_csv(rows), encoding="utf-8", newline="")
    log.info(f"{len(rows)} claims in the ledger")


def _write_references(folder: Path, here: site.Site) -> None:
    """Write the references of the site, and of each page that cites some, in each format."""
    standings = here.standings
    for suffix, _, export in _FORMATS:
        every = references_page.sorted_works(here.references)
        (folder / f"references.{suffix}").write_text(export(every, standings), encoding="utf-8", newline="")
        for name, page in _state.pages.items():
            cited = here.cited(name)
            if cited and Path(page.file.abs_dest_path).is_file():
                (folder / _file_of(page, suffix)).write_text(export(cited, standings), encoding="utf-8", newline="")


def _csv(rows: list[dict[str, Any]]) -> str:
    """The claims as comma-separated values with a heading (RFC 4180); lists are parted by spaces."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, ledger.COLUMNS)
    writer.writeheader()
    for row in rows:
        writer.writerow({name: _cell(row[name]) for name in ledger.COLUMNS})
    return out.getvalue()


def _cell(value: Any) -> Any:
    text = " ".join(value) if isinstance(value, list) else value
    # A spreadsheet would run a cell that begins like a formula.
    return f"'{text}" if isinstance(text, str) and text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
