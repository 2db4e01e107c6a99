"""A work cited as if nobody disagreed, although we hold one that does."""

from __future__ import annotations

from collections.abc import Iterator

from evidence.diagnostic import Diagnostic
from evidence.page import Page
from evidence.reference import keys
from evidence.rules.rule import Setting


def check(page: Page, setting: Setting) -> Iterator[Diagnostic]:
    """The first mention of each work with a ``disputedby`` entry of which the page cites none."""
    cited = {mention.key for citation in page.prose.citations for mention in citation.mentions}
    seen: set[str] = set()
    for citation in page.prose.citations:
        for mention in citation.mentions:
            reference = setting.reference(mention.key)
            if reference is None or mention.key in seen:
                continue
            seen.add(mention.key)
            against = keys(reference.get("disputedby"))
            if against and not cited.intersection(against):
                yield Diagnostic(
                    page.source.place(mention.start, mention.end),
                    "disputed-claim",
                    f"is disputed by {' and '.join(against)}, which this page does not cite",
                    f"@{mention.key}",
                    f"say what speaks against it, and cite [but @{against[0]}] there",
                )
