"""Comments by other people's servers, in a real browser: what is asked of them, when, and with what.

The server of each provider is played by the browser's own router, so that no test leaves this machine. The address of a frame
is compared with what the provider's own client asks for: giscus 1.6 (the npm package of that name, getIframeSrc), utterances
(src/client.ts), Remark42 (its documented remark_config), Mastodon (its documented API).
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import small_site
from conftest import ROOT, Served
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

GISCUS = {"repo": "half/mind", "repo_id": "R_kgDO", "category": "Comments", "category_id": "DIC_kwDO"}
SETTINGS: dict[str, dict[str, Any]] = {
    "giscus": GISCUS,
    "utterances": {"repo": "half/mind"},
    "remark42": {"server": "https://remark.example.org", "site_id": "mind"},
    "mastodon": {"server": "https://social.example.org"},
}
HOSTS = {
    "giscus": "https://giscus.app",
    "utterances": "https://utteranc.es",
    "remark42": "https://remark.example.org",
    "mastodon": "https://social.example.org",
    "seventh": "https://seventh.example",
}
POST = "https://social.example.org/@mind/1234"

# What the frame of giscus and of utterances does: it tells its height, and keeps what it is told.
FRAME = """<!doctype html><title>Frame</title><p id="told"></p><script>
  addEventListener("message", (event) => {
    document.getElementById("told").textContent += JSON.stringify(event.data);
  });
  const height = 321;
  parent.postMessage(%s, "*");
</script>"""
MESSAGES = {"giscus": "{ giscus: { resizeHeight: height } }", "utterances": '{ type: "resize", height }'}

# What Remark42's script does with the page, as far as the page can tell.
REMARK = """{
  const frame = document.createElement("iframe");
  frame.title = "Comments";
  frame.src = remark_config.host + "/web/iframe.html?" + new URLSearchParams(remark_config);
  document.getElementById("remark42").append(frame);
  window.themes = [];
  window.ended = 0;
  window.REMARK42 = { changeTheme: (theme) => themes.push(theme), destroy: () => { ended += 1; } };
  frame.style.height = "100%";
  frame.addEventListener("load", () => (frame.style.height = "222px"));
}"""


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The small site by each provider, served: its address by the provider's name."""
    addresses: dict[str, str] = {}
    open_: list[Served] = []
    for provider, settings in SETTINGS.items():
        folder = tmp_path_factory.mktemp(provider)
        front = {"mastodon": POST[:-1] + "{number}"} if provider == "mastodon" else {}
        served = Served(folder / "site")
        instant = ("navigation.instant",)
        small_site.write(folder, {"provider": provider, provider: settings}, features=instant, address=served.address, **front)
        run = small_site.build(folder, folder / "site")
        assert run.returncode == 0, run.stderr
        open_.append(served.__enter__())
        addresses[provider] = served.address
    yield addresses
    for one in open_:
        one.__exit__()


class Visit:
    """A page in a new browser context, with what it asked of others and what its console said."""

    def __init__(self, browser: Browser, site: str, provider: str, **options: Any) -> None:
        self.context = browser.new_context(viewport={"width": 390, "height": 844}, **options)
        self.site, self.provider = site, provider
        self.asked: list[str] = []
        self.said: list[str] = []
        self.answers: dict[str, tuple[int, str, str]] = {}
        self.context.route(lambda address: not address.startswith(site), self._answer)
        self.page: Page = self.context.new_page()
        self.page.on("console", lambda m: self.said.append(m.text) if m.type in ("error", "warning") else None)
        self.page.on("pageerror", lambda error: self.said.append(str(error)))

    def _answer(self, route: Route) -> None:
        address = route.request.url
        self.asked.append(address)
        for start, (status, kind, body) in self.answers.items():
            if address.startswith(start):
                allow = {"Access-Control-Allow-Origin": "*"}
                route.fulfill(status=status, content_type=kind, body=body, headers=allow)
                return
        route.abort("connectionrefused")

    def goto(self, path: str = small_site.FIRST) -> Page:
        self.page.goto(self.site + path)
        self.page.wait_for_load_state("networkidle")
        return self.page

    def load(self) -> None:
        self.page.locator(".comments__load").click()

    def frames(self) -> list[str]:
        return [frame.url for frame in self.page.frames if frame.url.startswith(HOSTS[self.provider])]

    def __enter__(self) -> Visit:
        return self

    def __exit__(self, *_: object) -> None:
        self.context.close()


def stubbed(visit: Visit) -> Visit:
    """With a server that answers."""
    host = HOSTS[visit.provider]
    if visit.provider in MESSAGES:
        visit.answers = {host: (200, "text/html", FRAME % MESSAGES[visit.provider])}
    elif visit.provider == "remark42":
        visit.answers = {f"{host}/web/embed.js": (200, "text/javascript", REMARK), host: (200, "text/html", "<p>Frame</p>")}
    return visit


@pytest.mark.parametrize("provider", SETTINGS)
def test_nothing_is_asked_before_the_click(browser: Browser, sites: dict[str, str], provider: str) -> None:
    """Reading, scrolling and moving over the panel ask nobody; the button names whom it will ask and what that one sees."""
    with stubbed(Visit(browser, sites[provider], provider)) as visit:
        page = visit.goto()
        page.locator(".comments").scroll_into_view_if_needed()
        page.locator(".comments__load").hover()
        page.wait_for_timeout(300)
        assert visit.asked == [] and visit.said == []
        button = page.locator(".comments__load")
        expect(button).to_contain_text(urlsplit(HOSTS[provider]).netloc)
        expect(button).to_contain_text("IP address")
        expect(button).to_contain_text("public")


@pytest.mark.parametrize("scheme, theme", [("light", "light"), ("dark", "dark")])
def test_the_frame_of_giscus(browser: Browser, sites: dict[str, str], scheme: str, theme: str) -> None:
    """Its address, parameter by parameter as giscus' own client has them, with the theme of the moment, and no search words."""
    with stubbed(Visit(browser, sites["giscus"], "giscus")) as visit:
        page = visit.goto(small_site.FIRST + "?h=secret+words#first")
        if scheme == "dark":
            page.get_by_title("Switch to dark colours").click()
        visit.load()
        frame = page.locator(".comments__frame")
        expect(frame).to_have_attribute("style", "height: 321px;")
        here = sites["giscus"] + small_site.FIRST
        address = urlsplit(visit.frames()[0])
        assert f"{address.scheme}://{address.netloc}{address.path}" == "https://giscus.app/en/widget"
        assert sorted(parse_qsl(address.query, keep_blank_values=True)) == sorted(
            [
                ("origin", here),
                ("session", ""),
                ("repo", "half/mind"),
                ("repoId", "R_kgDO"),
                ("category", "Comments"),
                ("categoryId", "DIC_kwDO"),
                ("term", "/first"),
                ("number", ""),
                ("strict", "1"),
                ("reactionsEnabled", "0"),
                ("emitMetadata", "0"),
                ("inputPosition", "bottom"),
                ("theme", theme),
                ("description", ""),
                ("backLink", here),
            ]
        )
        assert "secret" not in "".join(visit.asked) and "?h=" not in page.url
        assert frame.get_attribute("referrerpolicy") == "no-referrer"
        assert "allow-scripts" in (frame.get_attribute("sandbox") or "") and frame.get_attribute("title") == "Comments"
        assert visit.said == []


def test_the_frame_of_utterances(browser: Browser, sites: dict[str, str]) -> None:
    """Its address as utterances' own client builds it."""
    with stubbed(Visit(browser, sites["utterances"], "utterances")) as visit:
        page = visit.goto()
        visit.load()
        expect(page.locator(".comments__frame")).to_have_attribute("style", "height: 321px;")
        address = urlsplit(visit.frames()[0])
        assert f"{address.netloc}{address.path}" == "utteranc.es/utterances.html"
        asked = dict(parse_qsl(address.query, keep_blank_values=True))
        assert asked | {"description": "", "og:title": "", "session": ""} == asked
        assert asked["repo"] == "half/mind" and asked["issue-term"] == "/first" and asked["label"] == "comments"
        assert asked["theme"] == "github-light" and asked["title"] == "First"
        assert asked["url"] == sites["utterances"] + small_site.FIRST and asked["origin"] == sites["utterances"]
        assert asked["pathname"] == "first/"


@pytest.mark.parametrize(
    "provider, told",
    [
        ("giscus", {"giscus": {"setConfig": {"theme": "dark"}}}),
        ("utterances", {"type": "set-theme", "theme": "github-dark"}),
    ],
)
def test_frames_follow_the_colours(browser: Browser, sites: dict[str, str], provider: str, told: object) -> None:
    """A frame that is loaded is told when the reader switches."""
    with stubbed(Visit(browser, sites[provider], provider)) as visit:
        page = visit.goto()
        visit.load()
        expect(page.locator(".comments")).to_have_attribute("data-state", "ready")
        page.get_by_title("Switch to dark colours").click()
        words = page.frame_locator(".comments__frame").locator("#told")
        expect(words).to_have_text(json.dumps(told, separators=(",", ":")))


def test_remark42(browser: Browser, sites: dict[str, str]) -> None:
    """Its documented settings, its theme at load and at toggle, and its end when the reader goes to another page."""
    with stubbed(Visit(browser, sites["remark42"], "remark42")) as visit:
        page = visit.goto()
        visit.load()
        expect(page.locator(".comments")).to_have_attribute("data-state", "ready")
        config = page.evaluate("window.remark_config")
        assert config == {
            "host": "https://remark.example.org",
            "site_id": "mind",
            "components": ["embed"],
            "url": sites["remark42"] + "/first",
            "page_title": "First",
            "locale": "en",
            "theme": "light",
            "show_email_subscription": False,
            "show_rss_subscription": False,
            "no_footer": True,
        }
        page.get_by_title("Switch to dark colours").click()
        page.wait_for_timeout(200)
        assert page.evaluate("themes") == ["dark"]
        page.get_by_role("link", name="second", exact=True).click()
        expect(page.locator("h1")).to_contain_text("Second")
        assert page.evaluate("ended") == 1
        visit.load()
        expect(page.locator("#remark42 iframe")).to_have_count(1)
        assert page.evaluate("[remark_config.url, remark_config.theme]") == [sites["remark42"] + "/second", "dark"]
        assert visit.said == []


@pytest.mark.parametrize("provider", ["giscus", "utterances"])
def test_instant_navigation(browser: Browser, sites: dict[str, str], provider: str) -> None:
    """The second page has its own thread; going back asks again, and one frame is there at a time."""
    with stubbed(Visit(browser, sites[provider], provider)) as visit:
        page = visit.goto()
        visit.load()
        expect(page.locator(".comments")).to_have_attribute("data-state", "ready")
        page.get_by_role("link", name="second", exact=True).click()
        expect(page.locator("h1")).to_contain_text("Second")
        expect(page.locator("iframe")).to_have_count(0)
        visit.load()
        expect(page.locator(".comments")).to_have_attribute("data-state", "ready")
        assert "%2Fsecond" in page.locator(".comments__frame").get_attribute("src")  # type: ignore[operator]
        page.go_back()
        expect(page.locator("h1")).to_contain_text("First")
        expect(page.locator("iframe")).to_have_count(0)
        assert len(visit.asked) == 2 and visit.said == []


def test_a_session_of_giscus(browser: Browser, sites: dict[str, str]) -> None:
    """Signing in leads back with a session in the address: it is kept, sent to giscus alone, and leaves the address."""
    with stubbed(Visit(browser, sites["giscus"], "giscus")) as visit:
        page = visit.goto(small_site.FIRST + "?giscus=abc123")
        assert page.url == sites["giscus"] + small_site.FIRST and visit.asked == []
        visit.load()
        expect(page.locator(".comments")).to_have_attribute("data-state", "ready")
        assert "session=abc123" in visit.frames()[0]


@pytest.mark.parametrize("provider", SETTINGS)
def test_a_server_that_is_down(browser: Browser, sites: dict[str, str], provider: str) -> None:
    """A sentence, and the button again; when the server is back, it works."""
    visit = Visit(browser, sites[provider], provider)
    with visit:
        visit.page.clock.install()
        page = visit.goto()
        visit.load()
        page.clock.fast_forward(11_000)
        expect(page.locator(".comments")).to_have_attribute("data-state", "failed")
        expect(page.get_by_role("status")).to_contain_text("The page above is complete without comments.")
        expect(page.locator(".comments__load")).to_contain_text("Try again:")
        stubbed(visit)
        if provider == "mastodon":
            visit.answers = {HOSTS[provider]: (200, "application/json", json.dumps({"descendants": []}))}
        visit.load()
        expect(page.locator(".comments")).to_have_attribute("data-state", "ready")


def test_messages_of_others_are_not_heard(browser: Browser, sites: dict[str, str]) -> None:
    """A height that another window tells changes nothing."""
    with stubbed(Visit(browser, sites["giscus"], "giscus")) as visit:
        page = visit.goto()
        visit.load()
        frame = page.locator(".comments__frame")
        expect(frame).to_have_attribute("style", "height: 321px;")
        page.evaluate("postMessage({ giscus: { resizeHeight: 9 } }, '*')")
        page.wait_for_timeout(200)
        expect(frame).to_have_attribute("style", "height: 321px;")


TOOTS = [
    {
        "id": "1", "in_reply_to_id": "1234", "created_at": "2026-11-01T10:00:00.000Z", "url": "https://social.example.org/@a/1",
        "account": {"display_name": "Ann <b>", "acct": "ann"}, "content": "<p>Thank you. <a href='https://example.org/x'>Link</a></p>",
    },
    {
        "id": "2", "in_reply_to_id": "1", "created_at": "2026-11-02T10:00:00.000Z", "url": "javascript:alert(1)",
        "account": {"display_name": "", "username": "ben", "acct": "ben@other.example"},
        "content": "<p>Me too<script>window.hit = 1</script><img src=x onerror='window.hit = 1'>"
        "<a href='javascript:window.hit=1'>no</a><svg onload='window.hit=1'></svg><style>body{display:none}</style></p>",
    },
    {
        "id": "3", "in_reply_to_id": "1234", "created_at": "never", "spoiler_text": "Doses", "url": None, "account": None,
        "content": "<p>\u202eevil\u202c" + "x" * 60_000 + "</p>",
    },
]  # fmt: skip


def test_replies_from_mastodon(browser: Browser, sites: dict[str, str]) -> None:
    """Replies in their order and nesting; nothing of theirs runs, shows a picture or leads to a script."""
    with Visit(browser, sites["mastodon"], "mastodon") as visit:
        visit.answers = {HOSTS["mastodon"]: (200, "application/json", json.dumps({"ancestors": [], "descendants": TOOTS}))}
        page = visit.goto()
        visit.load()
        expect(page.locator(".comments")).to_have_attribute("data-state", "ready")
        assert visit.asked == ["https://social.example.org/api/v1/statuses/1234/context"]
        expect(page.locator(".comments h3")).to_have_text("3 comments")
        expect(page.locator("#toot-1 > .toot-answers > #toot-2")).to_have_count(1)
        expect(page.locator("#toot-1 strong").first).to_have_text("Ann <b>")
        assert page.locator("#toot-1 a").evaluate_all("all => all.map(a => a.rel)") == ["nofollow noopener noreferrer ugc"] * 2
        assert page.evaluate("window.hit") is None
        assert page.locator(".toots :is(img, script, svg, style, iframe)").count() == 0
        assert page.locator(".toots a[href^='javascript']").count() == 0
        assert "\u202e" not in page.locator("#toot-3").inner_text()
        expect(page.locator("#toot-3 summary")).to_have_text("Doses")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        link = page.get_by_role("link", name="Answer on social.example.org")
        assert link.get_attribute("href") == POST
        # The browser says of each inline handler that it was refused, even in text that is only read.
        assert all("Content Security Policy" in said for said in visit.said)


def test_no_replies_yet(browser: Browser, sites: dict[str, str]) -> None:
    """An empty thread says so."""
    with Visit(browser, sites["mastodon"], "mastodon") as visit:
        visit.answers = {HOSTS["mastodon"]: (200, "application/json", '{"descendants": []}')}
        page = visit.goto()
        visit.load()
        expect(page.locator(".comments h3")).to_have_text("No comments yet")


@pytest.mark.parametrize("body", ["<html>", "[]", '{"descendants": 7}', "null"])
def test_an_answer_that_is_none(browser: Browser, sites: dict[str, str], body: str) -> None:
    """HTML instead of JSON fails with a sentence; another shape is an empty thread or a sentence, and no error."""
    with Visit(browser, sites["mastodon"], "mastodon") as visit:
        visit.answers = {HOSTS["mastodon"]: (200, "application/json", body)}
        page = visit.goto()
        visit.load()
        expect(page.locator(".comments")).to_have_attribute("data-state", re.compile("failed|ready"))
        assert visit.said == []


@pytest.mark.parametrize("provider", SETTINGS)
def test_without_javascript(browser: Browser, sites: dict[str, str], provider: str) -> None:
    """The rest of the page is there, and a plain link where the provider has a place to read."""
    with Visit(browser, sites[provider], provider, java_script_enabled=False) as visit:
        page = visit.page
        page.goto(visit.site + small_site.FIRST)
        expect(page.locator(".comments noscript")).to_have_count(1)
        words = page.locator(".comments noscript").inner_html()
        link = {
            "giscus": "https://github.com/half/mind/discussions",
            "utterances": "https://github.com/half/mind/issues",
            "mastodon": POST,
        }
        assert provider not in link or f'href="{link[provider]}"' in words
        assert visit.asked == []


def test_closed_threads(browser: Browser, tmp_path: Path) -> None:
    """A thread that cannot be shown read only says that it is closed, and there is nothing to click."""
    small_site.write(tmp_path, {"provider": "giscus", "giscus": GISCUS}, comments="closed")
    assert small_site.build(tmp_path, tmp_path / "site").returncode == 0
    with Served(tmp_path / "site") as served, Visit(browser, served.address, "giscus") as visit:
        page = visit.goto()
        expect(page.locator(".comments")).to_contain_text("Comments are closed.")
        expect(page.locator(".comments button")).to_have_count(0)


SEVENTH = """\
{% macro sees() %}It will see your IP address. Names are public.{% endmacro %}
{% macro without_script() %}It needs JavaScript.{% endmacro %}
{% macro attributes() %} data-frame='{{ {"thread": comments.thread, "theme": "{theme}"} | tojson }}'
  data-theme-light="day" data-theme-dark="night" data-height="height" {% endmacro %}
{% macro widget() %}
  <iframe class="comments__frame" title="Comments" data-src="{{ comments.server }}/frame"></iframe>
{% endmacro %}
"""


def test_a_seventh_provider_by_a_template_and_a_row(browser: Browser, tmp_path: Path) -> None:
    """No line of Python or JavaScript: panel, consent, policy, frame, colours and failure come from what is there."""
    settings = {"provider": "seventh", "seventh": {"server": "https://seventh.example"}}
    small_site.write(tmp_path, settings)
    for name in ("hooks", "overrides"):
        (tmp_path / name).unlink()
    shutil.copytree(ROOT / "overrides", tmp_path / "overrides")
    (tmp_path / "hooks").mkdir()
    for name in ("comments.py", "policy.py", "providers.yml", "inline-scripts.txt"):
        shutil.copyfile(ROOT / "hooks" / name, tmp_path / "hooks" / name)
    (tmp_path / "overrides" / "partials" / "comments" / "seventh.html").write_text(SEVENTH, encoding="utf-8")
    with (tmp_path / "hooks" / "providers.yml").open("a", encoding="utf-8") as rows:
        rows.write(
            "\nseventh:\n  template: partials/comments/seventh.html\n  settings:\n    server: {kind: server, required: true}\n"
            "  host: server\n  policy: {frame-src: [server]}\n"
        )
    run = small_site.build(tmp_path, tmp_path / "site")
    assert run.returncode == 0, run.stderr
    with Served(tmp_path / "site") as served, Visit(browser, served.address, "seventh") as visit:
        visit.answers = {"https://seventh.example": (200, "text/html", FRAME % "{ height }")}
        page = visit.goto()
        assert visit.asked == []
        expect(page.locator(".comments__load")).to_contain_text("seventh.example")
        visit.load()
        expect(page.locator(".comments__frame")).to_have_attribute("style", "height: 321px;")
        assert visit.asked == ["https://seventh.example/frame?theme=day&thread=%2Ffirst"] and visit.said == []


def test_two_pages_with_one_thread(tmp_path: Path) -> None:
    """Told with both pages, and no page is written."""
    small_site.write(tmp_path, {"provider": "giscus", "giscus": GISCUS}, comments_id="/the/same")
    run = small_site.build(tmp_path, tmp_path / "site")
    assert run.returncode == 1 and "Traceback" not in run.stderr
    assert "second.md: its comments would be those of first.md" in run.stderr
