"""A page as the rules see it: its sentences, each in exactly one class."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from evidence import blocks, claims, inline, sentences, silence
from evidence.blocks import Block, Prose
from evidence.citation import Citation, Mention
from evidence.source import Source

CITED = "cited"
COVERED = "covered"
EXPERIENCE = "experience"
ALLOWED = "allowed"
NOT_A_CLAIM = "not_a_claim"
UNCITED = "uncited"
CLASSES = (CITED, COVERED, EXPERIENCE, ALLOWED, NOT_A_CLAIM, UNCITED)

# “This table gives …”, “Half-lives in hours (source)”: a sentence above a table covers it if it says that it speaks of it.
_NAMES_TABLE = re.compile(r"\b(?:table|tables|below|listed|these figures|these numbers|each row|rows)\b", re.IGNORECASE)
_CLOSING = re.compile(r"[.!?:;…]?[\"'”’)*_]*")


@dataclass
class Sentence:
    """One sentence: its span in the text (its citation included), its class, and why.

    ``citations`` are those in the sentence or right behind its full stop; ``covering`` is the sentence (a lead-in
    or caption) whose citation covers this one. ``confidence`` (0 to 1) is how sure we are that it is a claim.
    """

    start: int
    end: int
    block: int
    words: str
    status: str = NOT_A_CLAIM
    confidence: float = 0.0
    judgement: claims.Judgement | None = None
    citations: list[Citation] = field(default_factory=list)
    covering: Sentence | None = None
    allowance: silence.Allowance | None = None

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it is a claim, in plain words; for one that only its citation makes one, that."""
        given = self.judgement.reasons if self.judgement else ()
        return (*given, "carries a citation") if self.citations and self.confidence < claims.MIN_CONFIDENCE else given

    @property
    def keys(self) -> list[str]:
        """Keys of the references that this sentence or the one covering it cites, in order, without repeats."""
        return list(dict.fromkeys(mention.key for mention in self._mentions()))

    @property
    def supporting(self) -> list[str]:
        """Those of ``keys`` that are cited for what the sentence says, not against it."""
        return list(dict.fromkeys(mention.key for mention in self._mentions() if not mention.disputes))

    def _mentions(self) -> Iterator[Mention]:
        cited = self.citations or (self.covering.citations if self.covering else [])
        return (mention for citation in cited for mention in citation.mentions)


@dataclass
class Page:
    """A file with its prose, its sentences in order, and its allowances."""

    source: Source
    prose: Prose
    sentences: list[Sentence]
    allowances: list[silence.Allowance]

    @property
    def path(self) -> str:
        """What diagnostics call the file."""
        return self.source.path

    @property
    def claims(self) -> list[Sentence]:
        """The sentences that state something medical and may stand: cited, covered, or still uncited."""
        return [sentence for sentence in self.sentences if sentence.status in (CITED, COVERED, UNCITED)]

    def counts(self) -> dict[str, int]:
        """How many sentences, and how many in each class; the classes add up to the sentences."""
        totals = dict.fromkeys(("sentences", *CLASSES), 0)
        totals["sentences"] = len(self.sentences)
        for sentence in self.sentences:
            totals[sentence.status] += 1
        return totals


def read(source: Source, min_confidence: float | None = None) -> Page:
    """Cut a source into sentences and put each into its class.

    ``min_confidence`` (0 to 1) is how sure the judge must be to call a sentence a claim; the default is
    :data:`evidence.claims.MIN_CONFIDENCE`.
    """
    prose = blocks.read(source)
    found = _cut(prose)
    _attach(prose, found)
    page = Page(source, prose, found, [])
    page.allowances = silence.find(source.text, prose.comments, [(s.start, s.end) for s in found])
    _classify(page, claims.MIN_CONFIDENCE if min_confidence is None else min_confidence)
    return page


def _cut(prose: Prose) -> list[Sentence]:
    """All sentences of a page in the order of the file."""
    quiet = prose.quiet
    found: list[Sentence] = []
    for index, block in enumerate(prose.blocks):
        for start, end in sentences.cut(quiet[block.start : block.end]):
            begin, stop = block.start + start, block.start + end
            found.append(Sentence(begin, stop, index, inline.words(quiet[begin:stop])))
    return found


def _attach(prose: Prose, found: Sequence[Sentence]) -> None:
    """Give each citation to its sentence: the one around it, or the one whose full stop it follows."""
    if not prose.citations:
        return
    starts = [sentence.start for sentence in found]
    block_starts = [block.start for block in prose.blocks]
    for cited in prose.citations:
        number = bisect_right(block_starts, cited.start) - 1
        if number < 0 or cited.start >= prose.blocks[number].end:
            continue
        # "@hadley2012switching found …" opens its sentence with the author's name, and what stands before it is not its.
        at = bisect_right(starts, cited.start + cited.narrative) - 1
        if cited.narrative and at >= 0 and found[at].start == cited.start + 1:
            found[at].start = cited.start
        if (at < 0 or found[at].block != number) and at + 1 < len(found) and found[at + 1].block == number:
            at += 1  # a citation that opens its block belongs to the first sentence
        if at >= 0 and found[at].block == number:
            sentence = found[at]
            sentence.citations.append(cited)
            if sentence.end <= cited.start or cited.end > sentence.end:
                closing = _CLOSING.match(prose.source.text, cited.end)
                sentence.end = closing.end() if closing else cited.end


def _classify(page: Page, threshold: float) -> None:
    """Put each sentence into its class; see the order of precedence in the branches."""
    prose, found = page.prose, page.sentences
    allowed = {a.sentence: a for a in page.allowances if a.rule == "uncited-claim" and a.reason and a.sentence is not None}
    last_of_block: dict[int, Sentence] = {}
    for sentence in found:
        last_of_block[sentence.block] = sentence
    row_citations = _row_citations(prose)
    for number, judgement in _judged(prose, found):
        sentence = found[number]
        block = prose.blocks[sentence.block]
        sentence.confidence = judgement.confidence
        sentence.judgement = judgement
        is_claim = judgement.confidence >= threshold
        if sentence.citations:
            sentence.status = CITED
            continue
        if not is_claim:
            sentence.status = EXPERIENCE if judgement.first_person else NOT_A_CLAIM
            continue
        if block.row is not None and (in_row := row_citations.get(block.row)):
            sentence.status = COVERED
            sentence.covering = Sentence(sentence.start, sentence.end, sentence.block, "", citations=in_row)
        elif (covering := _cover(prose.blocks, block, last_of_block)) is not None:
            sentence.status, sentence.covering = COVERED, covering
        elif number in allowed:
            sentence.status, sentence.allowance = ALLOWED, allowed[number]
        else:
            sentence.status = UNCITED


def _judged(prose: Prose, found: Sequence[Sentence]) -> Iterator[tuple[int, claims.Judgement]]:
    """Number and judgement of each sentence that is no heading, each judged in its place on the page."""
    numbers: list[int] = []
    sections: list[int] = []
    section = 0
    for number, sentence in enumerate(found):
        if prose.blocks[sentence.block].kind == "heading":
            section += 1
        else:
            numbers.append(number)
            sections.append(section)
    judgements = claims.default_judge().judge_page([found[number].words for number in numbers], sections)
    return zip(numbers, judgements, strict=True)


def _row_citations(prose: Prose) -> dict[int, list[Citation]]:
    """The citations of each table row, in whatever cell they stand."""
    cells = [block for block in prose.blocks if block.row is not None]
    rows: dict[int, list[Citation]] = {}
    if not cells or not prose.citations:
        return rows
    starts = [block.start for block in cells]
    for cited in prose.citations:
        at = bisect_right(starts, cited.start) - 1
        row = cells[at].row if at >= 0 and cited.start < cells[at].end else None
        if row is not None:
            rows.setdefault(row, []).append(cited)
    return rows


def _cover(found: Sequence[Block], block: Block, last_of_block: dict[int, Sentence]) -> Sentence | None:
    """The cited sentence that introduces a list item or a table, if there is one: it ends in a colon, or names the table."""
    lead = block.lead
    seen = 0
    while lead is not None and seen < 50:
        sentence = last_of_block.get(lead)
        if sentence is not None and sentence.citations:
            named = block.kind == "cell" and _NAMES_TABLE.search(sentence.words)
            if named or sentence.words.rstrip().endswith(":"):
                return sentence
        lead = found[lead].lead
        seen += 1
    return None


def sentence_at(page: Page, offset: int) -> Sentence | None:
    """The sentence around a character offset, or None."""
    starts = [sentence.start for sentence in page.sentences]
    at = bisect_left(starts, offset + 1) - 1
    return page.sentences[at] if at >= 0 and offset < page.sentences[at].end else None
