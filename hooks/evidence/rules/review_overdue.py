"""A page whose day of review has passed."""

from __future__ import annotations

from collections.abc import Iterator

from evidence.diagnostic import Diagnostic
from evidence.page import Page
from evidence.rules.missing_review_date import date_of
from evidence.rules.rule import Setting

GRACE_DAYS = 90


def check(page: Page, setting: Setting) -> Iterator[Diagnostic]:
    """A note on a page of the site whose ``review_due`` has passed, and a finding once that is ``GRACE_DAYS`` ago."""
    if not setting.in_site:
        return
    due = date_of(page.source.meta.get("review_due"))
    read = date_of(page.source.meta.get("reviewed"))
    # A due date that cannot be right is told by missing-review-date.
    late = (setting.today - due).days if due and not (read and due <= read) else 0
    if late > 0:
        yield Diagnostic(
            page.source.meta_place("review_due"),
            "review-overdue",
            f"was the day to read this page again, {late} {'day' if late == 1 else 'days'} ago",
            f"review_due: {due}",
            "read it against its sources and set reviewed and review_due",
            severity="note" if late <= GRACE_DAYS else "error",
        )
