"""One built page against its source."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evidence.audit.built import LEFTOVER, Built, letters
from evidence.ledger import Claim, claims_of
from evidence.page import CITED, COVERED, Page
from evidence.reference import Reference

# Where a page asks for something made from the ledger.
MARKERS = {"references": "<!-- ledger: references -->", "claims": "<!-- ledger: claims -->"}

_NOTE = re.compile(r"^[ \t]*\[\^([^\]\s]+)\]:", re.MULTILINE)


@dataclass(frozen=True)
class Expected:
    """What a source demands of its page.

    ``name`` is its path below the docs folder; ``cited`` the keys it cites, once for each time; ``notes`` the labels of footnotes
    written by hand, which share the list with the references; ``claims`` its part of the ledger. A ``draft`` need not be built.
    ``shows`` names what the build fills in on it: "references" or "claims".
    """

    name: str
    cited: tuple[str, ...] = ()
    notes: frozenset[str] = frozenset()
    claims: tuple[Claim, ...] = ()
    draft: bool = False
    shows: str = ""


def note_labels(text: str) -> frozenset[str]:
    """The labels of the footnotes that a Markdown text defines."""
    return frozenset(_NOTE.findall(text))


def expected(page: Page, name: str, references: Mapping[str, Reference]) -> Expected:
    """What the source of a page demands; ``references`` are those of the bibliographies by key."""
    cited = tuple(key for citation in page.prose.citations for key in citation.keys if key in references)
    claims = tuple(claims_of(page, name, references))
    shows = next((kind for kind, marker in MARKERS.items() if marker in page.source.text), "")
    return Expected(name, cited, note_labels(page.source.text), claims, page.source.meta.get("draft") is True, shows)


def data(wanted: Expected, built: Built) -> list[str]:
    """What is wrong with what a built page says to programs: JSON-LD of the right type, and every work it cites, once."""
    nodes = [node for value in built.data if isinstance(value, dict) for node in value.get("@graph", ())]
    if not any(isinstance(node, dict) and node.get("@type") in ("MedicalWebPage", "WebPage") for node in nodes):
        return ["it has no JSON-LD, so it was built without the hook page_head.py"]
    works = len(set(wanted.cited))
    told = sum(len(node.get("citation") or ()) for node in nodes if isinstance(node, dict))
    faults = [] if told == works else [f"its JSON-LD names {told} works, and its source cites {works}"]
    faults += [f"it has no {name} tag" for name in ("citation_title", "og:title") if name not in built.titled]
    if built.tagged != works:
        faults.append(f"its citation_reference tags name {built.tagged} works, and its source cites {works}")
    return faults


def compare(wanted: Expected, built: Built) -> list[str]:
    """What is wrong with a built page, as sentences; none where all is well."""
    notes, listed = wanted.notes, Counter(built.listed)
    faults = [f"the footnote [^{label}] has the name of a reference" for label in sorted(notes & set(wanted.cited))]
    faults += _marks(wanted, built)
    faults += [f"@{key} is listed {number} times" for key, number in sorted(listed.items()) if number > 1]
    faults += _back_links(built)
    faults += [f"a link leads to #{target}, which is not on the page" for target in _lost(built.fragments, built)]
    faults += [f"‘{text}’ came out as plain text" for text in built.raw]
    if LEFTOVER.search(built.html):
        faults.append("a mark of the citations hook was left in the page")
    return faults + built.faults + _claims(wanted, built)


def _lost(fragments: Sequence[str], built: Built) -> list[str]:
    return sorted({target for target in fragments if target not in built.ids})


def _marks(wanted: Expected, built: Built) -> list[str]:
    """Each citation has its mark, and each mark says the number of its reference."""
    faults: list[str] = []
    asked, found = Counter(wanted.cited), Counter(key for key in built.cited if key not in wanted.notes)
    for key in sorted(asked.keys() | found.keys()):
        if asked[key] != found[key]:
            faults.append(f"@{key} is cited {asked[key]} times in the source and {found[key]} times on the page")
    numbers = {key: str(number) for number, key in enumerate(built.listed, 1)}
    for key in sorted(set(built.cited) - numbers.keys()):
        faults.append(f"the mark of @{key} leads to no reference on the page")
    wrong = {(m.key, m.number) for m in built.marks if m.number and m.number != numbers.get(m.key, m.number)}
    faults += [f"a mark of @{key} says {number}; its reference is number {numbers[key]}" for key, number in sorted(wrong)]
    if empty := sum(not mark.number for mark in built.marks):
        faults.append(f"{empty} citation marks have no words")
    return faults


def _back_links(built: Built) -> list[str]:
    """Each mark is led back to from its reference."""
    faults = [f"a link back leads to #{target}, which is not on the page" for target in _lost(built.returns, built)]
    uses, back = Counter(built.cited), Counter(target.partition(":")[2] for target in set(built.returns))
    for key in sorted(uses):
        if key in built.listed and uses[key] != back[key]:
            faults.append(f"@{key} has {uses[key]} marks on the page and {back[key]} links back")
    return faults


def _claims(wanted: Expected, built: Built) -> list[str]:
    """The words of each claim are on the page, and the marks of its works stand in it or right behind it."""
    claims = wanted.claims
    if not claims:
        return []
    faults: list[str] = []
    text, spots = built.spots()
    ordered = not wanted.notes and built.cited == list(wanted.cited)  # a note written by hand stands elsewhere than its text
    if not ordered and not wanted.notes and Counter(built.cited) == Counter(wanted.cited):
        faults.append("its citation marks are not in the order of the source")
    after = 0
    for claim in claims:
        words = letters(claim.text)
        start = text.find(words, after)
        start = text.find(words) if start < 0 else start
        if start < 0:
            faults.append(f"‘{claim.text}’ is in the source and not on the page")
            continue
        after = start
        if ordered and claim.status == CITED and not all(start <= spots[use] <= start + len(words) for use in claim.uses):
            faults.append(f"a citation mark of ‘{claim.text}’ does not stand at that sentence")
    return faults


def badge(claims: Sequence[Claim], built: Built) -> list[str]:
    """The badge of the page counts its claims."""
    wanted = (len(claims), sum(claim.status in (CITED, COVERED) for claim in claims)) if claims else None
    if built.badge == wanted:
        return []
    if built.badge is None:
        return ["its badge is missing"]
    told = f"its badge tells of {built.badge[0]} claims, {built.badge[1]} with a source"
    return [f"{told}; its source has {wanted[0]}, {wanted[1]}" if wanted else f"{told}; its source has none"]
