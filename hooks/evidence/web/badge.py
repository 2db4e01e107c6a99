"""The line on top of a page: how many claims it makes, and what they rest on."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence

from evidence import ledger
from evidence.ledger import Claim
from evidence.page import ALLOWED, CITED, COVERED, UNCITED
from evidence.reference import Reference
from evidence.web import words


def render(claims: Sequence[Claim], references: Mapping[str, Reference], href: str, version: str) -> str:
    """The badge of a page as HTML; empty where it makes no claims. ``href`` leads to its claims in the ledger."""
    if not claims:
        return ""
    keys = [work.key for claim in claims for work in claim.works]
    cited = sum(claim.status in (CITED, COVERED) for claim in claims)
    parts = [f'<a href="{html.escape(href, quote=True)}">{words.count(len(claims), "claim")}, {cited:,} with a source</a>']
    if (allowed := sum(claim.status == ALLOWED for claim in claims)) > 0:
        parts.append(f"{allowed:,} allowed without")
    if (uncited := sum(claim.status == UNCITED for claim in claims)) > 0:
        parts.append(f"{uncited:,} still without")
    said = "; ".join(parts)
    if counted := ledger.designs(keys, references):
        said += f": {html.escape(words.designs(counted))}"
    return f'<p class="evidence-badge" data-search-exclude>{said}. Checked by the rules of version {html.escape(version)}.</p>\n'
