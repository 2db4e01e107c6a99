"""Comments by a real Isso in a real browser: writing, moderating, failing, and what hostile people write."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import small_site
from axe_playwright_python.sync_playwright import Axe
from conftest import Served
from local_comments import LocalIsso
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}


class Stage:
    """The small site and the comment server it asks."""

    def __init__(self, folder: Path, features: tuple[str, ...] = (), front: dict[str, Any] | None = None, **options: Any) -> None:
        self.served = Served(folder / "site")
        self.site = self.served.address
        hosts = options.pop("hosts", [self.site])
        self.isso = LocalIsso(folder / "isso", [self.site], hosts=hosts, **options)
        comments = {"provider": "isso", "isso": {"server": self.isso.address}}
        small_site.write(folder / "source", comments, features=features, address=self.site, **(front or {}))
        run = small_site.build(folder / "source", folder / "site")
        assert run.returncode == 0, run.stderr

    def __enter__(self) -> Stage:
        self.served.__enter__()
        self.isso.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.isso.stop()
        self.served.__exit__()


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Without a moderator, with instant navigation."""
    with Stage(tmp_path_factory.mktemp("isso"), ("navigation.instant",), per_minute=1000) as stage:
        yield stage


class Reader:
    """A browser of its own, and every request to another host than the site."""

    def __init__(self, browser: Browser, stage: Stage, **options: Any) -> None:
        self.stage = stage
        self.context: BrowserContext = browser.new_context(viewport={"width": 390, "height": 844}, **options)
        self.page: Page = self.context.new_page()
        self.asked: list[str] = []
        self.said: list[str] = []
        self.page.on("request", lambda r: None if r.url.startswith((stage.site, "data:", "blob:")) else self.asked.append(r.url))
        self.page.on("console", lambda m: self.said.append(m.text) if m.type == "error" else None)
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("dialog", lambda dialog: (self.said.append(f"dialog {dialog.message}"), dialog.dismiss()))

    def open(self, path: str = small_site.FIRST, load: bool = True) -> Page:
        self.page.goto(self.stage.site + path)
        self.page.wait_for_load_state("networkidle")
        assert self.asked == [], "asked before consent"
        if load:
            self.load()
        return self.page

    def load(self) -> None:
        self.page.locator(".comments__load").click()
        expect(self.page.locator(".comments")).to_have_attribute("data-state", "ready")

    def write(self, text: str, name: str = "") -> None:
        box = self.page.locator("#isso-thread > .isso-postbox")
        box.locator(".isso-textarea").fill(text)
        if name:
            box.locator("[name=author]").fill(name)
        box.locator("input[type=submit]").click()

    def comment(self, text: str) -> Any:
        """The comment with some words, found again by its number when it is being changed."""
        found = self.page.locator(".isso-comment", has_text=text).last
        expect(found).to_be_visible()
        return self.page.locator(f"#{found.get_attribute('id')}")

    def status(self) -> Any:
        return self.page.get_by_role("status")

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, *_: object) -> None:
        self.context.close()


# Writing


def test_write_answer_change_delete(browser: Browser, stage: Stage) -> None:
    """A comment, an answer nested below it, a change, a deletion; after a reload all is as it was left."""
    with Reader(browser, stage) as reader:
        page = reader.open()
        reader.write("A first comment", "Quiet")
        expect(reader.status()).to_have_text("Your comment is published.")
        first = reader.comment("A first comment")
        first.get_by_text("Reply", exact=True).click()
        answer = first.locator(".isso-postbox")
        answer.locator(".isso-textarea").fill("An answer to it")
        answer.locator("input[type=submit]").click()
        expect(first.locator(".isso-follow-up .isso-comment")).to_contain_text("An answer to it")
        nested = reader.comment("An answer to it")
        nested.get_by_text("Edit", exact=True).click()
        nested.locator(".isso-textarea").fill("A better answer")
        nested.get_by_text("Save", exact=True).click()
        expect(nested).to_contain_text("A better answer")
        nested.locator(".isso-delete").click()
        nested.locator(".isso-delete").click()
        expect(page.locator(".isso-comment", has_text="A better answer")).to_have_count(0)
        page.reload()
        reader.load()
        expect(reader.comment("A first comment")).to_contain_text("Quiet")
        expect(page.locator(".isso-comment", has_text="answer")).to_have_count(0)
        assert reader.asked and all(address.startswith(stage.isso.address) for address in reader.asked)
        assert reader.said == []


def test_two_pages_two_threads(browser: Browser, stage: Stage) -> None:
    """What is written on one page is not on the other; going there and back by instant navigation keeps them apart."""
    with Reader(browser, stage) as reader:
        page = reader.open()
        page.evaluate("window.kept = true")
        reader.write("Only on the first page")
        expect(reader.comment("Only on the first page")).to_be_visible()
        page.get_by_role("link", name="second", exact=True).click()
        expect(page.locator("h1")).to_contain_text("Second")
        expect(page.locator(".comments")).to_have_attribute("data-state", "idle")
        assert page.evaluate("window.kept") is True, "a whole new page: this was no instant navigation"
        reader.load()
        expect(page.locator(".isso-comment", has_text="Only on the first")).to_have_count(0)
        reader.write("Only on the second page")
        expect(reader.comment("Only on the second page")).to_be_visible()
        page.go_back()
        expect(page.locator("h1")).to_contain_text("First")
        reader.load()
        expect(reader.comment("Only on the first page")).to_be_visible()
        expect(page.locator(".isso-comment", has_text="Only on the second")).to_have_count(0)
        expect(page.locator("#isso-thread")).to_have_count(1)
        expect(page.locator("#isso-thread > .isso-postbox")).to_have_count(1)
        assert reader.said == []


def test_an_edit_that_comes_too_late(browser: Browser, tmp_path: Path) -> None:
    """After the window for changes the reader is told, and the comment stays as it was."""
    with Stage(tmp_path, max_age="2s") as stage, Reader(browser, stage) as reader:
        page = reader.open()
        reader.write("A comment to keep")
        written = reader.comment("A comment to keep")
        written.get_by_text("Edit", exact=True).click()
        page.wait_for_timeout(2500)
        written.locator(".isso-textarea").fill("Something else")
        written.get_by_text("Save", exact=True).click()
        expect(reader.status()).to_have_text("Your change was not saved. A comment can be changed for a short time only.")
        page.reload()
        reader.load()
        expect(reader.comment("A comment to keep")).to_be_visible()


# Moderating


def test_the_queue(browser: Browser, tmp_path: Path) -> None:
    """A comment waits, and others do not see it; approved it appears, rejected it is gone."""
    with Stage(tmp_path, moderated=True) as stage, Reader(browser, stage) as writer:
        writer.open()
        for text in ("Please let me in", "Please throw me out"):
            writer.write(text)
            expect(writer.status()).to_have_text("Thank you. A person looks at your comment before others can see it.")
        expect(writer.comment("Please let me in")).to_contain_text("Waiting for a moderator")
        with Reader(browser, stage) as other:
            other.open()
            expect(other.page.locator(".isso-comment[id^=isso-]")).to_have_count(0)
        moderator = browser.new_context().new_page()
        moderator.on("dialog", lambda dialog: dialog.accept())
        moderator.goto(f"{stage.isso.address}/admin/")
        moderator.locator("[name=password]").fill(stage.isso.password)
        with moderator.expect_navigation():
            moderator.keyboard.press("Enter")
        for text, action in (("Please let me in", "validate"), ("Please throw me out", "delete")):
            moderator.goto(f"{stage.isso.address}/admin/?mode=2")
            card = moderator.locator(".isso-comment", has_text=text)
            with moderator.expect_response(re.compile(r"/id/\d+/")):
                card.locator(f"a.{action}").click()
        moderator.context.close()
        with Reader(browser, stage) as other:
            other.open()
            expect(other.comment("Please let me in")).to_be_visible()
            expect(other.page.locator(".isso-comment", has_text="throw me out")).to_have_count(0)


def test_the_limit(browser: Browser, tmp_path: Path) -> None:
    """Too many in a minute: the reader is told, and the text is still there to send again."""
    with Stage(tmp_path, ratelimit=2) as stage, Reader(browser, stage) as reader:
        page = reader.open()
        for number in (1, 2):
            reader.write(f"Number {number}")
            expect(reader.comment(f"Number {number}")).to_be_visible()
        reader.write("Number 3")
        expect(reader.status()).to_contain_text("takes only a few comments in a row")
        expect(page.locator("#isso-thread > .isso-postbox .isso-textarea")).to_have_value("Number 3")
        expect(page.locator(".isso-comment", has_text="Number 3")).to_have_count(0)


def test_closed_comments_are_read_only(browser: Browser, tmp_path: Path) -> None:
    """What was said can be read; there is nothing to write in."""
    with Stage(tmp_path / "a") as stage, Reader(browser, stage) as reader:
        reader.open()
        reader.write("From better days")
        expect(reader.comment("From better days")).to_be_visible()
        database = stage.isso.database.read_bytes()
    closed = Stage(tmp_path / "b", front={"comments": "closed"})
    closed.isso.folder.mkdir(parents=True)
    closed.isso.database.write_bytes(database)
    with closed as stage, Reader(browser, stage) as reader:
        page = reader.open()
        expect(page.locator(".comments__closed")).to_contain_text("nobody can add one")
        expect(reader.comment("From better days")).to_be_visible()
        for form in (".isso-postbox", ".isso-reply", ".isso-edit", ".isso-delete"):
            assert not any(box.is_visible() for box in page.locator(form).all()), form


# Failing


def test_the_server_stops_in_the_middle(browser: Browser, tmp_path: Path) -> None:
    """The text stays, the reader is told, and when the server is back it can be sent."""
    with Stage(tmp_path) as stage, Reader(browser, stage) as reader:
        page = reader.open()
        stage.isso.stop()
        reader.write("Written while it was down")
        expect(reader.status()).to_contain_text("Your text is still here.")
        box = page.locator("#isso-thread > .isso-postbox .isso-textarea")
        expect(box).to_have_value("Written while it was down")
        stage.isso.start()
        page.locator("#isso-thread > .isso-postbox input[type=submit]").click()
        expect(reader.comment("Written while it was down")).to_be_visible()


def test_a_server_that_is_for_another_site(browser: Browser, tmp_path: Path) -> None:
    """Its answers are refused by the browser: a sentence and the button again, nothing hanging."""
    with Stage(tmp_path, hosts=["https://elsewhere.example"]) as stage, Reader(browser, stage) as reader:
        page = reader.open(load=False)
        page.locator(".comments__load").click()
        expect(page.locator(".comments")).to_have_attribute("data-state", "failed")
        expect(reader.status()).to_contain_text("The page above is complete without comments.")
        expect(page.locator(".comments__load")).to_contain_text("Try again:")


def test_a_server_that_never_answers(browser: Browser, tmp_path: Path) -> None:
    """After ten seconds the reader is told that it is slow."""
    stage = Stage(tmp_path)
    with stage.served, socket.socket() as silent:
        silent.bind(("127.0.0.1", stage.isso.port))
        silent.listen()
        held: list[socket.socket] = []
        threading.Thread(target=lambda: held.append(silent.accept()[0]), daemon=True).start()
        with Reader(browser, stage) as reader:
            reader.page.clock.install()
            page = reader.open(load=False)
            page.locator(".comments__load").click()
            expect(page.locator(".comments")).to_have_attribute("data-state", "loading")
            page.clock.fast_forward(9_000)
            expect(page.locator(".comments")).to_have_attribute("data-state", "loading")
            page.clock.fast_forward(2_000)
            expect(page.locator(".comments")).to_have_attribute("data-state", "failed")
            expect(reader.status()).to_contain_text("takes too long to answer")


# What hostile people write

HOSTILE = [
    "<script>window.hit = 1</script>",
    "<img src=x onerror='window.hit = 1'>",
    "[click](javascript:window.hit=1)",
    "[click](data:text/html,<script>window.hit=1</script>)",
    "<svg onload='window.hit=1'><style>body{display:none}</style>",
    "![pixel](https://tracker.example/p.png)",
    "[a page](https://example.org/) and <https://example.org/auto>",
    "&lt;script&gt;window.hit = 1&lt;/script&gt; &amp;lt;b&amp;gt;",
    "\u202etxet sdrawkcab\u202c",
    "zero\u200bwidth\u200djoined\ufeff",
    "x" * 3000,
    "<details open ontoggle=window.hit=1><iframe srcdoc='<script>parent.hit=1</script>'></details>",
    "# heading\n\n| a | b |\n|---|---|\n| c | d |\n\n> > > > quoted",
]


def test_hostile_comments(browser: Browser, tmp_path: Path) -> None:
    """Nothing runs, nothing is asked of anybody else, nothing is wider than the page; links vouch for nothing."""
    with Stage(tmp_path, per_minute=1000) as stage, Reader(browser, stage) as writer:
        page = writer.open()
        for number, text in enumerate(HOSTILE):
            writer.write(text, f"<b>Name</b> {number} \u202e")
            expect(page.locator(".isso-comment[id^=isso-]")).to_have_count(number + 1)
        page.context.close()
        with Reader(browser, stage) as reader:
            page = reader.open()
            expect(page.locator(".isso-comment[id^=isso-]")).to_have_count(len(HOSTILE))
            page.wait_for_timeout(300)
            assert page.evaluate("window.hit") is None and reader.said == []
            assert all(address.startswith(stage.isso.address) for address in reader.asked)
            assert page.locator(".isso-text :is(script, img, svg, style, iframe, details)").count() == 0
            hrefs = page.locator(".isso-text a").evaluate_all("all => all.map(a => a.protocol)")
            assert set(hrefs) <= {"https:", "http:", "mailto:"}
            rels = page.locator(".isso-text a").evaluate_all("all => all.map(a => a.rel)")
            assert rels and set(rels) == {"nofollow noopener ugc"}
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_hundred_thousand_characters(browser: Browser, stage: Stage) -> None:
    """Refused, told, and not lost."""
    with Reader(browser, stage) as reader:
        page = reader.open(small_site.SECOND)
        reader.write("a " * 50_000)
        expect(reader.status()).not_to_have_text("Comments are loaded.")
        assert "published" in reader.status().inner_text() or "still here" in reader.status().inner_text()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


# What the panel promises


def test_a_link_to_one_comment(browser: Browser, stage: Stage) -> None:
    """Without consent the panel comes into view and nobody is asked; after the click the comment does."""
    with Reader(browser, stage) as reader:
        page = reader.open()
        for number in range(6):
            reader.write(f"Filler {number} " + "words " * 40)
            expect(reader.comment(f"Filler {number} ")).to_be_visible()
        anchor = reader.comment("Filler 5 ").get_attribute("id") or ""
        assert re.fullmatch(r"isso-\d+", anchor)
    with Reader(browser, stage) as reader:
        page = reader.open(f"{small_site.FIRST}#{anchor}", load=False)
        expect(page.locator(".comments__load")).to_be_in_viewport()
        reader.load()
        expect(page.locator(f"#{anchor}")).to_be_in_viewport()


def test_what_is_remembered(browser: Browser, stage: Stage) -> None:
    """For a visit: until the browser is closed. Always: until it is taken back on the page about privacy."""
    for choice in ("visit", "always"):
        with Reader(browser, stage) as reader:
            page = reader.open(load=False)
            page.locator(".comments__remember select").select_option(choice)
            page.reload()
            expect(page.locator(".comments")).to_have_attribute("data-state", "ready")
            page.goto(stage.site + "/privacy/")
            place = page.locator("[data-comments-memory]")
            host = stage.isso.address.removeprefix("http://")
            expect(place).to_contain_text(f"Comments load at once from {host}")
            place.get_by_role("button", name="Ask me again").click()
            expect(place).to_contain_text("This browser remembers no choice about comments.")
            reader.asked.clear()
            reader.open(load=False)
            expect(page.locator(".comments")).to_have_attribute("data-state", "idle")
    with Reader(browser, stage) as reader:
        page = reader.open(load=False)
        page.locator(".comments__remember select").select_option("visit")
        assert page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('comments-from:'))") == []


def test_a_claim_to_discuss(browser: Browser, stage: Stage) -> None:
    """The claim is quoted in the panel and in the box, and leaves the address before anybody is asked."""
    with Reader(browser, stage) as reader:
        page = reader.open(f"{small_site.FIRST}#discuss=Words%20of%20the%0A%20page%20first.", load=False)
        quote = page.locator(".comments__quote")
        expect(quote).to_have_text("Words of the page first.")
        expect(quote).to_be_in_viewport()
        assert page.url == f"{stage.site}{small_site.FIRST}#comments"
        reader.load()
        expect(page.locator("#isso-thread > .isso-postbox .isso-textarea")).to_have_value("> Words of the page first.\n\n")
        assert "Words" not in "".join(reader.asked)


def test_words_of_strangers_are_not_quoted(browser: Browser, stage: Stage) -> None:
    """An address can say anything; the page shows only what stands on it."""
    with Reader(browser, stage) as reader:
        page = reader.open(f"{small_site.FIRST}#discuss=Stop%20diazepam%20today%2C%20it%20is%20safe.", load=False)
        expect(page.locator(".comments__quote")).to_be_hidden()
        assert "safe" not in page.locator(".comments").inner_text().replace("Not safe right now?", "")


def test_searched_words_are_nobodys_business(browser: Browser, stage: Stage) -> None:
    """The words in the address are gone before the server is asked."""
    with Reader(browser, stage) as reader:
        page = reader.open(f"{small_site.FIRST}?h=secret+words&x=1")
        assert page.url == f"{stage.site}{small_site.FIRST}?x=1"
        assert "secret" not in "".join(reader.asked)


def test_by_keyboard(browser: Browser, stage: Stage) -> None:
    """Tab to the button, Enter, and the focus is at the thread."""
    with Reader(browser, stage) as reader:
        page = reader.open(load=False)
        page.locator(".comments__rules a").last.focus()
        page.keyboard.press("Tab")
        expect(page.locator(".comments__load")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator(".comments")).to_have_attribute("data-state", "ready")
        expect(page.locator(".comments__thread")).to_be_focused()


def test_print_and_search_leave_it_out(browser: Browser, stage: Stage) -> None:
    with Reader(browser, stage) as reader:
        page = reader.open()
        page.emulate_media(media="print")
        expect(page.locator(".comments")).to_be_hidden()
        index = page.evaluate("fetch('../search/search_index.json').then(answer => answer.text())")
        assert "Words of the page first" in index and "personal accounts" not in index


LUMINANCE = """([text, ground]) => {
  const light = (colour) => {
    const linear = (c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    const [r, g, b] = colour.match(/[\\d.]+/g).map((c) => linear(Number(c) / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const [a, b] = [light(text), light(ground)].sort((x, y) => y - x);
  return (a + 0.05) / (b + 0.05);
}"""


def test_it_follows_the_colours(browser: Browser, stage: Stage) -> None:
    """At load and when the reader switches: text and ground of the box change, and can be read in both."""
    with Reader(browser, stage) as reader:
        page = reader.open()
        box = page.locator("#isso-thread > .isso-postbox .isso-textarea")
        seen = []
        for title in ("Switch to dark colours", "Switch to light colours", None):
            colours = box.evaluate("box => [getComputedStyle(box).color, getComputedStyle(box).backgroundColor]")
            assert page.evaluate(LUMINANCE, colours) >= 4.5, colours
            seen.append(colours)
            if title:
                page.get_by_title(title).click()
        assert seen[0] == seen[2] != seen[1]


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_accessibility(browser: Browser, stage: Stage, width: int, dark: bool) -> None:
    """No violation of WCAG 2.2 AA in the panel: idle, loaded, and failed."""
    with Reader(browser, stage) as reader:
        page = reader.page
        page.set_viewport_size({"width": width, "height": 900})
        reader.open(small_site.SECOND, load=False)
        if dark:
            page.get_by_title("Switch to dark colours").click()
        found = {"idle": Axe().run(page, context=".comments", options=WCAG)}
        reader.load()
        if not page.locator(".isso-comment[id^=isso-]").count():
            reader.write("A comment to look at, with [a link](https://example.org/)", "Ann")
            expect(page.locator(".isso-comment[id^=isso-]").first).to_be_visible()
        found["loaded"] = Axe().run(page, context=".comments", options=WCAG)
        page.route(f"{stage.isso.address}/**", lambda route: route.abort())
        page.reload()
        if dark:
            expect(page.locator("body")).to_have_attribute("data-md-color-scheme", "slate")
        page.locator(".comments__load").click()
        expect(page.locator(".comments")).to_have_attribute("data-state", "failed")
        found["failed"] = Axe().run(page, context=".comments", options=WCAG)
        for state, results in found.items():
            assert results.violations_count == 0, f"{state}: {results.generate_report()}"
