"""What stands on top of a page: the rule, case by case, and real builds of files that MkDocs cannot read."""

from __future__ import annotations

import datetime
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from evidence import page
from evidence.diagnostic import Diagnostic
from evidence.rules import front_matter, missing_review_date
from evidence.rules.rule import Setting
from evidence.source import Source
from test_serve import free_port, until
from test_sites import HOOKS, SITES, build

SITE = Setting((), True, datetime.date(2026, 11, 23))
ELSEWHERE = Setting((), False, datetime.date(2026, 11, 23))
POST = "docs/blog/posts/a.md"


def found(text: str, setting: Setting = SITE, path: str = "docs/a.md") -> list[Diagnostic]:
    """What the rule says about a page, in the order of the file."""
    return sorted(front_matter.check(page.read(Source(path, text)), setting), key=Diagnostic.sort_key)


def field(line: str, setting: Setting = SITE, path: str = "docs/a.md") -> list[Diagnostic]:
    """What the rule says about one field."""
    return found(f"---\n{line}\n---\nToday.\n", setting, path)


# The text of a file, then line, column, quote and words of the message.
WHOLE = {
    "metadata": ("Warning: never stop abruptly.\n\nToday.\n", 1, 1, "Warning: never stop abruptly.", "leave it out"),
    "metadata-without-space": ("https://example.org\n", 1, 1, "https://example.org", "leave it out"),
    "metadata-indented": ("   Dose: 5 mg\n", 1, 1, "Dose: 5 mg", "leave it out"),
    "metadata-lines": ("Dose: 5 mg\nTime: noon\n    or later\nToday.\n", 1, 1, "Dose: 5 mg Time: noon or later", "leave it out"),
    "list": ("---\n- a\n---\nToday.\n", 2, 1, "- a", "expected `name: value` lines"),
    "list-below-a-comment": ("---\n\n  - a\n---\nToday.\n", 3, 3, "- a", "expected `name: value` lines"),
    "text": ("---\nToday I went.\n---\nToday.\n", 2, 1, "Today I went.", "expected `name: value` lines"),
    "colon": ("---\ndate: 2026-11-23\ntitle: a: b\n---\n", 3, 1, "title: a: b", "mapping values are not allowed"),
    "tab": ("---\ntitle: a\n\ttags: b\n---\n", 3, 1, "tags: b", "tab"),
    "quotation-mark": ('---\ntitle: "a\nslug: b\n---\n', 2, 8, '"a', "unexpected end"),
    "bracket": ("---\ntags: [a\nslug: b\n---\n", 3, 5, ": b", "did not find"),
    "no-such-day": ("---\ntitle: a\ndate: 2026-13-45\n---\n", 3, 7, "2026-13-45", "month must be in 1..12"),
    "no-such-tag": ("---\ntitle: a\ndraft: !!bool x\n---\n", 3, 8, "!!bool x", "cannot be read"),
    "python": (
        "---\ntitle: !!python/object/apply:os.getcwd []\n---\n",
        2,
        8,
        "!!python/object/apply:os.getcwd []",
        "constructor",
    ),
    "control": ("---\ntitle: a\nslug: b\x07\n---\n", 3, 8, "\ufffd", "cannot be seen"),
    "behind-wide-characters": ("---\n# é😀\u2028\ntitle: a\nslug: @b\n---\n", 4, 7, "@b", "cannot be read"),
    "nesting-without-end": (
        f"---\na: {'[' * 200_000}\n---\n",
        2,
        1,
        f"a: {'[' * 43}…{'[' * 23}",
        "longer than 20,000 characters",
    ),
    "aliases-without-end": ("---\ntitle: *a\n---\n", 2, 8, "*a", "undefined alias"),
    "empty": ("---\n---\nToday.\n", 1, 1, "---", "without a field"),
    "only-a-comment": ("---\n# title\n---\nToday.\n", 1, 1, "---", "without a field"),
    "never-closed": ("---\ntitle: a\n\nToday.\n", 1, 1, "---", "never closed"),
    "end-of-file": ("---\ntitle: a\n---", 3, 1, "---", "has no end"),
    "below-an-empty-line": ("\n\n---\ntitle: a\n---\nToday.\n", 3, 1, "---", "not on the first line"),
    "behind-a-space": (" ---\ntitle: a\n---\nToday.\n", 1, 2, "---", "not on the first line"),
}


@pytest.mark.parametrize("case", WHOLE)
@pytest.mark.parametrize("setting", [SITE, ELSEWHERE], ids=["site", "elsewhere"])
def test_the_whole(case: str, setting: Setting) -> None:
    """What is wrong as a whole is said once, at its place, and for every page."""
    text, line, column, quote, words = WHOLE[case]
    [one] = found(text, setting)
    assert (one.place.line, one.place.column, one.quote) == (line, column, quote)
    assert words in one.message
    assert one.help
    assert one.rule == "front-matter"
    assert one.stops
    assert not list(missing_review_date.check(page.read(Source("docs/a.md", text)), SITE))


QUIET = {
    "nothing": "",
    "prose": "Today I went for a walk: it rained.\n",
    "heading": "# Warning: rain\n",
    "empty-line-first": "\nWarning: never stop abruptly.\n",
    "rule-and-prose": "---\n\nToday I went for a walk.\n",
    "rule-below-an-empty-line": "\n---\nNote: it rained.\n\nToday.\n",
    "link": "[a]: https://example.org\n",
    "closed-by-dots": "---\ntitle: a\n...\nToday.\n",
    "windows": "---\ntitle: a\n---\nToday.\n",
}


@pytest.mark.parametrize("case", QUIET)
def test_nothing_to_say(case: str) -> None:
    """Pages without front matter, and lines across a page, are left alone."""
    assert found(QUIET[case]) == []


# A field; then its quote and words of the message, or "" where there is nothing to say.
FIELDS = [
    ("title: Words", "", ""),
    ("title: [a]", "title: [a]", "title is a list"),
    ("title: 2026", "title: 2026", "title is a number"),
    ("title: 2026-11-23", "title: 2026-11-23", "title is a date"),
    ("title: yes", "title: yes", "title is true or false"),
    ("title:", "title:", "title is empty"),
    ("title: {a: b}", "title: {a: b}", "title is a group of fields"),
    ("description: 5", "description: 5", "description is a number"),
    ("slug: 1.5", "slug: 1.5", "slug is a number"),
    ("slug: ../../index", "slug: ../../index", "part of the page’s address"),
    ("slug: a-good-name", "", ""),
    ("template: [a]", "template: [a]", "template is a list"),
    ("reviewed_by: [a]", "reviewed_by: [a]", "reviewed_by is a list"),
    ("tags: [a, b]", "", ""),
    ("tags: a", "tags: a", "tags is text"),
    ("tags: [a, 5]", "5", "cannot stand in tags"),
    ("tags:\n  - a\n  - {b: c}\n", "{b: c}", "cannot stand in tags"),
    ("authors: editors", "authors: editors", "authors is text"),
    ("categories: [[a]]", "[a]", "cannot stand in categories"),
    ("comments: true", "", ""),
    ("comments: closed", "", ""),
    ("comments: open", "comments: open", "true, false or closed"),
    ("comments: 1", "comments: 1", "true, false or closed"),
    ("date: 2026-11-23", "", ""),
    ("date: 2026-11-23 10:00:00", "", ""),
    ("date: {created: 2026-11-23, updated: 2026-11-25}", "", ""),
    ("date: {updated: 2026-11-23}", "date: {updated: 2026-11-23}", "date is a group of fields"),
    ('date: "2026-11-23"', 'date: "2026-11-23"', "date is text"),
    ("date: soon", "date: soon", "date is text"),
    ("reviewed: 2026-11-23", "", ""),
    ("reviewed: soon", "reviewed: soon", "reviewed is text"),
    ("review_due: 2026", "review_due: 2026", "review_due is a number"),
    ("draft: true", "", ""),
    ('draft: "true"', 'draft: "true"', "draft is text"),
    ("hide: [navigation, toc]", "", ""),
    ("hide: navigation", "hide: navigation", "hide is text"),
    ("hide: [menu]", "menu", "cannot stand in hide"),
    ("changelog:\n  - 2026-11-23: First", "", ""),
    ("changelog:\n  - First", "First", "cannot stand in changelog"),
    ("changelog: First", "changelog: First", "changelog is text"),
    ("changelog:\n  - someday: First", "someday: First", "cannot stand in changelog"),
    ("changelog:\n  - 2026-11-23: 5", "2026-11-23: 5", "cannot stand in changelog"),
    ("title: a <b>c</b>", "title: a <b>c</b>", "markup"),
    ("title: a &lt;img src=x&gt;", "title: a &lt;img src=x&gt;", "markup"),
    ("title: a < b &amp; c", "", ""),
    ('title: "a\\u202Eb"', 'title: "a\\u202Eb"', "cannot see"),
    ("description: a\u202eb", "description: a\ufffdb", "cannot see"),
    ('description: "a\\ab"', 'description: "a\\ab"', "cannot see"),
    ("tags: [a, <i>b</i>]", "<i>b</i>", "markup"),
    ("categories: ['<!-- a']", "'<!-- a'", "markup"),
    ("changelog:\n  - 2026-11-23: <script>", "<script>", "markup"),
    ("title: a\ntitle: b", "title: a", "given again below"),
    ("comments_id: a\nicon: b\nrobots: c", "", ""),
]


@pytest.mark.parametrize(
    ("line", "quote", "words"), FIELDS, ids=[line.encode("unicode_escape").decode() for line, _, _ in FIELDS]
)
def test_a_field(line: str, quote: str, words: str) -> None:
    """Each field has its type and its plain words; a wrong one is said once, and only for pages of the site."""
    told = field(line)
    if not words:
        assert told == []
        return
    [one] = told
    assert one.quote == quote
    assert words in one.message
    assert one.stops
    text = f"---\n{line}\n---\nToday.\n"
    place = one.place
    assert text.splitlines()[place.line - 1][place.column - 1 :].startswith(quote[:3].replace("\ufffd", "\u202e"))
    assert field(line, ELSEWHERE) == []


def test_a_nested_place() -> None:
    """The item of a list is told where it stands."""
    [one] = field("title: é😀\ntags:\n  - a\n  - 5")
    assert (one.place.line, one.place.column, one.place.end_line, one.place.end_column) == (5, 5, 5, 6)


def test_an_unknown_field_is_a_note_with_the_nearest_name() -> None:
    [near] = field("descripton: a")
    assert (near.severity, near.quote, near.help) == ("note", "descripton: a", "write description if that is meant")
    [far] = field("weather: rain")
    assert (far.severity, far.help) == ("note", "take it out if nothing reads it")


def test_a_post_needs_a_date() -> None:
    """With front matter and without; another page needs none."""
    assert [d.message for d in field("title: a", path=POST)] == ["a post needs a date"]
    assert [d.help for d in found("# A walk\n", path=POST)] == ["add to the front matter: date: 2026-11-23"]
    assert [d.quote for d in field("title: a\ndate:", path=POST)] == ["date:"]
    assert field("title: a\ndate: 2026-11-23", path=POST) == []
    assert field("title: a") == []


def test_aliases_do_not_multiply() -> None:
    """A front matter that names itself over and over is told like any other, and at once."""
    lines = ["a: &a [x, x]"] + [f"{b}: &{b} [{', '.join(['*' + a] * 9)}]" for a, b in zip("abcdefgh", "bcdefghi", strict=True)]
    begun = time.monotonic()
    told = field("\n".join([*lines, "title: *i"]))
    assert [d.quote for d in told if d.stops] == ["title: *i"]
    assert time.monotonic() - begun < 2


# ---- real builds


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A copy of the site without findings."""
    folder = tmp_path / "tests" / "sites" / "site"
    shutil.copytree(SITES / "good", folder)
    (tmp_path / "hooks").symlink_to(HOOKS)
    return folder


def with_blog(folder: Path) -> None:
    """Add the blog plugin to a site."""
    settings = (folder / "mkdocs.yml").read_text(encoding="utf-8")
    blog = "plugins:\n  - search\n  - blog:\n      archive: false\n"
    (folder / "mkdocs.yml").write_text(settings.replace("plugins:\n", blog), encoding="utf-8")
    (folder / "docs" / "blog" / "posts").mkdir(parents=True)
    (folder / "docs" / "blog" / "index.md").write_text("# Blog\n", encoding="utf-8")


# A file, its bytes (None: a link that leads nowhere), and what is said.
UNREADABLE = {
    "latin-1": ("docs/a.md", "# A café\n".encode("latin-1"), "docs/a.md:1:1: this file is not UTF-8 text"),
    "utf-16": ("docs/a.md", "# A walk\n".encode("utf-16"), "docs/a.md:1:1: this file is not UTF-8 text"),
    "link": ("docs/a.md", None, "docs/a.md:1:1: is a link to nowhere.md, which does not exist"),
    "link-to-a-picture": ("docs/a.png", None, "docs/a.png:1:1: is a link to nowhere.md, which does not exist"),
    "list": ("docs/a.md", b"---\n- a\n---\n\n# A walk\n", "docs/a.md:2:1: "),
    "title": ("docs/a.md", b"---\ntitle: [a]\n---\n\n# A walk\n", "docs/a.md:2:1: "),
    "never-closed": ("docs/a.md", b"---\ntitle: a\n\n# A walk\n", "docs/a.md:1:1: "),
    "nesting": ("docs/a.md", b"---\na: " + b"[" * 200_000 + b"\n---\n", "docs/a.md:2:1: "),
    "date": (POST, b"---\ntitle: a\ndate: soon\n---\n\n# A walk\n", f"{POST}:3:1: "),
    "no-created": (POST, b"---\ntitle: a\ndate: {updated: 2026-11-23}\n---\n\n# A walk\n", f"{POST}:3:1: "),
    "hide": (POST, b"---\ntitle: a\ndate: 2026-11-23\nhide: toc\n---\n\n# A walk\n", f"{POST}:4:1: "),
    "not-utf-8-post": (POST, b"---\ntitle: \xff\ndate: 2026-11-23\n---\n\n# A walk\n", f"{POST}:2:1: "),
    "post-without-fields": (POST, b"# A walk\n", f"{POST}:1:1: "),
}


def put(folder: Path, case: str) -> str:
    """Put a file of the table into a site; gives what is said about it."""
    name, data, said = UNREADABLE[case]
    if name == POST:
        with_blog(folder)
    if data is None:
        (folder / name).symlink_to("nowhere.md")
    else:
        (folder / name).write_bytes(data)
    return said


@pytest.mark.parametrize("case", UNREADABLE)
def test_a_file_that_cannot_be_read_stops_the_build_with_a_sentence(case: str, site: Path) -> None:
    """Even a quiet build says which file, in a line of its own, and not how a parser ended."""
    said = put(site, case)
    run = build(site, "-q")
    assert run.returncode != 0
    assert "Traceback" not in run.stdout + run.stderr
    assert [line for line in run.stderr.splitlines() if said in line]
    assert "Nothing was written" in run.stderr
    assert not list((site / "site").rglob("*.html"))


def test_all_of_them_are_said_at_once(site: Path) -> None:
    """Not only the first one; and a loud build says the same."""
    for number, data in enumerate((b"\xff", b"---\n- a\n---\n", b"---\ntitle: [a]\n---\n")):
        (site / "docs" / f"a{number}.md").write_bytes(data)
    run = build(site)
    assert run.returncode != 0
    assert set(re.findall(r"docs/a\d\.md:\d:1: ", run.stderr)) == {
        "docs/a0.md:1:1: ",
        "docs/a1.md:2:1: ",
        "docs/a2.md:2:1: ",
    }
    assert "3 files cannot be read" in run.stderr


def test_a_blog_without_faults_is_built(site: Path) -> None:
    """The table above has posts; one that is right comes out."""
    with_blog(site)
    (site / POST).write_bytes(b"---\ntitle: A walk\ndate: 2026-11-23\nhide: [toc]\n---\n\n# A walk\n")
    run = build(site)
    assert run.returncode == 0, run.stderr
    assert list((site / "site" / "blog").rglob("a-walk/index.html"))


def test_a_preview_goes_on_without_them(site: Path, tmp_path: Path) -> None:
    """A strict preview says what it cannot read, on the page too, serves the rest, and follows the writer."""
    for case in ("link-to-a-picture", "list", "date"):
        put(site, case)
    (site / "docs" / "b.md").write_text("# B\n\nSee [a](a.md), [a post](blog/posts/a.md), ![a](a.png).\n", encoding="utf-8")
    with (site / "mkdocs.yml").open("a", encoding="utf-8") as config:
        config.write("strict: true\nnav:\n  - index.md\n  - a.md\n  - b.md\n  - blog/index.md\n")
    port, log = free_port(), tmp_path / "log"
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "mkdocs", "serve", "--dev-addr", f"127.0.0.1:{port}"],
            cwd=site,
            env={**os.environ, "NO_MKDOCS_2_WARNING": "1", "DISABLE_MKDOCS_2_WARNING": "true", "NO_COLOR": "1"},
            stdout=out,
            stderr=subprocess.STDOUT,
        )
        try:
            address = f"http://127.0.0.1:{port}"
            assert "docs/a.md:2:1: " in until(f"{address}/a/", "Not readable yet").replace("&#95;", "_")
            until(f"{address}/b/", "<h1")
            until(f"{address}/", "<h1")
            said = log.read_text()
            assert all(place in said for place in ("docs/a.md:2:1: ", "docs/a.png:1:1: ", f"{POST}:3:1: "))
            (site / "docs" / "a.md").write_text("# Put right\n", encoding="utf-8")
            until(f"{address}/a/", "Put right")
            assert process.poll() is None
            assert "Traceback" not in log.read_text()
        finally:
            process.terminate()
            process.wait(timeout=10)
