"""A reference that lacks what a reader needs to find the work."""

from __future__ import annotations

from collections.abc import Iterator

from evidence.bibliography import Bibliography
from evidence.diagnostic import Diagnostic
from evidence.reference import FIELDS, IDENTIFIERS
from evidence.rules.rule import Setting, line_place


def check(bibliography: Bibliography, setting: Setting) -> Iterator[Diagnostic]:
    """Each entry without a required field, or without any identifier (DOI, PMID, PMCID, ISBN or address)."""
    for reference in bibliography.references:
        missing = [
            field.name
            for field in FIELDS.values()
            if (reference.type in field.required or "*" in field.required) and not reference.get(field.name)
        ]
        if missing:
            yield Diagnostic(
                line_place(bibliography, reference.line),
                "incomplete-reference",
                f"@{reference.type} has no {' and no '.join(missing)}",
                reference.key,
                f"add {', '.join(f'{name} = {{…}}' for name in missing)} as the work itself gives it",
            )
        if not any(reference.get(name) for name in IDENTIFIERS):
            yield Diagnostic(
                line_place(bibliography, reference.line),
                "incomplete-reference",
                "nothing leads a reader to this work",
                reference.key,
                "add one of doi, pmid, pmcid, isbn, url",
            )
