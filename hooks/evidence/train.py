"""Make the judge's weights from our own sentences: ``python -m evidence.train``.

A linear support vector machine with squared hinge loss, solved by dual coordinate descent (Hsieh, Chang, Lin,
Keerthi and Sundararajan 2008, "A dual coordinate descent method for large-scale linear SVM"). Only additions,
multiplications, divisions and logarithms of doubles are used, in a fixed order, and the shuffle is our own: the stored
weights, rounded to hundredths, come out bit for bit.
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
# A share of naive Bayes in the weights: it errs in other places than the margin does, and both together generalise better
# (Wang and Manning 2012, "Baselines and bigrams: simple, good sentiment and topic classification").
BLEND = 0.1
# Features seen in fewer sentences than this teach nothing that holds elsewhere.
MIN_SENTENCES = 2
# Weights below this change no confidence by a hundredth; leaving them out keeps the file small.
SMALLEST = 0.02


@dataclass(frozen=True)
class Example:
    """One training sentence: what it is, of which kind, on which topic (the file it stands in).

    ``passage`` numbers the passages of a file, whose sentences follow each other as on a page; 0 stands for none.
    ``elsewhere`` marks the pages without medicine: they teach what a page is about, not what a claim is.
    """

    text: str
    claim: bool
    kind: str
    topic: str
    passage: int = 0
    elsewhere: bool = False


def read_examples(folder: Path = FOLDER) -> list[Example]:
    """All sentences of ``*.tsv`` in a folder and its folder ``elsewhere``.

    A line is ``label<TAB>kind<TAB>sentence``; lines with ``#`` are notes. A note ``# passage: …``
    begins a passage, an empty line ends it.

    Raises ValueError, naming file and line, where a line has another form.
    """
    found: list[Example] = []
    for path in (*sorted(folder.glob("*.tsv")), *sorted(folder.glob("elsewhere/*.tsv"))):
        elsewhere = path.parent.name == "elsewhere"
        passages, inside = 0, False
        for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
            if line.startswith("# passage"):
                passages, inside = passages + 1, True
            if not line.strip() or line.startswith("#"):
                inside = inside and line.startswith("#")
                continue
            parts = line.split("\t")
            if len(parts) != 3 or parts[0] not in ("claim", "none") or not parts[2].strip():
                raise ValueError(f"{path.name}:{number}: expected claim or none, kind, sentence, parted by tabs")
            found.append(
                Example(parts[2].strip(), parts[0] == "claim", parts[1], path.stem, passages if inside else 0, elsewhere)
            )
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


Row = tuple[tuple[int, float], ...]


def solve(rows: Sequence[Row], labels: Sequence[bool], width: int, cost: float = COST) -> list[float]:
    """Weights of a linear judge for rows of (feature number below ``width``, value)."""
    weights = [0.0] * width
    alphas = [0.0] * len(rows)
    lengths = [sum(value * value for _, value in row) for row in rows]
    limit = 0.5 / cost
    for turn in range(ROUNDS):
        for at in shuffled(len(rows), SEED + turn):
            row = rows[at]
            sign = 1.0 if labels[at] else -1.0
            total = 0.0
            for feature, value in row:
                total += weights[feature] * value
            gradient = sign * total - 1.0 + limit * alphas[at]
            before = alphas[at]
            after = before - gradient / (lengths[at] + limit)
            if after < 0.0:
                after = 0.0
            if after != before:
                alphas[at] = after
                step = (after - before) * sign
                for feature, value in row:
                    weights[feature] += step * value
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


# Sentences of these kinds, where they are no claims, are of no page about medicine.
_ELSEWHERE = frozenset({"software", "recipe", "non-medical", "policy", "outdoors"})
# Of two pages about medicine one has half as many of its words; a page is about it also where few are.
_THINNED = 0.5


def fit_topics(rows: Sequence[dict[str, int]], examples: Sequence[Example]) -> tuple[dict[str, float], float]:
    """What the words of each list of the topic say for a page about medicine, and what silence says against it.

    The first is the logarithm of their rate on such pages over their rate elsewhere, the second the difference of the rates.
    A passage with a claim in it is about medicine, one without is not (rates of a Poisson process each).
    """
    about = {(example.topic, example.passage) for example in examples if example.passage and example.claim}
    here = dict.fromkeys(sorted(features.TOPIC), 0.0)
    elsewhere = dict(here)
    sentences = {True: 0, False: 0}
    for row, example in zip(rows, examples, strict=True):
        if example.passage:
            medical = (example.topic, example.passage) in about
        elif example.kind in _ELSEWHERE and not example.claim:
            medical = False
        else:
            continue
        sentences[medical] += 1
        counts = here if medical else elsewhere
        for name in counts:
            counts[name] += row.get("l=" + name, 0)
    rates = {
        name: (
            _THINNED * (here[name] + 0.5) / (sentences[True] + 1),
            (elsewhere[name] + 0.5) / (sentences[False] + 1),
        )
        for name in here
    }
    weights = {name: round(max(0.0, math.log(a / b)), 2) for name, (a, b) in rates.items()}
    return weights, round(sum(a - b for a, b in rates.values()), 3)


def fit_context(values: Sequence[float], examples: Sequence[Example]) -> tuple[float, float, float, float]:
    """The weights of own value, neighbours, page and offset, from the passages and their held-out values.

    Logistic regression on own value, neighbours and page, by Newton's method.
    """
    rows: list[tuple[float, float, float, float]] = []
    labels: list[float] = []
    groups: dict[tuple[str, int], list[int]] = {}
    for at, example in enumerate(examples):
        if example.passage:
            groups.setdefault((example.topic, example.passage), []).append(at)
    for members in groups.values():
        own = [values[at] for at in members]
        for at, (near, page) in zip(members, claims.surroundings(own), strict=True):
            rows.append((values[at], near, page, 1.0))
            labels.append(1.0 if examples[at].claim else 0.0)
    weights = [1.0, 0.0, 0.0, 0.0]
    for _ in range(50):
        slope = [0.0] * 4
        curve = [[1e-6 * (a == b) for b in range(4)] for a in range(4)]
        for row, label in zip(rows, labels, strict=True):
            p = 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, sum(w * x for w, x in zip(weights, row, strict=True))))))
            spread = p * (1.0 - p)
            for a in range(4):
                slope[a] += (p - label) * row[a]
                for b in range(4):
                    curve[a][b] += spread * row[a] * row[b]
        step = _solved(curve, slope)
        weights = [weight - change for weight, change in zip(weights, step, strict=True)]
        if max(map(abs, step)) < 1e-9:
            break
    first, second, third, fourth = (round(weight, 3) for weight in weights)
    return first, second, third, fourth


def _solved(matrix: list[list[float]], right: list[float]) -> list[float]:
    """The solution of a small system of linear equations, by elimination with pivots."""
    rows = [[*line, value] for line, value in zip(matrix, right, strict=True)]
    size = len(rows)
    for at in range(size):
        pivot = max(range(at, size), key=lambda row: abs(rows[row][at]))
        rows[at], rows[pivot] = rows[pivot], rows[at]
        for row in range(size):
            if row != at:
                factor = rows[row][at] / rows[at][at]
                rows[row] = [value - factor * other for value, other in zip(rows[row], rows[at], strict=True)]
    return [rows[at][size] / rows[at][at] for at in range(size)]


@dataclass
class Trained:
    """A judge, and the confidences each example got, by itself and in its place, when its fold was held out."""

    judge: claims.Judge
    held_out: list[float]
    placed: list[float]


def _weigh(rows: Sequence[dict[str, int]], labels: Sequence[bool], cost: float) -> dict[str, float]:
    """Weights by feature. A row counts each feature by its number over the root of all."""
    seen: dict[str, int] = {}
    for row in rows:
        for feature in row:
            seen[feature] = seen.get(feature, 0) + 1
    kept = sorted(feature for feature, count in seen.items() if count >= MIN_SENTENCES)
    numbers = {feature: at for at, feature in enumerate(kept)}
    scaled: list[Row] = []
    for row in rows:
        norm = 1.0 / math.sqrt(sum(row.values()) or 1)
        scaled.append(tuple((numbers[feature], count * norm) for feature, count in row.items() if feature in numbers))
    solved = solve(scaled, labels, len(kept), cost)
    ratios = log_ratios(scaled, labels, len(kept))
    return {feature: solved[at] + BLEND * ratios[at] for feature, at in numbers.items()}


def log_ratios(rows: Sequence[Row], labels: Sequence[bool], width: int) -> list[float]:
    """For each feature the logarithm of its rate in claims over its rate elsewhere, each sentence counted once."""
    counts = {True: [1.0] * width, False: [1.0] * width}
    for row, label in zip(rows, labels, strict=True):
        of = counts[label]
        for feature, _ in row:
            of[feature] += 1.0
    claims_, others = sum(labels), len(labels) - sum(labels)
    return [math.log(a / claims_) - math.log(b / others) for a, b in zip(counts[True], counts[False], strict=True)]


def _score(weights: dict[str, float], row: dict[str, int]) -> float:
    return sum(weights.get(feature, 0.0) * count for feature, count in row.items()) / math.sqrt(sum(row.values()) or 1)


def folds(examples: Sequence[Example], count: int) -> list[int]:
    """The fold of each example: a topic is held out whole, so that what is measured is a subject never seen."""
    topics = sorted({example.topic for example in examples})
    order = shuffled(len(topics), SEED)
    number = {topics[at]: place % count for place, at in enumerate(order)}
    return [number[example.topic] for example in examples]


def train(examples: Sequence[Example], words: vocabulary.Vocabulary, cost: float = COST, count: int = 8) -> Trained:
    """Train on all examples; confidences and the second judge are fitted on scores from ``count`` held-out folds."""
    rows = [features.see(example.text, words)[0] for example in examples]
    labels = [example.claim for example in examples]
    taught = [at for at, example in enumerate(examples) if not example.elsewhere]

    def weigh(members: Sequence[int]) -> dict[str, float]:
        return _weigh([rows[at] for at in members], [labels[at] for at in members], cost)

    fold = folds(examples, count)
    scores = [0.0] * len(rows)
    for number in range(count):
        weights = weigh([at for at in taught if fold[at] != number])
        for at in taught:
            if fold[at] == number:
                scores[at] = _score(weights, rows[at])
    every = weigh(taught)
    for at, example in enumerate(examples):
        if example.elsewhere:
            scores[at] = _score(every, rows[at])
    slope, offset = (round(figure, 3) for figure in fit_confidence([scores[at] for at in taught], [labels[at] for at in taught]))
    values = [slope * score + offset for score in scores]
    topics, silence = fit_topics(rows, examples)
    own, near, page, offset = fit_context(values, examples)
    context = claims.Context(own, near, page, offset, topics, silence)
    weights = {feature: round(weight, 2) for feature, weight in every.items() if abs(weight) >= SMALLEST}
    judge = claims.Judge(weights, slope, offset, words, context)
    return Trained(judge, [claims.sigmoid(value) for value in values], _placed(judge, values, examples))


def _placed(judge: claims.Judge, values: Sequence[float], examples: Sequence[Example]) -> list[float]:
    """The confidence of each example in its place; by itself where it stands in no passage."""
    found = [claims.sigmoid(value) for value in values]
    groups: dict[tuple[str, int], list[int]] = {}
    for at, example in enumerate(examples):
        if example.passage:
            groups.setdefault((example.topic, example.passage), []).append(at)
    for members in groups.values():
        topics = [judge.topic(examples[at].text) for at in members]
        for at, confidence in zip(members, judge.placed([values[at] for at in members], topics), strict=True):
            found[at] = confidence
    return found


def written(judge: claims.Judge, examples: int) -> str:
    """The text of the weights file."""
    lines = [
        f"# Made by `python -m evidence.train` from {examples} sentences in training/; do not edit by hand.",
        "# feature, weight: a positive weight speaks for a medical claim. See features.py for the names.",
        f"(offset)\t{judge.offset}",
        f"(slope)\t{judge.slope}",
        *(f"(context {name})\t{getattr(judge.context, name)}" for name in ("own", "near", "page", "offset")),
        f"(topic silence)\t{judge.context.silence}",
        *(f"(topic {name})\t{weight}" for name, weight in sorted(judge.context.topics.items())),
    ]
    lines += [f"{feature}\t{weight}" for feature, weight in sorted(judge.weights.items())]
    return "\n".join(lines) + "\n"


def measured(trained: Trained, examples: Sequence[Example]) -> str:
    """What the held-out folds say, in lines.

    For some aims at recall: the threshold, the precision there, and the share of the sentences on pages without medicine that
    are called claims.
    """
    lines: list[str] = []
    others = [at for at, example in enumerate(examples) if example.elsewhere and not example.claim]
    for name, confidences in (("by itself", trained.held_out), ("on its page", trained.placed)):
        inside = [at for at, e in enumerate(examples) if not e.elsewhere and (e.passage or name == "by itself")]
        order = sorted(inside, key=lambda at: -confidences[at])
        there = sum(examples[at].claim for at in inside)
        hits, aims, best = 0, [0.9, 0.93, 0.95, 0.97], (0.0, 0.0)
        for called, at in enumerate(order, 1):
            hits += examples[at].claim
            best = max(best, (2 * hits / (called + there), confidences[at]))
            while aims and hits >= aims[0] * there:
                alarms = sum(confidences[other] >= confidences[at] for other in others) / max(len(others), 1)
                lines.append(
                    f"{name}: recall {aims.pop(0):.2f} at {confidences[at]:.3f}, precision {hits / called:.3f}, "
                    f"elsewhere {alarms:.4f} called claims"
                )
        lines.append(f"{name}: best F1 {best[0]:.3f} at {best[1]:.3f}")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Train and store the weights; ``--check`` only compares them with the stored ones (exit 1 if they differ)."""
    parser = argparse.ArgumentParser(prog="python -m evidence.train", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--check", action="store_true", help="compare with the stored weights, write nothing")
    options = parser.parse_args(arguments)
    examples = read_examples()
    trained = train(examples, vocabulary.load())
    text = written(trained.judge, len(examples))
    if options.check:
        same = claims.WEIGHTS.read_text(encoding="utf-8") == text
        print("the stored weights are those of the sentences" if same else "the stored weights differ: run make train")
        return 0 if same else 1
    claims.WEIGHTS.write_text(text, encoding="utf-8")
    print(f"{claims.WEIGHTS.name}: {len(trained.judge.weights)} weights from {len(examples)} sentences")
    print(measured(trained, examples))
    return 0


if __name__ == "__main__":
    sys.exit(main())
