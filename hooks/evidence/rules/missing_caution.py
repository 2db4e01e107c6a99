"""A page on a topic that needs a warning, without the warning."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from evidence.diagnostic import Diagnostic, shorten
from evidence.page import Page, Sentence
from evidence.rules.rule import Setting

# How many words may stand between a warning's word and its harm: "seizures can follow if a benzodiazepine is stopped abruptly".
_BESIDE = 10
_NAME = re.compile(r"[a-z]+")


@dataclass(frozen=True)
class Caution:
    """A row of ``cautions.yml``: the topic by lists of words, how many claims make it one, and what contents it.

    ``warns`` finds the warning's words; where the row asks for a harm beside them, the two together.
    """

    topic: str
    warning: str
    about: tuple[re.Pattern[str], ...]
    sentences: int
    warns: re.Pattern[str]
    references: tuple[str, ...]


def _words(alternatives: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{alternatives})\b", re.IGNORECASE)


def _warning(words: str, beside: str | None) -> re.Pattern[str]:
    """The words of a warning; with ``beside``, next to one of those or up to :data:`_BESIDE` words away, on either side."""
    if beside is None:
        return _words(words)
    gap = rf"(?:\W+\w+){{0,{_BESIDE}}}?\W+"
    return re.compile(rf"\b(?:(?:{words})\b{gap}(?:{beside})|(?:{beside})\b{gap}(?:{words}))\b", re.IGNORECASE)


@cache
def _data() -> dict[str, Any]:
    """What ``cautions.yml`` holds."""
    data: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("cautions.yml").read_text(encoding="utf-8"))
    return data


@cache
def groups() -> dict[str, str]:
    """The group of each name, from ``groups`` of ``cautions.yml``."""
    return {name: group for group, names in _data()["groups"].items() for name in names.split()}


@cache
def cautions() -> tuple[Caution, ...]:
    """The rows of ``cautions.yml``, in their order."""
    return tuple(
        Caution(
            row["topic"],
            row["warning"],
            tuple(map(_words, row["about"])),
            row["sentences"],
            _warning(row["warns"], row.get("beside")),
            tuple(row["references"]),
        )
        for row in _data()["cautions"]
    )


def check(page: Page, setting: Setting) -> Iterator[Diagnostic]:
    """Each caution that the topic of the page asks for and no cited sentence gives, at the first sentence on the topic.

    Silent where no bibliography is known: then nobody can cite the warning either.
    """
    claims = page.claims
    if not claims or not setting.bibliographies:
        return
    title = _grouped(str(page.source.meta.get("title", "")))
    grouped = [_grouped(sentence.words) for sentence in claims]
    hits: dict[re.Pattern[str], list[bool]] = {}  # rows share their lists
    for caution in cautions():
        for about in caution.about:
            if about not in hits:
                hits[about] = [about.search(words) is not None for words in grouped]
        first = _on_topic(caution, claims, [hits[about] for about in caution.about], title)
        if first is None or any(_warns(caution, sentence, setting) for sentence in claims):
            continue
        known = [key for key in caution.references if setting.knows(key)]
        cite = f"; cite one of {', '.join(known[:3])}" if known else ""
        yield Diagnostic(
            page.source.place(first.start, first.end),
            "missing-caution",
            f"is about {caution.topic}, and the page does not warn that {caution.warning}"
            if not caution.warning.startswith(("never", "only"))
            else f"is about {caution.topic}, and the page does not say: {caution.warning}",
            shorten(page.source.text[first.start : first.end]),
            f"add the warning in a sentence with its reference{cite}",
        )


def _grouped(words: str) -> str:
    """The words, with the groups of the names in them behind: one search for a group then finds each of its names."""
    known = groups()
    found = {known[name] for name in _NAME.findall(words.lower()) if name in known}
    return " ".join((words, *sorted(found))) if found else words


def _on_topic(caution: Caution, claims: Sequence[Sentence], hits: Sequence[Sequence[bool]], title: str) -> Sentence | None:
    """The first claim on the topic, if there are enough; else None. ``hits`` tells which claims have a word of each list."""
    named = [
        sum(found) + (caution.sentences + 1 if about.search(title) else 0)
        for about, found in zip(caution.about, hits, strict=True)
    ]
    by_claim = list(zip(claims, zip(*hits, strict=True), strict=True))
    together = [sentence for sentence, found in by_claim if all(found)]
    if len(together) >= caution.sentences:
        return together[0]
    if min(named) <= caution.sentences:
        return None
    return next((sentence for sentence, found in by_claim if any(found)), None)


def _warns(caution: Caution, sentence: Sentence, setting: Setting) -> bool:
    """Whether a sentence gives the warning with a reference for it."""
    keys = sentence.keys
    if not keys or not caution.warns.search(sentence.words):
        return False
    known = [key for key in caution.references if setting.knows(key)]
    return any(key in known for key in keys) if known else any(map(setting.knows, keys))
