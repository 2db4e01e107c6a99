"""The rules that weigh evidence, beyond what their pages show: where they must speak, and where they must stay quiet."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from evidence import bibliography, lint, page, snapshot, source
from evidence.diagnostic import Diagnostic
from evidence.reference import STUDY_DESIGNS
from evidence.rules import missing_caution, overstated_claim
from evidence.rules.rule import Setting

ROOT = Path(__file__).parent.parent
TODAY = datetime.date(2026, 11, 23)


def entry(key: str, design: str = "rct", population: str = "people", extra: str = "", year: str = "2012") -> str:
    """A complete entry."""
    return (
        f"@article{{{key},\n  title = {{A work called {key}}},\n  journal = {{A journal}},\n  year = {{{year}}},\n"
        f"  doi = {{10.1234/{key}}},\n  studydesign = {{{design}}},\n  population = {{{population}}},\n{extra}}}\n"
    )


BIB = "".join(
    (
        entry("trial2012one"),
        entry("rats2007slices", "animal", "animals"),
        entry("cells2008dish", "in-vitro", "cells"),
        entry("both2003review", "narrative-review", "people-and-animals"),
        entry("case2009one", "case-report"),
        entry("review2018all", "systematic-review"),
        entry("fda2019gabapentinoids", "regulatory"),
    )
)


def rules_of(text: str, *, bib: str = BIB, in_site: bool = False) -> list[Diagnostic]:
    """The diagnostics of a page with a bibliography."""
    known = bibliography.parse("references.bib", bib)
    setting = Setting((known,), in_site, TODAY)
    return list(lint.check_page(page.read(source.Source("post.md", text)), setting).diagnostics)


def names(text: str, **more: object) -> set[str]:
    """The names of the rules that speak."""
    return {diagnostic.rule for diagnostic in rules_of(text, **more)}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    [
        "Pregabalin reduces the release of glutamate [@rats2007slices].",
        "Pregabalin reduces the release of glutamate in nerve cells [@cells2008dish].",
        "Pregabalin reduces the release of glutamate [@rats2007slices; @cells2008dish].",
        "Pregabalin reduces the release of glutamate [@rats2007slices; but @trial2012one].",
        "Pregabalin has these effects [@rats2007slices]:\n\n- It reduces the release of glutamate.",
        "| Medicine | Effect |\n|---|---|\n| Pregabalin [@rats2007slices] | reduces the release of glutamate |",
    ],
)
def test_animal_work_told_as_human(text: str) -> None:
    """A claim resting on animals or cells alone is told, wherever its reference stands."""
    assert "preclinical-only" in names(text)


@pytest.mark.parametrize(
    "text",
    [
        "In rats, pregabalin reduced the release of glutamate [@rats2007slices].",
        "Rat brain was cut into slices. Pregabalin reduced the release of glutamate there [@rats2007slices].",
        "Pregabalin reduces the release of glutamate [@rats2007slices; @trial2012one].",
        "Pregabalin reduces the release of glutamate [@both2003review].",
        "## In animals\n\nPregabalin reduced the release of glutamate [@rats2007slices].",
        "This was seen in mice and rats [@rats2007slices]:\n\n- Pregabalin reduced the release of glutamate.",
        "| Medicine | Seen in | Effect |\n|---|---|---|\n| Pregabalin [@rats2007slices] | rats | less release of glutamate |",
        "I read about it for nights on end.",
    ],
)
def test_animal_work_told_as_such(text: str) -> None:
    """A sentence that says who was studied, by itself or by what stands around it, is left alone."""
    assert "preclinical-only" not in names(text)


@pytest.mark.parametrize(
    "text, word",
    [
        ("Pregabalin is the perfect medicine for anxiety in withdrawal [@review2018all].", "perfect"),
        ("Pregabalin is completely safe with lorazepam [@review2018all].", "completely safe"),
        ("A trial proves that pregabalin reduces anxiety [@trial2012one].", "proves"),
        ("Pregabalin cures insomnia after benzodiazepines [@review2018all].", "cures"),
        ("A taper always reduces withdrawal symptoms [@trial2012one].", "always"),
        ("Pregabalin has no side effects in older adults [@trial2012one].", "no side effects"),
        ("Pregabalin prevents seizures in withdrawal [@case2009one].", "prevents"),
        ("Recovery from benzodiazepine withdrawal is guaranteed [@trial2012one].", "guaranteed"),
        ("Pregabalin is safe in pregnancy.", "safe"),
    ],
)
def test_promises(text: str, word: str) -> None:
    """A promise is told at its word, with what the best source is, and with something to write instead."""
    found = [d for d in rules_of(text) if d.rule == "overstated-claim"]
    assert [d.quote for d in found] == [word]
    assert found[0].place.column == text.index(word) + 1
    assert found[0].help.startswith("write what was found: ")


@pytest.mark.parametrize(
    "text",
    [
        "Pregabalin is not safe with opioids [@fda2019gabapentinoids].",
        "No medicine for withdrawal is perfect [@review2018all].",
        "It is not known whether pregabalin is safe in pregnancy [@review2018all].",
        "Two separate targets do not mean that the pair carries no risk [@review2018all].",
        "The first version called pregabalin “the perfect add-on” for a taper [@review2018all].",
        "A taper does not always reduce withdrawal symptoms [@trial2012one].",
        "Slow tapers are safer than fast ones for most patients [@review2018all].",
        "Regular use of lorazepam causes dependence in many people [@review2018all].",
        "Nobody proved that pregabalin protects against seizures [@review2018all].",
        "I felt perfectly safe for the first time in months.",
    ],
)
def test_no_promise(text: str) -> None:
    """Denials, doubts, quotations, comparisons, what the source can carry, and feelings are left alone."""
    assert "overstated-claim" not in names(text)


def test_a_caution_for_a_pair() -> None:
    """Pregabalin with lorazepam needs the warning about breathing, with one of the references that give it."""
    together = "Some people took pregabalin together with lorazepam in a trial [@trial2012one].\n"
    assert "missing-caution" in names(together)
    warned = together + "Both together can slow down breathing [@fda2019gabapentinoids].\n"
    assert "missing-caution" not in names(warned)
    elsewhere = together + "Both together can slow down breathing [@trial2012one].\n"
    assert "missing-caution" in names(elsewhere), "a reference that does not say it is no warning"


def test_a_caution_on_a_site_with_other_references() -> None:
    """Where none of the named works is known, any reference can give the warning."""
    text = "Some people took pregabalin with lorazepam [@trial2012one]. The pair can slow down breathing [@trial2012one].\n"
    assert "missing-caution" not in names(text, bib=entry("trial2012one"))


def test_passing_mentions_need_no_caution() -> None:
    """A page that names one medicine once is not about it."""
    assert "missing-caution" not in names("Pregabalin was licensed for epilepsy first [@review2018all].")
    assert "missing-caution" not in names("I took pregabalin with lorazepam, and I was afraid of both.")


def test_cautions_name_works_that_exist() -> None:
    """Each caution of the data file can be met with this site's references, and its words are met by its own warning."""
    known = bibliography.read(ROOT / "references.bib", "references.bib")
    for caution in missing_caution.cautions():
        assert any(key in known.by_key for key in caution.references), caution.topic
        assert caution.warns.search(caution.warning), caution.topic


def test_wording_names_designs() -> None:
    """Each row says what to write instead, and its design is one we know."""
    for wording in overstated_claim.wordings():
        assert wording.instead
        assert wording.lowest is None or wording.lowest.name in STUDY_DESIGNS


def test_dispute_is_told_once() -> None:
    """At the first mention, once for each work; and not where the other side is on the page."""
    bib = entry("one2012study", extra="  disputedby = {two2018review},\n") + entry("two2018review", "systematic-review")
    text = "Pregabalin helped in a study [@one2012study]. It helped again in the study [@one2012study].\n"
    assert [d.place.column for d in rules_of(text, bib=bib) if d.rule == "disputed-claim"] == [text.index("@one") + 1]
    assert "disputed-claim" not in names(text + "A review disagrees [@two2018review].\n", bib=bib)


def test_headings() -> None:
    """Of headings written for this test, the rule finds at least 13 of 14 that claim, and none of 25 that do not."""
    lines = (ROOT / "tests" / "data" / "headings.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    found = {words for _, words in rows if "uncitable-claim" in names(f"## {words}\n\nText.\n")}
    assert not found & {words for label, words in rows if label == "0"}
    assert len(found & {words for label, words in rows if label == "1"}) >= 13


@pytest.mark.parametrize(
    "text",
    [
        "---\ntitle: Pregabalin prevents withdrawal seizures\n---\nText.\n",
        "---\ndescription: Pregabalin prevents withdrawal seizures.\n---\nText.\n",
        '!!! note "Pregabalin prevents withdrawal seizures"\n\n    Text.\n',
        "![Pregabalin prevents withdrawal seizures](picture.png)\n",
        "Pregabalin prevents withdrawal seizures\n-----\n\nText.\n",
    ],
)
def test_places_that_cannot_cite(text: str) -> None:
    """Title, description, box title, the words of an image, an underlined heading."""
    assert "uncitable-claim" in names(text)


@pytest.mark.parametrize(
    "text, quote",
    [
        ("---\ntitle: A trial [@trial2012one]\n---\nText.\n", "[@trial2012one]"),
        ("---\ndescription: As @trial2012one found.\n---\nText.\n", "@trial2012one"),
        ("## A trial [@trial2012one]\n\nText.\n", "[@trial2012one]"),
        ("A trial [@trial2012one]\n====\n\nText.\n", "[@trial2012one]"),
        ('!!! note "A trial [@trial2012one]"\n\n    Text.\n', "[@trial2012one]"),
        ("| A trial [@trial2012one] | B |\n|---|---|\n| a | b |\n", "[@trial2012one]"),
        ("![A trial [@trial2012one]](a.png)\n", "[@trial2012one]"),
        ("Read [a trial [@trial2012one]](https://example.org/) now.\n", "[@trial2012one]"),
        ("<section>\n<p>A trial [@trial2012one].</p>\n</section>\n", "[@trial2012one]"),
    ],
)
def test_misplaced(text: str, quote: str) -> None:
    """Each place where a citation would not come out as one."""
    found = [d for d in rules_of(text) if d.rule == "misplaced-citation"]
    assert [d.quote for d in found] == [quote]


@pytest.mark.parametrize(
    "text",
    [
        "---\ntags: ['@trial2012one']\n# see [@trial2012one]\n---\nText.\n",
        "`## A trial [@trial2012one]`\n",
        "```\n<div>\n[@trial2012one]\n</div>\n```\n",
        "<!-- ## A trial [@trial2012one] -->\nText.\n",
        "<div markdown>\nA trial [@trial2012one].\n</div>\n",
        "<div>a</div>\n\nA trial [@trial2012one].\n",
        "[@trial2012one](https://example.org/)\n",
    ],
)
def test_well_placed(text: str) -> None:
    """Code, comments, other front matter, blocks that are Markdown: nothing to say."""
    assert "misplaced-citation" not in names(text)


@pytest.mark.parametrize(
    "text, line, words",
    [
        ('{"checked": "2026-11-20"', 1, "not JSON"),
        ("[]", 1, "no “references”"),
        ('{\n"checked": "soon",\n"references": {}}', 2, "not a date"),
        ('{"checked": "2026-11-20",\n"references": {\n"a2001b": {"status": "fine"}}}', 3, "no status we know"),
        ('{"checked": "2026-11-20", "references": {"a2001b": 7}}', 1, "no status we know"),
        ("[" * 100_000, 1, "nested too deeply"),
    ],
)
def test_broken_snapshot(text: str, line: int, words: str) -> None:
    """What cannot be read in a snapshot is a finding at its line, never a traceback."""
    known = bibliography.parse("references.bib", entry("a2001b"))
    known.snapshot = snapshot.parse("references.verified.json", text)
    found = [d for d in lint.check_bibliography(known, Setting((known,), today=TODAY)) if d.rule == "retracted-reference"]
    assert [(d.place.path, d.place.line) for d in found] == [("references.verified.json", line)]
    assert words in found[0].message


def test_unreadable_snapshot(tmp_path: Path) -> None:
    """A snapshot that is not text is a finding too."""
    (tmp_path / "references.bib").write_text(entry("a2001b"))
    (tmp_path / "references.verified.json").write_bytes(b"\xff\xfe{}")
    known = bibliography.read(tmp_path / "references.bib", "references.bib")
    assert [d.rule for d in lint.check_bibliography(known)] == ["retracted-reference"]


def test_a_work_nobody_looked_up_is_not_clean(tmp_path: Path) -> None:
    """A reference the snapshot does not name has no record at all."""
    found = snapshot.parse("s.json", '{"checked": "2026-11-20", "references": {"a2001b": {"status": "ok"}}}')
    assert found.records["a2001b"].status == "ok"
    assert "b2002c" not in found.records
    assert snapshot.read(tmp_path / "missing.json", "missing.json") is None


@pytest.mark.parametrize(
    "due, severity", [("2026-11-23", None), ("2026-11-22", "note"), ("2026-08-25", "note"), ("2026-08-24", "error")]
)
def test_review_overdue(due: str, severity: str | None) -> None:
    """On the day nothing, then a note for 90 days, then a finding."""
    text = f"---\nreviewed: 2026-01-01\nreview_due: {due}\n---\nText.\n"
    assert [d.severity for d in rules_of(text, in_site=True) if d.rule == "review-overdue"] == ([severity] if severity else [])
    assert "review-overdue" not in names(text)
