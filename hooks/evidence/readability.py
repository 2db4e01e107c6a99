"""How hard a page is to read: the Flesch-Kincaid grade of its prose.

Grade = 0.39 x words per sentence + 11.8 x syllables per word - 15.59, after Kincaid, Fishburne, Rogers and Chissom 1975,
"Derivation of new readability formulas for Navy enlisted personnel". A grade of 8 is what somebody with eight years of
school reads with ease. Names of medicines count as words of two syllables: a page about them cannot do without, and
its readers know the name of what they take.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from evidence import vocabulary
from evidence.page import Page

_WORD = re.compile(r"[A-Za-zÀ-ÖØ-öø-ÿ][A-Za-zÀ-ÖØ-öø-ÿ'’]*")
_VOWELS = re.compile(r"[aeiouyàâäéèêëïîôöûü]+")
# Two vowels that are spoken apart: "radio" but not "nation", "science" but not "friend", "being", "fluid", "create".
_APART = re.compile(
    r"(?<![ctsg])i[aou]|iet(?=s?\b|y)|(?<=\bsc)ie|(?<![ct])ie(?=n[tc])|ea\b|(?<=cr)ea(?=t)|[aeiouy](?=ing\b)|o(?=e[mt])|ui(?=d)|"
    r"(?<![gq])ua(?!r[dt])|(?<!p)eo(?!u)|uou"
)
_MEDICINES = frozenset({"drugs", "brands", "drug_classes", "drug_stems", "street_names", "transmitters"})
# A list item or cell of one or two words is a label; counted as a sentence it would make any page look easy.
_SHORTEST = 3


@dataclass(frozen=True)
class Reading:
    """Counts of a page: sentences, words and syllables, and the grade that follows from them (0 without prose)."""

    sentences: int
    words: int
    syllables: int

    @property
    def grade(self) -> float:
        """The Flesch-Kincaid grade, to one decimal."""
        if not self.sentences or not self.words:
            return 0.0
        return round(0.39 * self.words / self.sentences + 11.8 * self.syllables / self.words - 15.59, 1)


def syllables(word: str) -> int:
    """How many syllables an English word has, by its groups of vowels; at least one.

    A silent e at the end, and -es and -ed that are not spoken, do not count. Right for some nine words in ten,
    which is enough for an average over a page.
    """
    lower = word.lower().replace("’", "'").removesuffix("'s")
    if len(lower) <= 3:
        return 1
    groups = len(_VOWELS.findall(lower))
    if (
        (lower.endswith("e") and not lower.endswith(("le", "ee", "ie", "oe", "ye")))
        or (lower.endswith("es") and not lower.endswith(("ses", "zes", "xes", "ches", "shes", "ges", "ces", "ies", "oes", "ees")))
        or (lower.endswith("ed") and not lower.endswith(("ted", "ded", "ied", "eed")))
    ) or (re.search(r"[^aeiouy]le$", lower) is None and lower.endswith("le")):
        groups -= 1
    return max(groups + len(_APART.findall(lower)), 1)


def measure(page: Page) -> Reading:
    """Count the prose of a page: paragraphs, list items, notes and table cells of three words and more, no headings."""
    lists = vocabulary.load()
    count_sentences = count_words = count_syllables = 0
    for sentence in page.sentences:
        if page.prose.blocks[sentence.block].kind in ("heading", "title", "abbreviation"):
            continue
        words = _WORD.findall(sentence.words)
        if len(words) < _SHORTEST:
            continue
        count_sentences += 1
        count_words += len(words)
        for word in words:
            named = _MEDICINES.intersection(lists.look_up(word.lower()))
            count_syllables += 2 if named else syllables(word)
    return Reading(count_sentences, count_words, count_syllables)
