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
    r"|in vitro|test[- ]tubes?|(?:in|from) (?:a|the) (?:dish|lab|laboratory)|laborator(?:y|ies)|lab (?:work|study|studies)"
    r"|cultured|cell cultures?|slices?|synaptosomes?|preclinical|isolated|frog eggs?|oocytes?"
    r"|(?:cells|neurons|nerve endings|tissue|receptors?|samples?) (?:taken |cut |made |grown |kept |removed )?"
    r"(?:from|in a|outside)\b"
    r"|(?:a|this) model of|(?:pictures?|structures?) of|(?:not|none of (?:this|it|them) was) in people"
    r"|(?:brain|human|nerve|living) tissue|tissue samples?)\b",
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
        if not any(_SAYS_SO.search(words) for words in _around(page, number)):
            yield Diagnostic(
                page.source.place(sentence.start, sentence.end),
                "preclinical-only",
                f"reads as true of people and rests on {_work(references)} alone",
                shorten(page.source.text[sentence.start : sentence.end]),
                "say in the sentence in whom it was seen (“in rats”, “in cells in a dish”), or cite a study in people",
            )


def _around(page: Page, number: int) -> Iterator[str]:
    """The words of a sentence, of the one before it, of what introduces it, of its table row and of its heading."""
    sentence = page.sentences[number]
    block = page.prose.blocks[sentence.block]
    yield sentence.words
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
