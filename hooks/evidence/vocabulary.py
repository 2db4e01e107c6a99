"""The words that mean something to the judge: the lists in ``lexicon/``, and how a word of a sentence is found in them.

Three kinds of lists: of medicine (``lexicon/*.txt``), of other worlds (``lexicon/worlds``: software, cooking, law …) and of
grammar (``lexicon/grammar``: persons, tenses, doubt …). A list says on top what it holds, by which authority, and what a hit
tells a writer. Adding a word is one line in its alphabetical place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent / "lexicon"

TOKEN = re.compile(r"\d(?:[^\W\d_])?[-–][^\W\d_][\w'’-]*|[^\W\d_](?:[\w'’]|[-–](?=[^\W_]))*|\d+(?:[.,]\d+)*|[%?!$€£#@]")


class WordList(NamedTuple):
    """One list: its name, its kind (``medicine``, ``worlds``, ``grammar``), what it says on top, and its terms in order."""

    name: str
    kind: str
    header: dict[str, str]
    terms: list[str]


def read_list(path: Path) -> WordList:
    """Read one list: ``# name: words`` lines on top, then a term a line."""
    header: dict[str, str] = {}
    terms: list[str] = []
    for line in path.read_text(encoding="utf-8").split("\n"):
        if line.startswith("#"):
            name, _, words = line[1:].partition(":")
            header[name.strip()] = words.strip()
        elif line.strip():
            terms.append(line.strip())
    return WordList(path.stem, path.parent.name if path.parent.name in ("worlds", "grammar") else "medicine", header, terms)


def lists(folder: Path = FOLDER) -> list[WordList]:
    """All lists below a folder: medicine, then worlds, then grammar, each in alphabetical order."""
    paths = [*sorted(folder.glob("*.txt")), *sorted(folder.glob("worlds/*.txt")), *sorted(folder.glob("grammar/*.txt"))]
    return [read_list(path) for path in paths]


def bases(word: str) -> tuple[str, ...]:
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
        forms += [word[:-3] + "e", word[:-3]]
        if word[-4] == word[-5]:
            forms.append(word[:-4])
    return tuple(forms)


def forms(word: str) -> tuple[str, ...]:
    """The forms whose base may be ``word``: itself, then with the endings of plural and verb."""
    found = [word, word + "s", word + "es", word + "ed", word + "ing"]
    if word.endswith("y"):
        found += [word[:-1] + "ies", word[:-1] + "ied"]
    if word.endswith("e"):
        found += [word + "d", word[:-1] + "ing"]
    return tuple(found)


@dataclass
class Vocabulary:
    """All lists, indexed: single words, phrases by their first two words, and word endings and beginnings.

    ``says`` and ``kinds`` tell for the name of a list what a hit tells a writer, and which kind of list it is.
    """

    words: dict[str, tuple[str, ...]] = field(default_factory=dict)
    phrases: dict[str, dict[str, list[tuple[tuple[str, ...], str]]]] = field(default_factory=dict)
    endings: list[tuple[str, str]] = field(default_factory=list)
    beginnings: list[tuple[str, str]] = field(default_factory=list)
    says: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Prepare the memory of words already looked up; texts repeat their words."""
        self._known: dict[str, tuple[str, ...]] = {}

    def add(self, words: WordList) -> None:
        """Index the terms of a list."""
        name = words.name
        self.says[name] = words.header.get("says", f"names something of the list {name}")
        self.kinds[name] = words.kind
        for term in words.terms:
            if term.startswith("-"):
                self.endings.append((term[1:], name))
            elif term.endswith("-"):
                self.beginnings.append((term[:-1], name))
            elif len(tokens := TOKEN.findall(term)) > 1:
                first, *middle, last = tokens
                by_second = self.phrases.setdefault(first, {})
                for form in forms(last):
                    second, *rest = (*middle, form)
                    by_second.setdefault(second, []).append((tuple(rest), name))
            else:
                known = self.words.get(term, ())
                if name not in known:
                    self.words[term] = (*known, name)

    def look_up(self, word: str) -> tuple[str, ...]:
        """The lists that a lower-case word stands in, in the order of :func:`lists`; () for none."""
        known = self._known.get(word)
        if known is None:
            known = self._look_up(word)
            self._known[word] = known
        return known

    def _look_up(self, word: str) -> tuple[str, ...]:
        forms = bases(word)
        for form in forms:
            names = self.words.get(form)
            if names:
                # "was" is also in a list of grammar: the word as it stands adds what its base form does not have.
                return names
        if "-" in word:
            found: list[str] = []
            for part in word.split("-"):
                for name in self.look_up(part) if part else ():
                    if name not in found:
                        found.append(name)
            if found:
                return tuple(found)
        # Endings such as -azepam speak only in words long enough to have something before them.
        for form in forms:
            for ending, name in self.endings:
                if len(form) >= len(ending) + 3 and form.endswith(ending):
                    return (name,)
            for beginning, name in self.beginnings:
                if len(form) >= len(beginning) + 3 and form.startswith(beginning):
                    return (name,)
        return ()

    def phrase(self, tokens: list[str], at: int) -> tuple[int, str]:
        """Length in tokens and list of the longest phrase that begins at a token; (0, "") where none does."""
        by_second = self.phrases.get(tokens[at])
        if by_second is None or at + 1 >= len(tokens):
            return 0, ""
        best, found = 0, ""
        for rest, name in by_second.get(tokens[at + 1], ()):
            length = len(rest) + 2
            if length > best and tuple(tokens[at + 2 : at + length]) == rest:
                best, found = length, name
        return best, found


@cache
def load(folder: Path = FOLDER) -> Vocabulary:
    """The vocabulary of all lists below a folder."""
    vocabulary = Vocabulary()
    for words in lists(folder):
        vocabulary.add(words)
    return vocabulary
