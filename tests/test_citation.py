"""The grammar of citations: what is found, what is left alone, what is called broken."""

from __future__ import annotations

import pytest
from evidence import blocks, citation
from evidence.source import Source


def mentions(text: str) -> list[tuple[str, str, str]]:
    """(key, prefix, locator) of every mention in a page."""
    prose = blocks.read(Source("page.md", text))
    return [(m.key, m.prefix, m.locator) for c in prose.citations for m in c.mentions]


GOOD = [
    ("a [@key].", [("key", "", "")]),
    ("a [@a; @b].", [("a", "", ""), ("b", "", "")]),
    ("a [@a;@b;@c].", [("a", "", ""), ("b", "", ""), ("c", "", "")]),
    ("a [see @key, p. 12].", [("key", "see", "p. 12")]),
    ("a [@key, table 2; but @other].", [("key", "", "table 2"), ("other", "but", "")]),
    ("a [-@key].", [("key", "", "")]),
    ("a [ @key ].", [("key", "", "")]),
    ("a [@key] b [@key].", [("key", "", ""), ("key", "", "")]),
    ("a [@with-dash_and_1].", [("with-dash_and_1", "", "")]),
    ("a [@key pp. 3-4].", [("key", "", "pp. 3-4")]),
    ("interval [0, 5) and [@key].", [("key", "", "")]),
    ("**bold [@key]**", [("key", "", "")]),
    ("- item [@key]", [("key", "", "")]),
    ("> quote [@key]", [("key", "", "")]),
    ("| a | b |\n|---|---|\n| c | d [@key] |", [("key", "", "")]),
    ('!!! note "t"\n    body [@key]', [("key", "", "")]),
    ("[^1]: note [@key]", [("key", "", "")]),
    ("x [^1] y [@key]\n\n[^1]: z", [("key", "", "")]),
]


@pytest.mark.parametrize("text, expected", GOOD, ids=[text for text, _ in GOOD])
def test_found(text: str, expected: list[tuple[str, str, str]]) -> None:
    """A citation is read whole, wherever prose may stand."""
    assert mentions(text) == expected
    assert blocks.read(Source("page.md", text)).malformed == []


LEFT_ALONE = [
    "`[@key]`",
    "``a [@key] b``",
    "```\n[@key]\n```",
    "~~~ markdown\n[@key]\n~~~",
    "    [@key]",
    "a\n\n    [@key] in indented code\n",
    "<!-- [@key] -->",
    "<!-- a\n[@key]\n-->",
    "[@key](https://example.org)",
    "[text @key](https://example.org)",
    "[@key][ref]",
    "![@key](picture.png)",
    "![as in @key](picture.png)",
    "[mail me@example.org](mailto:me@example.org)",
    "[me@example.org]",
    "@handle said so",
    "[see https://medium.com/@user]",
    "<script>a[@key]</script>",
    "<pre>[@key]</pre>",
    "---\ntitle: a [@key]\n---\n",
    "[a bracket]",
    "npm i [scope/@x]",
    "[ref]: https://example.org/@key",
]


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_left_alone(text: str) -> None:
    """What is no prose, and what is no citation, is neither found nor called broken."""
    assert mentions(text) == []
    assert blocks.read(Source("page.md", text)).malformed == []


BROKEN = [
    ("a [@] b", "names no reference"),
    ("a [@ ] b", "names no reference"),
    ("a [@;] b", "names no reference"),
    ("a [@a; ] b", "is missing beside"),
    ("a [@a; b] b", "names no reference"),
    ("a [@a.b] b", "the character ‘.’"),
    ("a [@a:b] b", "the character ‘:’"),
    ("a [@a/b] b", "the character ‘/’"),
    ("a [@a+b] b", "the character ‘+’"),
    ("a [@müller2020] b", "the character ‘ü’"),
    ("a [@a, @b] b", "two references share one place"),
    ("a [@a\n; @b] b", "broken over two lines"),
    ("a [see\n@a] b [@b", "never closed"),
    ("a [@a", "never closed"),
    ("a [@a b\n\nc] d", "never closed"),
]


@pytest.mark.parametrize("text, problem", BROKEN, ids=[text for text, _ in BROKEN])
def test_broken(text: str, problem: str) -> None:
    """What is meant as a citation and cannot be one is said so, in words for people."""
    faults = blocks.read(Source("page.md", text)).malformed
    assert any(problem in fault.problem for fault in faults), faults
    assert all(fault.help for fault in faults)


def test_dispute_is_a_stance() -> None:
    """``but`` and ``contra`` mark a work that speaks against the sentence."""
    found, _ = citation.find("x [but @a; contra @b; see @c]")
    assert [m.disputes for m in found[0].mentions] == [True, True, False]


@pytest.mark.parametrize(
    "text",
    [
        "[" * 20_000,
        "[@" * 10_000,
        "[@a " * 10_000,
        "<a " * 20_000,
        "`" * 9 + "`a" * 9_999,
        "![" * 9_999,
        "<!-- " * 9_999,
        "<pre>" * 9_999,
        "$$\n" * 9_999,
        "```a\n" * 9_999,
        "> " * 9_999 + "a",
        "|" * 9_999 + "\n|-|\n",
        "*" * 9_999 + "a",
        "- " * 9_999,
        "_a" * 9_999,
    ],
)
def test_hostile_lines_stay_fast(text: str) -> None:
    """Ten thousand brackets take no noticeable time (Python-Markdown needs minutes)."""
    import time

    began = time.perf_counter()
    prose = blocks.read(Source("page.md", text))
    assert time.perf_counter() - began < 2.0
    assert len(prose.quiet) == len(text)
