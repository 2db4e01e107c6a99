"""The built site in a real browser: a citation and back, comments by click, and no request that nobody asked for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from local_comments import LocalIsso
    from playwright.sync_api import Browser, BrowserContext, Page

ARTICLE = "/blog/pregabalin-in-a-benzodiazepine-taper/"
PAGES = ["/", "/help/", "/blog/", ARTICLE, "/how-we-check/", "/about/", "/comment-rules/", "/privacy/", "/contribute/"]


# The words of a page outside code, where a citation may be shown as an example.
WORDS = """() => {
  const copy = document.querySelector("main").cloneNode(true);
  for (const code of copy.querySelectorAll("code, pre, script")) code.remove();
  return copy.textContent;
}"""


def opened(context: BrowserContext) -> tuple[Page, list[str]]:
    """A new page, and the list that every address it asks for is added to."""
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    return page, asked


def test_a_reader_follows_a_citation_and_comments(browser: Browser, site: str, isso: LocalIsso) -> None:
    """From the article to a reference and back; comments load by click alone, and a comment is there after a reload."""
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page, asked = opened(context)
    page.goto(site + ARTICLE)
    expect(page.locator("h1")).to_have_text(re.compile("Pregabalin in a benzodiazepine taper"))

    mark = page.locator("sup.cite a").first
    assert (mark.get_attribute("aria-label") or "").startswith("Reference 1: ")
    mark.click()
    target = mark.get_attribute("href") or ""
    assert page.url.endswith(target)
    entry = page.locator(f'[id="{target.lstrip("#")}"]')
    expect(entry).to_be_in_viewport()
    expect(entry).to_contain_text("doi: 10.1177/0269881111405360")
    expect(entry).to_contain_text("Randomised trial, 106 people")
    back = entry.locator(".footnote-backref").first
    expect(back).to_have_attribute("aria-label", "Back to the first use in the text")
    back.click()
    expect(mark).to_be_in_viewport()

    assert [address for address in asked if not address.startswith(site)] == []
    page.get_by_role("button", name=re.compile("Load comments")).click()
    text = f"A comment from the browser test at {isso.port}"
    page.get_by_role("textbox", name="Your comment").fill(text)
    page.get_by_role("textbox", name="Name (optional)").fill("Quiet reader")
    page.get_by_role("button", name="Send comment").click()
    expect(page.locator(".isso-comment[id^=isso-]", has_text=text)).to_be_visible()
    expect(page.get_by_role("status")).to_have_text("Your comment is published.")
    others = {address for address in asked if not address.startswith(site)}
    assert others and all(address.startswith(isso.address) for address in others)

    asked.clear()
    page.reload()
    page.wait_for_load_state("networkidle")
    assert [address for address in asked if not address.startswith(site)] == []
    page.get_by_role("button", name=re.compile("Load comments")).click()
    expect(page.locator(".isso-comment[id^=isso-]", has_text=text)).to_be_visible()
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_pages_are_whole(browser: Browser, site: str, width: int, scheme: str) -> None:
    """No request to another host, no error in the console, nothing wider than the window, no citation left as text."""
    context = browser.new_context(viewport={"width": width, "height": 844}, color_scheme=scheme)  # type: ignore[arg-type]
    page, asked = opened(context)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    for path in PAGES:
        page.goto(site + path)
        page.wait_for_load_state("networkidle")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        assert "[@" not in page.evaluate(WORDS), path
        missing = "[...document.images].filter(i => !i.complete || !i.naturalWidth).map(i => i.src)"
        assert page.evaluate(missing) == [], path
    assert [address for address in asked if not address.startswith(site)] == []
    assert said == []
    context.close()


def test_without_a_server_comments_are_closed(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Where no comment server is configured the page says so, and there is nothing to click."""
    from conftest import Served, build

    folder = tmp_path_factory.mktemp("closed")
    run = build(folder, COMMENTS_SERVER="")
    assert run.returncode == 0, run.stderr
    with Served(folder) as served:
        context = browser.new_context()
        page, asked = opened(context)
        page.goto(served.address + ARTICLE)
        expect(page.locator(".comments")).to_contain_text("Comments are closed at the moment.")
        expect(page.get_by_role("button", name=re.compile("Load comments"))).to_have_count(0)
        assert [address for address in asked if not address.startswith(served.address)] == []
        context.close()
