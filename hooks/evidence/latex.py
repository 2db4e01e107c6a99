"""LaTeX in a ``.bib`` value to plain text: accents, escapes, dashes; braces that only guard capitals go."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

_NEEDS_READING = re.compile(r"[\\{}~$%`]|--|''")
# Maths as Pandoc tells it from money: no space inside its dollar signs, no digit behind them.
_MATHS = re.compile(r"(?<!\\)\$(?P<inside>[^\s$](?:[^$]*[^\s$\\])?)\$(?!\d)")
_DOLLAR = re.compile(r"(?<!\\)\$")
_GROUP = r"\{(?:[^{}]|\{[^{}]*\})*\}"
_SCRIPT = re.compile(rf"(?P<kind>[_^])\s*(?P<what>{_GROUP}|\\[A-Za-z]+(?:\s*{_GROUP})?|[^\s{{}}\\])")
_TEXT_SCRIPT = re.compile(rf"\\text(?P<kind>sub|super)script\s*(?P<what>{_GROUP})")
_WRAPPED = re.compile(r"\\(?:mathrm|mathit|mathsf|mathbf|text|textrm|rm|it)\b\s*")
_LOWERED = str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")
_RAISED = str.maketrans("0123456789+-=()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾")
_FIGURES = re.compile(r"[0-9+\-=()]+\Z")
_PLAIN_RAISED = re.compile(r"(?:st|nd|rd|th|er|re|e|\W+)\Z")
# Commands that pylatexenc drops with what they say.
_DROPPED = ((re.compile(r"\\[mh]box(?=\s*\{)"), ""), (re.compile(r"\\slash\b\s?"), "/"), (re.compile(r"\\copyright\b\s?"), "©"))
_QUOTED = re.compile(r"`(.+?)'(?!\w)")


@cache
def _reader() -> Any:
    # Imported when a value needs it: it takes longer to load than a check of the site.
    from pylatexenc.latex2text import LatexNodes2Text

    return LatexNodes2Text(math_mode="text", keep_comments=True, strict_latex_spaces=False)


def _script(match: re.Match[str]) -> str:
    """Figures raised or lowered as such; letters in parentheses, as PubMed writes GABA(A)."""
    raised = match["kind"] in ("^", "super")
    what = _WRAPPED.sub("", match["what"]).replace("{", "").replace("}", "").strip()
    if what == r"\circ":
        return "°"
    if _FIGURES.match(what):
        return what.translate(_RAISED if raised else _LOWERED)
    return what if raised and _PLAIN_RAISED.match(what) else f"({what})" if what else ""


def _maths(value: str) -> str:
    """``value`` with scripts replaced, and with each dollar sign that encloses no maths as that sign."""
    parts: list[str] = []
    at = 0
    for match in _MATHS.finditer(value):
        parts += (_DOLLAR.sub(r"\\$", value[at : match.start()]), f"${_SCRIPT.sub(_script, match['inside'])}$")
        at = match.end()
    return "".join(parts) + _DOLLAR.sub(r"\\$", value[at:])


def to_text(value: str) -> str:
    """The plain text of a value; what is no LaTeX is returned as it is.

    A bare ``%``, ``&`` or ``#`` is that sign, as people write it, and no command to LaTeX; so is a ``$`` before a price.
    """
    if not _NEEDS_READING.search(value):
        return value
    guarded = re.sub(r"(?<!\\)[%&#]", r"\\\g<0>", value)
    for command, instead in _DROPPED:
        guarded = command.sub(instead, guarded)
    guarded = _maths(_TEXT_SCRIPT.sub(_script, guarded))
    text: str = _reader().latex_to_text(guarded)
    text = text.replace("---", "—").replace("--", "–").replace("``", "“").replace("''", "”")
    return " ".join(_QUOTED.sub(r"‘\1’", text).split())
