"""How a work stands: what its journal said of it since, when that was looked up, and which works speak against it.

Plain words for readers come out, never marks of a style: “Retracted on 1 March 2017.” What nobody looked up has no words at all.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

# For each status that a reader must know of: its word, then what goes before a day, and before a month or a year.
_SAID = {
    "retracted": ("Retracted", "on", "in"),
    "concern": ("Under an expression of concern", "since", "since"),
    "corrected": ("Corrected", "on", "in"),
}
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November"),
    "December",
)
_DAY = re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d\d)(?:-(?P<day>\d\d))?)?\Z")


@dataclass(frozen=True)
class Standing:
    """What is known of a work beside its entry.

    ``status`` is one of :data:`evidence.snapshot.STATUSES`, empty where nobody looked it up; ``date`` as the snapshot has it, the
    day of ``checked`` that on which it was looked up. ``disputed`` are the works that speak against it: what running text calls
    each, and the address of its entry, empty where there is none to lead to.
    """

    status: str = ""
    date: str = ""
    checked: datetime.date | None = None
    disputed: tuple[tuple[str, str], ...] = ()

    @property
    def told(self) -> bool:
        """Whether there is a status that a reader must know of."""
        return self.status in _SAID


UNKNOWN = Standing()


def possible(date: str) -> bool:
    """Whether a date such as ``2017``, ``2017-03`` or ``2017-03-01`` is one of the calendar."""
    found = _DAY.match(date)
    if found is None:
        return False
    try:
        datetime.date(int(found["year"]), int(found["month"] or 1), int(found["day"] or 1))
    except ValueError:
        return False
    return True


def in_words(date: str) -> str:
    """``1 March 2017`` for ``2017-03-01``, ``March 2017`` for ``2017-03``; empty for what is no date."""
    found = _DAY.match(date) if possible(date) else None
    if found is None:
        return ""
    day, month = found["day"], found["month"]
    return " ".join([*([str(int(day))] if day else []), *([_MONTHS[int(month) - 1]] if month else []), found["year"]])


def sentence(standing: Standing) -> str:
    """What a reader must know first: ``Retracted on 1 March 2017.``; empty where there is nothing."""
    if not standing.told:
        return ""
    said, on, within = _SAID[standing.status]
    when = in_words(standing.date)
    return f"{said} {on if standing.date.count('-') == 2 else within} {when}." if when else f"{said}."


def checked(standing: Standing) -> str:
    """``Checked on 20 November 2026.`` for a work that was looked up and found as it was; else empty."""
    when = standing.checked.isoformat() if standing.checked and standing.status == "ok" else ""
    return f"Checked on {in_words(when)}." if when else ""


def lead(standing: Standing) -> str:
    """The sentence as the beginning of a longer one: ``retracted on 1 March 2017``; empty where there is nothing."""
    said = sentence(standing).removesuffix(".")
    return said[:1].lower() + said[1:]


def before(said: Iterable[str], key: str, standings: Mapping[str, Standing]) -> list[str]:
    """Notes on the work ``key`` with its status, where it has one, in front of them."""
    first = sentence(standings.get(key, UNKNOWN))
    return [first, *said] if first else list(said)
