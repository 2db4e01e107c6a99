"""A sentence that reads as true of people and rests on work in animals or cells alone."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from evidence.diagnostic import Diagnostic, shorten
from evidence.page import Page
from evidence.reference import Reference
from evidence.rules.rule import Setting

_STUDIED = {"animals": "animals", "cells": "cells or tissue"}
# What tells a reader who or what was studied. “Nerve cells” alone does not: readers have them too.
_SAYS_SO = re.compile(
    r"\b(?:rats?|mouse|mice|rodents?|animals?|monkeys?|dogs?|cats?|rabbits?|guinea pigs?|hamsters?|zebrafish|baboons?|primates?"
    r"|in vitro|test[- ]tubes?|(?:in|from) (?:a|the) (?:dish|lab|laboratory)|laborator(?:y|ies)|lab (?:study|studies)"
    r"|cultured|cell cultures?|slices?|synaptosomes?|preclinical|isolated|frog eggs?|oocytes?"
    r"|(?:cells|neurons|nerve endings|tissue) (?:taken |cut |made |grown |kept |removed )?(?:from|in a|outside)\b"
    r"|(?:receptors?|samples?) (?:taken|cut|made|grown|kept|removed) (?:from|in a|outside)\b"
    r"|(?:a|this) model of|(?:pictures?|structures?) of|(?:not|none of (?:this|it|them) was) in people"
    r"|(?:brain|human|nerve|living) tissue|tissue samples?)\b",
    re.IGNORECASE,
)
_PEOPLE = r"(?:people|persons?|patients?|humans|adults|children|women|men|someone|anyone|everyone|you|your|readers?)"
_NAMES_PEOPLE = re.compile(rf"\b{_PEOPLE}\b", re.IGNORECASE)
# "So it will calm the brain in withdrawal": what follows from work in animals, told of the reader.
_CONCLUDES = re.compile(
    r"\A\W*(?:so|thus|therefore|hence|th(?:is|at) means|that is why)\b|\b(?:will|means that)\b", re.IGNORECASE
)
# "As well in patients as in rats", "in rats and in people", "shows that it eases withdrawal in people".
_CARRIES_OVER = re.compile(
    rf"\b(?:(?:as well|just as|equally|likewise|also|too|both|and|as)(?:\W+\w+){{0,2}}?\W+(?:in|for|to)"
    rf"|(?:so|therefore|thus|shows? that|showed that|means? that|proves? that)(?:\W+\w+){{0,10}}?)\W+{_PEOPLE}\b",
    re.IGNORECASE,
)
# "Nobody has tested this in people" says the opposite.
_UNTESTED = re.compile(
    r"\b(?:not|no|never|nobody|none|nothing|neither|nor|cannot|without|whether|if|unknown|unclear|unlike|untested|before|yet)\b|n[’']t\b",
    re.IGNORECASE,
)


def check(page: Page, setting: Setting) -> Iterator[Diagnostic]:
    """Each claim whose references are all of animals or cells and that, with what stands around it, does not say so."""
    for number, sentence in enumerate(page.sentences):
        keys = sentence.supporting
        if not keys:
            continue
        references = setting.references(keys)
        if len(references) < len(keys) or not all(r.get("population") in _STUDIED for r in references):
            continue
        if not _told(page, number):
            yield Diagnostic(
                page.source.place(sentence.start, sentence.end),
                "preclinical-only",
                f"reads as true of people and rests on {_work(references)} alone",
                shorten(page.source.text[sentence.start : sentence.end]),
                "say in the sentence in whom it was seen (“in rats”, “in cells in a dish”), or cite a study in people",
            )


def _told(page: Page, number: int) -> bool:
    """Whether readers learn that no people were studied: from the sentence, or from around it if it does not name people."""
    words = page.sentences[number].words
    untested = bool(_UNTESTED.search(words))
    if _SAYS_SO.search(words):
        return untested or not _CARRIES_OVER.search(words)
    concludes = _CONCLUDES.search(words) and "withdrawal" in words.lower()
    if not untested and (concludes or _NAMES_PEOPLE.search(words)):
        return False
    return any(_SAYS_SO.search(around) for around in _around(page, number))


def _around(page: Page, number: int) -> Iterator[str]:
    """The words of the sentence before a sentence, of what introduces it, of its table row and of its heading."""
    sentence = page.sentences[number]
    block = page.prose.blocks[sentence.block]
    if number and (before := page.sentences[number - 1]).block == sentence.block:
        yield before.words
    if sentence.covering is not None:
        yield sentence.covering.words
    if block.lead is not None:
        lead = page.prose.blocks[block.lead]
        yield page.prose.quiet[lead.start : lead.end]
    if block.row is not None:
        for cell in page.prose.blocks[max(sentence.block - 20, 0) : sentence.block + 20]:
            if cell.row == block.row:
                yield page.prose.quiet[cell.start : cell.end]
    above = bisect_right(page.prose.headings, (sentence.start, "")) - 1
    if above >= 0:
        yield page.prose.headings[above][1]


def _work(references: list[Reference]) -> str:
    """“work in animals (key) and in cells or tissue (key)”."""
    parts = [
        f"in {words} ({', '.join(r.key for r in references if r.get('population') == population)})"
        for population, words in _STUDIED.items()
        if any(r.get("population") == population for r in references)
    ]
    return f"work {' and '.join(parts)}"
