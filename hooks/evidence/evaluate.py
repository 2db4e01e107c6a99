"""How good is the judge? Precision, recall and F1 on labelled sentences, and whether any of them leaked to us."""

from __future__ import annotations

import json
import math
import random
import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from evidence import blocks, claims, inline, train
from evidence.diagnostic import shorten
from evidence.source import Source, Unreadable

_WORD = re.compile(r"[a-z0-9]+")
_OTHER_CITATION = re.compile(r"\{%.*?%\}")
# Two sentences as alike as this (Jaccard index of their pairs of words) are one sentence in two versions.
NEAR = 0.5
GRAM = 5


@dataclass(frozen=True)
class Labelled:
    """One labelled sentence: its words without citations, its label, and where it is from."""

    text: str
    claim: bool
    kind: str = ""
    source: str = ""


@dataclass
class Tally:
    """Counts of right and wrong answers."""

    hits: int = 0
    false_alarms: int = 0
    misses: int = 0
    passes: int = 0

    def add(self, claim: bool, called: bool) -> None:
        """Count one answer."""
        if claim:
            self.hits += called
            self.misses += not called
        else:
            self.false_alarms += called
            self.passes += not called

    @property
    def precision(self) -> float:
        """Share of the sentences called claims that are; 0 where none was called."""
        called = self.hits + self.false_alarms
        return self.hits / called if called else 0.0

    @property
    def recall(self) -> float:
        """Share of the claims that were called so; 0 where there are none."""
        there = self.hits + self.misses
        return self.hits / there if there else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        total = 2 * self.hits + self.false_alarms + self.misses
        return 2 * self.hits / total if total else 0.0


def interval(successes: int, trials: int) -> tuple[float, float]:
    """The 95% interval of a share (Wilson 1927, "Probable inference, the law of succession")."""
    if not trials:
        return 0.0, 1.0
    z = 1.96
    share = successes / trials
    middle = share + z * z / (2 * trials)
    spread = z * math.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    return max(0.0, (middle - spread) / (1 + z * z / trials)), min(1.0, (middle + spread) / (1 + z * z / trials))


def words_of(text: str) -> str:
    """A labelled sentence as the judge would see it on a page: citations and markup taken out."""
    quiet = blocks.read(Source("", _OTHER_CITATION.sub(" ", text.replace("\n", " "))))
    inside = [inline.words(quiet.quiet[b.start : b.end]) for b in quiet.blocks]
    return " ".join(part for part in inside if part) or " ".join(text.split())


def read(path: Path) -> list[Labelled]:
    """The sentences of a ``.jsonl`` file with ``text``, ``label`` (claim or none), and perhaps ``kind``, ``source``.

    Raises :class:`evidence.source.Unreadable` with the line at fault.
    """
    found: list[Labelled] = []
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise Unreadable(f"{path}: cannot be read: {error}") from None
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
            label, text = value["label"], value["text"]
        except (ValueError, KeyError, TypeError):
            raise Unreadable(f"{path}:{number}:1: expected an object with text and label") from None
        if label not in ("claim", "none") or not isinstance(text, str):
            raise Unreadable(f"{path}:{number}:1: label is claim or none, text is a sentence")
        found.append(Labelled(words_of(text), label == "claim", str(value.get("kind", "")), str(value.get("source", ""))))
    return found


@dataclass
class Result:
    """Answers to a set of labelled sentences."""

    sentences: list[Labelled]
    judgements: list[claims.Judgement]
    seconds: float
    threshold: float
    total: Tally = field(default_factory=Tally)

    def __post_init__(self) -> None:
        """Count."""
        self.total = self.at(self.threshold)

    def at(self, threshold: float) -> Tally:
        """The counts at another threshold."""
        tally = Tally()
        for sentence, judgement in zip(self.sentences, self.judgements, strict=True):
            tally.add(sentence.claim, judgement.confidence >= threshold)
        return tally

    def groups(self, name: str) -> dict[str, Tally]:
        """The counts for each value of ``kind`` or ``source``."""
        tallies: dict[str, Tally] = defaultdict(Tally)
        for sentence, judgement in zip(self.sentences, self.judgements, strict=True):
            tallies[getattr(sentence, name) or "–"].add(sentence.claim, judgement.confidence >= self.threshold)
        return dict(sorted(tallies.items()))

    def best(self) -> tuple[float, Tally]:
        """The threshold with the highest F1, and its counts."""
        steps = sorted({judgement.confidence for judgement in self.judgements})
        return max(((step, self.at(step)) for step in steps), key=lambda pair: pair[1].f1, default=(0.0, Tally()))


def f1_interval(result: Result, times: int = 1000) -> tuple[float, float]:
    """The 95% interval of F1: percentiles of ``times`` samples drawn with replacement (Efron 1979, "Bootstrap methods").

    The draws come from a generator with a fixed seed, so that a file always gives the same interval.
    """
    answers = [
        (sentence.claim, judgement.confidence >= result.threshold)
        for sentence, judgement in zip(result.sentences, result.judgements, strict=True)
    ]
    if not answers:
        return 0.0, 1.0
    chance = random.Random(train.SEED)  # noqa: S311 (no secret)
    found: list[float] = []
    for _ in range(times):
        hits = alarms = misses = 0
        for claim, called in chance.choices(answers, k=len(answers)):
            hits += claim and called
            alarms += called and not claim
            misses += claim and not called
        found.append(2 * hits / ((2 * hits + alarms + misses) or 1))
    found.sort()
    return found[int(0.025 * times)], found[int(0.975 * times) - 1]


def run(sentences: Sequence[Labelled], threshold: float, as_page: bool = False) -> Result:
    """Judge labelled sentences with the stored weights, each by itself or all as one page."""
    judge = claims.default_judge()
    began = time.perf_counter()
    judgements = judge.judge_page([sentence.text for sentence in sentences], alone=not as_page)
    return Result(list(sentences), judgements, time.perf_counter() - began, threshold)


def report(result: Result, listed: bool = True) -> str:
    """The result for people; ``listed`` adds every wrong answer with its reasons."""
    total = result.total
    called, there = total.hits + total.false_alarms, total.hits + total.misses
    none = total.false_alarms + total.passes
    lines = [f"{len(result.sentences)} sentences, {there} of them claims; threshold {result.threshold:.2f}"]
    if none:
        low, high = interval(total.false_alarms, none)
        share = total.false_alarms / none
        lines.append(f"{'alarms':<10}{share:.3f}  (95% {low:.3f} to {high:.3f}) of the {none} sentences that are no claims")
    for name, share, of in (("precision", total.precision, called), ("recall", total.recall, there)):
        low, high = interval(total.hits, of)
        lines.append(f"{name:<10}{share:.3f}  (95% {low:.3f} to {high:.3f})")
    step, best = result.best()
    low, high = f1_interval(result)
    lines.append(f"{'F1':<10}{total.f1:.3f}  (95% {low:.3f} to {high:.3f})")
    lines.append(f"best F1   {best.f1:.3f}  at threshold {step:.2f} (precision {best.precision:.3f}, recall {best.recall:.3f})")
    for name in ("kind", "source"):
        groups = result.groups(name)
        if set(groups) == {"–"}:
            continue
        lines += ["", f"{'by ' + name:<44}  claims  recall   none  false alarms"]
        for value, tally in groups.items():
            own, other = tally.hits + tally.misses, tally.false_alarms + tally.passes
            recall = f"{tally.recall:.2f}" if own else "–"
            lines.append(f"{shorten(value, 44):<44}  {own:>6}  {recall:>6}  {other:>5}  {tally.false_alarms:>12}")
    if listed:
        for title, claim in (("missed", True), ("false alarms", False)):
            lines += ["", f"{title}:"]
            for sentence, judgement in zip(result.sentences, result.judgements, strict=True):
                if sentence.claim == claim and (judgement.confidence >= result.threshold) != claim:
                    why = "; ".join(judgement.reasons)
                    lines.append(f"  {judgement.confidence:.2f}  {sentence.text}" + (f"  ({why})" if why else ""))
    speed = len(result.sentences) / result.seconds if result.seconds else 0.0
    lines += ["", f"{speed:,.0f} sentences per second"]
    return "\n".join(lines) + "\n"


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def project_sentences(root: Path | None) -> Iterator[tuple[str, str]]:
    """(where, sentence) of every sentence the judge learned from, and of the labelled test sets in the repository."""
    for example in train.read_examples():
        yield f"training/{example.topic}.tsv", example.text
    if root is not None:
        for path in sorted((root / "tests" / "data").glob("*.jsonl")):
            for line in path.read_text(encoding="utf-8").splitlines():
                value = json.loads(line) if line.strip() else {}
                if isinstance(value.get("text"), str):
                    yield f"tests/data/{path.name}", value["text"]


def leaks(labelled: Sequence[str], ours: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str, str, str]]:
    """(why, where, our sentence, the labelled one) for each of ours that shares words with a labelled sentence.

    Shared is a run of five words, or half of all pairs of neighbouring words (``NEAR``).
    """
    grams: dict[tuple[str, ...], int] = {}
    pairs: dict[tuple[str, ...], set[int]] = defaultdict(set)
    sizes: list[int] = []
    for number, text in enumerate(labelled):
        words = _words(text)
        for at in range(len(words) - GRAM + 1):
            grams.setdefault(tuple(words[at : at + GRAM]), number)
        own = {tuple(words[at : at + 2]) for at in range(len(words) - 1)}
        sizes.append(len(own))
        for pair in own:
            pairs[pair].add(number)
    for where, text in ours:
        words = _words(text)
        shared = next((grams[g] for at in range(len(words) - GRAM + 1) if (g := tuple(words[at : at + GRAM])) in grams), None)
        if shared is not None:
            yield "shares five words in a row", where, text, labelled[shared]
            continue
        own = {tuple(words[at : at + 2]) for at in range(len(words) - 1)}
        together: dict[int, int] = defaultdict(int)
        for pair in own:
            for number in pairs.get(pair, ()):
                together[number] += 1
        near = [n for n, both in together.items() if both / (len(own) + sizes[n] - both) >= NEAR]
        if near:
            yield "is nearly the same", where, text, labelled[min(near)]


def check_leaks(path: Path, root: Path | None, show: Callable[[str], None]) -> int:
    """Print every leak between the project and a labelled file; returns how many there are."""
    ours = list(project_sentences(root))
    number = 0
    for why, where, text, other in leaks([sentence.text for sentence in read(path)], ours):
        number += 1
        show(f"{where}: {why}\n  ours:     {text}\n  labelled: {other}")
    show(f"{number} leaks among {len(ours)} sentences of the project")
    return number
