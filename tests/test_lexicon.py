"""The word lists: in order, without repeats, each term in its place, each list saying what it is."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest
from evidence import features, vocabulary
from evidence.vocabulary import TOKEN, WordList

LISTS = vocabulary.lists()


@pytest.mark.parametrize("words", LISTS, ids=lambda words: f"{words.kind}/{words.name}")
def test_list(words: WordList) -> None:
    """A list has its scope, authority and meaning on top, and its terms sorted, in lower case and once each."""
    assert {"scope", "authority", "says"} <= set(words.header), f"{words.name}: say scope, authority and says on top"
    assert all(words.header.values())
    for before, after in zip(words.terms, words.terms[1:], strict=False):
        assert before < after, f"{words.name}: ‘{after}’ stands after ‘{before}’: put it in its alphabetical place, once"
    for term in words.terms:
        assert term == term.lower().strip(), f"{words.name}: write ‘{term}’ in lower case, without spaces around it"


@pytest.mark.parametrize("words", LISTS, ids=lambda words: f"{words.kind}/{words.name}")
def test_terms_can_be_met(words: WordList) -> None:
    """Each term is cut into words as a sentence would be: what is cut otherwise could never be found."""
    for term in words.terms:
        if words.name.endswith("_stems"):
            assert term.startswith("-") or term.endswith("-"), f"{words.name}: ‘{term}’ is no ending; end or begin it with -"
            continue
        tokens = TOKEN.findall(term)
        assert tokens and "".join(tokens) == "".join(c for c in term if c not in " /.,()+"), (
            f"{words.name}: ‘{term}’ would be read as {tokens}; write it as those words"
        )
        assert not term.startswith("-") and not term.endswith("-"), f"{words.name}: endings go into a list of stems"


@pytest.mark.parametrize("kind", ["medicine", "worlds"])
def test_a_term_stands_in_one_list(kind: str) -> None:
    """Where a term is in two lists of one kind, one of them is wrong."""
    where: dict[str, list[str]] = defaultdict(list)
    for words in LISTS:
        if words.kind == kind:
            for term in words.terms:
                where[term].append(words.name)
    twice = {term: names for term, names in where.items() if len(names) > 1}
    assert not twice, f"choose one list for each: {twice}"


def test_medicine_is_not_another_world() -> None:
    """A word of medicine in a list of another world would speak against itself."""
    medicine = {term for words in LISTS if words.kind == "medicine" for term in words.terms}
    worlds = {term: words.name for words in LISTS if words.kind == "worlds" for term in words.terms}
    both = sorted(set(worlds) & medicine)
    assert both == [], f"take these out of worlds/: {both}"


def test_lists_that_the_judge_names_are_there() -> None:
    """The judge knows some lists by name."""
    names = {words.name for words in LISTS} | {"-ed"}
    for known in (features.MEDICAL, features.TOPIC, features.PERSONS, features.HELPERS, set(features.ABSTRACT)):
        assert set(known) <= names


@pytest.mark.parametrize(
    "word, name",
    [
        ("pregabalin", "drugs"),
        ("seizures", "symptoms"),
        ("zorazepam", "drug_stems"),
        ("xanax", "brands"),
        ("pregablin", "misspellings"),
        ("reduces", "effects"),
        ("compilers", "software"),
        ("simmering", "food-and-cooking"),
        ("we're", "we"),
    ],
)
def test_words_are_found(word: str, name: str) -> None:
    """Endings are taken off, stems are matched, misspellings are known."""
    assert name in vocabulary.load().look_up(word)


def test_a_new_word_is_one_line(tmp_path: object) -> None:
    """A term added to a list is found at once, in its forms, and in phrases."""
    new = vocabulary.Vocabulary()
    new.add(WordList("effects", "medicine", {"says": "states an effect"}, ["frobnicate", "turn down"]))
    assert new.look_up("frobnicates") == ("effects",)
    assert new.look_up("frobnicating") == ("effects",)
    assert new.phrase(["turn", "down", "it"], 0) == (2, "effects")
    assert new.phrase(["turn", "up", "it"], 0) == (0, "")


@pytest.mark.parametrize("path", sorted((vocabulary.FOLDER / "sentences").glob("*.txt")), ids=lambda path: path.stem)
def test_lists_for_cutting_sentences(path: Path) -> None:
    """They are sorted too, without repeats, and say what they hold."""
    words = vocabulary.read_list(path)
    assert {"scope", "authority"} <= set(words.header)
    assert words.terms == sorted(set(words.terms))
