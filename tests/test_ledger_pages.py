"""References and Claims in a real browser, and the numbers of badge, pages, files and command against each other."""

from __future__ import annotations

import csv
import json
import os
import re
import urllib.request
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conftest import ROOT
from evidence.__main__ import main
from playwright.sync_api import expect

if TYPE_CHECKING:
    import pytest
    from playwright.sync_api import Browser, Page


def fetched(address: str) -> str:
    with urllib.request.urlopen(address, timeout=10) as answer:
        return str(answer.read().decode())


def number(text: str | None) -> int:
    found = re.search(r"[\d,]+", text or "")
    assert found, text
    return int(found[0].replace(",", ""))


def opened(browser: Browser, address: str, **options: Any) -> Page:
    return browser.new_context(viewport={"width": 1280, "height": 900}, **options).new_page()


def test_works_can_be_narrowed(browser: Browser, site: str) -> None:
    """Each field narrows the list, together they narrow it further, and the count says how far."""
    page = opened(browser, site)
    page.goto(site + "/references/")
    works = page.locator(".works > .work:visible")
    everything = works.count()
    assert everything > 50

    def choose(label: str, value: str) -> None:
        page.locator(".filter").get_by_label(label, exact=True).select_option(value)

    choose("Kind of study", "rct")
    assert set(works.evaluate_all("all => all.map(one => one.dataset.design)")) == {"rct"}
    expect(page.locator(".filter-count")).to_have_text(re.compile(rf"^{works.count()} works shown"))
    trials = works.count()
    choose("Year", "2010")
    assert 0 < works.count() < trials
    assert min(works.evaluate_all("all => all.map(one => Number(one.dataset.year))")) >= 2010
    choose("Kind of study", "")
    choose("Year", "")
    choose("Studied in", "animals")
    assert 0 < works.count() < everything
    choose("Studied in", "")
    choose("Page", "help.md")
    assert 0 < works.count() < everything
    choose("Page", "")
    page.get_by_label("Words").fill("HÅKANSSON pregabalin")
    expect(works).to_have_count(1)
    expect(page.locator(".filter-count")).to_have_text("1 work shown")
    page.get_by_label("Words").fill("nothing says this")
    expect(works).to_have_count(0)
    expect(page.locator(".filter-count")).to_have_text("0 works shown")
    page.get_by_label("Words").fill("")
    expect(works).to_have_count(everything)
    page.context.close()


def test_a_work_shows_where_it_is_used(browser: Browser, site: str) -> None:
    """From an entry to each sentence that rests on it; the plot leads to entries."""
    page = opened(browser, site)
    page.goto(site + "/references/#ref-hadley2012switching")
    entry = page.locator("#ref-hadley2012switching")
    expect(entry.locator("details")).to_have_attribute("open", "")
    uses = entry.locator("details li a")
    assert number(entry.locator("summary").text_content()) >= uses.count() > 1
    uses.first.click()
    target = page.evaluate("decodeURIComponent(location.hash.slice(1))")
    mark = page.locator(f'[id="{target}"]')
    expect(mark).to_be_in_viewport()
    assert mark.locator("a").get_attribute("href") == "#fn:hadley2012switching"
    page.goto(site + "/references/")
    dot = page.locator(".plot a").first
    page.goto(site + "/references/" + (dot.get_attribute("href") or ""))
    expect(page.locator(page.evaluate("location.hash"))).to_be_in_viewport()
    page.context.close()


def test_claims_can_be_narrowed_and_sorted(browser: Browser, site: str) -> None:
    page = opened(browser, site)
    page.goto(site + "/claims/")
    rows = page.locator(".ledger tr[data-design]:visible")
    everything = rows.count()
    assert everything == number(page.get_by_text(re.compile("claims on .* pages")).text_content())
    page.get_by_label("Strongest evidence").select_option("guideline")
    assert set(rows.evaluate_all("all => all.map(one => one.dataset.design)")) == {"guideline"}
    page.get_by_label("Strongest evidence").select_option("")
    page.get_by_label("Page", exact=True).select_option(label="Get help now")
    assert page.locator(".ledger tbody:visible").count() == 1
    expect(page.locator(".filter-count")).to_have_text(re.compile(r"claims shown$"))

    head = page.locator(".ledger thead th").nth(2)
    head.get_by_role("button").focus()
    page.keyboard.press("Enter")
    expect(head).to_have_attribute("aria-sort", "ascending")
    ranks = "all => all.map(one => Number(one.cells[2].dataset.sort))"
    up = rows.evaluate_all(ranks)
    assert up == sorted(up)
    page.keyboard.press("Enter")
    expect(head).to_have_attribute("aria-sort", "descending")
    assert rows.evaluate_all(ranks) == sorted(up, reverse=True)
    page.locator(".ledger thead th").nth(0).get_by_role("button").click()
    words = rows.evaluate_all("all => all.map(one => one.cells[0].textContent.toLowerCase())")
    assert words[0] == min(words)
    assert page.locator(".ledger thead [aria-sort]").count() == 1
    page.context.close()


def test_without_scripts_everything_is_there(browser: Browser, site: str) -> None:
    page = opened(browser, site, java_script_enabled=False)
    for path, items in (("/references/", ".works > .work"), ("/claims/", ".ledger tr[data-design]")):
        page.goto(site + path)
        assert page.locator(items).count() == page.locator(f"{items}:visible").count() > 50
        expect(page.locator(".filter")).to_be_hidden()
        assert page.locator(".ledger thead button").count() == 0
    page.context.close()


def test_numbers_agree(browser: Browser, site: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Badges, References, Claims, claims.json, claims.csv and ``evidence claims`` count the same."""
    here = Path.cwd()
    os.chdir(ROOT)
    try:
        assert main(["claims", "--format", "json"]) == 0
    finally:
        os.chdir(here)
    told = json.loads(capsys.readouterr().out)["claims"]
    ledger = json.loads(fetched(site + "/claims.json"))
    table = list(csv.DictReader(fetched(site + "/claims.csv").splitlines()))
    assert Counter((claim["path"].removeprefix("docs/"), claim["status"]) for claim in told) == Counter(
        (claim["page"], claim["status"]) for claim in ledger["claims"]
    )
    assert [row["id"] for row in table] == [claim["id"] for claim in ledger["claims"]]
    assert [row["citations"].split() for row in table] == [claim["citations"] for claim in ledger["claims"]]

    page = opened(browser, site)
    page.goto(site + "/claims/")
    assert page.locator(".ledger tr[data-design]").count() == len(told)
    per_page = Counter(claim["page"] for claim in ledger["claims"])
    for entry in ledger["pages"]:
        page.goto(f"{site}/{entry['file']}")
        badge = page.locator(".evidence-badge")
        if per_page[entry["source"]]:
            assert number(badge.text_content()) == per_page[entry["source"]]
        else:
            expect(badge).to_have_count(0)
    page.goto(site + "/references/")
    for key in ("hadley2012switching", "fda2020boxed", "maust2023discontinuation"):
        uses = sum(key in claim["citations"] for claim in ledger["claims"])
        assert number(page.locator(f"#ref-{key} summary").text_content()) == uses
    page.context.close()
