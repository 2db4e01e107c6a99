"""A medical claim where no reference can stand: a title, a description, a heading, the words of an image."""

from __future__ import annotations

import re
from collections.abc import Iterator

from evidence import claims, inline
from evidence.diagnostic import Diagnostic, shorten
from evidence.page import Page
from evidence.rules.rule import Setting

# Headings are short and made of nouns, and the judge learned from sentences: it must be surer here than elsewhere. Of the
# headings in tests/data/headings.tsv this line finds 29 of the 30 that state something, and stops none of the 48 others.
MIN_CONFIDENCE = 0.6
# “Lorazepam: what is known” and “What helps in a taper” promise an answer, and give none.
_TOPIC = re.compile(
    r"(?:\A|[:–—,]\s+)(?:what|how|when|who|whom|where|which|whether|one person[’']s)\b.*\Z", re.IGNORECASE | re.DOTALL
)
# “Why pregabalin prevents seizures” takes for granted that it does.
_WHY = re.compile(r"(?:\A|(?<=[:–—,]\s))why\s+", re.IGNORECASE)
# What follows a label is read by itself too: “Chart: pregabalin halves withdrawal symptoms”.
_LABEL = re.compile(r"\A[^:]{1,40}:\s+(?=\S)")
# A heading that is a whole sentence lacks the full stop by which the judge knows one.
_SENTENCE = re.compile(r"(?<!that )(?<!who )(?<!which )\b(?:is|are|was|were)\b", re.IGNORECASE)


def check(page: Page, setting: Setting) -> Iterator[Diagnostic]:
    """Each title, description, heading, box title or image description that states something medical as a fact."""
    for start, end, words, where in _candidates(page):
        stated = _TOPIC.sub("", words)
        if not stated.endswith("?"):
            stated = _WHY.sub("", stated)
        if not stated:
            continue
        judgement = max(map(claims.judge, _readings(stated)), key=lambda reading: reading.confidence)
        if judgement.confidence >= MIN_CONFIDENCE:
            yield Diagnostic(
                page.source.place(start, end),
                "uncitable-claim",
                f"is a medical claim in {where}, where no reference can stand"
                f" ({judgement.confidence:.0%} sure: {'; '.join(judgement.reasons)})",
                shorten(words),
                "name the topic here, or ask a question, and make the claim in the text with its reference",
                confidence=judgement.confidence,
            )


def _readings(stated: str) -> Iterator[str]:
    """The words, and what follows their label; each with the full stop it lacks if it is a sentence."""
    for reading in dict.fromkeys((stated, _LABEL.sub("", stated))):
        yield f"{reading}." if reading[-1:].isalnum() and _SENTENCE.search(reading) else reading


def _candidates(page: Page) -> Iterator[tuple[int, int, str, str]]:
    """Start, end, words and place of each stretch of words that cannot carry a reference."""
    source, prose = page.source, page.prose
    for name in ("title", "description"):
        value = source.meta.get(name)
        if isinstance(value, str) and value.strip():
            start = source.line_start(source.meta_place(name).line)
            line = source.line_text(source.meta_place(name).line)
            yield start, start + len(line), " ".join(value.split()), f"the {name} of the page"
    for block in prose.blocks:
        if block.kind == "title" or (block.kind == "heading" and block.row is None):
            words = inline.words(prose.quiet[block.start : block.end])
            yield block.start, block.end, words, "a heading" if block.kind == "heading" else "the title of a box"
    for start, end in prose.images:
        yield start, end, inline.words(source.text[start:end]), "the description of an image"
