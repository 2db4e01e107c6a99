"""A reference that does not say what kind of evidence it is, or who was studied."""

from __future__ import annotations

from collections.abc import Iterator

from evidence.bibliography import Bibliography
from evidence.diagnostic import Diagnostic
from evidence.reference import POPULATIONS, STUDY_DESIGNS, WITHOUT_POPULATION
from evidence.rules.rule import Setting, line_place


def check(bibliography: Bibliography, setting: Setting) -> Iterator[Diagnostic]:
    """Each ungraded entry of a bibliography that grades its works.

    A bibliography without a single ``studydesign`` is one of a site that does not grade, and nothing is said of it.
    """
    if not any(reference.get("studydesign") for reference in bibliography.references):
        return
    for reference in bibliography.references:
        design = reference.get("studydesign")
        if not design:
            missing, choices = "studydesign", list(STUDY_DESIGNS)
        elif not reference.get("population") and design not in WITHOUT_POPULATION:
            missing, choices = "population", list(POPULATIONS)
        else:
            continue
        yield Diagnostic(
            line_place(bibliography, reference.line),
            "unclassified-reference",
            f"has no {missing}, so readers cannot see how far it carries",
            reference.key,
            f"add {missing} = {{…}}, one of: {', '.join(choices)}",
        )
