"""LaTeX in a ``.bib`` value to plain text: accents, escapes, dashes; braces that only guard capitals go."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

_NEEDS_READING = re.compile(r"[\\{}~$%]|--|``|''")


@cache
def _reader() -> Any:
    # Imported when a value needs it: it takes longer to load than a check of the site.
    from pylatexenc.latex2text import LatexNodes2Text

    return LatexNodes2Text(math_mode="text", keep_comments=True, strict_latex_spaces=False)


def to_text(value: str) -> str:
    """The plain text of a value; what is no LaTeX is returned as it is.

    A bare ``%``, ``&`` or ``#`` is that sign, as people write it, and no command to LaTeX.
    """
    if not _NEEDS_READING.search(value):
        return value
    guarded = re.sub(r"(?<!\\)[%&#]", r"\\\g<0>", value)
    text: str = _reader().latex_to_text(guarded)
    text = text.replace("---", "—").replace("--", "–").replace("``", "“").replace("''", "”")
    return " ".join(text.split())
