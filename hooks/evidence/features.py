"""What the judge sees in a sentence: words, pairs of words, lists they stand in, and cues of grammar.

Names of medicines, conditions, numbers and the like are replaced by their list before pairs are made, so that what was
learned of one medicine holds for the next. Features are strings and are counted:

- ``w=`` a word without its ending, ``p=`` a phrase of a list
- ``l=`` a list, once for each hit; ``k=`` the same list, once for the sentence
- ``b=`` a pair of neighbours, ``q=`` a pair of lists that follow each other whatever stands between
- ``g=`` a cue of grammar or shape
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from evidence.vocabulary import TOKEN, Vocabulary

# Lists whose words stand for each other in a pair of neighbours, in order of precedence.
ABSTRACT = {
    "drugs": "DRUG",
    "brands": "DRUG",
    "misspellings": "DRUG",
    "drug_stems": "DRUG",
    "drug_classes": "DRUG",
    "street_names": "SUBST",
    "substances": "SUBST",
    "conditions": "COND",
    "condition_stems": "COND",
    "symptoms": "SYMP",
    "pathogens": "GERM",
    "anatomy": "BODY",
    "receptors": "RECEPTOR",
    "transmitters": "MESSENGER",
    "procedures": "PROCEDURE",
    "nutrition": "NUTRIENT",
    "physiology": "FUNCTION",
    "units": "UNIT",
    "people": "PEOPLE",
}
# Lists that say "medicine" by themselves; the other lists of medicine are everyday words that gain weight beside these.
MEDICAL = frozenset(
    """drugs brands misspellings drug_stems drug_classes street_names substances conditions condition_stems symptoms
    withdrawal pathogens anatomy physiology receptors transmitters mechanisms procedures nutrition body_words
    drug_use_words""".split()
)
# Lists that tell a page about medicine from any other: words that seldom stand on pages without it.
TOPIC = frozenset(
    """drugs brands misspellings drug_stems drug_classes street_names substances conditions condition_stems symptoms withdrawal
    pathogens receptors transmitters procedures drug_use_words health_care_words""".split()
)
PERSONS = frozenset({"self", "we", "you", "he_she", "kin"})
HELPERS = frozenset({"be", "was", "has", "may", "can", "should", "will", "past", "-ed"})
_ASKS_FIRST = frozenset("is are was were do does did can could should would will has have had am may might".split())
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+\.\w+")
_REFERENCE = re.compile(r"\bet al\b|\bdoi\b|\bpp?\. ?\d|\(\d{4}\)|\d+\(\d+\):\d+|\bISBN\b|\bVol\b", re.IGNORECASE)
_LENGTHS = (3, 6, 9, 13, 19, 27, 40)
_LENGTH_CUES = [f"g=length-{next((limit for limit in _LENGTHS if size <= limit), 99)}" for size in range(_LENGTHS[-1] + 2)]
_CLOSING = " \"'”’)*_"
_LATER_CAPITAL = re.compile(r"\s[A-Z]")
_FIRST = ("self", "we", "you", "it_they", "commands", "question_words", "request")
NUMBER = "NUM"


@dataclass(frozen=True)
class Hit:
    """A term of a list found in a sentence: the list, and the words as they stand there, in lower case."""

    list: str
    words: str


@dataclass(frozen=True)
class Word:
    """What one token is, apart from its sentence.

    ``unit`` is what stands for it in pairs of neighbours; ``lists`` are the lists it stands in, endings (``-ed``) included;
    ``classes`` those that follow each other in pairs of lists; ``features`` are counted once for each time it occurs.
    """

    unit: str
    lists: tuple[str, ...]
    classes: tuple[str, ...]
    features: tuple[str, ...]


_STEMS: dict[str, str] = {}


def stem(word: str) -> str:
    """A light stem: plural and common verb endings off. Enough to join forms, not to find roots."""
    known = _STEMS.get(word)
    if known is None:
        known = word
        if len(word) > 4 and word.endswith("ies"):
            known = word[:-3] + "y"
        elif len(word) > 5 and word.endswith("ing"):
            known = word[:-3]
        elif (len(word) > 4 and word.endswith("ed")) or (len(word) > 3 and word.endswith("es")):
            known = word[:-2]
        elif len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
            known = word[:-1]
        if len(known) > 3 and known.endswith("e"):
            known = known[:-1]
        if len(_STEMS) < 200_000:
            _STEMS[word] = known
    return known


def word(token: str, vocabulary: Vocabulary) -> Word:
    """What a lower-case token is."""
    if token[0].isdigit() and "-" not in token and "–" not in token:
        return Word(NUMBER, (), (NUMBER,), ())
    if not token[0].isalnum():
        return Word(token, (), (), ())
    root = stem(token)
    named = vocabulary.look_up(token)
    unit = next((ABSTRACT[name] for name in named if name in ABSTRACT), root)
    grammar = [name for name in named if vocabulary.kinds[name] == "grammar"]
    subjects = [name for name in named if vocabulary.kinds[name] != "grammar"]
    endings: list[str] = []
    if len(token) > 4 and token.endswith("ed"):
        endings.append("-ed")
    elif len(token) > 5 and token.endswith("ing"):
        endings.append("-ing")
    elif len(token) > 4 and token.endswith("ly"):
        endings.append("-ly")
    elif len(token) > 3 and token.endswith("s") and not token.endswith(("ss", "us", "is")):
        endings.append("-s")
    listed = (*named, *endings)
    return Word(unit, listed, (*subjects[:1], *grammar), ("w=" + root, *("l=" + name for name in listed)))


def phrase_word(words: str, name: str) -> Word:
    """What a phrase of a list is: one word, as it were."""
    return Word(ABSTRACT.get(name) or words.replace(" ", "_"), (name,), (name,), ("p=" + words, "l=" + name))


def tokenise(text: str) -> list[str]:
    """The lower-case tokens of a sentence, addresses left out."""
    if "://" in text or "@" in text or "www." in text:
        text = _ADDRESS.sub(" ", text)
    return TOKEN.findall(text.lower().replace("’", "'"))


def shape(text: str, tokens: list[str], lists: Collection[str]) -> list[str]:
    """Cues of grammar and shape: how a sentence begins and ends, who and what is missing in it, how long it is."""
    cues = plain_shape(text, tokens)
    if HELPERS.isdisjoint(lists):
        cues.append("g=no-helper")
    if PERSONS.isdisjoint(lists):
        cues.append("g=nobody")
    medical = len(MEDICAL.intersection(lists))
    cues.append(f"g=medical-{min(medical, 4)}")
    if "self" in lists:
        cues.append(f"g=self-medical-{min(medical, 2)}")
    return cues


def plain_shape(text: str, tokens: list[str]) -> list[str]:
    """The cues that follow from the text alone."""
    size = len(tokens)
    cues = [_LENGTH_CUES[size] if size < len(_LENGTH_CUES) else _LENGTH_CUES[-1]]
    last = text[-1:]
    if last in _CLOSING:
        last = text.rstrip(_CLOSING)[-1:]
    if last == "?":
        cues.append("g=question")
    elif last == ":":
        cues.append("g=colon-end")
    elif last not in ".!;…":
        cues.append("g=no-end")
    if text[:1].islower():
        cues.append("g=lower-start")
    if tokens and tokens[0] in _ASKS_FIRST:
        cues.append("g=asks-first")
    if "%" in tokens:
        cues.append("g=percent")
    if size > 3 and len(_LATER_CAPITAL.findall(text)) * 2 > size and _title_case(text):
        cues.append("g=title-case")
    if ("(" in text or "." in text[:-1]) and _REFERENCE.search(text):
        cues.append("g=looks-like-reference")
    return cues


def _title_case(text: str) -> bool:
    """Whether most words behind the first begin with a capital letter."""
    pieces = text.split()[1:]
    return len(pieces) > 2 and sum(1 for piece in pieces if piece[:1].isupper()) >= 0.6 * len(pieces)


def first_cues(lists: Collection[str]) -> list[str]:
    """Cues from the lists in which the first word of a sentence stands."""
    return [f"g=first-{name}" for name in _FIRST if name in lists]


def see(text: str, vocabulary: Vocabulary) -> tuple[dict[str, int], list[Hit], list[str]]:
    """The counted features of one sentence given without its citations, the terms found in it, and its tokens.

    This is the judge's own way of looking, written plainly; :class:`evidence.claims.Judge` does the same faster, and a
    test holds the two together.
    """
    tokens = tokenise(text)
    found: dict[str, int] = {}
    hits: list[Hit] = []
    lists: dict[str, None] = {}
    before, classes = "^", "^"
    at = 0
    first: tuple[str, ...] = ()
    while at < len(tokens):
        length, name = vocabulary.phrase(tokens, at)
        if length:
            words = " ".join(tokens[at : at + length])
            seen = phrase_word(words, name)
        else:
            length, words = 1, tokens[at]
            seen = word(words, vocabulary)
        if at == 0:
            first = seen.lists
        hits += [Hit(name, words) for name in seen.lists if name in vocabulary.kinds]
        for feature in (*seen.features, f"b={before} {seen.unit}"):
            found[feature] = found.get(feature, 0) + 1
        before = seen.unit
        for following in seen.classes:
            feature = f"q={classes} {following}"
            found[feature] = found.get(feature, 0) + 1
            classes = following
        lists.update(dict.fromkeys(seen.lists))
        at += length
    for feature in (
        f"b={before} $",
        f"q={classes} $",
        *("k=" + name for name in lists),
        *first_cues(first),
        *shape(text, tokens, lists),
    ):
        found[feature] = found.get(feature, 0) + 1
    return found, hits, tokens
