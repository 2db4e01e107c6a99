"""The table of rules. A rule is one file here, one line below, and its page in ``docs/contribute/rules/``."""

from __future__ import annotations

from evidence.rules import (
    control_character,
    disputed_claim,
    duplicate_reference,
    front_matter,
    incomplete_reference,
    invalid_identifier,
    malformed_citation,
    misplaced_citation,
    missing_caution,
    missing_review_date,
    overstated_claim,
    preclinical_only,
    retracted_reference,
    review_overdue,
    secondary_source_missing,
    stale_reference,
    uncitable_claim,
    uncited_claim,
    unclassified_reference,
    unknown_citation,
    unneeded_allowance,
    unparsable_reference,
    unsafe_reference,
    unused_reference,
)
from evidence.rules.rule import BibliographyRule, PageRule, ProjectRule

PAGE_RULES: tuple[PageRule, ...] = (
    PageRule("uncited-claim", uncited_claim.check),
    PageRule("uncitable-claim", uncitable_claim.check),
    PageRule("unknown-citation", unknown_citation.check),
    PageRule("malformed-citation", malformed_citation.check),
    PageRule("control-character", control_character.check),
    PageRule("misplaced-citation", misplaced_citation.check),
    PageRule("unneeded-allowance", unneeded_allowance.check),
    PageRule("front-matter", front_matter.check),
    PageRule("missing-review-date", missing_review_date.check),
    PageRule("review-overdue", review_overdue.check),
    PageRule("preclinical-only", preclinical_only.check),
    PageRule("overstated-claim", overstated_claim.check),
    PageRule("disputed-claim", disputed_claim.check),
    PageRule("missing-caution", missing_caution.check),
    PageRule("secondary-source-missing", secondary_source_missing.check),
)

BIBLIOGRAPHY_RULES: tuple[BibliographyRule, ...] = (
    BibliographyRule("unparsable-reference", unparsable_reference.check),
    BibliographyRule("duplicate-reference", duplicate_reference.check),
    BibliographyRule("incomplete-reference", incomplete_reference.check),
    BibliographyRule("invalid-identifier", invalid_identifier.check),
    BibliographyRule("unsafe-reference", unsafe_reference.check),
    BibliographyRule("unclassified-reference", unclassified_reference.check),
    BibliographyRule("stale-reference", stale_reference.check),
    BibliographyRule("retracted-reference", retracted_reference.check),
)

PROJECT_RULES: tuple[ProjectRule, ...] = (ProjectRule("unused-reference", unused_reference.check),)

NAMES: tuple[str, ...] = tuple(
    sorted([r.name for r in PAGE_RULES] + [r.name for r in BIBLIOGRAPHY_RULES] + [r.name for r in PROJECT_RULES])
)
