"""The form that shows some of the rows of a page: hidden until a script makes it work."""

from __future__ import annotations

import html
from collections.abc import Sequence

# A field: its name, its label, and its values with their words; None for words to look for.
Field = tuple[str, str, Sequence[tuple[str, str]] | None]


def _field(name: str, label: str, values: Sequence[tuple[str, str]] | None) -> str:
    options = "".join(
        f'<option value="{html.escape(value, quote=True)}">{html.escape(text)}</option>' for value, text in values or ()
    )
    control = (
        f'<select id="filter-{name}" name="{name}"><option value="">all</option>{options}</select>'
        if values is not None
        else f'<input id="filter-{name}" type="search" name="{name}" autocomplete="off">'
    )
    return f'<div class="filter-field"><label for="filter-{name}">{label}</label>{control}</div>'


def render(rows: str, fields: Sequence[Field]) -> str:
    """The form as HTML; ``rows`` tells the script what to show: "works" or "claims"."""
    return (
        f'<form class="filter" data-filter="{rows}" hidden>{"".join(_field(*field) for field in fields)}'
        '<p role="status" aria-live="polite" class="filter-count"></p></form>\n'
    )
