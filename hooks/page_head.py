"""What a page says to programs: search engines, reference managers, the preview of a shared link.

The page's front matter, its place in the navigation and the works it cites become JSON-LD, ``citation_*`` and Open Graph tags,
which ``overrides/main.html`` puts into the head.
"""

from __future__ import annotations

import datetime
import html
from pathlib import Path
from typing import Any

from evidence import linked_data, site, source
from evidence.linked_data import Agent, Crumb, Kind
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import ConfigurationError
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page

LICENSE = "https://creativecommons.org/licenses/by/4.0/"


def on_page_context(context: Any, *, page: Page, config: MkDocsConfig, nav: Navigation) -> Any:
    """Give the template ``evidence_head``."""
    known = _known(page, config, nav)
    lines = [f'<meta name="{name}" content="{html.escape(value)}">' for name, value in linked_data.meta_tags(known)]
    lines += [f'<meta property="{name}" content="{html.escape(value)}">' for name, value in linked_data.open_graph(known)]
    lines.append(f'<script type="application/ld+json">{linked_data.script(linked_data.page_data(known))}</script>')
    context["evidence_head"] = "\n".join(lines)
    return context


def _known(page: Page, config: MkDocsConfig, nav: Navigation) -> linked_data.Page:
    """What is known of a page. Without ``site_url`` it has no address."""
    meta = page.meta
    base = config.site_url.rstrip("/") if config.site_url else ""

    def address(url: str) -> str:
        return f"{base}/{'' if url in ('.', './') else url}" if base else ""

    written = getattr(getattr(page, "config", None), "date", None)  # only a post of the blog plugin has it
    published = written.created.date() if written else _day(meta.get("date"))
    reviewed = _day(meta.get("reviewed"))
    # Nobody has to review a page without medical claims, see the rule missing-review-date.
    kind: Kind = "post" if written else "medical" if reviewed else "plain"
    changed = [day for day in (*_changes(meta.get("changelog")), published, reviewed) if day]
    crumbs = _above(page, nav)
    here = _site(config)
    cited = here.cited(page.file.src_uri)
    language = config.extra.get("language") or config.theme.get("language") or "en"
    return linked_data.Page(
        site=linked_data.Site(config.site_name, address(""), str(language), LICENSE),
        kind=kind,
        title=config.site_name if page.is_homepage else str(page.title or config.site_name),
        description=str(meta.get("description") or config.site_description or ""),
        url=address(page.url),
        published=published,
        modified=max(changed, default=None),
        reviewed=reviewed,
        reviewed_by=str(meta.get("reviewed_by") or "") if reviewed else "",
        authors=tuple(Agent(one.name, one.description) for one in _authors(page, config)),
        tags=tuple(str(tag) for tag in meta.get("tags") or ()),
        breadcrumbs=tuple(Crumb(str(one.title), address(one.url)) for one in crumbs) if len(crumbs) > 1 else (),
        references=tuple(cited),
        standings={reference.key: here.standing(reference.key) for reference in cited},
    )


def _above(page: Page, nav: Navigation) -> list[Page]:
    """The pages from the first one of the site down to this one, each once; sections without a page are passed over."""
    found: list[Page] = [nav.homepage] if nav.homepage else []
    for one in [*list(page.ancestors)[::-1], page.parent, page]:
        # With navigation.indexes a section is its index page, the first of its children.
        children = getattr(one, "children", None) or ()
        shown = one if isinstance(one, Page) else next((c for c in children if isinstance(c, Page) and c.is_index), None)
        if shown is not None and not any(shown is other for other in found):
            found.append(shown)
    return found


def _authors(page: Page, config: MkDocsConfig) -> list[Any]:
    """The authors of a post as the blog plugin knows them; none for other pages."""
    blog: Any = next((plugin for name, plugin in config.plugins.items() if name.rpartition("/")[2] == "blog"), None)
    known = getattr(blog, "authors", None) or {}
    return [known[name] for name in page.meta.get("authors") or () if name in known]


def _site(config: MkDocsConfig) -> site.Site:
    """What this build knows."""
    try:
        return site.of(config, Path(config.config_file_path))
    except source.Unreadable as problem:
        raise ConfigurationError(str(problem)) from None


def _changes(value: Any) -> list[datetime.date | None]:
    """The days of a changelog, whose entries read ``- 2026-11-25: First version``."""
    entries = value if isinstance(value, list) else []
    return [_day(day) for entry in entries if isinstance(entry, dict) for day in entry]


def _day(value: Any) -> datetime.date | None:
    """A date of the front matter; None where it is none."""
    try:
        return datetime.date.fromisoformat(str(value)[:10])
    except ValueError:
        return None
