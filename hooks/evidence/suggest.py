"""Which of the references we hold may stand behind a claim: by the words they share.

The score is the cosine of two bags of words, each word weighed by how few of the references have it (tf–idf; after Salton and
Buckley, Term-weighting approaches in automatic text retrieval, 1988). It is a hint for a person, who reads the work before
citing it.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from evidence.latex import to_text
from evidence.reference import Reference

_WORD = re.compile(r"[a-zà-ÿ]+(?:-[a-zà-ÿ]+)*|\d+")
# Words that say nothing of a subject.
_COMMON = frozenset(
    """a about after all also an and any are as at be because been before but by can could did do does each for from had has have
    he her his how if in into is it its may might more most much no nor not of off on one only or other our out over own people
    than that the their them then there these they this those to two under up was we were what when which who will with within
    without would you your study studies trial trials patients""".split()
)
_FIELDS = ("title", "keywords", "finding", "limitation")


@dataclass(frozen=True)
class Suggestion:
    """A reference that may fit a claim: how much (0 to 1), and the words they share, the most telling first."""

    reference: Reference
    score: float
    words: tuple[str, ...]


def _stem(word: str) -> str:
    """A word without the ending that a plural or a verb gives it; the same for both sides is all that matters."""
    for ending in ("ations", "ation", "ings", "ing", "ies", "ed", "es", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word


def _words(text: str) -> dict[str, str]:
    """The words of a text that say something, by their stems; the first form of each."""
    found: dict[str, str] = {}
    for word in _WORD.findall(text.lower()):
        if word not in _COMMON and len(word) > 2:
            found.setdefault(_stem(word), word)
    return found


class Index:
    """The references of a bibliography, ready to be asked."""

    def __init__(self, references: Iterable[Reference]) -> None:
        """Read title, keywords, finding and limitation of each reference."""
        self._bags = [(reference, self._bag(reference)) for reference in references]
        holders = Counter(stem for _, bag in self._bags for stem in bag)
        self._weight = {stem: math.log((1 + len(self._bags)) / count) for stem, count in holders.items()}

    @staticmethod
    def _bag(reference: Reference) -> frozenset[str]:
        return frozenset(stem for field in _FIELDS for stem in _words(to_text(reference.get(field))))

    def suggest(self, claim: str, most: int = 3, least: float = 0.1) -> Sequence[Suggestion]:
        """Up to ``most`` references for a claim that score at least ``least`` (0 to 1), best first; equal ones by key."""
        words = _words(claim)
        length = math.sqrt(sum(self._weight.get(stem, 1.0) ** 2 for stem in words))
        found: list[Suggestion] = []
        for reference, bag in self._bags:
            shared = sorted((stem for stem in words if stem in bag), key=lambda stem: (-self._weight[stem], stem))
            if len(shared) < min(2, len(words)) or not shared:  # one word in common is chance
                continue
            size = math.sqrt(sum(self._weight[stem] ** 2 for stem in bag))
            score = sum(self._weight[stem] ** 2 for stem in shared) / (length * size) if length and size else 0.0
            if score >= least:
                found.append(Suggestion(reference, score, tuple(words[stem] for stem in shared)))
        return sorted(found, key=lambda one: (-one.score, one.reference.key))[:most]
