"""Pages and bibliographies in, sorted diagnostics and counts out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from evidence import page as pages_module
from evidence.bibliography import Bibliography
from evidence.diagnostic import Diagnostic
from evidence.page import Page
from evidence.rules import BIBLIOGRAPHY_RULES, PAGE_RULES, PROJECT_RULES
from evidence.rules.rule import Setting


@dataclass
class Report:
    """What a check found: diagnostics sorted by place, pages in the order given, counts that add up."""

    diagnostics: list[Diagnostic] = field(default_factory=list)
    pages: list[Page] = field(default_factory=list)
    bibliographies: list[Bibliography] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """Sentences in all, and in each class of :data:`evidence.page.CLASSES`."""
        totals = dict.fromkeys(("sentences", *pages_module.CLASSES), 0)
        for page in self.pages:
            for name, number in page.counts().items():
                totals[name] += number
        return totals


def check_page(page: Page, setting: Setting) -> list[Diagnostic]:
    """The diagnostics of one page, sorted."""
    found = [diagnostic for rule in PAGE_RULES for diagnostic in rule.check(page, setting)]
    return sorted(found, key=Diagnostic.sort_key)


def check_bibliography(bibliography: Bibliography) -> list[Diagnostic]:
    """The diagnostics of one bibliography, sorted."""
    found = [diagnostic for rule in BIBLIOGRAPHY_RULES for diagnostic in rule.check(bibliography)]
    return sorted(found, key=Diagnostic.sort_key)


def check_project(pages: Sequence[Page], bibliographies: Iterable[Bibliography]) -> list[Diagnostic]:
    """The diagnostics that need all pages of a site at once, sorted."""
    found = [d for b in bibliographies for rule in PROJECT_RULES for d in rule.check(pages, b)]
    return sorted(found, key=Diagnostic.sort_key)


def check(
    pages: Sequence[Page],
    bibliographies: Sequence[Bibliography] = (),
    *,
    in_site: Sequence[bool] = (),
    whole: bool = False,
) -> Report:
    """Check pages against bibliographies.

    ``in_site`` tells for each page whether it belongs to a site (default: none does); ``whole`` that ``pages`` are all
    pages of the site, so that a reference none of them cites is unused.
    """
    report = Report(pages=list(pages), bibliographies=list(bibliographies))
    belongs = in_site or [False] * len(pages)
    for page, inside in zip(pages, belongs, strict=True):
        report.diagnostics += check_page(page, Setting(tuple(bibliographies), inside))
    for bibliography in bibliographies:
        report.diagnostics += check_bibliography(bibliography)
    if whole:
        report.diagnostics += check_project(pages, bibliographies)
    report.diagnostics.sort(key=Diagnostic.sort_key)
    return report
