"""A reference that was replaced, or that speaks of rules and products as they were long ago."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from evidence.bibliography import Bibliography
from evidence.diagnostic import Diagnostic
from evidence.reference import keys
from evidence.rules.rule import Setting, field_place

# What these say changes by decision, not by new findings; ten years is the age at which NICE and others have
# withdrawn or rewritten most of theirs. A web page is to be opened again every two years.
_CHANGING = frozenset({"guideline", "regulatory", "label", "legal"})
YEARS = 10
ACCESS_YEARS = 2


def check(bibliography: Bibliography, setting: Setting) -> Iterator[Diagnostic]:
    """A finding for each superseded work; a note for old guidelines, labels and laws, and for pages read long ago."""
    for reference in bibliography.references:
        for newer in keys(reference.get("supersededby")):
            known = setting.knows(newer)
            yield Diagnostic(
                field_place(bibliography, reference, "supersededby"),
                "stale-reference",
                f"has replaced ‘{reference.key}’" if known else f"is to replace ‘{reference.key}’ and is no key here",
                newer,
                "cite the newer work, and remove this one" if known else "add that reference, or correct the key",
            )
        year = reference.get("year")
        if reference.get("studydesign") in _CHANGING and year.isdigit() and setting.today.year - int(year) > YEARS:
            yield Diagnostic(
                field_place(bibliography, reference, "year"),
                "stale-reference",
                f"is more than {YEARS} years ago, and ‘{reference.key}’ may have been replaced",
                year,
                "look for a newer edition; if there is none, say in the text how old it is",
                severity="note",
            )
        opened = _day(reference.get("accessed"))
        if opened and (setting.today - opened).days > ACCESS_YEARS * 365:
            yield Diagnostic(
                field_place(bibliography, reference, "accessed"),
                "stale-reference",
                f"is the day ‘{reference.key}’ was last read, more than {ACCESS_YEARS} years ago",
                reference.get("accessed"),
                "open it again, correct what has changed, and set accessed",
                severity="note",
            )


def _day(value: str) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(value)
    except ValueError:
        return None
