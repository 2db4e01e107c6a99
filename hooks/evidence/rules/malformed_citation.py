"""Something meant as a citation that would not come out as one."""

from __future__ import annotations

from collections.abc import Iterator

from evidence.diagnostic import Diagnostic, shorten
from evidence.page import Page
from evidence.rules.rule import Setting


def check(page: Page, setting: Setting) -> Iterator[Diagnostic]:
    """Each citation that is empty, unclosed, broken over lines, or has a key that would be cut."""
    for fault in page.prose.malformed:
        yield Diagnostic(
            page.source.place(fault.start, fault.end),
            "malformed-citation",
            fault.problem,
            shorten(page.source.text[fault.start : fault.end]),
            fault.help,
        )
