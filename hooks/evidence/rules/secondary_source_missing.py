"""A sentence about what a treatment does that rests on single studies, with no review or guideline beside them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from evidence.diagnostic import Diagnostic, shorten
from evidence.page import Page
from evidence.rules.rule import Setting

_SINGLE = frozenset({"rct", "observational", "case-report"})
_TREATMENT = re.compile(
    r"\b(?:helps?|helped|eases?|eased|relieves?|relieved|reduces?|reduced|improves?|improved|treats?|works?|worked|effective"
    r"|better than|fewer symptoms|more people (?:stopped|came off|managed))\b",
    re.IGNORECASE,
)


def check(page: Page, setting: Setting) -> Iterator[Diagnostic]:
    """A note for each treatment claim whose references are all single studies."""
    for sentence in page.claims:
        references = setting.references(sentence.supporting)
        designs = {reference.get("studydesign") for reference in references}
        if not designs or not designs <= _SINGLE or not _TREATMENT.search(sentence.words):
            continue
        if re.search(
            r"\b(?:trials?|study|studies|participants|patients in|of the \d|people in)\b", sentence.words, re.IGNORECASE
        ):
            continue  # it says that one study found it, which is what one study can carry
        yield Diagnostic(
            page.source.place(sentence.start, sentence.end),
            "secondary-source-missing",
            "says what a treatment does and rests on single studies",
            shorten(page.source.text[sentence.start : sentence.end]),
            "add a review or a guideline if there is one, or say “in one trial”",
            severity="note",
        )
