"""The ledger: every claim of a page under an id that lasts, with the works it rests on and how strong they are."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evidence import inline, vancouver
from evidence.claims import MIN_CONFIDENCE
from evidence.page import ALLOWED, CITED, COVERED, UNCITED, Page, Sentence
from evidence.reference import STUDY_DESIGNS, Reference

_STATUSES = frozenset({CITED, COVERED, ALLOWED, UNCITED})
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Work:
    """A work that a claim names: its key, whether it is cited against the claim, and where in it to look."""

    key: str
    disputes: bool = False
    locator: str = ""


@dataclass(frozen=True)
class Claim:
    """One claim of the site.

    ``id`` depends on its page and words alone, so it stays when the sentence moves within the page. ``uses`` are the numbers,
    from 0, of its marks among all of the page; those of the covering sentence where it has none of its own.
    """

    id: str
    page: str
    line: int
    column: int
    text: str
    status: str
    confidence: float
    works: tuple[Work, ...]
    uses: tuple[int, ...]


def claim_id(page: str, text: str) -> str:
    """Ten hexadecimal digits from the name of the page and the words of the claim; case and marks do not matter."""
    words = " ".join(_WORD.findall(text.lower()))
    return hashlib.blake2b(f"{page}\n{words}".encode(), digest_size=5).hexdigest()


def words_of(page: Page, sentence: Sentence, references: Mapping[str, Reference]) -> str:
    """The words of a claim as a reader sees them.

    A work named in the running text has its short name. A cell that carries the reference of its row and says nothing itself
    (“Melatonin”) stands for the row: “Melatonin: no clear help; 38 trials”.
    """
    block = page.prose.blocks[sentence.block]
    if block.row is not None and sentence.status == CITED and sentence.confidence < MIN_CONFIDENCE:
        first, *rest = _row(page, sentence.block, block.row)
        return f"{first.rstrip('.:')}: {'; '.join(rest)}" if rest else first
    named = [c for c in sentence.citations if c.narrative and c.keys[0] in references]
    if not named:
        return sentence.words
    parts: list[str] = []
    at = sentence.start
    for citation in named:
        parts += (page.prose.quiet[at : citation.start], vancouver.short_name(references[citation.keys[0]]))
        at = citation.end
    parts.append(page.prose.quiet[at : sentence.end])
    return inline.words("".join(parts))


def _row(page: Page, number: int, row: int) -> list[str]:
    """The words of the cells of a table's row; ``number`` is that of one of its blocks."""
    blocks = page.prose.blocks
    first = last = number
    while first > 0 and blocks[first - 1].row == row:
        first -= 1
    while last + 1 < len(blocks) and blocks[last + 1].row == row:
        last += 1
    cells = (inline.words(page.prose.quiet[cell.start : cell.end]) for cell in blocks[first : last + 1])
    return [words for words in cells if words]


def claims_of(page: Page, name: str, references: Mapping[str, Reference]) -> list[Claim]:
    """The claims of a page in their order; ``name`` is its path below the docs folder.

    ``references`` are those of the bibliographies by key: other keys get no mark on the page and no number here.
    """
    numbers: dict[int, list[int]] = {}
    following = 0
    for citation in page.prose.citations:
        found = [following + at for at, _ in enumerate(m for m in citation.mentions if m.key in references)]
        numbers[citation.start] = found
        following += len(found)
    seen: Counter[str] = Counter()
    claims: list[Claim] = []
    for sentence in page.sentences:
        if sentence.status not in _STATUSES:
            continue
        citations = sentence.citations or (sentence.covering.citations if sentence.covering else [])
        mentions = [mention for citation in citations for mention in citation.mentions]
        identifier = claim_id(name, sentence.words)
        seen[identifier] += 1
        if seen[identifier] > 1:
            identifier += f"-{seen[identifier]}"
        line, column = page.source.position(sentence.start)
        claims.append(
            Claim(
                identifier,
                name,
                line,
                column,
                words_of(page, sentence, references),
                sentence.status,
                sentence.confidence,
                tuple(Work(m.key, m.disputes, m.locator) for m in mentions),
                tuple(number for citation in citations for number in numbers[citation.start]),
            )
        )
    return claims


def strongest(claim: Claim, references: Mapping[str, Reference]) -> str:
    """The name of the strongest study design among the works that speak for a claim; "" where none is known."""
    designs = [
        design
        for work in claim.works
        if not work.disputes
        and work.key in references
        and (design := STUDY_DESIGNS.get(references[work.key].get("studydesign"))) is not None
    ]
    return max(designs, key=lambda design: design.rank).name if designs else ""


def disputed(claim: Claim) -> bool:
    """Whether a claim cites a work that speaks against it."""
    return any(work.disputes for work in claim.works)


def designs(keys: Iterable[str], references: Mapping[str, Reference]) -> list[tuple[str, int]]:
    """How many of these works are of each study design, strongest first: (name of the design, number)."""
    counts = Counter(references[key].get("studydesign") for key in dict.fromkeys(keys) if key in references)
    return [(name, counts[name]) for name in STUDY_DESIGNS if counts[name]]


def as_value(claim: Claim, references: Mapping[str, Reference], url: str) -> dict[str, Any]:
    """A claim for programs; ``url`` is the address of its place on the site."""
    return {
        "id": claim.id,
        "page": claim.page,
        "url": url,
        "line": claim.line,
        "column": claim.column,
        "text": claim.text,
        "status": claim.status,
        "confidence": claim.confidence,
        "citations": [work.key for work in claim.works],
        "disputing": [work.key for work in claim.works if work.disputes],
        "strongest": strongest(claim, references),
    }


COLUMNS: Sequence[str] = (
    "id", "page", "url", "line", "column", "text", "status", "confidence", "citations", "disputing", "strongest",
    "reviewed", "review_due",
)  # fmt: skip
