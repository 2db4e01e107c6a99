"""The words that mark medicine: the lists in ``lexicon/``, and how a word of a sentence is found in them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "lexicon"

# What a hit in a list tells a writer. The order is that of the lists a reader would look into first.
SAYS: dict[str, str] = {
    "drugs": "names a medicine",
    "brands": "names a medicine",
    "misspellings": "names a medicine",
    "drug_stems": "names a medicine",
    "drug_classes": "names a group of medicines",
    "street_names": "names a drug",
    "substances": "names a substance",
    "conditions": "names a condition",
    "condition_stems": "names a condition",
    "symptoms": "names a symptom",
    "withdrawal": "speaks of withdrawal or dependence",
    "pathogens": "names a germ",
    "anatomy": "names a part of the body",
    "physiology": "names a function of the body",
    "receptors": "names a receptor",
    "transmitters": "names a messenger of the body",
    "mechanisms": "tells how it acts",
    "procedures": "names a test or procedure",
    "nutrition": "names a nutrient or diet",
    "treatment": "speaks of treatment",
    "effects": "states an effect",
    "causation": "states a cause",
    "risk": "states a risk or safety",
    "frequency": "says how often",
    "dosing": "speaks of a dose",
    "units": "gives a measured amount",
    "study": "reports what was studied",
    "regulation": "states approval or control",
    "people": "says in whom",
    "everyday": "speaks of something else than medicine",
}


@dataclass(frozen=True)
class Hit:
    """A lexicon term found in a sentence: the list, and the words as they stand there."""

    list: str
    words: str


def read_list(path: Path) -> tuple[list[str], list[str]]:
    """The header lines and the terms of one list, both in the order of the file."""
    header: list[str] = []
    terms: list[str] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            header.append(line[1:].strip())
        elif line.strip():
            terms.append(line.strip())
    return header, terms


def _bases(word: str) -> tuple[str, ...]:
    """Forms under which a word may stand in a list, likeliest first: plural, past and -ing endings taken off."""
    forms = [word]
    if word.endswith(("'s", "’s")):
        word = word[:-2]
        forms.append(word)
    if len(word) > 4 and word.endswith("ies"):
        forms.append(word[:-3] + "y")
    if len(word) > 4 and word.endswith("es"):
        forms += [word[:-1], word[:-2]]
    elif len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        forms.append(word[:-1])
    if len(word) > 5 and word.endswith("ied"):
        forms.append(word[:-3] + "y")
    elif len(word) > 4 and word.endswith("ed"):
        forms += [word[:-1], word[:-2]]
        if word[-3] == word[-4]:
            forms.append(word[:-3])
    if len(word) > 5 and word.endswith("ing"):
        forms += [word[:-3], word[:-3] + "e"]
        if word[-4] == word[-5]:
            forms.append(word[:-4])
    return tuple(forms)


@dataclass
class Vocabulary:
    """All lists, indexed: single words, phrases by their first word, and word endings and beginnings."""

    words: dict[str, tuple[str, ...]] = field(default_factory=dict)
    phrases: dict[str, dict[tuple[str, ...], str]] = field(default_factory=dict)
    endings: list[tuple[str, str]] = field(default_factory=list)
    beginnings: list[tuple[str, str]] = field(default_factory=list)
    longest: int = 1

    def __post_init__(self) -> None:
        """Prepare the memory of words already looked up; texts repeat their words."""
        self._known: dict[str, tuple[str, tuple[str, ...]]] = {}

    def add(self, name: str, terms: list[str]) -> None:
        """Index the terms of the list ``name``."""
        for term in terms:
            if term.startswith("-"):
                self.endings.append((term[1:], name))
            elif term.endswith("-"):
                self.beginnings.append((term[:-1], name))
            elif " " in term:
                parts = tuple(term.split())
                self.phrases.setdefault(parts[0], {})[parts] = name
                self.longest = max(self.longest, len(parts))
            else:
                known = self.words.get(term, ())
                if name not in known:
                    self.words[term] = (*known, name)

    def look_up(self, word: str) -> tuple[str, tuple[str, ...]]:
        """The base form of a lower-case word and the lists it stands in, "" and () for none."""
        known = self._known.get(word)
        if known is None:
            known = self._look_up(word)
            self._known[word] = known
        return known

    def _look_up(self, word: str) -> tuple[str, tuple[str, ...]]:
        forms = _bases(word)
        for form in forms:
            lists = self.words.get(form)
            if lists:
                return form, lists
        if "-" in word:
            found: list[str] = []
            for part in word.split("-"):
                for name in self.look_up(part)[1]:
                    if name not in found:
                        found.append(name)
            if found:
                return word, tuple(found)
        # Endings such as -azepam speak only in words long enough to have something before them.
        for form in forms:
            for ending, name in self.endings:
                if len(form) >= len(ending) + 3 and form.endswith(ending):
                    return form, (name,)
            for beginning, name in self.beginnings:
                if len(form) >= len(beginning) + 3 and form.startswith(beginning):
                    return form, (name,)
        return "", ()


@cache
def load(folder: Path = FOLDER) -> Vocabulary:
    """The vocabulary of all ``*.txt`` lists in a folder."""
    vocabulary = Vocabulary()
    for path in sorted(folder.glob("*.txt")):
        vocabulary.add(path.stem, read_list(path)[1])
    return vocabulary


TOKEN = re.compile(r"[^\W\d_](?:[\w'’]|[-–](?=[^\W_]))*|\d+(?:[.,]\d+)*|[%?!$€£]", re.UNICODE)
