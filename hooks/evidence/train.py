"""Make the judge's weights from our own sentences: ``python -m evidence.train``.

A linear support vector machine with squared hinge loss, solved by dual coordinate descent (Hsieh, Chang, Lin,
Keerthi and Sundararajan 2008, "A dual coordinate descent method for large-scale linear SVM"). Only additions,
multiplications and divisions of doubles are used, in a fixed order, and the shuffle is our own: the stored weights
come out bit for bit on any machine with IEEE arithmetic.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from evidence import claims, features, vocabulary

FOLDER = Path(__file__).parent / "training"
SEED = 20261123
COST = 1.0
ROUNDS = 40
CLAIM_WEIGHT = 1.0
# Features seen in fewer sentences than this teach nothing that holds elsewhere.
MIN_SENTENCES = 2
# Weights below this change no confidence by a hundredth; leaving them out keeps the file small.
SMALLEST = 0.02


@dataclass(frozen=True)
class Example:
    """One training sentence: what it is, of which kind, on which topic (the file it stands in)."""

    text: str
    claim: bool
    kind: str
    topic: str


def read_examples(folder: Path = FOLDER) -> list[Example]:
    """All sentences of ``*.tsv`` in a folder: ``label<TAB>kind<TAB>sentence``, ``#`` lines are notes.

    Raises ValueError, naming file and line, where a line has another form.
    """
    found: list[Example] = []
    for path in sorted(folder.glob("*.tsv")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if not line.strip() or line.startswith("#"):
                continue
            parts = line.split("\t")
            if len(parts) != 3 or parts[0] not in ("claim", "none") or not parts[2].strip():
                raise ValueError(f"{path.name}:{number}: expected claim or none, kind, sentence, parted by tabs")
            found.append(Example(parts[2].strip(), parts[0] == "claim", parts[1], path.stem))
    return found


def _random(seed: int) -> Iterator[int]:
    """A stream of 32-bit numbers (Park and Miller's generator with multiplier 48271), the same everywhere."""
    state = seed % 2147483647 or 1
    while True:
        state = state * 48271 % 2147483647
        yield state


def shuffled(count: int, seed: int) -> list[int]:
    """The numbers below ``count`` in an order that depends on ``seed`` alone."""
    order = list(range(count))
    stream = _random(seed)
    for at in range(count - 1, 0, -1):
        other = next(stream) % (at + 1)
        order[at], order[other] = order[other], order[at]
    return order


def solve(rows: Sequence[Sequence[int]], labels: Sequence[bool], width: int, cost: float = COST) -> list[float]:
    """Weights of a linear judge for rows of feature numbers below ``width``; each row counts as a unit vector."""
    weights = [0.0] * width
    alphas = [0.0] * len(rows)
    norms = [1.0 / math.sqrt(len(row) or 1) for row in rows]
    limits = [0.5 / (cost * (CLAIM_WEIGHT if claim else 1.0)) for claim in labels]
    for turn in range(ROUNDS):
        for at in shuffled(len(rows), SEED + turn):
            row, norm = rows[at], norms[at]
            sign = 1.0 if labels[at] else -1.0
            total = 0.0
            for feature in row:
                total += weights[feature]
            gradient = sign * total * norm - 1.0 + limits[at] * alphas[at]
            before = alphas[at]
            after = before - gradient / (1.0 + limits[at])
            if after < 0.0:
                after = 0.0
            if after != before:
                alphas[at] = after
                step = (after - before) * sign * norm
                for feature in row:
                    weights[feature] += step
    return weights


def fit_confidence(scores: Sequence[float], labels: Sequence[bool]) -> tuple[float, float]:
    """Slope and offset that turn scores into confidences (Platt 1999; Newton's method after Lin, Lin and Weng 2007)."""
    positives = sum(labels)
    high = (positives + 1.0) / (positives + 2.0)
    low = 1.0 / (len(labels) - positives + 2.0)
    slope, offset = 1.0, 0.0
    for _ in range(100):
        g0 = g1 = h00 = h01 = h11 = 0.0
        for score, claim in zip(scores, labels, strict=True):
            p = 1.0 / (1.0 + math.exp(-(slope * score + offset)))
            error = p - (high if claim else low)
            weight = p * (1.0 - p)
            g0 += error * score
            g1 += error
            h00 += weight * score * score
            h01 += weight * score
            h11 += weight
        h00 += 1e-9
        h11 += 1e-9
        det = h00 * h11 - h01 * h01
        slope -= (h11 * g0 - h01 * g1) / det
        offset -= (h00 * g1 - h01 * g0) / det
        if abs(g0) + abs(g1) < 1e-8:
            break
    return slope, offset


@dataclass
class Trained:
    """A judge and the scores it gave each example when that example's fold was held out."""

    judge: claims.Judge
    held_out: list[float]


def _numbered(rows: Sequence[Sequence[str]]) -> tuple[dict[str, int], list[list[int]]]:
    seen: dict[str, int] = {}
    for row in rows:
        for feature in row:
            seen[feature] = seen.get(feature, 0) + 1
    kept = sorted(feature for feature, count in seen.items() if count >= MIN_SENTENCES)
    numbers = {feature: at for at, feature in enumerate(kept)}
    return numbers, [[numbers[feature] for feature in row if feature in numbers] for row in rows]


def _weigh(rows: Sequence[Sequence[str]], labels: Sequence[bool], cost: float) -> dict[str, float]:
    numbers, numbered = _numbered(rows)
    solved = solve(numbered, labels, len(numbers), cost)
    return {feature: solved[at] for feature, at in numbers.items()}


def _score(weights: dict[str, float], row: Sequence[str]) -> float:
    return sum(weights.get(feature, 0.0) for feature in row) / math.sqrt(len(row) or 1)


def folds(examples: Sequence[Example], count: int) -> list[int]:
    """The fold of each example: all sentences of one kind within one topic are held out together."""
    groups = sorted({(example.topic, example.kind) for example in examples})
    order = shuffled(len(groups), SEED)
    number = {groups[at]: place % count for place, at in enumerate(order)}
    return [number[example.topic, example.kind] for example in examples]


def train(examples: Sequence[Example], words: vocabulary.Vocabulary, cost: float = COST, count: int = 8) -> Trained:
    """Train on all examples; confidences are fitted on scores from ``count`` held-out folds."""
    rows = [features.see(example.text, words).features for example in examples]
    labels = [example.claim for example in examples]
    fold = folds(examples, count)
    held_out = [0.0] * len(rows)
    for number in range(count):
        inside = [at for at in range(len(rows)) if fold[at] != number]
        weights = _weigh([rows[at] for at in inside], [labels[at] for at in inside], cost)
        for at in range(len(rows)):
            if fold[at] == number:
                held_out[at] = _score(weights, rows[at])
    slope, offset = fit_confidence(held_out, labels)
    weights = {feature: round(weight, 2) for feature, weight in _weigh(rows, labels, cost).items() if abs(weight) >= SMALLEST}
    return Trained(claims.Judge(weights, round(slope, 2), round(offset, 2), words), held_out)


def written(judge: claims.Judge, examples: int) -> str:
    """The text of the weights file."""
    lines = [
        f"# Made by `python -m evidence.train` from {examples} sentences in training/; do not edit by hand.",
        "# feature, weight: a positive weight speaks for a medical claim. See features.py for the names.",
        f"(offset)\t{judge.offset}",
        f"(slope)\t{judge.slope}",
    ]
    lines += [f"{feature}\t{weight}" for feature, weight in sorted(judge.weights.items())]
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Train and store the weights; ``--check`` only compares them with the stored ones (exit 1 if they differ)."""
    parser = argparse.ArgumentParser(prog="python -m evidence.train", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--check", action="store_true", help="compare with the stored weights, write nothing")
    options = parser.parse_args(arguments)
    examples = read_examples()
    text = written(train(examples, vocabulary.load()).judge, len(examples))
    if options.check:
        same = claims.WEIGHTS.read_text(encoding="utf-8") == text
        print("the stored weights are those of the sentences" if same else "the stored weights differ: run make train")
        return 0 if same else 1
    claims.WEIGHTS.write_text(text, encoding="utf-8")
    print(f"{claims.WEIGHTS.name}: {text.count(chr(10)) - 4} weights from {len(examples)} sentences")
    return 0


if __name__ == "__main__":
    sys.exit(main())
