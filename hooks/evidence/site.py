"""What one build of a site knows, for the doors to share: they cannot import each other, but all of them import this.

A door asks for the site of its build with :func:`of`; the first to ask reads the bibliographies, once for all.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from evidence import bibliography, day, ledger, lint, settings, vancouver
from evidence.audit.page import Expected, expected
from evidence.bibliography import Bibliography
from evidence.lint import PageResult, Report
from evidence.page import Page
from evidence.reference import Reference, keys
from evidence.standing import Standing


@dataclass
class Site:
    """One build: what it reads, and what it has found so far.

    ``results``, ``claims``, ``expected`` (what the built page must carry) and ``marks`` (the ids of the marks of its citations by
    number) are by the page's path below the docs folder; a page itself is not kept.
    """

    root: Path
    today: datetime.date
    bibliographies: tuple[Bibliography, ...] = ()
    references: dict[str, Reference] = field(default_factory=dict)
    results: dict[str, PageResult] = field(default_factory=dict)
    claims: dict[str, Sequence[ledger.Claim]] = field(default_factory=dict)
    expected: dict[str, Expected] = field(default_factory=dict)
    marks: dict[str, list[str]] = field(default_factory=dict)

    def shown(self, path: Path) -> str:
        """A path as a terminal can open it: from the project's folder where it lies inside."""
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else path.as_posix()

    def add(self, name: str, page: Page, result: PageResult) -> None:
        """Take over what was found on a page."""
        self.results[name] = result
        self.expected[name] = expected(page, name, self.references)
        self.claims[name] = self.expected[name].claims

    def cited(self, name: str) -> list[Reference]:
        """The works that a page cites, in the order of its list."""
        wanted = self.expected.get(name)
        return [self.references[key] for key in dict.fromkeys(wanted.cited)] if wanted else []

    def standing(self, key: str, href: Callable[[str], str] = lambda key: "") -> Standing:
        """How a work stands; ``href`` gives the address of another work's entry, empty where there is none to lead to."""
        reference = self.references.get(key)
        if reference is None:
            return Standing()
        against = [other for other in keys(reference.get("disputedby")) if other in self.references]
        disputed = tuple((vancouver.short_name(self.references[other]), href(other)) for other in against)
        home = next(known for known in reversed(self.bibliographies) if key in known.by_key)
        record = home.snapshot.records.get(key) if home.snapshot else None
        if home.snapshot is None or record is None:
            return Standing(disputed=disputed)
        return Standing(record.status, record.date, home.snapshot.checked, disputed)

    @property
    def standings(self) -> dict[str, Standing]:
        """How each work stands, by key."""
        return {key: self.standing(key) for key in self.references}

    def report(self) -> Report:
        """All pages together with the bibliographies: diagnostics sorted, counts that add up."""
        return lint.check(list(self.results.values()), self.bibliographies, whole=True)

    @property
    def every_claim(self) -> Sequence[ledger.Claim]:
        """The claims of all pages, page by page."""
        return [claim for name in sorted(self.claims) for claim in self.claims[name]]


_open: tuple[object, Site] | None = None


def of(build: object, config_file: Path) -> Site:
    """The site of a build; ``build`` is any object that is one per build, ``config_file`` its ``mkdocs.yml``.

    Raises :class:`evidence.source.Unreadable` where ``mkdocs.yml`` or a bibliography cannot be read.
    """
    global _open  # one build at a time, and the doors share nothing else
    if _open is not None and _open[0] is build:
        return _open[1]
    found = settings.read(config_file)
    site = Site(found.root, day.today())
    site.bibliographies = tuple(bibliography.read(path, site.shown(path)) for path in found.bibliographies)
    for known in site.bibliographies:
        site.references.update(known.by_key)
    _open = (build, site)
    return site
