"""One key, or one work, twice in a bibliography."""

from __future__ import annotations

from collections.abc import Iterator

from evidence.bibliography import Bibliography
from evidence.diagnostic import Diagnostic
from evidence.reference import Reference
from evidence.rules.rule import Setting, field_place, line_place


def check(bibliography: Bibliography, setting: Setting) -> Iterator[Diagnostic]:
    """Each entry whose key (letter case aside), DOI, PMID or PMCID an earlier entry has."""
    for repeated in bibliography.repeated:
        first = next(r for r in bibliography.references if r.key.lower() == repeated.key.lower())
        yield Diagnostic(
            line_place(bibliography, repeated.line),
            "duplicate-reference",
            f"this key stands on line {first.line} already",
            repeated.key,
            "merge the two entries, or give the second work its own key",
        )
    seen: dict[tuple[str, str], Reference] = {}
    for reference in bibliography.references:
        for name in ("doi", "pmid", "pmcid"):
            value = reference.get(name).lower()
            if not value:
                continue
            earlier = seen.setdefault((name, value), reference)
            if earlier is not reference:
                yield Diagnostic(
                    field_place(bibliography, reference, name),
                    "duplicate-reference",
                    f"‘{reference.key}’ has the same {name.upper()} as ‘{earlier.key}’ on line {earlier.line}",
                    reference.get(name),
                    "keep one entry and cite that",
                )
