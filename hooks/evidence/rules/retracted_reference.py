"""A reference that its journal took back, warned of or corrected, as the dated snapshot beside the bibliography has it."""

from __future__ import annotations

from collections.abc import Iterator

from evidence.bibliography import Bibliography
from evidence.diagnostic import Diagnostic, Place
from evidence.rules.rule import Setting, line_place
from evidence.snapshot import Snapshot

# A year and some weeks: registers are to be asked again once a year.
MOST_DAYS = 400

_SAID = {
    "retracted": "has been retracted",
    "concern": "has an expression of concern",
    "corrected": "has been corrected",
}


def _place(snapshot: Snapshot, line: int) -> Place:
    return Place(snapshot.path, line, 1, line, 1)


def _notes(snapshot: Snapshot, bibliography: Bibliography, setting: Setting) -> Iterator[Diagnostic]:
    """What of a snapshot no longer fits: names that are no keys, and a day long ago."""
    for key in snapshot.records:
        if key in bibliography.by_key or key in bibliography.unread:
            continue
        near = bibliography.nearest(key)
        yield Diagnostic(
            _place(snapshot, snapshot.line_of(key)),
            "retracted-reference",
            f"names ‘{key}’, which is no key here; a renamed reference loses its record",
            "",
            f"write ‘{near}’ if that is the work, or take the line out" if near else "take the line out, or give it the new key",
            severity="note",
        )
    if snapshot.checked is not None and (setting.today - snapshot.checked).days > MOST_DAYS:
        yield Diagnostic(
            _place(snapshot, snapshot.line_of("checked")),
            "retracted-reference",
            f"the registers were last asked on {snapshot.checked}, {(setting.today - snapshot.checked).days} days ago",
            "",
            "look the works up again, and write what is found with the new day",
            severity="note",
        )


def check(bibliography: Bibliography, setting: Setting) -> Iterator[Diagnostic]:
    """Each retracted or doubted work, unless its entry says ``intentional = {true}``; a note for each corrected one.

    What cannot be read in the snapshot is told at its line; a name that is no key, and a snapshot of long ago, get a note.
    Without a snapshot, or for a work it does not name, nothing is said: that is not the same as clean.
    """
    snapshot = bibliography.snapshot
    if snapshot is None:
        return
    for line, problem, help_ in snapshot.faults:
        yield Diagnostic(_place(snapshot, line), "retracted-reference", problem, "", help_)
    yield from _notes(snapshot, bibliography, setting)
    for reference in bibliography.references:
        record = snapshot.records.get(reference.key)
        said = _SAID.get(record.status) if record else None
        if record is None or said is None:
            continue
        severe = record.status != "corrected"
        if severe and reference.get("intentional") == "true":
            continue
        when = f" on {record.date}" if record.date else ""
        whose = f", says {record.source}" if record.source else ""
        yield Diagnostic(
            line_place(bibliography, reference.line),
            "retracted-reference",
            f"{said}{when}{whose}",
            reference.key,
            "cite another work; if it is cited because it was retracted, add intentional = {true}"
            if severe
            else "read the correction, and see whether what we say of it still holds",
            severity="error" if severe else "note",
        )
