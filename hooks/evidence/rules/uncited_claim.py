"""A medical claim without a reference."""

from __future__ import annotations

from collections.abc import Iterator

from evidence.diagnostic import Diagnostic, shorten
from evidence.page import UNCITED, Page
from evidence.rules.rule import Setting


def check(page: Page, setting: Setting) -> Iterator[Diagnostic]:
    """Each sentence that is a claim and has no citation, no covering sentence and no allowance.

    Where a broken citation stands in the sentence, malformed-citation speaks, and mending that mends both.
    """
    broken = [fault.start for fault in page.prose.malformed]
    for sentence in page.sentences:
        if sentence.status == UNCITED and not any(sentence.start <= start <= sentence.end for start in broken):
            yield Diagnostic(
                page.source.place(sentence.start, sentence.end),
                "uncited-claim",
                f"is a medical claim without a reference ({sentence.confidence:.0%} sure: {'; '.join(sentence.reasons)})",
                shorten(page.source.text[sentence.start : sentence.end]),
                "cite a source: [@key] before the full stop",
                confidence=sentence.confidence,
            )
