"""An allowance that allows nothing, or gives no reason."""

from __future__ import annotations

from collections.abc import Iterator

from evidence.diagnostic import Diagnostic, shorten
from evidence.page import Page
from evidence.rules.rule import Setting


def check(page: Page, setting: Setting) -> Iterator[Diagnostic]:
    """Each allowance without a rule, without a reason, or for a sentence that breaks no such rule."""
    used = {id(sentence.allowance) for sentence in page.sentences if sentence.allowance is not None}
    for allowance in page.allowances:
        if id(allowance) in used:
            continue
        if not allowance.rule:
            message, help_ = "is no allowance we can read", "write <!-- evidence: allow uncited-claim: reason -->"
        elif allowance.rule != "uncited-claim":
            message = f"allows ‘{allowance.rule}’, which cannot be allowed"
            help_ = "only uncited-claim can be allowed; mend the finding itself"
        elif not allowance.reason:
            message, help_ = "gives no reason", "say behind a colon why this sentence needs no reference"
        else:
            message, help_ = "silences nothing: its sentence needs no allowance", "remove the comment"
        yield Diagnostic(
            page.source.place(allowance.start, allowance.end),
            "unneeded-allowance",
            message,
            shorten(page.source.text[allowance.start : allowance.end]),
            help_,
        )
