"""What the judge sees in a sentence: words, pairs of words, lexicon lists, and cues of grammar.

Names of medicines, conditions, numbers and the like are replaced by their list before pairs are made, so that
what was learned of one medicine holds for the next.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from evidence.vocabulary import TOKEN, Hit, Vocabulary

# Lists whose words stand for each other in a pair of words, in order of precedence.
_ABSTRACT = {
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
# Lists that say "medicine" by themselves; the others are everyday words that gain weight beside these.
_MEDICAL = frozenset(
    """drugs brands misspellings drug_stems drug_classes street_names substances conditions condition_stems symptoms
    withdrawal pathogens anatomy physiology receptors transmitters mechanisms procedures nutrition""".split()
)
_SELF = frozenset("i i'm i've i'd i'll im ive me my mine myself".split())
_WE = frozenset("we we're we've us our ours ourselves".split())
_YOU = frozenset("you you're you've your yours yourself u ur".split())
_KIN = frozenset(
    """mom mum mother dad father wife husband son daughter sister brother boyfriend girlfriend partner friend friends
    aunt uncle grandmother grandfather gran grandma grandpa cousin colleague neighbour neighbor""".split()
)
_CARER = frozenset("doctor doc gp psychiatrist pdoc prescriber nurse therapist pharmacist physician".split())
_HE_SHE = frozenset("he she him her his hers he's she's".split())
_IT = frozenset("it it's its this these they their them those that".split())
_ASKS = frozenset("what why how when where who which whose whom".split())
_ASKS_FIRST = frozenset("is are was were do does did can could should would will has have had am may might".split())
_MODALS = {
    "may": "may", "might": "may", "could": "may", "can": "can", "cannot": "can", "can't": "can",
    "should": "should", "must": "should", "ought": "should", "shouldn't": "should", "need": "should", "needs": "should",
    "will": "will", "would": "would", "won't": "will", "wouldn't": "would",
}  # fmt: skip
_BE = frozenset("is are isn't aren't 's be".split())
_WAS = frozenset("was were wasn't weren't had did didn't hadn't went got felt took".split())
_HAS = frozenset("has have hasn't haven't does do doesn't don't".split())
_NOT = frozenset("not no never none nor cannot can't isn't aren't doesn't don't didn't won't without neither".split())
_WHY = frozenset("because since due causes caused".split())
_HEDGES = frozenset(
    "appears appear seems seem suggests suggest likely unlikely possibly probably perhaps thought believed reportedly".split()
)
_COMMANDS = frozenset(
    """ask avoid be bring call check choose click come consider contact continue create discuss do don't download eat ensure
    find follow get give go help install join keep learn leave let let's look make note open please plan put read
    remember report run save see seek send set share start stay stop take talk tell think try turn update use visit
    wait watch write add remove select enter press hold place rest wash wear apply cook mix stir add speak
    donate subscribe register submit enjoy""".split()
)
_REQUESTS = frozenset("please help anyone anybody advice thanks thank hello hi hey hope wish wondering".split())
_OPINION = frozenset("think believe opinion feel feels feeling guess imho imo honestly personally love hate".split())
_META = frozenset(
    """page section chapter article post blog site website link below above following here table figure guide
    document list read more author updated published edited licence license content reference references""".split()
)
_STOP = frozenset("a an the of and or to in on for with by as at from".split())
_REFERENCE = re.compile(r"\bet al\b|\bdoi\b|\bpp?\. ?\d|\(\d{4}\)|\d+\(\d+\):\d+|\bISBN\b|\bVol\b", re.IGNORECASE)


@dataclass(frozen=True)
class Seen:
    """Everything found in one sentence: features (sorted by first appearance, no repeats), lexicon hits, tokens."""

    features: tuple[str, ...]
    hits: tuple[Hit, ...]
    tokens: tuple[str, ...]


_ENDINGS: dict[str, str] = {}


def stem(word: str) -> str:
    """A light stem: plural and common verb endings off. Enough to join forms, not to find roots."""
    known = _ENDINGS.get(word)
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
        _ENDINGS[word] = known
    return known


def see(text: str, vocabulary: Vocabulary) -> Seen:
    """The features of one sentence, given without its citations.

    Features are strings: ``w=`` a word, ``b=`` a pair, ``k=`` a list it has a term of, ``kk=`` two lists together,
    ``g=`` a cue of grammar, ``e=`` the ending of a word in no list, ``f=`` how it begins, ``n=`` its length.
    """
    raw = TOKEN.findall(text)
    tokens = [token.lower().replace("’", "'") for token in raw]
    abstract, hits, lists = _abstract(tokens, vocabulary)
    found: dict[str, None] = {}
    previous = "^"
    for token, kind in zip(tokens, abstract, strict=True):
        if kind not in ("NUM", "%", "?", "!"):
            root = stem(token)
            found["w=" + root] = None
            if kind is token and len(token) > 5:
                found["e=" + token[-4:]] = None
        unit = kind if kind is not token else stem(token)
        found[f"b={previous} {unit}"] = None
        previous = unit
    found[f"b={previous} $"] = None
    names = sorted(lists)
    for at, name in enumerate(names):
        found["k=" + name] = None
        for other in names[at + 1 :]:
            found[f"kk={name}+{other}"] = None
    _grammar(text, tokens, abstract, lists, found)
    return Seen(tuple(found), tuple(hits), tuple(tokens))


def _abstract(tokens: list[str], vocabulary: Vocabulary) -> tuple[list[str], list[Hit], set[str]]:
    """Each token or what it stands for, the lexicon hits in order, and the lists hit."""
    abstract: list[str] = []
    hits: list[Hit] = []
    lists: set[str] = set()
    at, size = 0, len(tokens)
    phrases, look_up = vocabulary.phrases, vocabulary.look_up
    while at < size:
        token = tokens[at]
        if token[0].isdigit():
            abstract.append("NUM")
            at += 1
            continue
        starting = phrases.get(token)
        if starting is not None:
            length, name = _phrase(tokens, at, starting, vocabulary)
            if length:
                hits.append(Hit(name, " ".join(tokens[at : at + length])))
                lists.add(name)
                abstract.append(_ABSTRACT.get(name) or tokens[at])
                abstract.extend("_" for _ in range(length - 1))
                at += length
                continue
        _, of = look_up(token)
        kind = token
        for name in of:
            hits.append(Hit(name, token))
            lists.add(name)
            kind = _ABSTRACT.get(name, kind) if kind is token else kind
        abstract.append(kind)
        at += 1
    return abstract, hits, lists


def _phrase(tokens: list[str], at: int, starting: dict[tuple[str, ...], str], vocabulary: Vocabulary) -> tuple[int, str]:
    """Length and list of the longest phrase that begins at a token; 0 where none does."""
    for length in range(min(vocabulary.longest, len(tokens) - at), 1, -1):
        window = tuple(tokens[at : at + length])
        name = starting.get(window)
        if name is None and window[-1].endswith("s"):
            name = starting.get((*window[:-1], window[-1][:-1])) or (
                starting.get((*window[:-1], window[-1][:-2])) if window[-1].endswith("es") else None
            )
        if name is not None:
            return length, name
    return 0, ""


def _grammar(text: str, tokens: list[str], abstract: list[str], lists: set[str], found: dict[str, None]) -> None:
    """Add the cues of grammar: person, tense, mood, question, command, fragment, length, beginning."""
    words = set(tokens)
    size = len(tokens)
    cue = found.setdefault
    first = tokens[0] if tokens else ""
    me = not words.isdisjoint(_SELF)
    if me:
        cue("g=I")
    if not words.isdisjoint(_WE):
        cue("g=we")
    you = not words.isdisjoint(_YOU)
    if you:
        cue("g=you")
    if not words.isdisjoint(_KIN):
        cue("g=kin")
    if not words.isdisjoint(_CARER):
        cue("g=carer")
    if not words.isdisjoint(_HE_SHE):
        cue("g=he-she")
    if not (me or you):
        cue("g=nobody")
    if first in _IT:
        cue("g=it-first")
    if first in _SELF or first in _WE:
        cue("g=I-first")
    if first in _ASKS or first in _ASKS_FIRST:
        cue("g=asks-first")
    stripped = text.rstrip(" \"'”’)*_")
    if stripped.endswith("?"):
        cue("g=question")
        if any(token[0].isdigit() for token in tokens):
            cue("g=question-with-number")
    elif not stripped.endswith((".", "!", ";", "…")):
        cue("g=colon-end" if stripped.endswith(":") else "g=no-end")
    if "!" in tokens:
        cue("g=exclaims")
    for token in tokens:
        modal = _MODALS.get(token)
        if modal is not None:
            cue("g=modal-" + modal)
    now = not words.isdisjoint(_BE) or not words.isdisjoint(_HAS)
    past = not words.isdisjoint(_WAS) or any(len(t) > 4 and t.endswith("ed") for t in tokens)
    if now:
        cue("g=present")
    if past:
        cue("g=past" if now else "g=past-only")
    if not words.isdisjoint(_BE):
        cue("g=is")
    if not (now or past) and not any(g.startswith("g=modal") for g in found):
        cue("g=no-helper")
        if not any(t.endswith("s") and len(t) > 3 for t in tokens) and "effects" not in lists:
            cue("g=no-verb")
    command = first in _COMMANDS or (
        first in ("always", "never", "also", "then", "just") and len(tokens) > 1 and tokens[1] in _COMMANDS
    )
    if command:
        cue("g=command")
        if not words.isdisjoint(_WHY):
            cue("g=command-because")
    for name, group in (
        ("not", _NOT),
        ("hedge", _HEDGES),
        ("request", _REQUESTS),
        ("opinion", _OPINION),
        ("why", _WHY),
        ("meta", _META),
    ):
        if not words.isdisjoint(group):
            cue("g=" + name)
    medical = len(lists & _MEDICAL)
    cue(f"g=medical-{min(medical, 4)}")
    if me:
        cue(f"g=I-medical-{min(medical, 2)}")
        if now and any(a in ("DRUG", "SUBST", "COND") for a in abstract[:3]):
            cue("g=I-but-general")
    if not medical and "everyday" in lists:
        cue("g=everyday-only")
    if any(token[0].isdigit() for token in tokens):
        cue("g=number")
    if "%" in words:
        cue("g=percent")
    if _REFERENCE.search(text):
        cue("g=looks-like-reference")
    capitals = sum(1 for piece in text.split()[1:] if piece[:1].isupper())
    if size > 3 and capitals >= 0.6 * (size - 1):
        cue("g=title-case")
    if text[:1].islower():
        cue("g=lower-start")
    if size:
        cue("f=" + (abstract[0] if abstract[0] != tokens[0] else stem(first)))
        if size > 1:
            second = abstract[1] if abstract[1] != tokens[1] else stem(tokens[1])
            cue(f"f2={abstract[0] if abstract[0] != tokens[0] else first} {second}")
    bucket = next((limit for limit in (3, 6, 9, 13, 19, 27) if size <= limit), 99)
    cue(f"n={bucket}")


def first_person(tokens: tuple[str, ...]) -> bool:
    """Whether a sentence speaks of its writer ("I", "my", "we")."""
    return any(token in _SELF or token in _WE for token in tokens)
