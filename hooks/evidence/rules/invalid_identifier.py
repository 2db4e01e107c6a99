"""A field whose value cannot be right: a DOI, PMID, year, study design and so on."""

from __future__ import annotations

from collections.abc import Iterator

from evidence.bibliography import Bibliography
from evidence.diagnostic import Diagnostic, shorten
from evidence.reference import FIELDS
from evidence.rules.rule import Setting, field_place


def check(bibliography: Bibliography, setting: Setting) -> Iterator[Diagnostic]:
    """Each field that FIELDS has a check for and whose value fails it."""
    for reference in bibliography.references:
        for field in FIELDS.values():
            value = reference.get(field.name)
            problem = field.check(value) if value and field.check else None
            if problem:
                yield Diagnostic(
                    field_place(bibliography, reference, field.name),
                    "invalid-identifier",
                    f"is not a {field.name} of ‘{reference.key}’ that can be used",
                    shorten(value),
                    problem,
                )
