"""Whatever a browser shows as text is read as prose, whatever it hides may be passed over, and each claim has its own place."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import markdown
import pytest
import yaml
from evidence import lint, page
from evidence.rules.rule import Setting
from evidence.source import Source

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CLAIM = "Pregabalin prevents seizures during withdrawal."

# Each shows the claim C on the built page.
SHOWN = r"""
Hello <!--> x C -->
Hello <!---> x C -->
<!--> x C -->
Hello <!-- a --!> C -->
Hello <!-- C
<!--↵C↵↵C
Hello <!-- a↵↵C -->
Hello <!-- C <!-- b --> x
Hello <!-- C <!--> x
Hello <!-- C <!---> x
- a↵↵    <!-- b↵↵    C -->
<!-- xyz --> C
<!-- a --> C <!-- b -->
<script>↵↵</script> C
Hi <script>↵↵</script> C
<script>x</script> C
<style>↵↵</style> C
{{ C }}
x {{ C }} y
{% C %}
x {% C %} y
{# C #}
--8<-- "C"
import a from C;
{: title="C" }
{: title="C" }↵more
a↵↵{: title="C" }
a↵{: title="C" }↵b
# H↵{: title="C" }
{ C }
x {: C }
x {.C}
- a {: C }
<b>a</b>{: title="C" }
<pre>C</pre>
Hi <pre>C</pre> x
<pre>↵C↵↵C↵</pre>
<pre><code>x</code> C</pre>
<textarea>↵↵    C↵</textarea>
<svg><text>C</text></svg>
<math><mtext>C</mtext></math>
$$↵C↵$$
$$ x $$ C
[note]: C
[note]: https://a.b C
::: C
x↵::: C
!!! C
!!! note "x" C
!!! note "C"
??? C
~~~ C↵x↵~~~
<div>↵C↵</div>
<div>↵↵    C↵</div>
<table><tr><td>↵↵    C↵</td></tr></table>
<p>C</p>
https://a.b↵↵<p>C</p>
<details><summary>C</summary>↵C↵</details>
| a |↵|--|↵| C {: .x } |
[^1]: x↵    C↵↵x[^1]
"""

# None of these shows it, or only as code, which is an example here as it is in Markdown.
HIDDEN = r"""
x <!-- C --> y
<!-- C -->
<!-- a↵↵C -->
<!--- C --->
x <script>C</script> y
<script>↵C↵</script>
<style>C</style>
a↵{: title="C" }
a↵{: title="C" }↵↵b
> a↵> {: title="C" }
- a↵{: title="C" }↵- b
Term↵: a↵{: title="C" }
*a*{: title="C" }
`a`{: title="C" }
[a](b){: title="C" }
![a](b){: title="C" }
<https://a.b>{: title="C" }
# H {: title="C" }
H {: title="C" }↵===
| a |↵|--|↵| b {: title="C" } |
<div title="C">x</div>
[x]: https://a.b "C"
[comment]: <> (C)
<code>C</code>
<pre><code>↵↵C↵↵</code></pre>
    C
~~~↵C↵~~~
~~~ {.py}↵C↵~~~
~~~ py title="a b"↵C↵~~~
"""


def cases(table: str) -> list[str]:
    """The Markdown of each line of a table: ``↵`` is a line end."""
    return [line.replace("↵", "\n") for line in table.strip("\n").split("\n")]


def told(text: str) -> list[tuple[str, int, int, int, int]]:
    """Rule and place of what is found in Markdown with the claim put in for C."""
    checked = page.read(Source("page.md", text.replace("C", CLAIM)))
    found = lint.check_page(checked, Setting()).diagnostics
    assert len(checked.prose.quiet) == len(checked.source.text)
    return [
        (d.rule, d.place.line, d.place.column, d.place.end_line, d.place.end_column)
        for d in found
        if d.rule in ("uncited-claim", "uncitable-claim")
    ]


@pytest.mark.parametrize("text", cases(SHOWN))
def test_shown(text: str) -> None:
    """A claim that readers see is found, each where it stands, and nothing else."""
    lines = [number for number, line in enumerate(text.split("\n"), 1) if "C" in line]
    places = sorted({place[1:] for place in told(text)})
    assert len(places) == len(lines)
    assert all(start <= line <= end for line, (start, _, end, _) in zip(lines, places, strict=True))


@pytest.mark.parametrize("text", cases(HIDDEN))
def test_hidden(text: str) -> None:
    """What nobody sees is no claim."""
    assert told(text) == []


def test_the_tables_are_true(browser: Browser) -> None:
    """What the tables say is what a browser shows of the page that Python-Markdown makes with the extensions of this site."""
    convert = _converter()
    tab = browser.new_page()
    wrong = []
    for shown, table in ((True, SHOWN), (False, HIDDEN)):
        for text in cases(table):
            convert.reset()
            tab.set_content(f"<!doctype html><body>{convert.convert(text.replace('C', CLAIM))}")
            seen = tab.evaluate(
                """() => {
                  for (const code of document.querySelectorAll("code")) code.remove();
                  const drawn = [...document.querySelectorAll("textarea, svg text")].map((one) => one.value || one.textContent);
                  return [document.body.innerText, ...drawn].join(" ");
                }"""
            )
            if (CLAIM in " ".join(seen.split())) != shown:
                wrong.append(text)
    tab.close()
    assert wrong == []


def _converter() -> markdown.Markdown:
    """Python-Markdown with the extensions of mkdocs.yml."""

    class Loader(yaml.SafeLoader):
        pass

    Loader.add_multi_constructor("", lambda loader, suffix, node: None)
    path = Path(__file__).parent.parent / "mkdocs.yml"
    listed = yaml.load(path.read_text(encoding="utf-8"), Loader=Loader)["markdown_extensions"]
    settings: dict[str, dict[str, Any]] = {}
    for entry in listed:
        for name, options in (entry if isinstance(entry, dict) else {entry: {}}).items():
            settings[name] = {option: value for option, value in options.items() if value is not None}
    return markdown.Markdown(extensions=list(settings), extension_configs=settings)


@pytest.mark.parametrize(
    "text, place",
    [
        ("<div>\nC\n</div>", (2, 1)),
        ("<p>C</p>", (1, 4)),
        ("https://example.org\n\n<div>\nC\n</div>", (4, 1)),
        ("https://example.org\n\n<p>C</p>\n", (3, 4)),
        ('See <https://example.org>.\n\n<section class="a">\n<p>C</p>\n</section>', (4, 4)),
        ("<!-- a note --> C", (1, 17)),
        ("<script>\n\n</script> C", (3, 11)),
        ("<pre>\n\n    C\n</pre>", (3, 5)),
    ],
)
def test_place(text: str, place: tuple[int, int]) -> None:
    """The place is that of the words of the claim, with and without an address on the page."""
    line, column = place
    assert told(text) == [("uncited-claim", line, column, line, column + len(CLAIM))]


@pytest.mark.parametrize("tag", ["pre", "textarea", "svg", "math"])
def test_no_citation_stands_in_what_is_shown_letter_by_letter(tag: str) -> None:
    """The claim is read there, and what looks like its citation is none."""
    checked = page.read(Source("page.md", f"<{tag}>{CLAIM[:-1]} [@key].</{tag}>\n\nI read [@other].\n"))
    assert [(s.status, s.keys) for s in checked.sentences] == [(page.UNCITED, []), (page.CITED, ["other"])]


@pytest.mark.parametrize("end", ["", "\n\n</code></pre>-->", " -->"])
@pytest.mark.parametrize(
    "piece",
    ["<code>", "<pre>[@a] ", "<pre><code>\n\n</code> ", "<!-- ", "x <!-- a\n\n", "<div>\n\n    x\n\n", "*a*{b ", "~~~ a b=c "],
)
def test_time_grows_with_length_alone(piece: str, end: str) -> None:
    """Markup that begins again and again and never ends takes no longer per character than any other."""
    began = time.perf_counter()
    page.read(Source("page.md", piece * (100_000 // len(piece)) + end))
    assert time.perf_counter() - began < 5


def test_addresses_keep_their_marks_to_themselves() -> None:
    """The brackets of an address are no words."""
    checked = page.read(Source("page.md", "I read <https://example.org/a>, and <mailto:a@example.org>. I slept."))
    assert [s.words for s in checked.sentences] == ["I read https://example.org/a, and mailto:a@example.org.", "I slept."]
