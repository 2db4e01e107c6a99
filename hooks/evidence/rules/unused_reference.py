"""A reference that no page cites."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from evidence.bibliography import Bibliography
from evidence.diagnostic import Diagnostic
from evidence.rules.rule import line_place


def check(cited: Collection[str], bibliography: Bibliography) -> Iterator[Diagnostic]:
    """Each reference of the bibliography whose key is not among those cited."""
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
