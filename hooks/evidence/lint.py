"""Pages and bibliographies in, sorted diagnostics and counts out."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from evidence import day
from evidence import page as pages_module
from evidence.bibliography import Bibliography
from evidence.diagnostic import Diagnostic
from evidence.page import Page
from evidence.rules import BIBLIOGRAPHY_RULES, PAGE_RULES, PROJECT_RULES
from evidence.rules.rule import Setting


@dataclass(frozen=True)
class PageResult:
    """What the check of one page leaves behind: its diagnostics, its counts, the keys it cites. The page itself may go."""

    path: str
    diagnostics: tuple[Diagnostic, ...]
    counts: dict[str, int]
    keys: frozenset[str]


@dataclass
class Report:
    """What a check found: diagnostics sorted by place, results in the order of the pages, counts that add up.

    ``unread`` is how many files were asked for and could not be read.
    """

    diagnostics: list[Diagnostic] = field(default_factory=list)
    results: list[PageResult] = field(default_factory=list)
    bibliographies: list[Bibliography] = field(default_factory=list)
    unread: int = 0

    @property
    def findings(self) -> list[Diagnostic]:
        """The diagnostics that stop a build: all but notes."""
        return [diagnostic for diagnostic in self.diagnostics if diagnostic.stops]

    @property
    def counts(self) -> dict[str, int]:
        """Sentences in all, and in each class of :data:`evidence.page.CLASSES`."""
        totals = dict.fromkeys(("sentences", *pages_module.CLASSES), 0)
        for result in self.results:
            for name, number in result.counts.items():
                totals[name] += number
        return totals


def check_page(page: Page, setting: Setting) -> PageResult:
    """The result of one page, its diagnostics sorted."""
    found = [diagnostic for rule in PAGE_RULES for diagnostic in rule.check(page, setting)]
    found.sort(key=Diagnostic.sort_key)
    keys = frozenset(key for citation in page.prose.citations for key in citation.keys)
    return PageResult(page.path, tuple(found), page.counts(), keys)


def check_bibliography(bibliography: Bibliography, setting: Setting | None = None) -> list[Diagnostic]:
    """The diagnostics of one bibliography, sorted; without a setting, as of today."""
    known = setting or Setting((bibliography,))
    found = [diagnostic for rule in BIBLIOGRAPHY_RULES for diagnostic in rule.check(bibliography, known)]
    return sorted(found, key=Diagnostic.sort_key)


def check_project(results: Iterable[PageResult], bibliographies: Iterable[Bibliography]) -> list[Diagnostic]:
    """The diagnostics that need all pages of a site at once, sorted."""
    cited = frozenset(key for result in results for key in result.keys)
    found = [d for b in bibliographies for rule in PROJECT_RULES for d in rule.check(cited, b)]
    return sorted(found, key=Diagnostic.sort_key)


def check(
    results: Sequence[PageResult],
    bibliographies: Sequence[Bibliography] = (),
    *,
    whole: bool = False,
    today: datetime.date | None = None,
) -> Report:
    """Put together what was found on pages and in bibliographies.

    ``whole`` tells that ``results`` are of all pages of the site, so that a reference none of them cites is unused. ``today`` is
    the day that the dates of references are compared with.
    """
    report = Report(results=list(results), bibliographies=list(bibliographies))
    setting = Setting(tuple(bibliographies), today=today or day.today())
    for result in results:
        report.diagnostics += result.diagnostics
    for bibliography in bibliographies:
        report.diagnostics += check_bibliography(bibliography, setting)
    if whole:
        report.diagnostics += check_project(results, bibliographies)
    report.diagnostics.sort(key=Diagnostic.sort_key)
    return report
