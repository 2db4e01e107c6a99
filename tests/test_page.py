"""Which sentence a citation belongs to, and what a reference covers."""

from __future__ import annotations

import pytest
from evidence import page, source


def statuses(text: str) -> list[tuple[str, str, list[str]]]:
    """The words of each sentence, its class and its keys."""
    read = page.read(source.Source("post.md", text))
    return [(sentence.words, sentence.status, sentence.keys) for sentence in read.sentences]


def test_an_author_at_the_start_of_a_sentence() -> None:
    """A narrative citation belongs to the sentence that it opens, not to the one before it."""
    found = statuses("Lorazepam prevents seizures. @baandrup2018pharmacological is where we read on.")
    assert [(status, keys) for _, status, keys in found] == [("uncited", []), ("cited", ["baandrup2018pharmacological"])]
    assert found[1][0] == "Baandrup is where we read on."
    found = statuses("Lorazepam may help with sleep. @hadley2012switching found that pregabalin helps anxiety.")
    assert [keys for _, _, keys in found] == [[], ["hadley2012switching"]]


def test_the_place_of_such_a_sentence() -> None:
    """It begins at its author."""
    text = "I slept badly. @hadley2012switching found less anxiety in adults."
    read = page.read(source.Source("post.md", text))
    assert [text[s.start : s.end] for s in read.sentences] == [
        "I slept badly.",
        "@hadley2012switching found less anxiety in adults.",
    ]


TABLE = "\n\n| What | Seen |\n|---|---|\n| Lorazepam | prevents seizures in adults |\n"


@pytest.mark.parametrize(
    "above, status",
    [
        ("Pregabalin can slow breathing [@a2019b].", "uncited"),
        ("Pregabalin can slow breathing [@a2019b]:", "covered"),
        ("This table gives what was seen [@a2019b].", "covered"),
        ("The figures below are from one review [@a2019b].", "covered"),
        ("This table gives what was seen.", "uncited"),
    ],
)
def test_what_covers_a_table(above: str, status: str) -> None:
    """A cited sentence above a table covers it if it ends in a colon or speaks of the table."""
    assert [found for words, found, _ in statuses(above + TABLE) if words.startswith("prevents")] == [status]


def test_a_row_comes_before_what_stands_above_the_table() -> None:
    """A cell rests on the reference of its row, where it has one."""
    text = (
        "This table gives what was seen [@above2019one].\n\n| What | Source |\n|---|---|\n"
        "| Lorazepam prevents seizures in adults | [@row2012one] |\n| Diazepam reduces anxiety in adults | none |\n"
    )
    found = {words: keys for words, _, keys in statuses(text)}
    assert found["Lorazepam prevents seizures in adults"] == ["row2012one"]
    assert found["Diazepam reduces anxiety in adults"] == ["above2019one"]
