"""Comments by a real Isso, looked at hard: every request, message and dialog of every reader is written down and checked."""

from __future__ import annotations

import json
import re
import shutil
import socket
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import small_site
from axe_playwright_python.sync_playwright import Axe
from conftest import ROOT, Served
from local_comments import LocalIsso
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Locator, Page

# What stands in the built pages where a test puts the addresses of its own servers.
SITE, SERVER = "http://127.0.0.1:1", "http://127.0.0.1:2"
ONE, TWO, CLOSED = small_site.FIRST, "/deep/third/", "/closed/"
ARTICLE = "/blog/pregabalin-in-a-benzodiazepine-taper/"

# Counts the observers and the listeners of the window that are there; nothing else of the page is touched.
COUNT = """(() => {
  const listeners = new Map(), observers = new Set();
  const of = (type) => listeners.get(type) ?? listeners.set(type, new Set()).get(type);
  const { addEventListener, removeEventListener } = EventTarget.prototype;
  EventTarget.prototype.addEventListener = function (type, listener, ...rest) {
    if ((this ?? window) === window) of(type).add(listener);
    return addEventListener.call(this ?? window, type, listener, ...rest);
  };
  EventTarget.prototype.removeEventListener = function (type, listener, ...rest) {
    if ((this ?? window) === window) of(type).delete(listener);
    return removeEventListener.call(this ?? window, type, listener, ...rest);
  };
  const { observe, disconnect } = MutationObserver.prototype;
  MutationObserver.prototype.observe = function (...rest) { observers.add(this); return observe.apply(this, rest); };
  MutationObserver.prototype.disconnect = function () { observers.delete(this); return disconnect.call(this); };
  window.counted = () => ({ message: of("message").size, hashchange: of("hashchange").size, observers: observers.size });
})()"""

# The colour of an element's text and the one behind it, as two lists of red, green and blue, transparency worked in.
COLOURS = """(element) => {
  const read = (text) => { const [r, g, b, a = 1] = text.match(/[\\d.]+/g).map(Number); return [r, g, b, a]; };
  const over = (top, below) => [0, 1, 2].map((i) => top[i] * top[3] + below[i] * (1 - top[3]));
  const layers = [];
  for (let one = element; one; one = one.parentElement) layers.unshift(read(getComputedStyle(one).backgroundColor));
  const behind = layers.reduce((below, top) => over(top, below), [255, 255, 255]);
  return [over(read(getComputedStyle(element).color), behind), behind];
}"""


@dataclass
class Reader:
    """A person with a browser of their own; everything that it asks for, says and is asked is written down."""

    context: BrowserContext
    page: Page
    site: str
    server: str
    asked: list[tuple[str, bool]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)
    consented: bool = False
    trouble: bool = False  # whether the test breaks something on purpose, so that the browser reports it

    def watch(self, page: Page) -> Page:
        page.set_default_timeout(6_000)
        page.on("request", lambda request: self.asked.append((request.url, self.consented)))
        page.on("console", lambda one: self.said.append(one.text) if one.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: self.said.append(f"error: {error}"))
        page.on("dialog", lambda dialog: (self.dialogs.append(dialog.message), dialog.dismiss()))
        return page

    def another_window(self) -> Page:
        """A second window of the same browser, used from now on."""
        self.page = self.watch(self.context.new_page())
        return self.page

    def goto(self, path: str) -> None:
        # Another page in between: a mere change of the part after # would load nothing.
        self.page.goto("about:blank")
        self.page.goto(self.site + path)
        expect(self.page.locator("[data-comments]:not([data-state])")).to_have_count(0)

    @property
    def button(self) -> Locator:
        return self.page.get_by_role("button", name=re.compile("Load comments"))

    @property
    def panel(self) -> Locator:
        return self.page.locator("#comments")

    @property
    def status(self) -> Locator:
        return self.panel.get_by_role("status")

    @property
    def form(self) -> Locator:
        return self.page.locator("#isso-thread > .isso-postbox")

    @property
    def box(self) -> Locator:
        return self.form.get_by_role("textbox", name="Your comment")

    def comment(self, text: str) -> Locator:
        own = self.page.locator("> .isso-text-wrapper > .isso-text", has_text=text)
        return self.page.locator(".isso-comment[id^=isso-]", has=own)

    def consent(self) -> None:
        """Presses the button."""
        self.consented = True
        self.button.click()

    def load(self, path: str) -> None:
        """Opens a page and its comments."""
        self.goto(path)
        self.consent()
        expect(self.panel).to_have_attribute("data-state", "ready")

    def send(self, text: str) -> None:
        self.box.fill(text)
        self.form.get_by_role("button", name="Send comment").click()

    def post(self, text: str) -> Locator:
        """Sends a comment and gives it when it is there."""
        self.send(text)
        expect(self.comment(text).last).to_be_visible()
        return self.page.locator(f"#{self.comment(text).last.get_attribute('id')}")

    def asked_server(self) -> list[str]:
        return [address for address, _ in self.asked if address.startswith(self.server)]

    def check(self) -> None:
        """What holds in every test: nobody else is asked, the server only after consent, nothing runs, and nothing complains."""
        local = ("about:", "data:", "blob:", f"{self.site}/", f"{self.server}/")
        assert [address for address, _ in self.asked if not address.startswith(local)] == []
        assert [address for address, consented in self.asked if not consented and address.startswith(self.server)] == []
        assert self.dialogs == []
        grave = re.compile("error: |Content.Security.Policy|Refused" if self.trouble else "")
        assert [words for words in self.said if grave.search(words)] == []


@dataclass
class Place:
    """The small site and its comment server, both running; ``reader`` gives a new person."""

    site: str
    server: str
    isso: LocalIsso | None
    reader: Callable[..., Reader]

    def post(self, path: str, text: str, **fields: object) -> dict[str, Any]:
        """A comment sent by a program, as people with bad intent would."""
        request = urllib.request.Request(
            f"{self.server}/new?uri={path.rstrip('/')}",
            json.dumps({"text": text, "title": "A page", **fields}).encode(),
            {"Content-Type": "application/json", "Origin": self.site},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            found: dict[str, Any] = json.load(answer)
        return found


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small site with instant navigation, a page in a folder, a closed one, and the real page about privacy; built once."""
    folder = tmp_path_factory.mktemp("small")
    comments = {"provider": "isso", "isso": {"server": SERVER}}
    small_site.write(folder, comments, features=("navigation.instant",), address=SITE)
    docs = folder / "docs"
    (docs / "deep").mkdir()
    for name, state in (("deep/third", "true"), ("closed", "closed")):
        text = f"---\ncomments: {state}\n---\n# Third\n\n[First]({'../' * name.count('/')}first.md)"
        (docs / f"{name}.md").write_text(text, encoding="utf-8")
    with (docs / "first.md").open("a", encoding="utf-8") as first:
        first.write("\n[Third](deep/third.md)\n")
    shutil.copy(ROOT / "docs" / "privacy.md", docs / "privacy.md")
    run = small_site.build(folder, folder / "site")
    assert run.returncode == 0, run.stderr
    return folder / "site"


@contextmanager
def readers(browser: Browser, site: str, server: str) -> Iterator[Callable[..., Reader]]:
    """A way to make readers; when the test ends well, each is checked."""
    made: list[Reader] = []

    def reader(*, trouble: bool = False, init: str = "", **options: Any) -> Reader:
        context = browser.new_context(**{"viewport": {"width": 390, "height": 844}, **options})
        if init:
            context.add_init_script(init)
        one = Reader(context, context.new_page(), site, server, trouble=trouble)
        one.watch(one.page)
        made.append(one)
        return one

    try:
        yield reader
        for one in made:
            one.check()
    finally:
        for one in made:
            one.context.close()


@contextmanager
def running(browser: Browser, built: Path, folder: Path, server: str = "", **options: Any) -> Iterator[Place]:
    """The small site and an Isso with these options; ``server`` is a server to use in its place."""
    pages = folder / "site"
    pages.mkdir(parents=True)
    with Served(pages) as served:
        isso = None if server else LocalIsso(folder / "isso", [served.address], **options)
        address = isso.address if isso else server
        shutil.copytree(built, pages, dirs_exist_ok=True)
        for file in pages.rglob("*"):
            if file.suffix in (".html", ".xml"):
                text = file.read_text(encoding="utf-8").replace(f"{SITE}/", f"{served.address}/")
                text = re.sub(re.escape(SERVER.removeprefix("http://")) + r"\b", address.removeprefix("http://"), text)
                file.write_text(text, encoding="utf-8")
        with readers(browser, served.address, address) as reader:
            if isso is None:
                yield Place(served.address, address, None, reader)
            else:
                with isso:
                    yield Place(served.address, address, isso, reader)


@pytest.fixture(scope="module")
def shared(browser: Browser, built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A server for all tests that need nothing special; each uses words of its own."""
    with running(browser, built, tmp_path_factory.mktemp("shared"), per_minute=500) as place:
        yield place


@pytest.fixture
def place(browser: Browser, shared: Place) -> Iterator[Place]:
    """The shared server, with readers that are checked when the test ends."""
    with readers(browser, shared.site, shared.server) as reader:
        yield Place(shared.site, shared.server, shared.isso, reader)


# Instant navigation


def test_instant_navigation_leaves_nothing_behind(place: Place) -> None:
    """Each page has its own thread; no listener, observer, request or instance of the page before stays; the policy holds."""
    place.post(ONE, "A voice below the first")
    place.post(TWO, "A voice below the third")
    one = place.reader(init=COUNT)
    one.load(ONE)
    one.page.evaluate("window.here = true; window.patched = XMLHttpRequest.prototype.open; 0")
    counted = one.page.evaluate("counted()")
    assert counted["message"] >= 1 and counted["observers"] >= 2

    def arrive(heading: str, mine: str, others: str) -> None:
        expect(one.page.locator("h1")).to_have_text(re.compile(heading))
        expect(one.panel).to_have_attribute("data-state", "idle")
        expect(one.page.locator("#isso-thread")).to_have_count(0)
        before = len(one.asked_server())
        one.consent()
        expect(one.comment(mine).first).to_be_visible()
        expect(one.page.get_by_text(others)).to_have_count(0)
        expect(one.form).to_have_count(1)
        expect(one.page.locator(".isso-thread-heading")).to_have_count(1)
        one.page.wait_for_timeout(200)
        # The script may come from the browser's cache.
        kinds = [re.sub(r"\?.*", "", address.removeprefix(place.server)) for address in one.asked_server()[before:]]
        assert sorted({*kinds} - {"/js/embed.min.js"}) == ["/", "/config"] and kinds.count("/") == kinds.count("/config") == 1
        assert one.page.evaluate("window.here && window.patched === XMLHttpRequest.prototype.open")
        assert one.page.evaluate("counted()") == counted

    for _ in range(2):
        one.page.get_by_role("article").get_by_role("link", name="Third", exact=True).click()
        arrive("Third", "A voice below the third", "A voice below the first")
        one.page.go_back()
        arrive("First", "A voice below the first", "A voice below the third")

    # A page left while its thread is on the way gets none, and neither does the next.
    one.page.get_by_role("article").get_by_role("link", name="Third", exact=True).click()
    expect(one.page.locator("h1")).to_have_text(re.compile("Third"))
    one.page.locator(".comments__load").evaluate("button => button.click()")
    one.page.get_by_role("article").get_by_role("link", name="First", exact=True).click()
    expect(one.page.locator("h1")).to_have_text(re.compile("First"))
    one.page.wait_for_timeout(300)
    expect(one.page.locator("#isso-thread, .isso-comment")).to_have_count(0)
    expect(one.panel).to_have_attribute("data-state", "idle")


# Moderators and limits


def test_moderation_by_the_links_in_the_mail(browser: Browser, built: Path, tmp_path: Path) -> None:
    """A comment waits, unseen by others, until the link lets it through; a rejected one is gone for its writer too."""
    with running(browser, built, tmp_path, moderated=True) as place:
        assert place.isso
        one, two = place.reader(), place.reader()
        one.load(ONE)
        for text in ("Let this one through", "Throw this one away"):
            expect(one.post(text).locator(".isso-note")).to_have_text("Waiting for a moderator")
        two.load(ONE)
        expect(two.panel.get_by_role("heading", name="No comments yet")).to_be_visible()

        log = place.isso.log.read_text(encoding="utf-8")
        links = re.findall(r"Activate comment: (\S+/id/1/activate/\S+)", log) + re.findall(
            r"Delete comment: (\S+/id/2/delete/\S+)", log
        )
        moderator = browser.new_context().new_page()
        questions: list[str] = []
        moderator.on("dialog", lambda dialog: (questions.append(dialog.message), dialog.accept()))
        for link in links:
            with moderator.expect_response(lambda answer: answer.request.method == "POST") as answered:
                moderator.goto(link, wait_until="commit")
            assert answered.value.status == 200
            moderator.wait_for_url(f"{place.site}/**")  # Isso leads to the page by itself
        moderator.context.close()
        assert questions == ["Activate: Are you sure?", "Delete: Are you sure?"]

        for reader in (one, two):
            reader.load(ONE)
            expect(reader.comment("Let this one through")).to_be_visible()
            expect(reader.page.locator(".isso-note:not(:empty)")).to_have_count(0)
            expect(reader.page.get_by_text("Throw this one away")).to_have_count(0)


def test_too_late_to_delete(browser: Browser, built: Path, tmp_path: Path) -> None:
    """After the time to change a comment, deleting it is refused, and the reader is told."""
    with running(browser, built, tmp_path, max_age="1s") as place:
        one = place.reader(trouble=True)
        one.load(ONE)
        written = one.post("Deleted too late")
        one.page.wait_for_timeout(2_100)
        written.locator(".isso-delete").click()
        written.locator(".isso-delete").click()
        expect(one.status).to_contain_text("Your comment was not deleted.")
        expect(one.status).to_be_in_viewport()
        one.load(ONE)
        expect(one.comment("Deleted too late")).to_be_visible()


# Servers in trouble


def failed(one: Reader, words: str) -> None:
    """The panel says what happened, offers the button again, and holds nothing half-finished."""
    expect(one.status).to_contain_text(words)
    expect(one.status).to_contain_text("The page above is complete without comments.")
    expect(one.panel.get_by_role("button", name="Try again: Load comments")).to_be_enabled()
    expect(one.page.locator(".comments__thread > *")).to_have_count(0)
    assert one.page.locator(".comments__thread").get_attribute("aria-busy") is None


def test_each_retry_asks_anew(browser: Browser, built: Path, tmp_path: Path) -> None:
    """A server of another site fails at once, each time."""
    with running(browser, built, tmp_path, hosts=["https://elsewhere.example.org"]) as place:
        one = place.reader(trouble=True)
        one.goto(ONE)
        for _ in range(2):
            before = len(one.asked_server())
            one.consent()
            failed(one, "did not answer.")
            assert len(one.asked_server()) > before


def test_a_server_that_comes_back(browser: Browser, built: Path, tmp_path: Path) -> None:
    """Not there: a sentence and a retry. Back again: the retry loads the comments, once."""
    with running(browser, built, tmp_path) as place:
        assert place.isso
        place.isso.stop()
        one = place.reader(trouble=True)
        one.goto(ONE)
        one.consent()
        failed(one, "did not answer.")
        place.isso.start()
        one.consent()
        expect(one.panel).to_have_attribute("data-state", "ready")
        expect(one.panel.get_by_role("heading", name="No comments yet")).to_be_visible()
        expect(one.form).to_have_count(1)


def test_a_silent_server_can_be_tried_again(browser: Browser, built: Path, tmp_path: Path) -> None:
    """A server that takes the connection and says nothing: ten seconds, a sentence and a retry; and once more."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with running(browser, built, tmp_path, server=address) as place:
            one = place.reader(trouble=True)
            one.page.clock.install()
            one.goto(ONE)
            for _ in range(2):
                one.consent()
                expect(one.status).to_contain_text("Loading comments from")
                one.page.clock.fast_forward(9_000)
                expect(one.panel).to_have_attribute("data-state", "loading")
                one.page.clock.fast_forward(1_000)
                failed(one, "takes too long to answer.")


# Hostile comments

EVIL = "http://evil.invalid"
HOSTILE = [
    f"<script src='{EVIL}/1'></script><script>alert(1); window.ran = 1</script> script tags",
    f"<img src='{EVIL}/2.png' onerror='window.ran = 2; alert(2)'> ![image]({EVIL}/3.png) images",
    "[a](javascript:window.ran=3) [b](JaVaScRiPt:alert(3)) [c](java&#115;cript:alert(3)) "
    "[d](data:text/html,<script>alert(3)</script>) [e](vbscript:alert(3)) <javascript:alert(3)> "
    "[f](\x01javascript:alert(3)) links",
    f"<svg onload='window.ran = 4'><use href='{EVIL}/4.svg#x'/></svg><style>body{{background:url({EVIL}/5.png)}}</style> art",
    f"<iframe src='{EVIL}/6' srcdoc='<script>parent.ran = 5</script>'></iframe>"
    f"<form action='{EVIL}'><input autofocus onfocus='window.ran = 6'></form>",
    f"<p style='background:url({EVIL}/7.png)' onmouseover='window.ran = 7' class='md-header' id='comments'>attributes</p>",
    '[kind link](https://example.org/?a=b "onmouseover=alert(1)") and <https://example.org/2> '
    "and <a href='https://example.org/3' rel='opener' target='_blank'>other</a>",
    "\u202eright to left\u202d \u2066isolated \u200f\u200e\u061c overrides",
    "zero\u200bwidth\u200c\u200d\ufeff\u2060 characters \u00ad" + "Z" + "\u0301" * 300,
    "L" * 5_000,
    "https://example.org/" + "long" * 500 + " `" + "code" * 500 + "`\n\n```\n" + "block " * 400 + "\n```\n",
    "&amp;lt;script&amp;gt;window.ran = 8&amp;lt;/script&amp;gt; &lt;img src=x onerror=window.ran=9&gt; entities twice",
    "| a | b | c |\n|---|---|---|\n| " + " | ".join(["wide" * 60] * 3) + " |\n\n# HEADING",
    "> " * 60 + "deep quotes",
    "- " * 40 + "deep lists",
    "x " * 32_000 + "sixty-four thousand",
]


def test_hostile_comments_by_a_program(browser: Browser, built: Path, tmp_path: Path) -> None:
    """Nothing runs, nobody else is asked, the page keeps its width, and links vouch for nothing."""
    with running(browser, built, tmp_path, per_minute=500) as place:
        author = f"<img src={EVIL}/8 onerror=window.ran=10>\u202e" + "N" * 300
        for text in HOSTILE:
            place.post(ONE, text, author=author, website=f"{EVIL}/'onclick='alert(1)")
        one = place.reader()
        one.load(ONE)
        comments = one.page.locator("#isso-root > .isso-comment")
        expect(comments).to_have_count(len(HOSTILE))
        expect(comments.first).to_contain_text("script tags")
        expect(comments.last).to_contain_text("sixty-four thousand")
        wide = (
            "all => all.filter(one => one.getBoundingClientRect().right > innerWidth + 1).map(one => one.textContent.slice(-30))"
        )
        assert one.page.locator(".isso-text").evaluate_all(wide) == []
        assert one.page.evaluate("document.documentElement.scrollWidth") <= 390
        bad = ":is(script, style, img, svg, iframe, form, input, object, embed, link, meta, base, video, audio)"
        assert one.page.locator(f".isso-comment[id^=isso-] {bad}").count() == 0
        names = "() => [...document.querySelectorAll('.isso-text *')].flatMap(one => one.getAttributeNames())"
        assert set(one.page.evaluate(names)) <= {"href", "rel", "referrerpolicy"}
        hrefs = one.page.locator(".isso-text a").evaluate_all("all => all.map(one => one.getAttribute('href'))")
        # What was a script became a mere anchor on the page, as mistune writes it: harmless.
        assert {href for href in hrefs if not href.startswith("https://example.org/")} <= {"#harmful-link"}
        links = one.page.locator(".isso-text a").evaluate_all("all => all.map(one => [one.rel, one.referrerPolicy])")
        assert {tuple(link) for link in links} == {("nofollow noopener ugc", "no-referrer")}
        # Characters that turn the direction of writing around do so in their own comment and name alone.
        bidi = "all => [...new Set(all.map(one => getComputedStyle(one).unicodeBidi))]"
        assert one.page.locator(".isso-text, .isso-author").evaluate_all(bidi) == ["isolate"]
        expect(one.page.locator("a.isso-author")).to_have_count(0)
        comments.first.locator(".isso-author").hover()
        assert one.page.evaluate("window.ran") is None


def test_a_name_with_quotes_comes_back_whole(place: Place) -> None:
    """The name that the browser keeps is put into its field as it is, also where it looks like HTML."""
    one = place.reader()
    one.load(ONE)
    name = f"O'Brien \"B\" ' onfocus='window.ran=1' autofocus><img src='{EVIL}/own.png'>"
    own = one.form.get_by_role("textbox", name="Name (optional)")
    own.fill(name)
    written = one.post("From somebody with quotes")
    expect(written.locator(".isso-author")).to_have_text(name)
    written.locator(".isso-reply").click()
    expect(written.get_by_role("textbox", name="Name (optional)")).to_have_value(name)
    one.load(ONE)
    expect(own).to_have_value(name)
    assert one.page.evaluate("window.ran") is None


# Colours


def contrast(colours: list[list[float]]) -> float:
    """The contrast of a text and what is behind it, as WCAG 2.2 counts it."""

    def light(colour: list[float]) -> float:
        parts = [one / 255 for one in colour]
        red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    dark, bright = sorted(light(one) for one in colours)
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_colours_at_load_and_at_the_switch(place: Place, dark: bool) -> None:
    """Box, comment, name and date have the colours of the page when they come and when it changes, and can be read in each."""
    place.post(ONE, f"In colours {dark}")
    one = place.reader()
    one.goto(ONE)
    if dark:
        one.page.get_by_title("Switch to dark colours").click()
    one.consent()
    words = one.comment(f"In colours {dark}").first
    parts = [one.box, *(words.locator(f"{kind} >> nth=0") for kind in (".isso-text", ".isso-author", ".isso-permalink"))]
    found: list[list[Any]] = []
    for title in ("Switch to light colours", "Switch to dark colours") if dark else ("Switch to dark colours", ""):
        one.page.wait_for_timeout(300)  # colours fade
        found.append([part.evaluate(COLOURS) for part in parts])
        if title:
            one.page.get_by_title(title).click()
    assert all(contrast(colours) >= 4.5 for colours in found[0] + found[1]), found
    for light, night in zip(*(reversed(found) if dark else found), strict=True):
        assert sum(light[1]) > 600 > 300 > sum(night[1])
        assert sum(light[0]) < 400 < sum(night[0])


# What is remembered, and where addresses lead


def test_a_visit_ends_with_the_window(place: Place) -> None:
    """“During this visit” holds after a reload; a new window asks again, and so does another browser."""
    one = place.reader()
    one.goto(ONE)
    one.panel.get_by_role("combobox", name="Next time").select_option("visit")
    one.consent()
    expect(one.box).to_be_visible()
    one.page.reload()
    expect(one.box).to_be_visible()
    one.consented = False
    one.another_window()
    two = place.reader()
    for reader in (one, two):
        before = len(reader.asked_server())
        reader.goto(ONE)
        reader.page.wait_for_load_state("networkidle")
        expect(reader.button).to_be_visible()
        assert len(reader.asked_server()) == before


def test_always_until_taken_back(place: Place) -> None:
    """“Always” holds in a new window and leads to a single comment at once; the page about privacy names it and takes it back."""
    for number in range(6):
        place.post(TWO, f"Filling line {number}\n\n" * 10)
    ours = place.post(TWO, "The one that the address names")
    for number in range(6):
        place.post(TWO, f"Filling line {number}\n\n" * 10)
    named = f"{TWO}#isso-{ours['id']}"
    one = place.reader()
    one.goto(named)
    expect(one.panel.get_by_role("heading", name="Comments", exact=True)).to_be_in_viewport()
    one.page.wait_for_load_state("networkidle")
    one.panel.get_by_role("combobox", name="Next time").select_option("always")
    assert one.asked_server() == []
    one.consent()
    expect(one.page.locator(f"#isso-{ours['id']} .isso-text")).to_be_in_viewport()
    one.another_window()
    one.goto(named)
    expect(one.page.locator(f"#isso-{ours['id']} .isso-text")).to_be_in_viewport()
    one.consented = False
    before = len(one.asked_server())
    one.goto("/privacy/")
    memory = one.page.locator("[data-comments-memory]")
    expect(memory).to_contain_text(f"Comments load at once from {place.server.removeprefix('http://')}, always.")
    memory.get_by_role("button", name="Ask me again").click()
    expect(memory).to_contain_text("This browser remembers no choice about comments.")
    kept = "() => [localStorage, sessionStorage].flatMap(one => Object.keys(one)).filter(key => key.startsWith('comments-from:'))"
    assert one.page.evaluate(kept) == []
    one.goto(TWO)
    one.page.wait_for_load_state("networkidle")
    expect(one.button).to_be_visible()
    assert len(one.asked_server()) == before


def test_a_comment_by_keyboard_alone(place: Place) -> None:
    """Tab comes to the button, Enter loads, the next Tab is inside the thread, and a comment can be sent."""
    one = place.reader()
    one.goto(ONE)
    for _ in range(60):
        one.page.keyboard.press("Tab")
        if one.button.evaluate("button => button === document.activeElement"):
            break
    expect(one.button).to_be_focused()
    one.consented = True
    one.page.keyboard.press("Enter")
    expect(one.page.locator(".comments__thread")).to_be_focused()
    one.page.keyboard.press("Tab")
    expect(one.box).to_be_focused()
    one.page.keyboard.type("Written by keyboard alone")
    for _ in range(2):
        one.page.keyboard.press("Tab")
    one.page.keyboard.press("Enter")
    expect(one.comment("Written by keyboard alone")).to_be_visible()


def test_discuss_a_claim_of_the_real_site(browser: Browser, site: str, isso: LocalIsso) -> None:
    """From the page of claims to the article's comments: the claim is quoted, in the box too, and leaves the address."""
    with readers(browser, site, isso.address) as reader:
        one = reader(viewport={"width": 1280, "height": 900})
        one.goto("/claims/")
        one.page.locator(f"a.ledger-discuss[href*='{ARTICLE}']").first.click()
        one.page.wait_for_url(f"**{ARTICLE}#comments")
        quote = one.panel.locator(".comments__quote")
        expect(quote).to_be_in_viewport()
        claim = quote.text_content() or ""
        assert len(claim.split()) > 4
        one.consent()
        expect(one.box).to_have_value(f"> {claim}\n\n")
        text = f"Not so for me, says the test at {isso.port}"
        one.box.press("Control+End")
        one.box.press_sequentially(text)
        one.form.get_by_role("button", name="Send comment").click()
        expect(one.comment(text).locator("blockquote")).to_contain_text(claim[:40])
        assert not [address for address in one.asked_server() if "discuss" in address]


# Accessibility

WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}


def faults(one: Reader, state: str) -> list[str]:
    """What axe-core finds in the panel against WCAG 2.2 AA, one line for each element."""
    one.page.wait_for_timeout(200)  # colours fade
    found = Axe().run(one.page, "#comments", WCAG).response["violations"]
    return [f"{state}: {fault['id']}: {node['html'][:200]}" for fault in found for node in fault["nodes"]]


@pytest.mark.parametrize(("width", "dark"), [(390, False), (1280, True)], ids=["narrow-light", "wide-dark"])
def test_accessibility_of_every_state(place: Place, width: int, dark: bool) -> None:
    """A quoted claim, answers, a form to answer, a change, a preview, a refusal, a failure, a closed thread: no fault in any."""
    ours = place.post(small_site.SECOND, "A [link](https://example.org), `code`, **words**\n\n> a quote\n\n# A heading")
    place.post(small_site.SECOND, "An answer", parent=ours["id"], author="Somebody")
    one = place.reader(trouble=True, viewport={"width": width, "height": 900})
    one.goto(f"{small_site.SECOND}#discuss=A%20claim%20to%20talk%20about.")
    if dark:
        one.page.get_by_title("Switch to dark colours").click()
    expect(one.button).to_be_visible()
    found = faults(one, "idle")
    one.consent()
    expect(one.comment("An answer").last).to_be_visible()
    found += faults(one, "loaded")
    mine = one.post(f"Mine at {width}, {dark}")
    mine.locator(".isso-reply").click()
    expect(mine.locator(".isso-postbox")).to_be_visible()
    found += faults(one, "answering")
    mine.locator(".isso-edit").click()
    expect(mine.locator("> .isso-text-wrapper > .isso-textarea-wrapper textarea")).to_be_visible()
    found += faults(one, "changing")
    one.box.fill("Look at this")
    one.form.get_by_role("button", name="Preview").click()
    expect(one.form.locator(".isso-preview")).to_be_visible()
    found += faults(one, "preview")
    one.context.route(f"{place.server}/**", lambda route: route.abort())
    one.form.get_by_role("button", name="Send comment").click()
    expect(one.status).to_contain_text("Your text is still here.")
    found += faults(one, "refused")
    one.goto(TWO)
    one.consent()
    failed(one, "did not answer.")
    found += faults(one, "failed")
    one.goto(CLOSED)
    found += faults(one, "closed")
    assert found == []
