"""Is this sentence a medical claim, how sure are we, and why?

A linear judge: each feature of a sentence (:mod:`evidence.features`) adds its weight, and the sum becomes a confidence.
The weights lie in ``weights.tsv``, made from our own sentences in ``training/`` by :mod:`evidence.train`. Where the sentence
stands is weighed in twice: by what is said around it, and by whether its page is about medicine at all ("the agent
suppresses the signal" is a claim on one page and not on another). The reasons shown to writers are the features that
weighed most.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from evidence import features, vocabulary
from evidence.vocabulary import Vocabulary

WEIGHTS = Path(__file__).parent / "weights.tsv"

# The gate's operating point, set on our own held-out sentences so that few claims are missed.
MIN_CONFIDENCE = 0.27

_SHAPE_SAYS = {
    "g=nobody": "speaks of people in general",
    "g=percent": "gives a percentage",
    "g=medical-2": "has several medical words",
    "g=medical-3": "has several medical words",
    "g=medical-4": "has several medical words",
    "g=first-it_they": "speaks of something named before",
}
# So few words without a verb assert nothing: "Anxiety.", and in a list "swelling of the face or throat".
_FRAGMENT, _OPEN_FRAGMENT, _FRAGMENT_SHARE = 4, 8, 0.2
# Below this nobody asks why a sentence might be a claim.
_ASKED_WHY = 0.1
_MEDICAL_CUES = [f"g=medical-{number}" for number in range(5)]
_SELF_CUES = [f"g=self-medical-{number}" for number in range(3)]
# Words known by heart are forgotten when there are this many: a check of other people's files must not fill the memory.
_MOST_WORDS = 100_000


class Judgement:
    """How sure the judge is (0 to 1) that a sentence is a medical claim, why, and whether its writer speaks of self.

    ``score`` is the weighted sum behind the confidence, before the place of the sentence is weighed in. Reasons are put into
    words when somebody asks.
    """

    __slots__ = ("_judge", "_seen", "confidence", "first_person", "score")

    def __init__(self, confidence: float, first_person: bool, score: float, judge: Judge, seen: _Seen) -> None:
        """Keep what the reasons are made from."""
        self.confidence, self.first_person, self.score = confidence, first_person, score
        self._judge, self._seen = judge, seen

    @property
    def reasons(self) -> tuple[str, ...]:
        """Up to three reasons in plain words, those that weighed most first; none for what is far from a claim."""
        return self._judge.reasons(self._seen) if self.confidence >= _ASKED_WHY else ()


@dataclass(frozen=True)
class Context:
    """How the place of a sentence is weighed in.

    ``own``, ``near``, ``page`` and ``offset`` are the weights of a logistic regression on the sentence's own value, the mean
    of its neighbours and the mean of its page. ``topics`` says for each list of :data:`evidence.features.TOPIC` how much one
    of its words speaks for a page about medicine (the logarithm of its rate there over its rate elsewhere), and ``silence``
    how much a sentence without any speaks against it.
    """

    own: float = 1.0
    near: float = 0.0
    page: float = 0.0
    offset: float = 0.0
    topics: dict[str, float] = field(default_factory=dict)
    silence: float = 0.0


# How the topic of a page is weighed: what its words say counts for a part, for words of one page depend on each other, and
# up to a bound, for a page on cooking may hold one sentence on a medicine. Chosen on our own passages: no claim is lost
# by it, and of 1,000 sentences without medicine on pages of some seventy about one is still called a claim.
_TOPIC_SHARE, _TOPIC_BOUND, _TOPIC_OFFSET, _OWN_BOUND = 0.6, 5.0, 2.0, 9.0


@dataclass(slots=True)
class _Known:
    """A word with its weights looked up: all that a sentence needs of it."""

    weight: float
    size: int
    unit: str
    classes: tuple[str, ...]
    mask: int
    topic: float
    after: dict[str, float]
    starts_phrase: bool
    reasons: tuple[tuple[float, str], ...]
    first: tuple[str, ...]
    steps: dict[str, float]


@dataclass(slots=True)
class _Seen:
    """What one sentence amounts to: its score, what its words say of the topic, its lists as a mask, its words."""

    score: float
    topic: float
    mask: int
    words: list[_Known]
    shape: list[str]


_EMPTY: dict[str, float] = {}


@dataclass
class Judge:
    """A linear judge: a weight per feature, and the figures that turn the sum into a confidence.

    ``slope`` and ``offset`` are those of Platt (1999), "Probabilistic outputs for support vector machines".
    """

    weights: dict[str, float]
    slope: float
    offset: float
    words: Vocabulary
    context: Context = field(default_factory=Context)

    def __post_init__(self) -> None:
        """Sort the weights by what they are looked up with."""
        self._known: dict[str, _Known] = {}
        self._bits: dict[str, int] = {}
        self._bit_weights: dict[int, float] = {}
        self._neighbours: dict[str, dict[str, float]] = {}
        self._following: dict[str, dict[str, float]] = {}
        self._cues: dict[str, float] = {}
        for feature, weight in self.weights.items():
            kind, _, rest = feature.partition("=")
            if kind == "b" or kind == "q":
                before, _, after = rest.rpartition(" ")
                pairs = self._neighbours if kind == "b" else self._following
                pairs.setdefault(before, {})[after] = weight
            elif kind == "g":
                self._cues[feature] = weight
        self._persons = self._mask_of(features.PERSONS)
        self._helpers = self._mask_of(features.HELPERS)
        self._medical = self._mask_of(features.MEDICAL)
        self._asserts = self._mask_of((*features.HELPERS, "effects", "causation", "-s"))
        self._self, self._we = self._bit("self"), self._bit("we")

    def _bit(self, name: str) -> int:
        """The bit that stands for a list in the mask of a sentence."""
        bit = self._bits.get(name)
        if bit is None:
            bit = self._bits[name] = 1 << len(self._bits)
            self._bit_weights[bit] = self.weights.get("k=" + name, 0.0)
        return bit

    def _mask_of(self, names: Iterable[str]) -> int:
        mask = 0
        for name in sorted(names):
            mask |= self._bit(name)
        return mask

    def _learn(self, key: str, word: features.Word) -> _Known:
        """Look up the weights of a word once."""
        get = self.weights.get
        known = _Known(
            sum(get(feature, 0.0) for feature in word.features),
            len(word.features) + len(word.classes) + 1,
            word.unit,
            word.classes,
            self._mask_of(word.lists),
            max((self.context.topics.get(name, 0.0) for name in word.lists), default=0.0),
            self._neighbours.get(word.unit, _EMPTY),
            key in self.words.phrases,
            tuple(self._word_reasons(key, word)),
            tuple(features.first_cues(word.lists)),
            {},
        )
        if len(self._known) > _MOST_WORDS:
            self._known.clear()
        self._known[key] = known
        return known

    def _word_reasons(self, key: str, word: features.Word) -> Iterator[tuple[float, str]]:
        """What a word says to a writer, each with how much it weighs."""
        get = self.weights.get
        own = sum(get(feature, 0.0) for feature in word.features if feature[0] in "wp")
        named = False
        for name in word.lists:
            kind = self.words.kinds.get(name)
            weight = get("k=" + name, 0.0) + get("l=" + name, 0.0) + own
            if kind == "medicine":
                named = True
                yield weight + 0.3, f"{self.words.says[name]}: {key}"
            elif kind == "grammar":
                yield weight - 0.3, self.words.says[name]
        if not named and own > 0.2 and word.features:
            yield own - 0.3, f"says “{key}”"

    def _look(self, text: str) -> _Seen:
        """Add up a sentence: the weighted sum of its features over the root of their number.

        The same as :func:`evidence.features.see` with weights, several times faster.
        """
        tokens = features.tokenise(text)
        known, phrases = self._known, self.words.phrases
        total, topic, size, mask = 0.0, 0.0, 0, 0
        after = self._neighbours.get("^", _EMPTY)
        last = "^"
        words: list[_Known] = []
        at, end = 0, len(tokens)
        while at < end:
            token = tokens[at]
            word = known.get(token)
            if word is None:
                word = self._learn(token, features.word(token, self.words))
            at += 1
            if word.starts_phrase and at < end and tokens[at] in phrases[token]:
                length, name = self.words.phrase(tokens, at - 1)
                if length:
                    phrase = " ".join(tokens[at - 1 : at - 1 + length])
                    word = known.get(phrase) or self._learn(phrase, features.phrase_word(phrase, name))
                    at += length - 1
            words.append(word)
            total += word.weight
            size += word.size
            mask |= word.mask
            topic += word.topic
            weight = after.get(word.unit)
            if weight is not None:
                total += weight
            after = word.after
            if word.classes:
                step = word.steps.get(last)
                if step is None:
                    step = word.steps[last] = self._step(last, word.classes)
                total += step
                last = word.classes[-1]
        total += after.get("$", 0.0) + self._following.get(last, _EMPTY).get("$", 0.0)
        shape = self._shape(text, tokens, mask)
        if words:
            shape += words[0].first
        cues, weights = self._cues, self._bit_weights
        for cue in shape:
            total += cues.get(cue, 0.0)
        rest = mask
        while rest:
            bit = rest & -rest
            total += weights[bit]
            rest ^= bit
        return _Seen(total / math.sqrt(size + mask.bit_count() + len(shape) + 2), topic, mask, words, shape)

    def _step(self, last: str, classes: tuple[str, ...]) -> float:
        """The weights of the pairs of lists from the one seen last through those of a word."""
        total = 0.0
        for name in classes:
            total += self._following.get(last, _EMPTY).get(name, 0.0)
            last = name
        return total

    def _shape(self, text: str, tokens: list[str], mask: int) -> list[str]:
        """See :func:`evidence.features.shape`."""
        cues = features.plain_shape(text, tokens)
        if not mask & self._helpers:
            cues.append("g=no-helper")
        if not mask & self._persons:
            cues.append("g=nobody")
        medical = (mask & self._medical).bit_count()
        cues.append(_MEDICAL_CUES[medical if medical < 4 else 4])
        if mask & self._self:
            cues.append(_SELF_CUES[medical if medical < 2 else 2])
        return cues

    def score(self, text: str) -> float:
        """The weighted sum of a sentence's features over the root of their number."""
        return self._look(text).score

    def topic(self, text: str) -> float:
        """How much the words of a sentence speak for a page about medicine."""
        return self._look(text).topic

    def value(self, score: float) -> float:
        """The logarithm of the odds that belong to a score."""
        return self.slope * score + self.offset

    def placed(self, values: Sequence[float], topics: Sequence[float], sections: Sequence[int] = ()) -> list[float]:
        """The confidences (0 to 1) of the sentences of a page, from the value and the topic of each, in their places."""
        context = self.context
        every, number = sum(topics), len(topics)
        found: list[float] = []
        for value, topic, (near, page) in zip(values, topics, surroundings(values, sections), strict=True):
            odds = context.own * value + context.near * near + context.page * page + context.offset
            speaks = _TOPIC_SHARE * (every - topic - (number - 1) * context.silence)
            about = max(-_TOPIC_BOUND, min(_TOPIC_BOUND, speaks)) + min(topic, _OWN_BOUND) + _TOPIC_OFFSET
            found.append(sigmoid(odds) * sigmoid(about))
        return found

    def judge(self, text: str) -> Judgement:
        """Judge one sentence by itself; ``text`` is on one line, without citations and markup."""
        return self.judge_page([text], alone=True)[0]

    def judge_page(self, texts: Sequence[str], sections: Sequence[int] = (), *, alone: bool = False) -> list[Judgement]:
        """Judge the sentences of a page in their order, each in its place.

        ``sections`` gives for each sentence the number of its section; only sentences of one section stand near each other.
        ``alone`` judges each by itself.
        """
        seen = [self._look(text) for text in texts]
        values = [self.value(sentence.score) for sentence in seen]
        if alone:
            confidences = [sigmoid(value) for value in values]
        else:
            confidences = self.placed(values, [sentence.topic for sentence in seen], sections)
        confidences = [
            confidence * _FRAGMENT_SHARE if self._fragment(sentence) else confidence
            for sentence, confidence in zip(seen, confidences, strict=True)
        ]
        person = self._self | self._we
        return [
            Judgement(
                round(confidence, 3) if sentence.words else 0.0, bool(sentence.mask & person), sentence.score, self, sentence
            )
            for sentence, confidence in zip(seen, confidences, strict=True)
        ]

    def _fragment(self, sentence: _Seen) -> bool:
        """Whether a sentence is a few words without a verb."""
        size = len(sentence.words)
        if size > _OPEN_FRAGMENT or sentence.mask & self._asserts:
            return False
        return size <= _FRAGMENT or "g=no-end" in sentence.shape

    def reasons(self, sentence: _Seen, limit: int = 3) -> tuple[str, ...]:
        """Up to ``limit`` reasons in plain words, those that weighed most first; at least one."""
        weighed: dict[str, float] = {}
        for word in sentence.words:
            for weight, says in word.reasons:
                if weight > weighed.get(says, -9.0):
                    weighed[says] = weight
        for cue in sentence.shape:
            if cue in _SHAPE_SAYS:
                weighed[_SHAPE_SAYS[cue]] = self._cues.get(cue, 0.0)
        if not weighed:
            return ("reads like a claim",)
        order = sorted(weighed.items(), key=_by_weight)
        best = tuple(says for says, weight in order[:limit] if weight > 0.0)
        return best or (order[0][0],)


def _by_weight(reason: tuple[str, float]) -> tuple[float, str]:
    return -reason[1], reason[0]


def sigmoid(value: float) -> float:
    """The share (0 to 1) that belongs to the logarithm of its odds."""
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, value))))


def surroundings(values: Sequence[float], sections: Sequence[int] = ()) -> list[tuple[float, float]]:
    """For each value the mean of up to two on either side in its section, and the mean of all others; 0 where there are none.

    Values are held between -3 and 3, so that one sure sentence does not decide about its neighbours.
    """
    held = [-3.0 if value < -3.0 else 3.0 if value > 3.0 else value for value in values]
    number = len(held)
    total = sum(held)
    groups = sections or (0,) * number
    places: list[tuple[float, float]] = []
    for at in range(number):
        section, near, found = groups[at], 0.0, 0
        for other in (at - 2, at - 1, at + 1, at + 2):
            if 0 <= other < number and groups[other] == section:
                near += held[other]
                found += 1
        page = (total - held[at]) / (number - 1) if number > 1 else 0.0
        places.append((near / found if found else 0.0, page))
    return places


def load_weights(path: Path) -> tuple[dict[str, float], dict[str, float]]:
    """Weights, and the figures in brackets, from a file of ``feature<TAB>weight`` lines; ``#`` lines are notes."""
    weights: dict[str, float] = {}
    figures: dict[str, float] = {}
    for line in path.read_text(encoding="utf-8").split("\n"):
        if line and line[0] != "#":
            feature, _, weight = line.rpartition("\t")
            (figures if feature[0] == "(" else weights)[feature] = float(weight)
    return weights, figures


@cache
def default_judge() -> Judge:
    """The judge with the stored weights and the lists of the project."""
    weights, figures = load_weights(WEIGHTS)
    topics = {name: figures[f"(topic {name})"] for name in features.TOPIC}
    own, near, page, offset = (figures[f"(context {name})"] for name in ("own", "near", "page", "offset"))
    context = Context(own, near, page, offset, topics, figures["(topic silence)"])
    return Judge(weights, figures["(slope)"], figures["(offset)"], vocabulary.load(), context)


def judge(text: str) -> Judgement:
    """Judge one sentence by itself with the stored weights; see :meth:`Judge.judge`."""
    return default_judge().judge(text)
