"""Is this sentence a medical claim, how sure are we, and why?

A linear judge: each feature of a sentence (:mod:`evidence.features`) adds its weight, the sum becomes a confidence.
The weights lie in ``weights.tsv``, made from our own sentences in ``training/`` by :mod:`evidence.train`. The reasons
shown to writers are the features that weighed most.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from evidence import features, vocabulary

WEIGHTS = Path(__file__).parent / "weights.tsv"

# The gate's operating point, set on our own held-out sentences so that few claims are missed.
MIN_CONFIDENCE = 0.4

_GRAMMAR_SAYS = {
    "g=nobody": "speaks of people in general",
    "g=is": "says how something is",
    "g=present": "says how something is",
    "g=percent": "gives a percentage",
    "g=number": "gives a figure",
    "g=modal-may": "says what may happen",
    "g=modal-can": "says what can happen",
    "g=it-first": "speaks of something named before",
    "g=hedge": "says what seems so",
    "g=why": "gives a reason why",
    "g=not": "denies something",
    "g=command-because": "gives a reason with its advice",
    "g=question-with-number": "asks with a figure in the question",
}


@dataclass(frozen=True)
class Judgement:
    """How sure the judge is (0 to 1) that a sentence is a medical claim, why, and whether its writer speaks of self."""

    confidence: float
    reasons: tuple[str, ...]
    first_person: bool


@dataclass(frozen=True)
class Judge:
    """A linear judge: a weight per feature, and the two figures that turn the sum into a confidence.

    ``slope`` and ``offset`` are those of Platt (1999), "Probabilistic outputs for support vector machines".
    """

    weights: dict[str, float]
    slope: float
    offset: float
    words: vocabulary.Vocabulary

    def score(self, seen: features.Seen) -> float:
        """The weighted sum of the features, over the root of their number."""
        get = self.weights.get
        total = 0.0
        for feature in seen.features:
            weight = get(feature)
            if weight is not None:
                total += weight
        return total / math.sqrt(len(seen.features) or 1)

    def confidence(self, score: float) -> float:
        """The confidence (0 to 1, three decimals) that belongs to a score."""
        value = self.slope * score + self.offset
        if value > 30:
            return 1.0
        return round(1.0 / (1.0 + math.exp(-value)), 3) if value > -30 else 0.0

    def judge(self, text: str) -> Judgement:
        """Judge one sentence; ``text`` is on one line, without citations and markup."""
        if not any(char.isalpha() for char in text):
            return Judgement(0.0, (), False)
        seen = features.see(text, self.words)
        confidence = self.confidence(self.score(seen))
        # Reasons are for claims; what is far from one is not asked why.
        reasons = self.reasons(seen) if confidence >= 0.1 else ()
        return Judgement(confidence, reasons, features.first_person(seen.tokens))

    def reasons(self, seen: features.Seen, limit: int = 3) -> tuple[str, ...]:
        """Up to ``limit`` reasons in plain words, those that weighed most first; at least one."""
        get = self.weights.get
        weighed: dict[str, float] = {}
        for hit in seen.hits:
            if hit.list == "everyday":
                continue
            weight = get("k=" + hit.list, 0.0) + max(get("w=" + features.stem(w), 0.0) for w in hit.words.split())
            says = f"{vocabulary.SAYS[hit.list]}: {hit.words}"
            weighed[says] = max(weighed.get(says, -9.0), weight + 0.2)
        for feature in seen.features:
            if feature in _GRAMMAR_SAYS:
                says = _GRAMMAR_SAYS[feature]
                weighed[says] = max(weighed.get(says, -9.0), get(feature, 0.0))
            elif feature.startswith("w="):
                weight = get(feature, 0.0)
                if weight > 0.3:
                    word = next((t for t in seen.tokens if features.stem(t) == feature[2:]), feature[2:])
                    if not any(says.endswith(word) for says in weighed):
                        weighed[f"says “{word}”"] = weight - 0.2
        order = sorted(weighed.items(), key=lambda item: (-item[1], item[0]))
        best = [says for says, weight in order if weight > 0.0][:limit]
        return tuple(best or ["reads like the claims we have seen"])


def load_weights(path: Path) -> tuple[dict[str, float], float, float]:
    """Weights, slope and offset from a file of ``feature<TAB>weight`` lines; ``#`` lines are notes."""
    weights: dict[str, float] = {}
    for line in path.read_text(encoding="utf-8").split("\n"):
        if line and line[0] != "#":
            feature, _, weight = line.rpartition("\t")
            weights[feature] = float(weight)
    return weights, weights.pop("(slope)"), weights.pop("(offset)")


@cache
def default_judge() -> Judge:
    """The judge with the stored weights and the lists of the project."""
    weights, slope, offset = load_weights(WEIGHTS)
    return Judge(weights, slope, offset, vocabulary.load())


def judge(text: str) -> Judgement:
    """Judge one sentence with the stored weights; see :meth:`Judge.judge`."""
    return default_judge().judge(text)
