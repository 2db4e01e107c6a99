"""The page of references: every work cited, what kind it is, and every sentence that rests on it."""

from __future__ import annotations

import html
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from evidence import vancouver
from evidence.ledger import Claim
from evidence.reference import POPULATIONS, STUDY_DESIGNS, Reference
from evidence.standing import UNKNOWN, Standing
from evidence.web import form, plot, words

# More sentences than these are counted and left to the page Claims: nobody reads a guideline’s thousandth use.
MOST_QUOTED = 200


@dataclass(frozen=True)
class Use:
    """A sentence that cites a work: its words, the title of its page, and the address of its mark."""

    text: str
    title: str
    page: str
    href: str
    disputes: bool = False


def uses_of(claims: Sequence[Claim], titles: Mapping[str, str], href: Callable[[Claim, int], str]) -> dict[str, list[Use]]:
    """The uses of each work by key; ``href`` gives the address of the nth work's mark of a claim."""
    found: dict[str, list[Use]] = defaultdict(list)
    for claim in claims:
        seen: set[str] = set()
        for number, work in enumerate(claim.works):
            if work.key not in seen:  # one sentence, one quotation, however often it names the work
                seen.add(work.key)
                found[work.key].append(Use(claim.text, titles[claim.page], claim.page, href(claim, number), work.disputes))
    return found


def sorted_works(references: Mapping[str, Reference]) -> list[Reference]:
    """Works as a bibliography orders them: by author or title, then year."""
    return sorted(references.values(), key=lambda r: (vancouver.short_name(r).casefold(), r.key))


def _used(uses: Sequence[Use]) -> str:
    if not uses:
        return '<p class="work-uses">Not cited in a sentence that states something medical.</p>'
    pages = len({use.page for use in uses})
    summary = f"Used in {words.count(len(uses), 'sentence')} on {words.count(pages, 'page')}"
    lines = [
        f'<li><a href="{html.escape(use.href, quote=True)}">“{html.escape(words.shortened(use.text))}”</a> '
        f'<span class="work-page">{html.escape(use.title)}{", as speaking against it" if use.disputes else ""}</span></li>'
        for use in uses[:MOST_QUOTED]
    ]
    if len(uses) > MOST_QUOTED:
        lines.append(f"<li>and {len(uses) - MOST_QUOTED:,} more</li>")
    return f'<details class="work-uses"><summary>{summary}</summary><ul>{"".join(lines)}</ul></details>'


def _filter(works: Sequence[Reference], pages: Sequence[tuple[str, str]]) -> str:
    """The form that shows some of the works."""
    designs = [(name, design.words) for name, design in STUDY_DESIGNS.items() if any(w.get("studydesign") == name for w in works)]
    populations = [(name, text) for name, text in POPULATIONS.items() if any(w.get("population") == name for w in works)]
    years = sorted({w.get("year") for w in works if w.get("year").isdigit()})
    decades = [(decade, f"from {decade}") for decade in sorted({year[:3] + "0" for year in years}, reverse=True)]
    return form.render(
        "works",
        (
            ("words", "Words", None),
            ("design", "Kind of study", designs),
            ("population", "Studied in", populations),
            ("since", "Year", decades),
            ("page", "Page", pages),
        ),
    )


def anchor(key: str) -> str:
    """The id of a work's entry on the page."""
    return f"ref-{key}"


def render(
    references: Mapping[str, Reference],
    uses: Mapping[str, Sequence[Use]],
    titles: Mapping[str, str],
    standing: Callable[[str], Standing] = lambda key: UNKNOWN,
) -> str:
    """The page's own part as HTML: plot, filter, and an entry for each work with the sentences that rest on it.

    ``titles`` are the titles of pages by name; ``standing`` says for a key how the work stands.
    """
    works = sorted_works(references)
    citing = sorted({(use.page, titles[use.page]) for found in uses.values() for use in found}, key=lambda pair: pair[1])
    entries: list[str] = []
    for work in works:
        found = uses.get(work.key, ())
        pages = " ".join(sorted({use.page for use in found}))
        data = (
            f'data-design="{html.escape(work.get("studydesign"), quote=True)}" '
            f'data-population="{html.escape(work.get("population"), quote=True)}" '
            f'data-year="{html.escape(work.get("year"), quote=True)}" data-pages="{html.escape(pages, quote=True)}"'
        )
        entry = vancouver.to_html(work, standing(work.key))
        entries.append(f'<li id="{anchor(work.key)}" class="work" {data}>{entry}{_used(found)}</li>\n')
    return (
        plot.render(works, lambda key: f"#{anchor(key)}")
        + _filter(works, citing)
        + f'<ol class="works" data-search-exclude>\n{"".join(entries)}</ol>\n'
    )
