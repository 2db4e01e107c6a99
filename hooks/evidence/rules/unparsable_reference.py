"""An entry of the bibliography that cannot be read."""

from __future__ import annotations

from collections.abc import Iterator

from evidence.bibliography import Bibliography
from evidence.diagnostic import Diagnostic, shorten
from evidence.rules.rule import Setting, line_place


def check(bibliography: Bibliography, setting: Setting) -> Iterator[Diagnostic]:
    """Each stretch that is no entry, once, at its line."""
    for broken in bibliography.broken:
        yield Diagnostic(
            line_place(bibliography, broken.line),
            "unparsable-reference",
            broken.problem,
            shorten(broken.quote),
            broken.help,
        )
