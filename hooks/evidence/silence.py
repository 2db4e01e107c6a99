"""Allowances: ``<!-- evidence: allow RULE: reason -->`` silences one rule for one sentence, with its reason."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

_ALLOW = re.compile(r"<!--\s*evidence:\s*allow\b\s*(?P<rule>[\w-]*)\s*(?::\s*(?P<reason>.*?))?\s*-->", re.DOTALL)
_ADDRESSED = re.compile(r"<!--\s*evidence\b")


@dataclass(frozen=True)
class Allowance:
    """One allowance: where its comment stands, the rule it names, its reason, and the sentence it is for.

    ``sentence`` is an index into the sentences given to :func:`find`, or None where no sentence follows.
    """

    start: int
    end: int
    rule: str
    reason: str
    sentence: int | None


def find(text: str, comments: Sequence[tuple[int, int]], spans: Sequence[tuple[int, int]]) -> list[Allowance]:
    """The allowances among the comments of a file.

    ``comments`` and ``spans`` (of sentences) are (start, end) offsets into ``text``, both sorted. An allowance is
    for the sentence that ends before it on the same line, else for the next sentence in the file. A comment that
    begins with ``evidence`` and is not an allowance is returned with an empty rule.
    """
    found: list[Allowance] = []
    starts = [start for start, _ in spans]
    for start, end in comments:
        body = text[start:end]
        if not _ADDRESSED.match(body):
            continue
        match = _ALLOW.fullmatch(body)
        rule = match["rule"] if match else ""
        reason = " ".join((match["reason"] or "").split()) if match else ""
        found.append(Allowance(start, end, rule, reason, _target(text, start, end, spans, starts)))
    return found


def _target(text: str, start: int, end: int, spans: Sequence[tuple[int, int]], starts: Sequence[int]) -> int | None:
    following = bisect_left(starts, start)
    if following > 0:
        between = text[spans[following - 1][1] : start]
        if "\n" not in between and not between.strip(" \t*_)]\"'”’|"):
            return following - 1
    following = bisect_left(starts, end)
    return following if following < len(spans) else None
