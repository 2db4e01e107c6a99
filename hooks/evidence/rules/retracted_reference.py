"""A reference that its journal took back, warned of or corrected, as the dated snapshot beside the bibliography has it."""

from __future__ import annotations

from collections.abc import Iterator

from evidence.bibliography import Bibliography
from evidence.diagnostic import Diagnostic, Place
from evidence.rules.rule import Setting, line_place

_SAID = {
    "retracted": "has been retracted",
    "concern": "has an expression of concern",
    "corrected": "has been corrected",
}


def check(bibliography: Bibliography, setting: Setting) -> Iterator[Diagnostic]:
    """Each retracted or doubted work, unless its entry says ``intentional = {true}``; a note for each corrected one.

    What cannot be read in the snapshot is told at its line. Without a snapshot, or for a work it does not name, nothing is said:
    that is not the same as clean.
    """
    snapshot = bibliography.snapshot
    if snapshot is None:
        return
    for line, problem, help_ in snapshot.faults:
        yield Diagnostic(Place(snapshot.path, line, 1, line, 1), "retracted-reference", problem, "", help_)
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
