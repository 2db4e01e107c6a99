"""Words for numbers of things, and the links they stand in."""

from __future__ import annotations

import html

# Study designs in the plural, as a reader would say them; the singular is in `evidence.reference`.
PLURALS = {
    "guideline": "guidelines",
    "regulatory": "regulators’ records",
    "label": "product labels",
    "legal": "legal notices",
    "meta-analysis": "meta-analyses",
    "systematic-review": "systematic reviews",
    "rct": "randomised trials",
    "observational": "observational studies",
    "narrative-review": "narrative reviews",
    "case-report": "case reports",
    "animal": "animal studies",
    "in-vitro": "laboratory studies",
}
SINGULARS = {
    "guideline": "guideline",
    "regulatory": "regulator’s record",
    "label": "product label",
    "legal": "legal notice",
    "meta-analysis": "meta-analysis",
    "systematic-review": "systematic review",
    "rct": "randomised trial",
    "observational": "observational study",
    "narrative-review": "narrative review",
    "case-report": "case report",
    "animal": "animal study",
    "in-vitro": "laboratory study",
}


def count(number: int, one: str, many: str = "") -> str:
    """``1 claim``, ``3 claims``; thousands are parted by commas."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def designs(counted: list[tuple[str, int]]) -> str:
    """``3 guidelines, 5 randomised trials and 2 animal studies``."""
    parts = [count(number, SINGULARS[name], PLURALS[name]) for name, number in counted]
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}" if parts else ""


def shortened(text: str, limit: int = 160) -> str:
    """A sentence cut at a word, with an ellipsis, to at most ``limit`` characters."""
    if len(text) <= limit:
        return text
    return text[: limit - 1].rsplit(None, 1)[0].rstrip(",;:") + "…"


def link(href: str, text: str) -> str:
    """A link as HTML; address and text are plain."""
    return f'<a href="{html.escape(href, quote=True)}">{html.escape(text)}</a>'
