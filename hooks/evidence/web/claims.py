"""The page of claims: the ledger of the site, page by page."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from evidence import ledger, vancouver
from evidence.ledger import Claim
from evidence.page import ALLOWED, CITED, COVERED, UNCITED
from evidence.reference import STUDY_DESIGNS, Reference
from evidence.web import form, words

# A table that a phone can show. A site with more claims lists its pages here, and each claim in the files beside it.
MOST_ROWS = 1500

# How an address names a claim to talk about; what follows is its words.
DISCUSS = "discuss="
STATUS_WORDS = {CITED: "cited", COVERED: "cited above it", ALLOWED: "allowed", UNCITED: "without a source"}


@dataclass(frozen=True)
class Listed:
    """A page in the ledger: its name, its title, its address, its review dates as written, and whether it takes comments."""

    name: str
    title: str
    href: str
    reviewed: str = ""
    review_due: str = ""
    discussed: bool = False


def anchor(name: str) -> str:
    """The id of a page's part of the ledger."""
    return "page-" + re.sub(r"[^a-z0-9]+", "-", name.lower().removesuffix(".md")).strip("-")


def _sources(claim: Claim, references: Mapping[str, Reference], work: Callable[[str], str]) -> str:
    parts: list[str] = []
    for key in dict.fromkeys(w.key for w in claim.works):
        if key in references:
            against = "but " if any(w.disputes for w in claim.works if w.key == key) else ""
            name = vancouver.short_name(references[key])
            parts.append(against + words.link(work(key), name))
    return "; ".join(parts) or "none"


def _row(
    claim: Claim, page: Listed, references: Mapping[str, Reference], work: Callable[[str], str], place: Callable[[Claim], str]
) -> str:
    design = ledger.strongest(claim, references)
    kind = STUDY_DESIGNS[design].words if design else "–"
    rank = STUDY_DESIGNS[design].rank if design else 0
    status = STATUS_WORDS[claim.status]
    # docs/assets/javascripts/comments.js takes the words from the address; they are sent to nobody.
    about = f"{page.href}#{DISCUSS}{quote(words.shortened(claim.text, 240))}"
    discuss = f' <a class="ledger-discuss" href="{html.escape(about)}">Discuss this claim</a>' if page.discussed else ""
    return (
        f'<tr id="claim-{claim.id}" data-design="{design}" data-status="{claim.status}">'
        f'<th scope="row">{words.link(place(claim), words.shortened(claim.text, 240))}</th>'
        f"<td>{_sources(claim, references, work)}</td>"
        f'<td data-sort="{rank}">{html.escape(kind)}</td>'
        f"<td>{status}{', disputed' if ledger.disputed(claim) else ''}{discuss}</td>"
        f'<td class="ledger-day">{html.escape(page.reviewed or "–")}</td></tr>\n'
    )


_HEADS = ("Claim", "Sources", "Strongest evidence", "Status", "Reviewed")


def render(
    claims: Mapping[str, Sequence[Claim]],
    pages: Sequence[Listed],
    references: Mapping[str, Reference],
    work: Callable[[str], str],
    place: Callable[[Claim], str],
) -> str:
    """The page's own part as HTML.

    ``claims`` are by the name of their page, ``pages`` in the order to show; ``work`` gives the address of a work's entry,
    ``place`` that of a claim's sentence.
    """
    shown = [page for page in pages if claims.get(page.name)]
    number = sum(len(claims[page.name]) for page in shown)
    sourced = sum(claim.status in (CITED, COVERED) for page in shown for claim in claims[page.name])
    lead = f"<p>{words.count(number, 'claim')} on {words.count(len(shown), 'page')}, {sourced:,} of them with a source.</p>\n"
    if number > MOST_ROWS:
        rows = "".join(
            f'<tr id="{anchor(page.name)}"><th scope="row">{words.link(page.href, page.title)}</th>'
            f"<td>{len(claims[page.name]):,}</td>"
            f"<td>{html.escape(words.designs(_page_designs(claims[page.name], references)))}</td>"
            f"<td>{html.escape(page.reviewed or '–')}</td></tr>\n"
            for page in shown
        )
        heads = "".join(f'<th scope="col">{head}</th>' for head in ("Page", "Claims", "They rest on", "Reviewed"))
        table = f'<table class="ledger-table"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>'
        return f'{lead}<div class="ledger" data-search-exclude>{table}</div>\n'
    bodies = "".join(
        f'<tbody id="{anchor(page.name)}"><tr class="ledger-page"><th scope="rowgroup" colspan="5">'
        f"{words.link(page.href, page.title)}</th></tr>\n"
        + "".join(_row(claim, page, references, work, place) for claim in claims[page.name])
        + "</tbody>"
        for page in shown
    )
    heads = "".join(f'<th scope="col">{head}</th>' for head in _HEADS)
    return (
        lead + _filter(shown, claims, references) + f'<div class="ledger" data-search-exclude tabindex="0" role="region" '
        f'aria-label="Table of claims"><table class="ledger-table"><thead><tr>{heads}</tr></thead>{bodies}</table></div>\n'
    )


def _page_designs(claims: Sequence[Claim], references: Mapping[str, Reference]) -> list[tuple[str, int]]:
    return ledger.designs((work.key for claim in claims for work in claim.works), references)


def _filter(pages: Sequence[Listed], claims: Mapping[str, Sequence[Claim]], references: Mapping[str, Reference]) -> str:
    """The form that shows some of the claims."""
    used = {ledger.strongest(claim, references) for page in pages for claim in claims[page.name]}
    designs = [(name, design.words) for name, design in STUDY_DESIGNS.items() if name in used]
    titles = [(anchor(page.name), page.title) for page in pages]
    return form.render("claims", (("words", "Words", None), ("design", "Strongest evidence", designs), ("page", "Page", titles)))
