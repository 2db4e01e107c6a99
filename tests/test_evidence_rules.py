"""The rules that weigh evidence, beyond what their pages show: where they must speak, and where they must stay quiet."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from evidence import bibliography, lint, page, snapshot, source, vocabulary
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


def test_grouped_names_are_known() -> None:
    """Each name of a group stands, itself or its singular, in a list of the lexicon that names medicines and substances."""
    wanted = {"drugs", "brands", "drug_classes", "substances", "street_names"}
    known = {term for words in vocabulary.lists() if words.name in wanted for term in words.terms}
    assert [name for name in missing_caution.groups() if known.isdisjoint(vocabulary.bases(name))] == []


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
    """Of headings written for this test, the rule finds at least 29 of 30 that claim, and none of 48 that do not."""
    lines = (ROOT / "tests" / "data" / "headings.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    found = {words for _, words in rows if "uncitable-claim" in names(f"## {words}\n\nText.\n")}
    assert not found & {words for label, words in rows if label == "0"}
    assert len(found & {words for label, words in rows if label == "1"}) >= 29


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
        ("<details markdown><summary>A trial [@trial2012one]</summary>\n\nText.\n</details>\n", "[@trial2012one]"),
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
        ('{"checked": "2026-02-30",\n"references": {}}', 1, "not a date"),
        (
            '{"checked": "2026-11-20",\n"references": {\n"a2001b": {"status": "ok", "date": "2020-02-30"}}}',
            3,
            "no calendar has: ‘2020-02-30’",
        ),
        ('{"checked": "2026-11-20", "references": {"a2001b": {"status": "ok", "date": "May 2019"}}}', 1, "no calendar has"),
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


@pytest.mark.parametrize(
    "checked, record, wanted",
    [
        ("2026-11-20", "a2001b", []),
        ("2025-10-19", "a2001b", []),  # 400 days
        ("2025-10-18", "a2001b", [(2, "401 days ago", "look the works up again")]),
        ("2026-11-20", "a2001c", [(4, "names ‘a2001c’, which is no key here; a renamed reference loses its record", "‘a2001b’")]),
        ("2026-11-20", "zzzz", [(4, "names ‘zzzz’", "take the line out")]),
        ("2026-11-20", "halfread", []),
    ],
)
def test_a_snapshot_that_no_longer_fits(checked: str, record: str, wanted: list[tuple[int, str, str]]) -> None:
    """Names that are no keys, and a check of more than 400 days ago, are notes at their lines."""
    known = bibliography.parse("references.bib", entry("a2001b") + "@book{halfread, title = {never closed\n")
    text = f'{{\n"checked": "{checked}",\n"references": {{\n"{record}": {{"status": "ok", "source": "{record}"}}}}}}'
    known.snapshot = snapshot.parse("references.verified.json", text)
    found = [d for d in lint.check_bibliography(known, Setting((known,), today=TODAY)) if d.rule == "retracted-reference"]
    assert [(d.place.line, d.severity) for d in found] == [(line, "note") for line, _, _ in wanted]
    for diagnostic, (_, message, help_) in zip(found, wanted, strict=True):
        assert message in diagnostic.message and help_ in diagnostic.help


def test_an_impossible_day_hides_no_retraction() -> None:
    """What the register said of the work is kept, without the day."""
    found = snapshot.parse("s.json", '{"checked": "2026-11-20", "references": {"a": {"status": "retracted", "date": "2020-13"}}}')
    assert found.records["a"] == snapshot.Record("retracted") and len(found.faults) == 1


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


@pytest.mark.parametrize(
    "text",
    [
        "Pregabalin was given with morphine to some people [@trial2012one].",
        "Lyrica was taken together with oxycodone in a trial [@trial2012one].",
        "Gabapentin and tramadol were taken together by many patients [@trial2012one].",
        "Pregabalin was taken with Xanax in a trial [@trial2012one].",
        "Lyrica was taken together with Valium or Ativan by patients [@trial2012one].",
        "Pregabalin was combined with midazolam or nitrazepam in a trial [@trial2012one].",
        "Some people took Neurontin with fentanyl, heroin, codeine or buprenorphine [@trial2012one].",
        "Gabapentin was taken with Klonopin, Rivotril, bromazepam or etizolam by patients [@trial2012one].",
    ],
)
def test_partners_that_slow_breathing(text: str) -> None:
    """By any of their names; and a word such as “breathing” without its harm does not content the rule."""
    assert "missing-caution" in names(text)
    assert "missing-caution" in names(f"{text} Breathing exercises may calm anxiety [@fda2019gabapentinoids].")
    assert "missing-caution" in names(f"{text} Breathing exercises slow the heart in anxiety [@fda2019gabapentinoids].")
    assert "missing-caution" not in names(f"{text} Together they can slow breathing dangerously [@fda2019gabapentinoids].")
    assert "missing-caution" not in names(f"{text} The pair is a risk: breaths get shallow [@fda2019gabapentinoids].")


def test_tapers_by_brand_need_their_warning() -> None:
    """Two claims on tapering Xanax ask for “never suddenly”; the onset of withdrawal is not that warning."""
    bib = BIB + entry("fda2020boxed", "regulatory")
    text = "A taper of Xanax can take months [@trial2012one]. Stopping Klonopin can bring withdrawal [@trial2012one]. "
    assert "missing-caution" in names(text, bib=bib)
    assert "missing-caution" in names(text + "Withdrawal from Ativan can start at once [@fda2020boxed].", bib=bib)
    assert "missing-caution" in names(text + "Withdrawal can start suddenly [@fda2020boxed].", bib=bib)
    assert "missing-caution" not in names(text + "Never stop a benzodiazepine suddenly [@fda2020boxed].", bib=bib)
    assert "missing-caution" not in names(text + "Stopping it abruptly can bring seizures [@fda2020boxed].", bib=bib)


@pytest.mark.parametrize(
    "text",
    [
        "In rats pregabalin lowered glutamate [@rats2007slices]. So it will calm the brain in withdrawal [@rats2007slices].",
        "Pregabalin works as well in patients as it does in rats, and eases their anxiety [@rats2007slices].",
        "## Animal work\n\nPregabalin eases withdrawal in people [@rats2007slices].",
        "Pregabalin treats anxiety, so no more lab work or samples from your doctor are needed [@rats2007slices].",
        "Rats were dependent on diazepam. Pregabalin eases your withdrawal [@rats2007slices].",
        "Pregabalin blocks receptors from the first tablet on [@rats2007slices].",
        "Work in mice shows that pregabalin eases withdrawal in people [@rats2007slices].",
        "Pregabalin eases anxiety in rats and in people [@rats2007slices].",
    ],
)
def test_animal_words_do_not_excuse_people(text: str) -> None:
    """A sentence about people is one about people, whatever stands around it."""
    assert "preclinical-only" in names(text)


@pytest.mark.parametrize(
    "text",
    [
        "In rats pregabalin lowered glutamate; nobody knows whether it does in people [@rats2007slices].",
        "## Animal work\n\nPregabalin lowered glutamate, which has not been tested in people [@rats2007slices].",
        "Mice were made dependent on diazepam. Pregabalin reduced the signs of withdrawal [@rats2007slices].",
        "In mice with a mutation that causes epilepsy in people, pregabalin reduced seizures [@rats2007slices].",
        "Receptors taken from pigs bound pregabalin more weakly [@rats2007slices].",
    ],
)
def test_animal_work_beside_people(text: str) -> None:
    """A sentence may name people to say that they were not studied, or what the animals stand for."""
    assert "preclinical-only" not in names(text)


@pytest.mark.parametrize(
    "text",
    [
        "Pregabalin is no cure for dependence, but it is safe [@trial2012one].",
        "Pregabalin does not bring dependence and is completely safe [@trial2012one].",
        "If you taper from diazepam, pregabalin is safe [@trial2012one].",
        "Not only does pregabalin help, it is perfect for withdrawal [@trial2012one].",
        "Never doubt it, pregabalin cures anxiety [@trial2012one].",
        "Pregabalin has zero side effects in adults [@trial2012one].",
        "A taper 100% works for insomnia [@trial2012one].",
        "Pregabalin works wonders for withdrawal [@trial2012one].",
        "With a slow taper seizures never happen [@trial2012one].",
        "There is no doubt that pregabalin is safe in pregnancy [@trial2012one].",
        "Pregabalin does not sedate people but is perfect for anxiety [@trial2012one].",
        "Pregabalin has no effect on the liver and pregabalin is safe in older adults [@trial2012one].",
        "Keep taking pregabalin, which keeps people with seizures safe [@trial2012one].",
        "To stop diazepam safely, pregabalin can be added [@trial2012one].",
        "Pregabalin always works well for anxiety [@trial2012one].",
    ],
)
def test_promises_behind_a_denial(text: str) -> None:
    """A denial of something else takes nothing back."""
    assert "overstated-claim" in names(text)


@pytest.mark.parametrize(
    "text",
    [
        "Keep diazepam in a safe place so that children cannot overdose [@review2018all].",
        "Safe storage of diazepam prevents overdose in children [@review2018all].",
        "Some people feel safe when they take lorazepam [@review2018all].",
        "It is unsafe to stop diazepam suddenly [@review2018all].",
        "To taper safely, the guideline advises small cuts in dose [@fda2019gabapentinoids].",
        "Nobody knows a dose of pregabalin that is safe in pregnancy [@review2018all].",
        "The causes of seizures in withdrawal are unknown [@case2009one].",
        "The trial failed to prove an effect of pregabalin on insomnia [@trial2012one].",
        "The autopsy proved nothing else about the death in withdrawal [@case2009one].",
        "The belief that pregabalin is harmless is wrong [@review2018all].",
        "It is perfectly normal to have insomnia in withdrawal [@review2018all].",
        "The ideal body weight changes the dose of diazepam [@review2018all].",
        "Magic mushrooms can raise anxiety in withdrawal [@review2018all].",
        "Always carry diazepam in its box when you travel [@trial2012one].",
        "Nobody knows whether diazepam and pregabalin are safe in pregnancy [@review2018all].",
        "Pregabalin is not cheap, or safe, in kidney disease [@review2018all].",
        "Seizures in withdrawal have other causes than the dose [@case2009one].",
        "Patients must always ask before they change the dose of diazepam [@trial2012one].",
    ],
)
def test_words_that_promise_nothing(text: str) -> None:
    """A safe place, a normal night, a cause that is unknown, an order."""
    assert "overstated-claim" not in names(text)
