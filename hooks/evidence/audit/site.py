"""A whole built site against its sources, and its ledger against its pages."""

from __future__ import annotations

import csv
import json
import posixpath
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from evidence import ledger
from evidence.audit import built as built_page
from evidence.audit import page
from evidence.audit.built import Built
from evidence.audit.page import Expected
from evidence.page import CITED, COVERED

LEDGER = "claims.json"
_ENTRY = re.compile(r'<li id="ref-([^"]+)" class="work"[^>]*>(.*?)</li>\n', re.DOTALL)
_USED = re.compile(r"<summary>Used in ([\d,]+) sentences? on ([\d,]+) pages?</summary>")
_CLAIM = re.compile(r'<tr id="claim-([^"]+)"')
_TOTAL = re.compile(r"<p>([\d,]+) claims? on ([\d,]+) pages?, ([\d,]+) of them with a source\.</p>")
_AWAY = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//")


@dataclass(frozen=True)
class Fault:
    """Something wrong with a built site: the page (its source where it has one), and a sentence."""

    page: str
    message: str

    def __str__(self) -> str:
        """``help.md: @key is cited …``."""
        return f"{self.page}: {self.message}"


@dataclass
class Audit:
    """A built site while it is read; ``files`` are the pages' files by the name of their source."""

    folder: Path
    files: Mapping[str, str]
    faults: list[Fault] = field(default_factory=list)
    pages: dict[str, Built] = field(default_factory=dict)
    ids: dict[str, Collection[str]] = field(default_factory=dict)

    def say(self, name: str, *messages: str) -> None:
        """Take down what is wrong with a page."""
        self.faults += [Fault(name, message) for message in messages]

    def read(self, wanted: Sequence[Expected]) -> None:
        """Read each page and compare it with its source; a page that is not needed again is not kept."""
        taken: dict[str, str] = {}
        for one in wanted:
            file = self.files.get(one.name)
            if file is not None and taken.setdefault(file, one.name) != one.name:
                self.say(one.name, f"it and {taken[file]} both become {file}, so one is lost; give one another slug or name")
                continue
            text = _text(self.folder / file) if file else None
            if file is None or text is None:
                if (one.cited or one.claims) and not one.draft:
                    self.say(one.name, "it makes claims, and is not on the site")
                continue
            found = built_page.read(text)
            self.ids[file] = found.ids
            self.say(one.name, *page.compare(one, found))
            if one.shows:
                self.pages[one.name] = found
            else:
                found.html = found.text = ""
                self.pages[one.name] = found

    def target(self, name: str, address: str) -> str | None:
        """What is wrong with a link from a page to another of this site; None where nothing is."""
        if _AWAY.match(address):
            return None
        path, _, fragment = address.partition("#")
        here = self.files[name]
        file = posixpath.normpath(posixpath.join(posixpath.dirname(here), unquote(path))) if path else here
        if path.endswith("/") or not path or (self.folder / file).is_dir():
            file = here if not path else posixpath.normpath(posixpath.join(file, "index.html"))
        if file not in self.ids:
            if not (self.folder / file).is_file():
                return f"a link leads to {address}, which is not on the site"
            if not fragment or not file.endswith(".html"):
                return None
            self.ids[file] = built_page.read(_text(self.folder / file) or "").ids
        if not fragment or fragment in self.ids[file] or fragment.startswith("discuss="):  # words for the comments
            return None
        return f"a link leads to {address}; the page has no such place"


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def pages(folder: Path, wanted: Sequence[Expected], files: Mapping[str, str]) -> list[Fault]:
    """What is wrong with the pages alone: ``files`` are their paths below ``folder`` by the name of their source."""
    audit = Audit(folder, files)
    audit.read(wanted)
    return audit.faults


def run(folder: Path, wanted: Sequence[Expected], known: Collection[str]) -> list[Fault]:
    """Everything that is wrong with a built site; ``known`` are the keys of the bibliography."""
    try:
        value = json.loads((folder / LEDGER).read_text(encoding="utf-8"))
        files = {entry["source"]: entry["file"] for entry in value["pages"]}
        rows = [{name: row[name] for name in ledger.COLUMNS} for row in value["claims"]]
    except FileNotFoundError:
        return [Fault(LEDGER, "the site has none, so it was built without the hook evidence_pages.py")]
    except (OSError, ValueError, KeyError, TypeError) as error:
        return [Fault(LEDGER, f"it cannot be read: {type(error).__name__}: {error}")]
    audit = Audit(folder, files)
    audit.read(wanted)
    claims = [claim for one in wanted if one.name in audit.pages for claim in one.claims]
    for one in wanted:
        if one.name in audit.pages:
            audit.say(one.name, *page.badge(one.claims, audit.pages[one.name]))
            audit.say(one.name, *page.data(one, audit.pages[one.name]))
    _rows(audit, claims, rows)
    _table(audit, rows)
    for one in wanted:
        if one.name in audit.pages and one.shows == "references":
            _references(audit, one.name, claims, known)
        if one.name in audit.pages and one.shows == "claims":
            _claims(audit, one.name, claims)
    return audit.faults


def _rows(audit: Audit, claims: Iterable[ledger.Claim], rows: Sequence[Mapping[str, Any]]) -> None:
    """The ledger has the claims of the sources, and leads to their marks."""
    wanted = {claim.id: (claim.page, claim.text, claim.status, [work.key for work in claim.works]) for claim in claims}
    found = {row["id"]: (row["page"], row["text"], row["status"], list(row["citations"])) for row in rows}
    if len(found) != len(rows):
        audit.say(LEDGER, "two claims have one id")
    for identifier in sorted(wanted.keys() - found.keys()):
        audit.say(wanted[identifier][0], f"‘{wanted[identifier][1]}’ is missing in {LEDGER}")
    for identifier in sorted(found.keys() - wanted.keys()):
        audit.say(LEDGER, f"the claim {identifier} is on no page: ‘{found[identifier][1]}’")
    for identifier in sorted(wanted.keys() & found.keys()):
        if wanted[identifier] != found[identifier]:
            audit.say(LEDGER, f"the claim {identifier} differs from its page {wanted[identifier][0]}")
    for row in rows:
        _, _, fragment = str(row["url"]).partition("#")
        built = audit.pages.get(row["page"])
        if built is None:
            continue
        if not fragment and row["status"] in (CITED, COVERED):
            audit.say(LEDGER, f"the claim {row['id']} leads to no mark on {row['page']}")
        elif fragment and fragment not in built.ids:
            audit.say(LEDGER, f"the claim {row['id']} leads to #{fragment}, which is not on {row['page']}")
        elif fragment and fragment.partition(":")[2] not in row["citations"]:
            audit.say(LEDGER, f"the claim {row['id']} leads to the mark of a work that it does not cite")


def _table(audit: Audit, rows: Sequence[Mapping[str, Any]]) -> None:
    """``claims.csv`` has the same claims."""
    name = "claims.csv"
    text = _text(audit.folder / name)
    if text is None:
        audit.say(name, "it is missing")
        return
    lines = [line for line in csv.DictReader(text.splitlines(keepends=True)) if "id" in line]
    if [(line["id"], line.get("citations")) for line in lines] != [(row["id"], " ".join(row["citations"])) for row in rows]:
        audit.say(name, f"it does not list the claims of {LEDGER} in their order")


def _links(audit: Audit, name: str) -> None:
    """The links of a generated page lead somewhere."""
    for address in dict.fromkeys(audit.pages[name].links()):
        if (wrong := audit.target(name, address)) is not None:
            audit.say(name, wrong)


def _references(audit: Audit, name: str, claims: Sequence[ledger.Claim], known: Collection[str]) -> None:
    """The page of references has each work once, and counts the sentences that rest on it."""
    uses: dict[str, list[str]] = defaultdict(list)
    for claim in claims:
        for key in dict.fromkeys(work.key for work in claim.works):
            uses[key].append(claim.page)
    listed = _ENTRY.findall(audit.pages[name].text)
    keys = [key for key, _ in listed]
    for key in sorted(set(known) - set(keys)):
        audit.say(name, f"@{key} is not listed")
    for key in sorted(set(keys) - set(known)):
        audit.say(name, f"@{key} is listed, and is in no bibliography")
    if len(set(keys)) != len(keys):
        audit.say(name, "a work is listed twice")
    for key, entry in listed:
        match = _USED.search(entry)
        told = (int(match[1].replace(",", "")), int(match[2].replace(",", ""))) if match else (0, 0)
        there = (len(uses[key]), len(set(uses[key])))
        if told != there:
            audit.say(
                name, f"@{key} is said to be used in {told[0]} sentences on {told[1]} pages; it is in {there[0]} on {there[1]}"
            )
    _links(audit, name)


def _claims(audit: Audit, name: str, claims: Sequence[ledger.Claim]) -> None:
    """The page of claims counts the claims; where it lists them, it lists each."""
    text = audit.pages[name].text
    told = _TOTAL.search(text)
    sourced = sum(claim.status in (CITED, COVERED) for claim in claims)
    there = (len(claims), len({claim.page for claim in claims}), sourced)
    if told is None or tuple(int(number.replace(",", "")) for number in told.groups()) != there:
        audit.say(name, f"it does not say that there are {there[0]} claims on {there[1]} pages, {there[2]} with a source")
    listed = _CLAIM.findall(text)
    if listed and sorted(listed) != sorted(claim.id for claim in claims):
        audit.say(name, "it does not list each claim once")
    _links(audit, name)
