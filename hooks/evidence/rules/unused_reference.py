"""A reference that no page cites."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from evidence.bibliography import Bibliography
from evidence.diagnostic import Diagnostic
from evidence.page import Page
from evidence.rules.rule import line_place


def check(pages: Sequence[Page], bibliography: Bibliography) -> Iterator[Diagnostic]:
    """Each reference of the bibliography that none of the pages cites."""
    cited = {key for page in pages for citation in page.prose.citations for key in citation.keys}
    for reference in bibliography.references:
        if reference.key not in cited:
            yield Diagnostic(
                line_place(bibliography, reference.line),
                "unused-reference",
                "no page cites this reference",
                reference.key,
                "cite it, or remove the entry",
                severity="warning",
            )
