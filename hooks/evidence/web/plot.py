"""A plot of the works: study design against year, drawn when the site is built, readable without any script."""

from __future__ import annotations

import html
from collections import defaultdict
from collections.abc import Callable, Sequence

from evidence import vancouver
from evidence.reference import STUDY_DESIGNS, Reference
from evidence.web import words

# Units of the drawing; a phone shows about one to a pixel. The label of a row stands above its line, so nothing is cut off.
_WIDTH, _LEFT, _TOP, _ROW, _LABEL, _DOT = 400, 14, 4, 40, 15, 4.5


def _years(references: Sequence[Reference]) -> list[int]:
    return [int(reference.get("year")) for reference in references if reference.get("year").isdigit()]


def _middle(row: int) -> float:
    """The height of the line of a row."""
    return _TOP + _ROW * row + _LABEL + (_ROW - _LABEL) / 2


def _left_out(references: Sequence[Reference], href: Callable[[str], str]) -> str:
    """The works that the plot cannot show, in sentences that name and link them; empty where it shows all."""
    undated = [r for r in references if not r.get("year").isdigit()]
    ungraded = [r for r in references if r.get("year").isdigit() and r.get("studydesign") not in STUDY_DESIGNS]
    parts: list[str] = []
    for works, one, many in (
        (undated, "has no year and is not shown", "have no year and are not shown"),
        (ungraded, "is of no kind we grade and is not shown", "are of no kind we grade and are not shown"),
    ):
        if works:
            links = ", ".join(words.link(href(r.key), vancouver.short_name(r)) for r in works)
            parts.append(f"{words.count(len(works), 'work')} {one if len(works) == 1 else many}: {links}. ")
    return "".join(parts)


def render(references: Sequence[Reference], href: Callable[[str], str]) -> str:
    """An inline SVG in a figure, with a text alternative; empty without a dated work of known design.

    What it cannot show, for want of a year or a design, its caption names. ``href`` gives for a key the address of the work's
    entry. Works of one design and year stand above each other.
    """
    shown = [r for r in references if r.get("year").isdigit() and r.get("studydesign") in STUDY_DESIGNS]
    if not shown:
        return ""
    years = _years(shown)
    first, last = min(years) // 5 * 5, (max(years) // 5 + 1) * 5
    rows = [name for name in STUDY_DESIGNS if any(r.get("studydesign") == name for r in shown)]
    scale = (_WIDTH - 2 * _LEFT) / (last - first)
    height = _TOP + _ROW * len(rows) + 28
    stacks: dict[tuple[str, int], list[Reference]] = defaultdict(list)
    for reference in shown:
        stacks[reference.get("studydesign"), int(reference.get("year"))].append(reference)
    parts: list[str] = []
    for at, name in enumerate(rows):
        y = _middle(at)
        label = words.PLURALS[name]
        parts.append(f'<line class="plot-rule" x1="0" x2="{_WIDTH}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(
            f'<text class="plot-label" x="0" y="{_TOP + _ROW * at + 10}">{html.escape(label[:1].upper() + label[1:])}</text>'
        )
    step = 5 if last - first <= 40 else 10
    base = _TOP + _ROW * len(rows)
    for year in range(first, last + 1, step):
        x = _LEFT + (year - first) * scale
        parts.append(f'<line class="plot-tick" x1="{x:.1f}" x2="{x:.1f}" y1="{base}" y2="{base + 5}"/>')
        parts.append(f'<text class="plot-label" x="{x:.1f}" y="{base + 20}" text-anchor="middle">{year}</text>')
    for (name, year), works in sorted(stacks.items()):
        x = _LEFT + (year - first) * scale
        middle = _middle(rows.index(name))
        gap = min(2 * _DOT, (_ROW - _LABEL - 2 * _DOT) / max(len(works) - 1, 1))
        for number, reference in enumerate(works):
            y = middle + (number - (len(works) - 1) / 2) * gap
            title = f"{vancouver.short_name(reference)}: {vancouver.design(reference)}"
            people = reference.get("population") or "people"
            parts.append(
                f'<a href="{html.escape(href(reference.key), quote=True)}" aria-label="{html.escape(title, quote=True)}">'
                f'<circle class="plot-dot plot-dot--{html.escape(people, quote=True)}" cx="{x:.1f}" cy="{y:.1f}" r="{_DOT}">'
                f"<title>{html.escape(title)}</title></circle></a>"
            )
    counted = [(name, sum(r.get("studydesign") == name for r in shown)) for name in rows]
    summary = f"{words.count(len(shown), 'work')} from {min(years)} to {max(years)}: {words.designs(counted)}."
    left = _left_out(references, href)
    return (
        '<figure class="plot" data-search-exclude>\n'
        f'<svg viewBox="0 0 {_WIDTH} {height}" role="group" aria-label="Works by study design and year">'
        f"{''.join(parts)}</svg>\n"
        f"<figcaption>{html.escape(summary)} {left}Each dot is a work and leads to its entry. "
        '<span class="plot-key plot-key--people">Filled: studied in people</span>; '
        '<span class="plot-key plot-key--other">hollow: in animals, cells or tissue</span>.</figcaption>\n</figure>\n'
    )
