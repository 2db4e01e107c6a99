"""How works stand, wherever a reader meets them: retracted, doubted, corrected, checked, disputed."""

from __future__ import annotations

import datetime
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest
from conftest import BUILD_ENVIRONMENT, ROOT, Served
from evidence import bibliography, exports, linked_data, standing, vancouver
from evidence.reference import Reference
from evidence.standing import UNKNOWN, Standing
from evidence.web import plot
from evidence.web import references as references_page
from playwright.sync_api import expect
from test_cards import CONTRAST

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ARTICLE = "blog/pregabalin-in-a-benzodiazepine-taper"
DAY = datetime.date(2026, 11, 20)
WORK = Reference("k", "article", {"title": "A trial", "journal": "J", "year": "2015", "studydesign": "rct"}, "b", 1)
RETRACTED = Standing("retracted", "2017-03-01", DAY)

SENTENCES = [
    ("retracted", "2017-03-01", "Retracted on 1 March 2017."),
    ("retracted", "2017-03", "Retracted in March 2017."),
    ("retracted", "2017", "Retracted in 2017."),
    ("retracted", "", "Retracted."),
    ("retracted", "2020-02-30", "Retracted."),
    ("concern", "2019-12-31", "Under an expression of concern since 31 December 2019."),
    ("concern", "", "Under an expression of concern."),
    ("corrected", "2018-06-01", "Corrected on 1 June 2018."),
    ("ok", "2018-06-01", ""),
    ("unknown", "", ""),
    ("", "", ""),
]


@pytest.mark.parametrize("status, date, words", SENTENCES)
def test_sentence(status: str, date: str, words: str) -> None:
    """Plain words with a day as people write it; the entry begins with them, in a span that says of which kind."""
    known = Standing(status, date, DAY)
    assert standing.sentence(known) == words
    entry = vancouver.to_html(WORK, known)
    first = f'<span class="ref-status ref-status--{status}">{words}</span> '
    assert entry.startswith(first if words else '<span class="ref-title">')
    assert ("Checked on" in entry) == (status == "ok")


def test_a_checked_work_says_so_last() -> None:
    """The day of the check ends the entry; a work that nobody looked up, or a check without a day, says nothing of it."""
    entry = vancouver.to_html(WORK, Standing("ok", "", DAY))
    assert entry.endswith(' <span class="ref-status ref-status--ok">Checked on 20 November 2026.</span>')
    assert entry.startswith(vancouver.to_html(WORK))
    for known in (UNKNOWN, Standing("ok"), Standing("unknown", "", DAY)):
        assert vancouver.to_html(WORK, known) == vancouver.to_html(WORK)


def test_disputes_are_named_and_linked() -> None:
    """One, two and three works; escaped; without a link where there is nothing to lead to."""
    one, two, three = ("Greenall 2022", "#fn:g"), ("A & B 2001", ""), ("C 2002", 'r/#ref-"c"')
    said = [vancouver.to_html(WORK, Standing(disputed=works)) for works in ((one,), (one, two), (one, two, three))]
    assert '<span class="ref-disputed">Disputed by <a href="#fn:g">Greenall 2022</a>.</span>' in said[0]
    assert '<a href="#fn:g">Greenall 2022</a> and A &amp; B 2001.</span>' in said[1]
    assert 'A &amp; B 2001 and <a href="r/#ref-&quot;c&quot;">C 2002</a>.</span>' in said[2]
    assert "Disputed" not in vancouver.to_html(WORK)


def test_exports_say_it_first() -> None:
    """In RIS, CSL-JSON and BibTeX the first note is the status; works of no news are written as before."""
    noted = Reference("n", "article", {**WORK.fields, "note": "Read it whole."}, "b", 1)
    known = {"k": RETRACTED, "n": Standing("concern", "2019-05")}
    notes = re.findall("N1  - (.*)\r\n", exports.ris([WORK], known))
    assert notes[0] == "Retracted on 1 March 2017." and len(notes) == 2
    found = {item["id"]: item["note"] for item in json.loads(exports.csl_json([WORK, noted], known))}
    concern = "Under an expression of concern since May 2019. Read it whole."
    assert found == {"k": "Retracted on 1 March 2017.", "n": concern}
    again = bibliography.parse("b", exports.bibtex([WORK, noted], known)).by_key
    assert (again["k"].get("note"), again["n"].get("note")) == ("Retracted on 1 March 2017.", concern)
    assert "note" not in WORK.fields
    for export in (exports.ris, exports.csl_json, exports.bibtex):
        assert export([WORK, noted], {"k": Standing("ok", "", DAY)}) == export([WORK, noted])


def test_programs_learn_of_a_retraction() -> None:
    """JSON-LD gives the stage of a retracted work, and none for others."""

    def stage(known: Standing) -> object:
        page = linked_data.Page(linked_data.Site("S"), "plain", "T", references=(WORK,), standings={"k": known})
        return linked_data.page_data(page)["@graph"][0]["citation"][0].get("creativeWorkStatus")

    assert stage(RETRACTED) == "Retracted"
    assert stage(Standing("concern")) is stage(Standing("ok")) is stage(UNKNOWN) is None


def test_the_page_of_references_says_it() -> None:
    """Each entry of References has the standing of its work."""
    made = references_page.render({"k": WORK}, {}, {}, {"k": RETRACTED}.__getitem__)
    assert re.search(r'<li id="ref-k"[^>]*><span class="ref-status ref-status--retracted">Retracted on 1 March 2017', made)


def test_the_plot_names_what_it_cannot_show() -> None:
    """The works shown and those named in the caption are all works."""
    undated = Reference("u", "misc", {"title": "T", "author": "Morrow, A", "year": "n.d.", "studydesign": "rct"}, "b", 1)
    ungraded = Reference("x", "misc", {"title": "T", "author": "Lee, B", "year": "2001"}, "b", 1)
    href = "#ref-{}".format
    assert "not shown" not in plot.render([WORK], href)
    caption = plot.render([WORK, undated, ungraded], href)
    assert "1 work from 2015" in caption
    assert '1 work has no year and is not shown: <a href="#ref-u">Morrow</a>. ' in caption
    assert '1 work is of no kind we grade and is not shown: <a href="#ref-x">Lee 2001</a>. ' in caption
    more = Reference("v", "misc", {**undated.fields, "author": "Vale, C"}, "b", 1)
    assert '2 works have no year and are not shown: <a href="#ref-u">Morrow</a>, <a href="#ref-v">Vale</a>. ' in plot.render(
        [WORK, undated, more], href
    )


OTHER = """---
title: Another page
reviewed: 2026-11-23
review_due: 2027-05-23
---

# Another page

In slices of rat brain, pregabalin cut the forced release of glutamate [@dooley2000glutamate; but @brawek2008synaptosomes].
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's own site, built from a copy with a snapshot."""
    copy = tmp_path_factory.mktemp("standing")
    for name in ("docs", "hooks", "overrides"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("mkdocs.yml", "references.bib"):
        shutil.copy(ROOT / name, copy / name)
    works = (copy / "references.bib").read_text(encoding="utf-8")
    for key in ("hadley2012switching", "brawek2008synaptosomes"):
        assert f"{{{key},\n" in works
        works = works.replace(f"{{{key},\n", f"{{{key},\n  intentional = {{true}},\n")
    one = "  disputedby = {brawek2008synaptosomes},"
    assert one in works
    works = works.replace(one, "  disputedby = {brawek2008synaptosomes, caniff2018adjunctive},")
    (copy / "references.bib").write_text(works, encoding="utf-8")
    records = {
        "hadley2012switching": {"status": "retracted", "date": "2017-03-01"},
        "brawek2008synaptosomes": {"status": "concern", "date": "2019-05"},
        "caniff2018adjunctive": {"status": "ok"},
    }
    snapshot = json.dumps({"checked": "2026-11-20", "references": records})
    (copy / "references.verified.json").write_text(snapshot, encoding="utf-8")
    (copy / "docs" / "another.md").write_text(OTHER, encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "-q"],
        cwd=copy,
        env={**os.environ, **BUILD_ENVIRONMENT, "SOURCE_DATE_EPOCH": "1795392000"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr + run.stdout
    return copy / "site"


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def test_a_page_says_it_at_the_mark_and_in_the_list(built: Path) -> None:
    """The name of each mark says it before the work, the entry before everything else."""
    page = read(built / ARTICLE / "index.html")
    names = re.findall(r'href="#fn:hadley2012switching" role="doc-noteref" aria-label="([^"]*)"', page)
    assert len(names) > 2
    assert all(re.match(r"Reference \d+: retracted on 1 March 2017; \S", name) for name in names)
    entry = '<span class="ref-status ref-status--retracted">Retracted on 1 March 2017.</span> '
    assert f'<li id="fn:hadley2012switching">\n<p>{entry}' in page
    works = read(built / "references" / "index.html")
    assert re.search(rf'<li id="ref-hadley2012switching"[^>]*>{re.escape(entry)}', works)
    assert len(re.findall("Checked on 20 November 2026", works)) == 1
    assert "Under an expression of concern since May 2019." in works


def test_a_dispute_leads_to_the_other_work(built: Path) -> None:
    """On the same page where that is listed, else on References; on References itself to its entry there."""
    said = re.compile(
        r'<span class="ref-disputed">Disputed by <a href="([^"]*)">Brawek 2008</a> and <a href="([^"]*)">Caniff 2018</a>\.</span>'
    )
    here, there = "#fn:brawek2008synaptosomes", "#fn:caniff2018adjunctive"
    assert set(said.findall(read(built / ARTICLE / "index.html"))) == {(here, there)}
    assert said.findall(read(built / "another" / "index.html")) == [(here, "../references/#ref-caniff2018adjunctive")]
    works = {("#ref-brawek2008synaptosomes", "#ref-caniff2018adjunctive")}
    assert set(said.findall(read(built / "references" / "index.html"))) == works


def test_the_files_say_it(built: Path) -> None:
    """The files beside References and beside a page."""
    for folder, stem in ((built, ""), (built / ARTICLE, f"{Path(ARTICLE).name}-")):
        for suffix in ("bib", "ris", "json"):
            assert read(folder / f"{stem}references.{suffix}").count("Retracted on 1 March 2017.") == 1, (folder, suffix)
    assert '"creativeWorkStatus":"Retracted"' in read(built / ARTICLE / "index.html")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_entry_and_card_are_legible(browser: Browser, built: Path, scheme: Literal["light", "dark"]) -> None:
    """The card begins with the status and ends with a dispute or a check; all words have the contrast of WCAG AA."""
    with Served(built) as served:
        page = browser.new_context(color_scheme=scheme, reduced_motion="reduce").new_page()
        card = page.locator("#cite-card")

        def show(key: str) -> None:
            page.locator(f'.md-content a.footnote-ref[href="#fn:{key}"]').first.focus()
            expect(card.locator(".cite-card__entry")).to_have_attribute("href", f"#fn:{key}")

        page.goto(f"{served.address}/{ARTICLE}/")
        show("hadley2012switching")
        expect(card.locator("p").first).to_have_text("Retracted on 1 March 2017.")
        expect(card).to_have_accessible_name(re.compile("^Retracted on 1 March 2017"))
        assert card.evaluate(CONTRAST) >= 4.5
        expect(card.locator(".cite-card__checked, .cite-card__disputed")).to_have_count(0)
        show("caniff2018adjunctive")
        expect(card.locator(".cite-card__checked")).to_have_text("Checked on 20 November 2026.")
        expect(card.locator(".cite-card__status")).to_have_count(0)
        assert card.evaluate(CONTRAST) >= 4.5
        # CONTRAST takes white for what is behind an element; an entry has the ground of its page.
        page.locator(".footnote li").evaluate_all(
            "all => all.forEach((one) => (one.style.backgroundColor = getComputedStyle(document.body).backgroundColor))"
        )
        for key in ("hadley2012switching", "caniff2018adjunctive", "dooley2000glutamate"):
            assert page.locator(f'[id="fn:{key}"]').evaluate(CONTRAST) >= 4.5, key
        # A correction has colours of its own.
        status = page.locator('[id="fn:hadley2012switching"] .ref-status')
        status.evaluate("one => one.className = 'ref-status ref-status--corrected'")
        assert page.locator('[id="fn:hadley2012switching"]').evaluate(CONTRAST) >= 4.5
        show("dooley2000glutamate")
        other = card.locator(".cite-card__disputed")
        expect(other).to_have_text("Disputed by Brawek 2008 and Caniff 2018.")
        size = other.get_by_role("link").first.bounding_box()
        assert size is not None and size["height"] >= 24 and size["width"] >= 24
        other.get_by_role("link").first.click()
        expect(page.locator('[id="fn:brawek2008synaptosomes"]')).to_be_focused()
        expect(card).to_have_count(0)
        page.context.close()


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_links_back_can_be_hit(browser: Browser, built: Path, width: int) -> None:
    """Each is 24 by 24 px, none lies on another, and those that fit stand on one line."""
    with Served(built) as served:
        page = browser.new_context(viewport={"width": width, "height": 800}).new_page()
        page.goto(f"{served.address}/{ARTICLE}/")
        boxes = page.evaluate(
            "() => [...document.querySelectorAll('.footnote li')].map(li => [li.querySelector('p:last-child').clientWidth, "
            "[...li.querySelectorAll('.footnote-backref')].map(a => { const r = a.getBoundingClientRect();"
            " return [r.x, r.y, r.width, r.height] })])"
        )
        page.context.close()
    assert max(len(found) for _, found in boxes) >= 5
    for room, found in boxes:
        assert found and all(wide >= 24 and high >= 24 for _, _, wide, high in found)
        for at, (x, y, wide, high) in enumerate(found):
            for left, top, *_ in found[at + 1 :]:
                assert left >= x + wide - 0.1 or top >= y + high - 0.1
        if 10 + sum(wide for _, _, wide, _ in found) <= room:
            assert len({y for _, y, _, _ in found}) == 1, found
