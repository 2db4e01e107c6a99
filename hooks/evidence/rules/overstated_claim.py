"""Wording that promises more than the design of its sources can carry."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from evidence import inline
from evidence.diagnostic import Diagnostic
from evidence.page import Page, Sentence
from evidence.reference import STUDY_DESIGNS, Reference, StudyDesign
from evidence.rules.rule import Setting

_ROWS = Path(__file__).with_name("wording.yml")
_WORD = re.compile(r"[a-z]+")
# What a writer quotes is not what the writer says.
_QUOTED = re.compile(r"“[^”]{0,400}”|\"[^\"]{0,400}\"|‘[^’]{0,400}’(?!\w)|«[^»]{0,400}»")
# A denial or a doubt takes back what follows it in its clause: "is not known to be safe", "the belief that it is harmless".
_DENIAL = re.compile(
    r"\b(?:not|no|never|nor|neither|nothing|nobody|none|cannot|without|whether|if|unlikely|hardly|rarely|far from|less than"
    r"|claims?|claimed|promises?|promised|calls?|called|belie[fv]\w*|ideas?|myths?|notions?|assum\w+|misconceptions?|hopes?|hoped"
    r"|so-called|questions? (?:whether|if|of)|unproven|fail(?:s|ed|ing)? to)\b|n[’']t\b",
    re.IGNORECASE,
)
_NEAR = 300  # characters on either side of a promise that can change what it means
_REACH = 8  # words between a denial and what it takes back
# What stands between and ends the clause of the denial; "not only", "no doubt" and their like deny nothing.
_NEW_CLAUSE = re.compile(
    r"\A\W*(?:only|just|doubt\w*|question\w*|wonder)\b|[.;:!?—–]|,(?!\s+(?:or|nor)\b)"
    r"|\b(?:but|yet|so|because|since|while|although|though|whereas|then)\b"
    r"|\band\s+(?:(?:\w+\s+){0,3}(?:is|was|has|can|will)|are|were|have|it|they|also|therefore|always|never|works?|cures?|prevents"
    r"|stops|heals|eliminates|reverses|abolishes|causes|proves|guarantees)\b",
    re.IGNORECASE,
)
_TAKEN_BACK_AFTER = re.compile(
    r"\A(?:\s+(?:nothing|little|neither)\b|(?:(?!\band\b|\bbut\b)[^.,;:!?]){0,40}\b(?:is|are|was|were) (?:wrong|false|untrue"
    r"|a myth|unproven|unknown|unclear|uncertain|not (?:true|known|clear|certain))\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Wording:
    """A row of ``wording.yml``: the words, the lowest design that carries them (None: none can), what to write instead.

    ``unless`` finds stretches in which the words promise nothing: "a safe place", "perfectly normal".
    """

    words: re.Pattern[str]
    unless: re.Pattern[str] | None
    lowest: StudyDesign | None
    instead: str


@cache
def wordings() -> tuple[Wording, ...]:
    """The rows of ``wording.yml``, in their order."""
    rows: list[dict[str, Any]] = yaml.safe_load(_ROWS.read_text(encoding="utf-8"))
    return tuple(
        Wording(
            re.compile(rf"(?<![\w-])(?:{_any_of(row['words'])})(?![\w-])", re.IGNORECASE),
            re.compile("|".join(row["unless"]), re.IGNORECASE) if "unless" in row else None,
            None if row["lowest"] == "none" else STUDY_DESIGNS[row["lowest"]],
            row["instead"],
        )
        for row in rows
    )


def _any_of(phrases: list[str]) -> str:
    """A pattern of any of the phrases, the longest first."""
    return "|".join(re.escape(phrase).replace(r"\ ", r"\s+") for phrase in sorted(phrases, key=len, reverse=True))


@cache
def _phrases() -> tuple[frozenset[str], list[frozenset[str]]]:
    """The words that stand alone, and the words of each longer phrase."""
    rows: list[dict[str, Any]] = yaml.safe_load(_ROWS.read_text(encoding="utf-8"))
    phrases = [frozenset(_WORD.findall(phrase.lower())) for row in rows for phrase in row["words"]]
    return frozenset().union(*(p for p in phrases if len(p) == 1)), [p for p in phrases if len(p) > 1]


def _may_promise(sentence: Sentence) -> bool:
    """Whether all words of some phrase are in a sentence: quicker than to look for each phrase."""
    single, longer = _phrases()
    words = set(_WORD.findall(sentence.words.lower()))
    return not single.isdisjoint(words) or any(phrase <= words for phrase in longer)


def check(page: Page, setting: Setting) -> Iterator[Diagnostic]:
    """Each promising word in a medical claim that the best of its sources cannot carry, once for each place."""
    for sentence in page.claims:
        if not _may_promise(sentence):
            continue
        words = _QUOTED.sub(inline.blank_match, page.prose.quiet[sentence.start : sentence.end])
        best = _best(setting.references(sentence.supporting))
        for wording in wordings():
            for match in wording.words.finditer(words):
                if _carried(wording, best) or _taken_back(words, match) or _means_else(wording, words, match):
                    continue
                yield _diagnostic(page, sentence, match, wording, best)


def _taken_back(words: str, promise: re.Match[str]) -> bool:
    """Whether a denial or a doubt reaches the promise from before it, or follows it."""
    for denial in _DENIAL.finditer(words, max(promise.start() - _NEAR, 0), promise.start()):
        between = words[denial.end() : promise.start()]
        if len(between.split()) <= _REACH and not _NEW_CLAUSE.search(between + promise[0]):
            return True
    return _TAKEN_BACK_AFTER.match(words[promise.end() :]) is not None


def _means_else(wording: Wording, words: str, promise: re.Match[str]) -> bool:
    """Whether the word stands in a stretch in which it promises nothing."""
    if wording.unless is None:
        return False
    start, end = promise.span()
    return any(m.start() <= start and end <= m.end() for m in wording.unless.finditer(words, max(start - _NEAR, 0), end + _NEAR))


def _best(references: list[Reference]) -> tuple[StudyDesign, Reference] | None:
    """The reference whose design ranks highest, with that design; None where none is graded."""
    graded = [(STUDY_DESIGNS[r.get("studydesign")], r) for r in references if r.get("studydesign") in STUDY_DESIGNS]
    return max(graded, key=lambda pair: pair[0].rank, default=None)


def _carried(wording: Wording, best: tuple[StudyDesign, Reference] | None) -> bool:
    """Whether the best source can carry the word; where no source is graded, only words that none can carry are told."""
    if wording.lowest is None:
        return False
    return best is None or best[0].rank >= wording.lowest.rank


def _diagnostic(
    page: Page, sentence: Sentence, match: re.Match[str], wording: Wording, best: tuple[StudyDesign, Reference] | None
) -> Diagnostic:
    start = sentence.start + match.start()
    cited = f"its best source is {_with_article(best[0])} ({best[1].key})" if best else "no source of it is graded"
    needs = f"it takes at least {_with_article(wording.lowest)}" if wording.lowest else "no study can carry that"
    return Diagnostic(
        page.source.place(start, start + len(match[0])),
        "overstated-claim",
        f"promises more than is known: {needs}, and {cited}",
        inline.words(match[0]),
        f"write what was found: {wording.instead}",
    )


def _with_article(design: StudyDesign) -> str:
    words = design.words[0].lower() + design.words[1:]
    return f"{'an' if words[0] in 'aeio' else 'a'} {words}"
