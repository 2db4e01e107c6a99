"""``extra.comments``: each provider builds by one line, and each mistake is one sentence, all of them at once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml
from conftest import ROOT
from mkdocs.exceptions import ConfigurationError

import comments

FULL = {
    "isso": {"server": "https://comments.example.org"},
    "remark42": {"server": "https://remark.example.org", "site_id": "mind"},
    "giscus": {"repo": "half/mind", "repo_id": "R_kgDO", "category": "Comments", "category_id": "DIC_kwDO"},
    "utterances": {"repo": "half/mind"},
    "mastodon": {"server": "https://social.example.org"},
}


def read(**settings: object) -> tuple[comments.Provider, dict[str, str]]:
    return comments.read_settings({**FULL, **settings}, "mkdocs.yml")


def mistakes(settings: object) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        comments.read_settings(settings, "mkdocs.yml")
    return str(caught.value).split("\n")


@pytest.mark.parametrize("provider", ["none", *FULL])
def test_one_line_switches(provider: str) -> None:
    """With all providers set up, each is chosen by its name alone."""
    row, settings = read(provider=provider)
    assert row == comments.providers()[provider]
    assert settings.keys() == row.settings.keys()


def test_every_provider_has_a_template() -> None:
    """A row and a template each; no template without a row."""
    rows = comments.providers()
    folder = ROOT / "overrides" / "partials" / "comments"
    assert {row.template for row in rows.values()} - {""} == {f"partials/comments/{path.name}" for path in folder.glob("*.html")}
    for row in rows.values():
        assert not row.template or row.settings[row.host]
        assert all(one in row.settings or one.startswith("'") for names in row.policy.values() for one in names)


MISTAKES = [
    ("isso", "extra.comments: ‘isso’ is not a group of settings"),
    ({}, "extra.comments.provider: is missing; use none, isso, remark42, giscus, utterances or mastodon."),
    (
        {"provider": "giscuss"},
        "‘giscuss’ is not a comments provider; use none, isso, remark42, giscus, utterances or mastodon (nearest",
    ),
    ({"provider": None}, "extra.comments.provider: ‘’ is not a comments provider"),
    ({"provider": ["isso"]}, "is not a comments provider"),
    ({"provider": "none", "server": "x"}, "‘server’ is not a setting; the settings are provider, none,"),
    (
        {"provider": "isso", "isso": {"sever": "x", "server": ""}},
        "isso: ‘sever’ is not a setting; the settings are server (nearest: server).",
    ),
    (
        {"provider": "isso", "isso": "https://x.example"},
        "isso: ‘https://x.example’ is not a group of settings; indent them below it.",
    ),
    ({"provider": "isso"}, 'isso.server: is missing and ‘isso’ needs it; write "" to keep comments closed.'),
    ({"provider": "isso", "isso": {"server": 7}}, "‘7’ is not an http:// or https:// address"),
    ({"provider": "isso", "isso": {"server": "http://comments.example.org"}}, "would send comments unprotected"),
    ({"provider": "isso", "isso": {"server": "https://a:b@c.example"}}, "‘https://…@c.example’ says more than"),
    ({"provider": "isso", "isso": {"server": "javascript:alert(1)"}}, "is not an http:// or https:// address"),
    ({"provider": "isso", "isso": {"server": 'https://c.example/"><script>'}}, "is not an http:// or https:// address"),
    ({"provider": "remark42", "remark42": {"server": "", "site_id": "a b"}}, "remark42.site_id: ‘a b’ is not a name"),
    (
        {"provider": "giscus", "giscus": {**FULL["giscus"], "repo": "mind"}},
        "giscus.repo: ‘mind’ is not a repository; write it like owner/name.",
    ),
    (
        {"provider": "giscus", "giscus": {**FULL["giscus"], "reactions": "yes"}},
        "giscus.reactions: ‘yes’ is neither true nor false.",
    ),
    (
        {"provider": "giscus", "giscus": {**FULL["giscus"], "input_position": "tob"}},
        "‘tob’ is not one of top and bottom (nearest: top).",
    ),
    ({"provider": "giscus", "giscus": {**FULL["giscus"], "category": 3}}, "giscus.category: ‘3’ is not a line of plain text"),
    (
        {"provider": "utterances", "utterances": {"repo": "a/b", "label": "<b>"}},
        "utterances.label: ‘<b>’ is not a line of plain text",
    ),
]


@pytest.mark.parametrize("settings, said", MISTAKES, ids=[said[:50] for _, said in MISTAKES])
def test_mistake(settings: object, said: str) -> None:
    """A sentence that begins with the file and the setting."""
    found = mistakes(settings)
    assert len(found) == 1 and said in found[0]
    assert found[0].startswith("mkdocs.yml: extra.comments") and found[0].endswith(".")


def test_all_mistakes_at_once() -> None:
    """Nobody has to build again for the next one."""
    found = mistakes(
        {"provider": "giscus", "colour": 1, "giscus": {"repo": "x", "repo_id": "?", "kategory": "C"}, "isso": {"sever": ""}}
    )
    assert len(found) == 7, found


def test_an_empty_setting_keeps_comments_closed() -> None:
    """Required and empty: closed; a default that is not given is no mistake."""
    _, settings = comments.read_settings({"provider": "utterances", "utterances": {"repo": ""}}, "mkdocs.yml")
    assert settings["repo"] == "" and settings["server"] == "https://utteranc.es"


class Config:
    """What the hook reads of MkDocs' configuration."""

    config_file_path = "mkdocs.yml"

    def __init__(self, provider: str, **settings: object) -> None:
        self.extra = {"comments": {**FULL, "provider": provider, **settings}}


def view(provider: str, meta: dict[str, object], src: str = "blog/posts/a.md") -> comments.Comments:
    return comments.view(Config(provider), src, meta)  # type: ignore[arg-type]


@pytest.mark.parametrize("provider", ["isso", "remark42", "giscus", "utterances"])
def test_thread_names(provider: str) -> None:
    """From the path, whatever the provider, the title and the style of addresses; or from the front matter."""
    assert view(provider, {"comments": True}).thread == "/blog/posts/a"
    assert view(provider, {"comments": True, "comments_id": "/an/old-place"}).thread == "/an/old-place"
    assert comments.thread_name("a/index.md") == comments.thread_name("a.md") == "/a"
    assert comments.thread_name("index.md") == "/"


@pytest.mark.parametrize("name", ["", "a b", "<b>", "x" * 201, 7, ["a"]])
def test_bad_thread_names(name: object) -> None:
    """What cannot name a thread is told with its page."""
    with pytest.raises(ConfigurationError, match=r"blog/posts/a\.md: comments_id: .* cannot name a thread"):
        view("isso", {"comments": True, "comments_id": name})


def test_closed_threads() -> None:
    """Shown without a form where the provider can, else told to be closed."""
    assert view("isso", {"comments": "closed"}).template and view("isso", {"comments": "closed"}).state == "closed"
    assert not view("giscus", {"comments": "closed"}).template and view("giscus", {"comments": "closed"}).state == "closed"
    assert view("none", {"comments": True}).state == "off"


def test_mastodon_needs_a_post() -> None:
    """The front matter names the post, on the chosen server; without one comments are closed."""
    assert not view("mastodon", {"comments": True}).template
    found = view("mastodon", {"comments": True, "mastodon": "https://social.example.org/@mind/1234"})
    assert found.thread == "1234" and found.link == "https://social.example.org/@mind/1234"
    for wrong in ("https://other.example/@mind/1234", "1234", "javascript:alert(1)", "https://social.example.org/@mind"):
        with pytest.raises(ConfigurationError, match=r"is not the address of a post on social\.example\.org"):
            view("mastodon", {"comments": True, "mastodon": wrong})


@pytest.mark.parametrize(
    "provider, allowed",
    [
        ("none", {}),
        ("isso", {"script-src": ("https://comments.example.org",), "connect-src": ("https://comments.example.org",)}),
        ("giscus", {"frame-src": ("https://giscus.app",)}),
        ("utterances", {"frame-src": ("https://utteranc.es",)}),
        ("mastodon", {"connect-src": ("https://social.example.org",)}),
    ],
)
def test_policy(provider: str, allowed: dict[str, tuple[str, ...]]) -> None:
    """What the provider needs and nothing else may be asked of another host."""
    assert dict(comments.policy(Config(provider))) == allowed  # type: ignore[arg-type]


def test_a_seventh_provider(tmp_path: Path) -> None:
    """One template and one row, and no line of Python."""
    rows = tmp_path / "providers.yml"
    shutil.copyfile(comments.ROWS, rows)
    row = {
        "seventh": {
            "template": "partials/comments/seventh.html",
            "settings": {"server": {"kind": "server", "required": True}},
            "host": "server",
        }
    }
    with rows.open("a", encoding="utf-8") as file:
        yaml.safe_dump(row, file)
    found, settings = comments.read_settings(
        {"provider": "seventh", "seventh": {"server": "https://7.example"}}, "mkdocs.yml", rows
    )
    assert found.template == "partials/comments/seventh.html" and settings == {"server": "https://7.example"}
    with pytest.raises(ConfigurationError, match="nearest: seventh"):
        comments.read_settings({"provider": "sevent"}, "mkdocs.yml", rows)
