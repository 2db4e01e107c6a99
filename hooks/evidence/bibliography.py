"""A bibliography: references, and everything in the file that could not be read, as values with their lines."""

from __future__ import annotations

import difflib
import logging
import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePath

from bibtexparser.entrypoint import parse_string
from bibtexparser.model import (
    DuplicateBlockKeyBlock,
    DuplicateFieldKeyBlock,
    Entry,
    ImplicitComment,
    ParsingFailedBlock,
    String,
)

from evidence import snapshot, source
from evidence.reference import Reference
from evidence.snapshot import Snapshot

# bibtexparser also logs what it returns as failed blocks; each fault is to be said once, by us.
logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)

_KEY = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*\Z")
_HEAD = re.compile(r"@\w+\s*\{\s*([A-Za-z0-9_-]+)")
_STRAY_ENTRY = re.compile(r"@\s*\w*")
# A file of this size is no bibliography a person keeps; parsing it would look like a hung check.
MAX_BYTES = 20_000_000


@dataclass(frozen=True)
class Unparsable:
    """A stretch of a ``.bib`` file that is not an entry: its line (from 1), its words, the problem and the way out."""

    line: int
    quote: str
    problem: str
    help: str


@dataclass
class Bibliography:
    """The references of one file, in order; broken entries are values, never exceptions."""

    path: str
    references: list[Reference] = field(default_factory=list)
    broken: list[Unparsable] = field(default_factory=list)
    repeated: list[Reference] = field(default_factory=list)
    text: str = ""
    snapshot: Snapshot | None = None

    def __post_init__(self) -> None:
        """Index the references by key."""
        self.by_key: dict[str, Reference] = {reference.key: reference for reference in self.references}

    @cached_property
    def unread(self) -> frozenset[str]:
        """The keys of the entries that cannot be read, where the entry still shows one."""
        return frozenset(key for broken in self.broken for key in _HEAD.findall(self.line(broken.line)))

    def line(self, number: int) -> str:
        """The text of a line (from 1); empty where the file has no such line."""
        lines = self.lines
        return lines[number - 1] if 0 < number <= len(lines) else ""

    @cached_property
    def lines(self) -> list[str]:
        """The lines of the file."""
        return self.text.split("\n")

    def nearest(self, key: str) -> str | None:
        """The known key that looks most like ``key``, or None."""
        folded = {known.lower(): known for known in self.by_key}
        if key.lower() in folded:
            return folded[key.lower()]
        close = difflib.get_close_matches(key.lower(), folded, n=1, cutoff=0.6)
        return folded[close[0]] if close else None


def _value(raw: str, strings: dict[str, str]) -> str:
    """A field's value without its outer braces or quotes; ``a # b`` joined, names of ``@string`` replaced."""
    parts: list[str] = []
    for part in _concatenated(raw.strip()):
        if len(part) > 1 and ((part[0] == "{" and part[-1] == "}") or (part[0] == '"' and part[-1] == '"')):
            parts.append(part[1:-1])
        else:
            parts.append(strings.get(part.lower(), part))
    return re.sub(r"\s+", " ", "".join(parts)).strip()


def _concatenated(raw: str) -> list[str]:
    """The parts of ``"a" # b # {c}``; a ``#`` inside braces or quotes is text."""
    if "#" not in raw:
        return [raw]
    parts: list[str] = []
    depth, quoted, at = 0, False, 0
    for index, char in enumerate(raw):
        if char == "{":
            depth += 1
        elif char == "}":
            depth -= 1
        elif char == '"' and depth == 0:
            quoted = not quoted
        elif char == "#" and depth == 0 and not quoted:
            parts.append(raw[at:index].strip())
            at = index + 1
    parts.append(raw[at:].strip())
    return parts


def parse(path: str, text: str) -> Bibliography:
    """The bibliography in ``text``; ``path`` is what diagnostics call the file.

    Whatever text: this returns. What cannot be read is in ``broken``, an entry whose key was used before
    (letter case aside, as mkdocs-bibtex compares) in ``repeated``.
    """
    library = parse_string(text, parse_stack=[])
    found = Bibliography(path, text=text)
    strings: dict[str, str] = {}
    first_of: dict[str, Reference] = {}
    for block in library.blocks:
        line = (block.start_line or 0) + 1
        if isinstance(block, String):
            strings[block.key.lower()] = _value(block.value, strings)
        elif isinstance(block, DuplicateBlockKeyBlock):
            inner = block.ignore_error_block
            if isinstance(inner, Entry):
                _entry(found, inner, line, strings, first_of)
        elif isinstance(block, DuplicateFieldKeyBlock):
            names = ", ".join(sorted(block.duplicate_keys))
            key = getattr(block.ignore_error_block, "key", "") or "entry"
            found.broken.append(Unparsable(line, key, f"the entry ‘{key}’ has the field {names} twice", "keep one of the two"))
        elif isinstance(block, ParsingFailedBlock):
            found.broken.append(_failed(block, line))
        elif isinstance(block, Entry):
            _entry(found, block, line, strings, first_of)
        elif isinstance(block, ImplicitComment) and (stray := _STRAY_ENTRY.search(block.comment)):
            at = line + block.comment.count("\n", 0, stray.start())
            found.broken.append(
                Unparsable(at, stray[0], "this looks like an entry and was not read as one", "write @type{key, …}")
            )
    found.__post_init__()
    return found


def _failed(block: ParsingFailedBlock, line: int) -> Unparsable:
    head = (block.raw or "").strip().split("\n", 1)[0][:60]
    reason = str(getattr(block.error, "abort_reason", "")).lower()
    if "expected comma" in reason:
        return Unparsable(line, head, "a comma is missing behind the key", "write @type{key, field = {value}, …}")
    if "closing" in reason or "end of file" in reason or "eof" in reason or "was still looking" in reason:
        return Unparsable(line, head, "this entry is never closed", "balance its braces: each { needs a }")
    return Unparsable(line, head, "this entry cannot be read", "write @type{key, field = {value}, …}")


def _entry(found: Bibliography, entry: Entry, line: int, strings: dict[str, str], first_of: dict[str, Reference]) -> None:
    key = (entry.key or "").strip()
    fields = {f.key.lower(): _value(str(f.value), strings) for f in entry.fields}
    lines = {f.key.lower(): (f.start_line or line - 1) + 1 for f in entry.fields}
    if not _KEY.match(key):
        problem = f"‘{key}’ cannot be a key" if key else "this entry has no key"
        found.broken.append(Unparsable(line, key or f"@{entry.entry_type}", problem, "use letters, digits, - and _"))
        return
    reference = Reference(key, entry.entry_type.lower(), fields, found.path, line, lines)
    if key.lower() in first_of:
        found.repeated.append(reference)
        return
    first_of[key.lower()] = reference
    found.references.append(reference)


def read(path: Path, name: str | None = None) -> Bibliography:
    """Read a ``.bib`` file, and the snapshot beside it.

    Raises :class:`evidence.source.Unreadable` where it cannot be opened, is not UTF-8 or is larger than ``MAX_BYTES``.
    """
    text = source.read(path, name)
    if len(text.text) > MAX_BYTES:
        raise source.Unreadable(f"{text.path}: larger than {MAX_BYTES // 1_000_000} MB; split it")
    found = parse(text.path, text.text)
    beside = snapshot.beside(path)
    found.snapshot = snapshot.read(beside, (PurePath(text.path).parent / beside.name).as_posix())
    return found
