"""What the registers last said of the references: a dated file beside the bibliography, kept with it.

The file is JSON: ``{"checked": "2026-11-25", "references": {"key": {"status": "ok", "date": "…", "source": "…"}}}``. A reference
that it does not name was not looked up; that is never the same as clean.
"""

from __future__ import annotations

import datetime
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from evidence import source, standing

STATUSES = ("ok", "corrected", "concern", "retracted", "unknown")
ANEW = "correct it, or take the file away: then nothing is claimed of any work"


@dataclass(frozen=True)
class Record:
    """What a register said of one reference: a status, the day it speaks of (or empty), and who said so."""

    status: str
    date: str = ""
    source: str = ""


@dataclass
class Snapshot:
    """The file at ``path``: the day it was made, a record for each key, and its faults as (line, words, what to do)."""

    path: str
    text: str = ""
    checked: datetime.date | None = None
    records: dict[str, Record] = field(default_factory=dict)
    faults: list[tuple[int, str, str]] = field(default_factory=list)

    def line_of(self, word: str) -> int:
        """The first line (from 1) that has ``word`` as a name, else in quotation marks; 1 where none has."""
        written = json.dumps(word, ensure_ascii=False)
        named = re.search(rf"{re.escape(written)}\s*:", self.text)
        at = named.start() if named else self.text.find(written)
        return self.text.count("\n", 0, at) + 1 if at >= 0 else 1


def beside(bibliography: Path) -> Path:
    """Where the snapshot of a bibliography lies: ``references.verified.json`` for ``references.bib``."""
    return bibliography.with_suffix(".verified.json")


def read(path: Path, name: str) -> Snapshot | None:
    """Read a snapshot; None where there is no such file. Whatever is in it: this returns, with what is wrong as ``faults``."""
    if not path.is_file():
        return None
    try:
        return parse(name, source.read(path, name).text)
    except source.Unreadable as problem:
        return Snapshot(name, faults=[(1, str(problem).removeprefix(f"{name}: "), ANEW)])


def parse(name: str, text: str) -> Snapshot:
    """The snapshot in ``text``; ``name`` is what diagnostics call the file."""
    found = Snapshot(name, text)
    try:
        data: Any = json.loads(text)
    except json.JSONDecodeError as error:
        found.faults.append((error.lineno, f"this is not JSON: {error.msg}", ANEW))
        return found
    except RecursionError:
        found.faults.append((1, "nested too deeply", ANEW))
        return found
    if not isinstance(data, dict) or not isinstance(data.get("references"), dict):
        found.faults.append((1, "this file has no “references”", ANEW))
        return found
    try:
        found.checked = datetime.date.fromisoformat(str(data.get("checked", "")))
    except ValueError:
        found.faults.append((found.line_of("checked"), "“checked” is not a date", "write the day as 2026-11-25"))
    for key, value in data["references"].items():
        status = value.get("status") if isinstance(value, dict) else None
        if status not in STATUSES:
            found.faults.append((found.line_of(key), f"‘{key}’ has no status we know", f"use one of: {', '.join(STATUSES)}"))
            continue
        date = str(value.get("date") or "")
        if date and not standing.possible(date):
            problem = f"‘{key}’ has a date that no calendar has: ‘{date}’"
            found.faults.append((found.line_of(key), problem, "write the day as 2017-03-01"))
            date = ""  # what the register said of the work still holds
        found.records[key] = Record(str(status), date, str(value.get("source") or ""))
    return found
