"""Sentences are cut exactly, wherever they stand on a page, and each keeps its place in the file."""

from __future__ import annotations

import json
import random
import time
from pathlib import Path

import pytest
from evidence import blocks, inline, sentences
from evidence.source import Source

PASSAGES = [
    json.loads(line) for line in (Path(__file__).parent / "data" / "sentences.jsonl").read_text(encoding="utf-8").splitlines()
]


def spans(text: str) -> list[tuple[int, int, str]]:
    """Start, end and words of each sentence of a page."""
    prose = blocks.read(Source("page.md", text))
    assert len(prose.quiet) == len(text)
    return [
        (block.start + start, block.start + end, inline.words(prose.quiet[block.start + start : block.start + end]))
        for block in prose.blocks
        for start, end in sentences.cut(prose.quiet[block.start : block.end])
    ]


def test_there_are_enough_passages() -> None:
    """The data file covers the field."""
    assert len(PASSAGES) >= 240
    assert len({passage["category"] for passage in PASSAGES}) >= 30


@pytest.mark.parametrize("passage", PASSAGES, ids=[f"{p['category']}-{n}" for n, p in enumerate(PASSAGES)])
def test_passage(passage: dict[str, object]) -> None:
    """The sentences of a passage are those an editor cuts."""
    text = str(passage["text"])
    assert [words for _, _, words in spans(text)] == passage["sentences"]


@pytest.mark.parametrize("passage", PASSAGES, ids=[f"{p['category']}-{n}" for n, p in enumerate(PASSAGES)])
def test_places_are_true(passage: dict[str, object]) -> None:
    """Sentences follow each other, and begin and end in the file where their words do."""
    text = str(passage["text"])
    at = 0
    for start, end, words in spans(text):
        assert at <= start < end <= len(text)
        first, last = words[0], words[-1]
        assert text[start] == first or text[start].isspace() is False
        assert text[end - 1] == last
        at = end


def test_no_character_is_lost() -> None:
    """Whatever stands in a block, its sentences hold every character that is not space."""
    pieces = [
        "e.g. ",
        "Dr. ",
        "5 mg. ",
        "A. B",
        "“It. Is.” ",
        "… ",
        "?",
        "!) ",
        "GABA A. ",
        "\n",
        "vs. ",
        "no. 4 ",
        "p. ",
        "word ",
    ]
    generator = random.Random(7)
    for _ in range(500):
        text = "".join(generator.choice(pieces) for _ in range(generator.randrange(1, 40)))
        found = sentences.cut(text)
        assert "".join(text[a:b] for a, b in found).replace(" ", "").replace("\n", "") == "".join(text.split())


@pytest.mark.parametrize("piece", ["e.g. ", "Dr. ", "“a. ", '"a. ', "a… ", "(a. ", "A. ", "1. "])
def test_time_grows_with_length_alone(piece: str) -> None:
    """A page of nothing but doubtful full stops takes no longer per character than any other."""
    began = time.perf_counter()
    sentences.cut(piece * 40_000)
    assert time.perf_counter() - began < 5
