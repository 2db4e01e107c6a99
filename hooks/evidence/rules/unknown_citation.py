"""A citation of a key that no bibliography has."""

from __future__ import annotations

from collections.abc import Iterator

from evidence.diagnostic import Diagnostic
from evidence.page import Page
from evidence.rules.rule import Setting


def check(page: Page, setting: Setting) -> Iterator[Diagnostic]:
    """Each unknown key, with the known one that looks most like it. Silent where no bibliography is known."""
    if not setting.bibliographies:
        return
    for citation in page.prose.citations:
        for mention in citation.mentions:
            # What is wrong with an entry that cannot be read is said at its line in the bibliography.
            if not setting.knows(mention.key) and not any(mention.key in b.unread for b in setting.bibliographies):
                near = setting.nearest(mention.key)
                yield Diagnostic(
                    page.source.place(mention.start, mention.end),
                    "unknown-citation",
                    f"is no key in {setting.bibliographies[0].path}",
                    f"@{mention.key}",
                    f"did you mean @{near}?" if near else "add the reference, or correct the key",
                )
