"""A page with medical claims that does not say when it was reviewed, or until when that holds."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from typing import Any

from evidence.diagnostic import Diagnostic
from evidence.page import CITED, COVERED, Page
from evidence.rules.rule import Setting

_DATE = re.compile(r"\d{4}-\d\d-\d\d\Z")


def date_of(value: Any) -> datetime.date | None:
    """The day a front matter value names: a YAML date, or text such as 2026-11-23; else None."""
    if isinstance(value, datetime.datetime):
        return value.date()
    if isinstance(value, datetime.date):
        return value
    if isinstance(value, str) and _DATE.match(value):
        try:
            return datetime.date.fromisoformat(value)
        except ValueError:
            return None
    return None


def check(page: Page, setting: Setting) -> Iterator[Diagnostic]:
    """Pages of the site with claims need ``reviewed`` and a later ``review_due`` in their front matter, both dates."""
    if not setting.in_site or page.source.meta_error is not None:  # what cannot be read is told by front-matter
        return
    if not any(s.status in (CITED, COVERED) and any(map(setting.knows, s.keys)) for s in page.sentences):
        return
    examples = {"reviewed": setting.today, "review_due": setting.today + datetime.timedelta(days=182)}
    dates: dict[str, datetime.date] = {}
    for name in ("reviewed", "review_due"):
        value = page.source.meta.get(name)
        date = date_of(value)
        if date is not None:
            dates[name] = date
        if value is not None:  # one that is not a date is told by front-matter
            continue
        yield Diagnostic(
            page.source.meta_place(name),
            "missing-review-date",
            f"the page has medical claims and no {name} date",
            name,
            f"add to the front matter: {name}: {examples[name]} (year-month-day)",
        )
    if len(dates) == 2 and dates["review_due"] <= dates["reviewed"]:
        yield Diagnostic(
            page.source.meta_place("review_due"),
            "missing-review-date",
            "the next review would be due before the last one was made",
            f"review_due: {dates['review_due']}",
            "write the day by which the page is to be read again",
        )
