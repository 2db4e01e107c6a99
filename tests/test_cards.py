"""The card of a citation in a real browser: by mouse, keyboard and finger, at all widths, and without any script."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

ARTICLE = "/blog/pregabalin-in-a-benzodiazepine-taper/"
DISPUTED = "/blog/pregabalin-and-gabapentin/"
MARKS = ".md-content sup.cite > a.footnote-ref"

Opener = Callable[..., "Page"]

# The first two marks of the page that stand side by side, by the ids that this gives them.
SIDE_BY_SIDE = """() => {
  const one = document.querySelector(".md-content sup.cite:has(+ .cite-gap + sup.cite)");
  one.firstElementChild.id = "one";
  one.nextElementSibling.nextElementSibling.firstElementChild.id = "two";
}"""

# A start for the Tab key, in front of the paragraph or the list item of a mark.
START = "mark => mark.parentElement.insertAdjacentHTML('beforebegin', '<a href=\"#start\" id=\"start\">start</a>')"

# Brings a mark to a height of the window, at once.
SCROLL = "(mark, y) => scrollBy({top: mark.getBoundingClientRect().top - y, behavior: 'instant'})"

# Lowest contrast of any text of the card with what is behind it, by WCAG 2.2's formula.
CONTRAST = """card => {
  const paint = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const over = (colours) => {
    for (const colour of colours) { paint.fillStyle = colour; paint.fillRect(0, 0, 1, 1); }
    const [r, g, b] = [...paint.getImageData(0, 0, 1, 1).data].map((v) => v / 255)
      .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (at) => [...(at === card ? ["white"] : behind(at.parentElement)), getComputedStyle(at).backgroundColor];
  const texts = [...card.querySelectorAll("*")].filter((at) => [...at.childNodes].some((n) => n.nodeType === 3 && n.data.trim()));
  return Math.min(...texts.map((at) => {
    const ground = behind(at);
    const [low, high] = [over(ground), over([...ground, getComputedStyle(at).color])].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  }));
}"""


@pytest.fixture
def opened(browser: Browser, site: str) -> Iterator[Opener]:
    """Opens the article in a context with the options given; errors of the page's scripts fail the test."""
    contexts, errors = [], []

    def open_(path: str = ARTICLE, **options: Any) -> Page:
        options.setdefault("viewport", {"width": 1280, "height": 844})
        options.setdefault("reduced_motion", "reduce")
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(site + path)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert errors == []


def card_of(page: Page) -> Locator:
    return page.locator("#cite-card")


def box(locator: Locator) -> dict[str, float]:
    found = locator.bounding_box()
    assert found is not None
    return dict(found)


def apart(one: dict[str, float], other: dict[str, float]) -> bool:
    """Whether two boxes share no place."""
    return (
        one["x"] + one["width"] <= other["x"]
        or other["x"] + other["width"] <= one["x"]
        or one["y"] + one["height"] <= other["y"]
        or other["y"] + other["height"] <= one["y"]
    )


def reach(page: Page, mark: Locator) -> None:
    """Come to a mark by the Tab key."""
    mark.evaluate(START)
    page.locator("#start").focus()
    page.keyboard.press("Tab")
    expect(mark).to_be_focused()


def active(page: Page) -> str:
    return str(page.evaluate("document.activeElement.className || document.activeElement.localName"))


# What it shows


def test_it_shows_what_the_entry_says(opened: Opener) -> None:
    page = opened()
    mark = page.locator(MARKS).first
    mark.hover()
    card = card_of(page)
    expect(card).to_be_visible()
    key = (mark.get_attribute("href") or "").removeprefix("#fn:")
    entry = page.locator(f'[id="fn:{key}"]')
    expect(card.locator(".cite-card__number")).to_have_text("1")
    expect(card.locator(".cite-card__by")).to_have_text(re.compile(r"\w.* 2012$"))
    title = entry.locator(".ref-title").inner_text()
    expect(card.locator(".cite-card__title")).to_have_text(title.removesuffix("."))
    expect(card.locator(".cite-card__words")).to_contain_text("Randomised trial")
    expect(card.locator(".cite-card__words")).to_contain_text("106")
    expect(card.locator(".cite-card__finding")).to_have_text("Found: " + entry.locator(".ref-finding").inner_text())
    limit = entry.locator(".ref-limitation").inner_text()
    expect(card.locator(".cite-card__limit")).to_have_text(limit)
    assert limit.startswith("Limit: ")
    expect(card.get_by_role("link", name="DOI")).to_have_attribute("href", "https://doi.org/10.1177/0269881111405360")
    expect(card.get_by_role("link", name="All uses and full entry")).to_have_attribute("href", f"#fn:{key}")
    expect(card.locator(".cite-card__against")).to_have_count(0)
    expect(card.locator(".cite-card__where")).to_have_count(0)


def test_every_mark_of_the_site_has_a_card_with_a_title_a_study_and_a_year_or_none(opened: Opener) -> None:
    page = opened(DISPUTED)
    marks = page.locator(MARKS)
    card = card_of(page)
    seen: set[str] = set()
    for index in range(marks.count()):
        mark = marks.nth(index)
        href = mark.get_attribute("href") or ""
        if href in seen:
            continue
        seen.add(href)
        mark.focus()
        expect(card.locator(".cite-card__entry")).to_have_attribute("href", href)
        expect(card.locator(".cite-card__title")).not_to_be_empty()
        expect(card.locator(".cite-card__words")).not_to_be_empty()
        expect(card.locator(".cite-card__by")).to_have_text(re.compile(r"\w+.*( \d{4}|, no date)$"))
        assert "undefined" not in card.inner_text()
        for link in card.locator(".cite-card__link").all():
            assert re.match("DOI|PubMed|Full text|[a-z0-9.-]+[.][a-z]+$", link.inner_text())
    assert len(seen) > 15


ENTRY = """([authors, date]) => {
  const entry = document.querySelector(".footnote > ol > li > p");
  entry.querySelector(".ref-authors")?.remove();
  if (authors) entry.insertAdjacentHTML("afterbegin", `<span class="ref-authors">${authors}</span> `);
  [...entry.childNodes].find((node) => /2012/.test(node.data ?? "")).data = ` ${date} `;
}"""


BYLINES = [
    ("Hadley SJ.", "2012;26(4):461–470.", "Hadley SJ, 2012"),
    ("Hadley SJ, Mandel FS.", "2012;26(4):1899–1900.", "Hadley SJ and Mandel FS, 2012"),
    ("Hadley SJ, Mandel FS, Schweizer E.", "2012.", "Hadley SJ et al. 2012"),
    ("Hadley SJ, et al.", "2012.", "Hadley SJ et al. 2012"),
    ("van der Berg ÅB Jr, de la Cruz É, Öz A.", "2012.", "van der Berg ÅB Jr et al. 2012"),
    ("Department of Health, Social Care and Ageing.", "2012.", "Department of Health, Social Care and Ageing, 2012"),
    ("", "[date unknown];4:1990–1991.", "Journal of Psychopharmacology, no date"),
]


def test_the_line_on_who_and_when(opened: Opener) -> None:
    page = opened()
    mark = page.locator(MARKS).first
    for authors, date, by in BYLINES:
        page.evaluate(ENTRY, [authors, date])
        mark.focus()
        expect(card_of(page).locator(".cite-card__by")).to_have_text(by)
        page.keyboard.press("Shift+Tab")
        expect(card_of(page)).to_have_count(0)


STUDIES = [
    ("people", "Randomised trial, 106 people.", "Randomised trial, 106 people", 1),
    ("people", "Case report, 1 person.", "Case report, 1 person", 1),
    ("people", "Narrative review.", "Narrative review, people", 1),
    ("animals", "Animal study, animals.", "Animal study, animals", 1),
    ("animals", "Animal study.", "Animal study, animals", 1),
    ("cells", "Laboratory study, cells or tissue.", "Laboratory study, cells or tissue", 1),
    ("cells", "Laboratory study.", "Laboratory study, cells or tissue", 1),
    ("people-and-animals", "Narrative review.", "Narrative review, people and animals", 2),
    ("", "Guideline.", "Guideline", 0),
    ("plants", "Guideline.", "Guideline", 0),
]

STUDY = """([population, design]) => {
  const place = document.querySelector(".footnote .ref-design");
  delete place.dataset.population;
  if (population) place.dataset.population = population;
  place.textContent = design;
}"""


def test_the_population_has_a_drawing_and_a_word(opened: Opener) -> None:
    page = opened()
    mark = page.locator(MARKS).first
    row = card_of(page).locator(".cite-card__design")
    for population, design, words, drawings in STUDIES:
        page.evaluate(STUDY, [population, design])
        mark.focus()
        expect(row.locator(".cite-card__words")).to_have_text(words)
        expect(row.locator("svg")).to_have_count(drawings)
        expect(row.locator("svg[aria-hidden='true']")).to_have_count(drawings)
        page.keyboard.press("Shift+Tab")
        expect(row).to_have_count(0)


def test_stance_and_place_belong_to_the_use_and_not_to_the_work(opened: Opener) -> None:
    page = opened(DISPUTED)
    mark = page.locator("sup.cite--disputes > a.footnote-ref").first
    mark.evaluate("mark => mark.dataset.where = 'see, p. 12'")
    mark.focus()
    card = card_of(page)
    expect(card.locator(".cite-card__against")).to_have_text("This source speaks against the sentence")
    expect(card.locator(".cite-card__where")).to_have_text("Cited here: see, p. 12")
    page.locator("sup.cite:not(.cite--disputes) > a.footnote-ref").first.focus()
    expect(card.locator(".cite-card__title")).to_be_visible()
    expect(card.locator(".cite-card__against, .cite-card__where")).to_have_count(0)


def test_what_an_entry_says_stays_text(opened: Opener) -> None:
    page = opened()
    page.evaluate("""() => {
      document.querySelector(".footnote .ref-title").textContent = "<img src=x onerror=alert(1)> & more.";
      const bad = document.querySelector(".footnote .ref-link a");
      bad.setAttribute("href", "javascript:alert(1)");
    }""")
    page.locator(MARKS).first.hover()
    card = card_of(page)
    expect(card.locator(".cite-card__title")).to_have_text("<img src=x onerror=alert(1)> & more")
    expect(card.locator("img, [href^='javascript']")).to_have_count(0)


def test_a_plain_note_shows_its_words(opened: Opener) -> None:
    """A note cites in turn: its mark in the list has a card, its mark in a card is a plain link."""
    page = opened()
    page.evaluate("""() => {
      const work = document.querySelector(".footnote > ol > li").id;
      document.querySelector(".md-content p").insertAdjacentHTML("beforeend",
        '<sup id="fnref:n" class="cite"><a class="footnote-ref" href="#fn:n" role="doc-noteref" >99</a></sup>');
      document.querySelector(".footnote > ol").insertAdjacentHTML("beforeend",
        `<li id="fn:n"><p id="in-note">A note in words<sup class="cite" id="fnref99:w"><a class="footnote-ref" href="#${work}"
         role="doc-noteref">1</a></sup>. <a class="footnote-backref" href="#fnref:n">↩</a></p></li>`);
    }""")
    page.locator("[id='fnref:n'] > a").focus()
    card = card_of(page)
    expect(card.locator(".cite-card__note")).to_contain_text("A note in words")
    expect(card.locator(".footnote-backref, [id='in-note'], [id='fnref99:w']")).to_have_count(0)
    expect(card.get_by_role("link", name="Go to the note")).to_have_attribute("href", "#fn:n")
    card.locator("a.footnote-ref").hover()
    page.wait_for_timeout(700)
    expect(card.locator(".cite-card__note")).to_be_visible()
    page.locator(".footnote [id='fnref99:w'] > a").focus()
    expect(card.locator(".cite-card__title")).not_to_be_empty()


# Mouse


def test_it_opens_when_a_mouse_rests_and_not_when_it_passes(opened: Opener) -> None:
    page = opened()
    mark = page.locator(MARKS).first
    mark.evaluate(SCROLL, 400)
    at = box(mark)
    card = card_of(page)
    for x in range(0, 300, 30):
        page.mouse.move(at["x"] - 150 + x, at["y"] + at["height"] / 2)
    page.wait_for_timeout(600)
    expect(card).to_have_count(0)
    mark.hover()
    page.wait_for_timeout(50)
    expect(card).to_have_count(0)
    expect(card).to_be_visible()


def test_text_that_scrolls_along_under_a_resting_mouse_opens_nothing(opened: Opener) -> None:
    page = opened()
    mark = page.locator(MARKS).nth(3)
    mark.evaluate(SCROLL, 500)
    at = box(mark)
    page.mouse.move(at["x"] + at["width"] / 2, at["y"] + at["height"] / 2 - 200)
    page.evaluate("scrollBy({top: 200, behavior: 'instant'})")
    page.wait_for_timeout(700)
    expect(mark).to_have_css("text-decoration-line", "none")
    expect(card_of(page)).to_have_count(0)
    page.mouse.move(at["x"] + at["width"] / 2 + 1, at["y"] + at["height"] / 2 - 200)
    expect(card_of(page)).to_be_visible()


def test_it_stays_while_the_mouse_is_on_mark_or_card_and_leaves_after(opened: Opener) -> None:
    page = opened()
    mark = page.locator(MARKS).first
    mark.hover()
    card = card_of(page)
    expect(card).to_be_visible()
    page.wait_for_timeout(700)
    expect(card).to_be_visible()
    at = box(card)
    page.mouse.move(at["x"] + 60, at["y"] + 60, steps=8)
    page.wait_for_timeout(700)
    expect(card).to_be_visible()
    # A press on its words, as for marking them, does not put it away, even where the mouse runs over the edge meanwhile.
    page.mouse.down()
    page.mouse.move(at["x"] - 30, at["y"] + 64)
    page.wait_for_timeout(500)
    page.mouse.move(at["x"] + 90, at["y"] + 64)
    page.mouse.up()
    page.wait_for_timeout(500)
    expect(card).to_be_visible()
    # On the way between card and mark there is a moment on neither.
    page.mouse.move(at["x"] - 30, at["y"] + 64)
    page.wait_for_timeout(100)
    expect(card).to_be_visible()
    mark.hover()
    page.wait_for_timeout(500)
    expect(card).to_be_visible()
    page.mouse.move(4, 500)
    expect(card).to_have_count(0)
    expect(mark).not_to_have_attribute("aria-details", re.compile("."))


def test_a_click_into_a_card_that_scrolls_does_not_pin_it(opened: Opener) -> None:
    """What scrolls can have the focus, and a click gives it; the card goes with the mouse all the same."""
    page = opened(viewport={"width": 1280, "height": 300})
    mark = page.locator(MARKS).first
    mark.evaluate(SCROLL, 150)
    mark.hover()
    card = card_of(page)
    expect(card).to_have_attribute("tabindex", "0")
    card.locator(".cite-card__title").click()
    expect(card).to_be_focused()
    page.mouse.move(4, 290)
    expect(card).to_have_count(0)


def test_a_click_on_its_words_does_not_fold_what_it_stands_in(opened: Opener) -> None:
    page = opened()
    page.evaluate("""() => {
      const box = document.createElement("details");
      box.innerHTML = "<summary>A line that folds </summary><p>Inside</p>";
      document.querySelector("article h2").after(box);
      box.firstElementChild.append(document.querySelector(".md-content sup.cite"));
    }""")
    page.locator("summary sup.cite > a").hover()
    card_of(page).locator(".cite-card__title").click()
    expect(card_of(page)).to_be_visible()
    assert page.evaluate("document.querySelector('summary:has(sup.cite)').parentElement.open") is False


def test_esc_puts_a_hovered_card_away_until_the_mouse_comes_anew(opened: Opener) -> None:
    page = opened()
    mark = page.locator(MARKS).first
    mark.hover()
    card = card_of(page)
    expect(card).to_be_visible()
    page.keyboard.press("Escape")
    expect(card).to_have_count(0)
    at = box(mark)
    page.mouse.move(at["x"] + at["width"] / 2 + 1, at["y"] + at["height"] / 2 + 1)
    page.wait_for_timeout(600)
    expect(card).to_have_count(0)
    page.mouse.move(4, 500)
    mark.hover()
    expect(card).to_be_visible()


def test_a_click_follows_the_link_and_the_card_is_gone(opened: Opener) -> None:
    page = opened()
    mark = page.locator(MARKS).first
    mark.hover()
    expect(card_of(page)).to_be_visible()
    mark.click()
    page.wait_for_url(re.compile("#fn:"))
    expect(card_of(page)).to_have_count(0)
    page.go_back()
    expect(mark).to_be_in_viewport()
    page.mouse.move(4, 500)
    mark.hover()
    expect(card_of(page)).to_be_visible()


def test_marks_side_by_side_have_a_card_each_and_nothing_moves(opened: Opener) -> None:
    page = opened()
    page.evaluate(SIDE_BY_SIDE)
    first, second = page.locator("#one"), page.locator("#two")
    first.evaluate(SCROLL, 400)
    places = (
        "mark => [...mark.closest('p, li').parentElement.querySelectorAll('*:not(#cite-card, #cite-card *)')].map(at => "
        "JSON.stringify(at.getBoundingClientRect()))"
    )
    before = first.evaluate(places)
    card = card_of(page)
    first.hover()
    expect(card.locator(".cite-card__entry")).to_have_attribute("href", first.get_attribute("href") or "")
    assert first.evaluate(places) == before
    assert apart(box(card), box(second))
    second.hover()
    expect(card.locator(".cite-card__entry")).to_have_attribute("href", second.get_attribute("href") or "")
    assert second.evaluate(places) == before
    expect(card).to_have_count(1)
    expect(first).not_to_have_attribute("aria-details", "cite-card")
    expect(second).to_have_attribute("aria-details", "cite-card")


# Keyboard


def test_the_keyboard_opens_enters_leaves(opened: Opener) -> None:
    page = opened()
    mark = page.locator(MARKS).first
    reach(page, mark)
    mark.evaluate(SCROLL, 700)
    card = card_of(page)
    expect(card).to_be_visible()
    expect(card).to_have_attribute("role", "group")
    expect(mark).to_have_attribute("aria-details", "cite-card")
    name = card.get_attribute("aria-labelledby") or ""
    words = [page.locator(f"#{part}").inner_text() for part in name.split()]
    assert len(words) == 2 and words[0].startswith("1") and words[1].startswith("Switching from")
    links = card.get_by_role("link")
    for index in range(links.count()):
        page.keyboard.press("Tab")
        expect(links.nth(index)).to_be_focused()
        expect(links.nth(index)).to_have_css("outline-style", "solid")
        page.wait_for_timeout(400)
        expect(card).to_be_visible()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    expect(links.last).to_be_focused()
    page.keyboard.press("Tab")
    # What comes next is the next mark, with a card of its own.
    second = page.locator(MARKS).nth(1)
    expect(second).to_be_focused()
    expect(mark).not_to_have_attribute("aria-details", "cite-card")
    expect(second).to_have_attribute("aria-details", "cite-card")
    page.keyboard.press("Shift+Tab")
    expect(mark).to_be_focused()
    expect(card).to_be_visible()
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.id") == "start"
    expect(card).to_have_count(0)


def test_esc_closes_and_the_focus_is_on_the_mark(opened: Opener) -> None:
    page = opened()
    mark = page.locator(MARKS).first
    reach(page, mark)
    card = card_of(page)
    expect(card).to_be_visible()
    page.keyboard.press("Escape")
    expect(card).to_have_count(0)
    expect(mark).to_be_focused()
    page.wait_for_timeout(500)
    expect(card).to_have_count(0)
    # The next Tab goes on, and coming back opens it again; Esc inside the card leads back to the mark.
    page.keyboard.press("Tab")
    expect(page.locator(MARKS).nth(1)).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(card).to_be_visible()
    page.keyboard.press("Tab")
    assert "cite-card" in active(page)
    page.keyboard.press("Escape")
    expect(card).to_have_count(0)
    expect(mark).to_be_focused()
    page.wait_for_timeout(500)
    expect(card).to_have_count(0)


def test_esc_does_one_thing_at_a_time(opened: Opener) -> None:
    """The theme hears Esc at the window, and closes its search; it hears nothing while the key puts a card away."""
    page = opened()
    page.evaluate("() => { window.heard = 0; addEventListener('keydown', (event) => { heard += event.key === 'Escape' }) }")
    page.locator(MARKS).first.focus()
    expect(card_of(page)).to_be_visible()
    page.keyboard.press("Escape")
    expect(card_of(page)).to_have_count(0)
    assert page.evaluate("heard") == 0
    page.keyboard.press("Escape")
    assert page.evaluate("heard") == 1


def test_a_passing_mouse_takes_no_card_from_the_keyboard(opened: Opener) -> None:
    page = opened()
    mark = page.locator(MARKS).first
    reach(page, mark)
    page.keyboard.press("Tab")
    card = card_of(page)
    href = mark.get_attribute("href") or ""
    other = page.locator(MARKS).nth(5)
    other.evaluate(SCROLL, 700)
    at = box(other)
    page.mouse.move(at["x"] + at["width"] / 2 - 2, at["y"] + at["height"] / 2)
    page.mouse.move(at["x"] + at["width"] / 2, at["y"] + at["height"] / 2)
    page.wait_for_timeout(700)
    expect(card.locator(".cite-card__entry")).to_have_attribute("href", href)
    assert "cite-card" in active(page)


def test_enter_on_the_entry_link_arrives_at_the_entry(opened: Opener) -> None:
    page = opened()
    mark = page.locator(MARKS).first
    reach(page, mark)
    card_of(page).get_by_role("link", name="All uses and full entry").focus()
    page.keyboard.press("Enter")
    href = mark.get_attribute("href") or ""
    entry = page.locator(f'[id="{href[1:]}"]')
    expect(entry).to_be_focused()
    expect(entry).to_be_in_viewport()
    expect(card_of(page)).to_have_count(0)
    assert page.url.endswith(href)
    page.keyboard.press("Tab")
    assert entry.evaluate("entry => entry.contains(document.activeElement)")


def test_enter_on_a_mark_is_still_its_link(opened: Opener) -> None:
    page = opened()
    reach(page, page.locator(MARKS).first)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("#fn:"))
    expect(card_of(page)).to_have_count(0)


def test_it_closes_when_the_mark_scrolls_away_and_follows_until_then(opened: Opener) -> None:
    page = opened()
    mark = page.locator(MARKS).first
    mark.evaluate(SCROLL, 600)
    reach(page, mark)
    card = card_of(page)
    expect(card).to_be_visible()
    page.evaluate("scrollBy({top: 60, behavior: 'instant'})")
    page.wait_for_timeout(200)
    assert apart(box(card), box(mark))
    at, to = box(card), box(mark)
    assert min(abs(at["y"] + at["height"] - to["y"]), abs(at["y"] - to["y"] - to["height"])) < 12
    page.evaluate("scrollBy({top: 3000, behavior: 'instant'})")
    expect(card).to_have_count(0)


# Fingers


def test_a_finger_opens_reads_on_and_comes_back(opened: Opener) -> None:
    page = opened(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    mark = page.locator(MARKS).first
    before = page.url
    mark.tap()
    card = card_of(page)
    expect(card).to_be_visible()
    assert page.url == before
    page.wait_for_timeout(700)
    expect(card).to_be_visible()
    card.locator(".cite-card__finding").tap()
    expect(card).to_be_visible()
    card.get_by_role("link", name="All uses and full entry").tap()
    expect(card).to_have_count(0)
    href = mark.get_attribute("href") or ""
    assert page.url.endswith(href)
    entry = page.locator(f'[id="{href[1:]}"]')
    expect(entry).to_be_in_viewport()
    entry.locator(".footnote-backref").first.tap()
    expect(mark).to_be_in_viewport()
    mark.tap()
    expect(card).to_be_visible()
    card.get_by_role("button", name="Close").tap()
    expect(card).to_have_count(0)
    mark.tap()
    expect(card).to_be_visible()
    page.evaluate("scrollBy({top: 2000, behavior: 'instant'})")
    expect(card).to_have_count(0)


def test_a_second_tap_follows_and_a_tap_beside_closes(opened: Opener) -> None:
    page = opened(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page.evaluate(SIDE_BY_SIDE)
    mark, other = page.locator("#one"), page.locator("#two")
    mark.evaluate(SCROLL, 300)
    card = card_of(page)
    mark.tap()
    expect(card).to_be_visible()
    page.touchscreen.tap(5, 240)
    expect(card).to_have_count(0)
    mark.tap()
    expect(card).to_be_visible()
    other.tap()
    expect(card.locator(".cite-card__entry")).to_have_attribute("href", other.get_attribute("href") or "")
    assert "#" not in page.url
    other.tap()
    page.wait_for_url(re.compile("#fn:"))
    assert page.url.endswith(other.get_attribute("href") or "")
    expect(card).to_have_count(0)


def test_a_card_that_a_finger_opened_is_left_by_keyboard(opened: Opener) -> None:
    """A tablet may have a keyboard as well."""
    page = opened(viewport={"width": 1024, "height": 768}, has_touch=True)
    mark = page.locator(MARKS).first
    mark.tap()
    card = card_of(page)
    expect(card).to_be_visible()
    expect(mark).to_be_focused()
    stops = card.locator("a:visible, button:visible").count()
    for _ in range(stops):
        page.keyboard.press("Tab")
        expect(card).to_be_visible()
    assert "cite-card" in active(page)
    mark.evaluate("mark => mark.closest('li, p').insertAdjacentHTML('beforeend', '<button id=end>end</button>')")
    page.locator("#end").focus()
    expect(card).to_have_count(0)


# Everywhere


@pytest.mark.parametrize("touch", [False, True], ids=["mouse", "touch"])
@pytest.mark.parametrize(("width", "height"), [(320, 256), (320, 640), (390, 844), (479, 700), (480, 700), (1280, 844)])
def test_it_fits_the_window_and_never_covers_its_mark(opened: Opener, width: int, height: int, touch: bool) -> None:
    page = opened(viewport={"width": width, "height": height}, has_touch=touch)
    marks = page.locator(MARKS)
    card = card_of(page)
    for index, y in ((0, 0.3), (2, 0.5), (5, 0.75), (9, 0.9), (12, 0.55)):
        mark = marks.nth(index)
        mark.evaluate(SCROLL, int(height * y))
        if touch:
            mark.tap()
        else:
            mark.focus()
        expect(card.locator(".cite-card__entry")).to_have_attribute("href", mark.get_attribute("href") or "")
        at, to = box(card), box(mark)
        assert at["x"] >= 0 and at["x"] + at["width"] <= width, index
        assert at["y"] >= 0 and at["y"] + at["height"] <= height + 0.5, index
        assert apart(at, to), index
        hit = mark.evaluate(
            "m => { const r = m.getBoundingClientRect();"
            "return m.contains(document.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2)) }"
        )
        assert hit, index
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), index
        assert card.evaluate("card => card.scrollWidth <= card.clientWidth"), index
        # What does not fit scrolls inside, and the keyboard can reach it.
        scrolls = card.evaluate("card => card.scrollHeight > card.clientHeight + 1")
        assert card.evaluate("card => card.tabIndex") == (0 if scrolls else -1), index
        if height >= 480:
            entry = box(card.locator(".cite-card__entry"))
            assert entry["y"] + entry["height"] <= at["y"] + at["height"], index
        if width < 480:
            assert (at["x"], at["width"]) == (0, width), index
        for target in card.locator("a:visible, button:visible").all():
            size = box(target)
            assert size["height"] >= 24 and size["width"] >= 24, index


# Gives the id "subject" to a mark in a place; puts one into a table that is cut off, scrolls and breaks no line.
PLACE = """place => {
  const table = document.createElement("div");
  table.className = "md-typeset__scrollwrap";
  table.style = "contain: paint; overflow: auto; width: 200px";
  table.innerHTML = '<table><tr><th>head</th><td style="text-align: right; white-space: nowrap">cell </td></tr></table>';
  document.querySelector("article h2").after(table);
  table.querySelector("td").append(document.querySelector(".md-content p > sup.cite, .md-content li > sup.cite"));
  document.querySelector(`.md-content ${place} sup.cite > a`).id = "subject";
}"""


@pytest.mark.parametrize("place", ["table td", ".admonition", "li", "p"])
def test_it_works_in_every_place(opened: Opener, place: str) -> None:
    """What a table or a box hands down, and where it is cut off, does not reach the card."""
    page = opened()
    page.evaluate(PLACE, place)
    mark = page.locator("#subject")
    assert mark.evaluate("(mark, place) => Boolean(mark.closest(place))", place)
    mark.evaluate(SCROLL, 500)
    mark.hover()
    card = card_of(page)
    expect(card).to_be_visible()
    at = box(card)
    assert at["width"] == 450
    assert at["height"] > 150
    for name, value in (
        ("white-space", "normal"),
        ("text-align", "start"),
        ("font-size", "14px"),
        ("font-weight", "400"),
    ):
        expect(card).to_have_css(name, value)
    hit = card.evaluate(
        "card => { const r = card.getBoundingClientRect();"
        "return [[4, 4], [r.width - 4, r.height - 4]].every(([x, y]) =>"
        "card.contains(document.elementFromPoint(r.x + x, r.y + y))) }"
    )
    assert hit


@pytest.mark.parametrize("touch", [False, True], ids=["mouse", "touch"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_its_colours_are_told_apart(opened: Opener, scheme: str, touch: bool) -> None:
    width = 390 if touch else 1280
    page = opened(DISPUTED, color_scheme=scheme, has_touch=touch, viewport={"width": width, "height": 844})
    shade = page.locator("body").get_attribute("data-md-color-scheme")
    assert shade == {"light": "default", "dark": "slate"}[scheme]
    for mark in (page.locator("sup.cite--disputes > a.footnote-ref").first, page.locator(MARKS).first):
        mark.evaluate("mark => mark.dataset.where = 'p. 12'")
        mark.focus()
        card = card_of(page)
        expect(card.locator(".cite-card__where")).to_be_visible()
        assert card.evaluate(CONTRAST) >= 4.5
        card.get_by_role("link").first.hover()
        assert card.evaluate(CONTRAST) >= 4.5
        page.mouse.move(1, 1)


def test_it_keeps_its_edge_where_colours_are_forced(opened: Opener) -> None:
    page = opened(forced_colors="active")
    page.locator(MARKS).first.hover()
    card = card_of(page)
    expect(card).to_have_css("border-top-style", "solid")
    expect(card).to_have_css("border-top-width", "2px")
    assert card.evaluate("card => getComputedStyle(card).borderTopColor === getComputedStyle(card).color")


def test_motion_is_only_for_those_who_have_not_refused_it(opened: Opener) -> None:
    still, moving = opened(), opened(reduced_motion="no-preference")
    for page, name in ((still, "none"), (moving, "cite-card")):
        page.locator(MARKS).first.hover()
        expect(card_of(page)).to_have_css("animation-name", name)


def test_it_is_never_printed(opened: Opener) -> None:
    page = opened()
    page.locator(MARKS).first.focus()
    expect(card_of(page)).to_be_visible()
    page.emulate_media(media="print")
    expect(card_of(page)).to_be_hidden()


def test_it_asks_for_nothing(opened: Opener) -> None:
    page = opened()
    page.wait_for_load_state("networkidle")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for index in range(6):
        page.locator(MARKS).nth(index).focus()
        expect(card_of(page)).to_be_visible()
    page.wait_for_timeout(300)
    assert asked == []


def test_without_script_a_mark_is_a_link(opened: Opener) -> None:
    page = opened(java_script_enabled=False)
    mark = page.locator(MARKS).first
    mark.hover()
    mark.click()
    href = mark.get_attribute("href") or ""
    assert page.url.endswith(href)
    expect(page.locator(f'[id="{href[1:]}"]')).to_be_in_viewport()
    expect(card_of(page)).to_have_count(0)


def test_a_mark_whose_entry_is_on_another_page_is_a_link(opened: Opener) -> None:
    page = opened()
    mark = page.locator(MARKS).first
    mark.evaluate("mark => mark.href = '../pregabalin-and-gabapentin/' + mark.hash")
    mark.hover()
    page.wait_for_timeout(600)
    expect(card_of(page)).to_have_count(0)


def test_an_emission_of_the_theme_adds_no_listener_and_closes_the_card(opened: Opener) -> None:
    """document$ speaks again after each instant navigation: one opening must stay one."""
    page = opened()
    page.locator(MARKS).first.focus()
    expect(card_of(page)).to_be_visible()
    page.evaluate("""() => {
      window.added = [];
      for (const type of [EventTarget]) {
        const add = type.prototype.addEventListener;
        type.prototype.addEventListener = function (name, ...rest) {
          if (new Error().stack.includes("cards.js")) window.added.push(name);
          return add.call(this, name, ...rest);
        };
      }
      for (let count = 0; count < 3; count++) document$.next(document);
    }""")
    expect(card_of(page)).to_have_count(0)
    expect(page.locator("[aria-details='cite-card']")).to_have_count(0)
    page.evaluate("""() => {
      window.opened = 0;
      new MutationObserver((changes) => {
        for (const { addedNodes } of changes) for (const node of addedNodes) window.opened += node.id === "cite-card";
      }).observe(document.body, { childList: true, subtree: true });
    }""")
    page.mouse.move(4, 500)
    page.locator(MARKS).nth(2).hover()
    expect(card_of(page)).to_be_visible()
    page.wait_for_timeout(400)
    assert page.evaluate("window.opened") == 1
    assert page.evaluate("window.added") == []


def test_new_marks_of_an_instant_navigation_work(opened: Opener) -> None:
    """The content of the page is another one; the card that stood in the old one comes again."""
    page = opened()
    page.locator(MARKS).first.focus()
    expect(card_of(page)).to_be_visible()
    page.evaluate("""() => {
      const old = document.querySelector(".md-content");
      const copy = old.cloneNode(true);
      copy.querySelector("#cite-card").remove();
      old.replaceWith(copy);
      document$.next(document);
    }""")
    expect(card_of(page)).to_have_count(0)
    page.mouse.move(4, 500)
    page.locator(MARKS).nth(1).hover()
    expect(card_of(page)).to_be_visible()
    expect(card_of(page)).to_have_count(1)
