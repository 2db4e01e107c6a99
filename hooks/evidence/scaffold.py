"""A new page or post that passes the gate as it is, with the questions a writer should answer."""

from __future__ import annotations

import datetime
import os
import re
import tempfile
import unicodedata
from pathlib import Path
from typing import Literal

from evidence.source import Unreadable

REVIEW_DAYS = 182
_MARKUP = re.compile(r"[<>\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
_QUESTIONS = """<!--
Before you write:
- Who is this for, and what will they be able to do or to ask after reading it?
- Which three things must they know? Begin with them, each with its reference: [@key] before the full stop.
- Who was studied, how many, and what speaks against it?
- Which warning belongs here: never to stop suddenly, breathing, pregnancy?
- What is your own story? It goes into an experience block.
`evidence check` tells you what is missing; `evidence suggest` looks for references. Remove this comment when you are done.
-->"""


def slug(title: str) -> str:
    """A title as the name of a file: small letters, digits and hyphens; "" where nothing of it is left."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:80].rstrip("-")


def text(kind: Literal["post", "page"], title: str, today: datetime.date) -> str:
    """The Markdown of a new page."""
    front = [f"title: {_quoted(title)}", "description: One sentence on what this is about"]
    if kind == "post":
        front += [f"date: {today}", "authors: [editors]", "categories: [Tapering]", "tags: [taper]", f"slug: {slug(title)}"]
    front += [
        f"reviewed: {today}",
        f"review_due: {today + datetime.timedelta(days=REVIEW_DAYS)}",
        "reviewed_by: site editors; no clinician has reviewed this page",
        f"comments: {'true' if kind == 'post' else 'false'}",
    ]
    more = "\n<!-- more -->\n" if kind == "post" else ""
    return (
        "---\n" + "\n".join(front) + f"\n---\n\n# {title}\n\n{_QUESTIONS}\n\nA few words that say what this is about.\n{more}\n"
        '!!! experience "From my own taper"\n    What happened to me, in the past tense.\n\n'
        "## Questions to take to your prescriber\n\n- What would you like to ask?\n"
    )


def _quoted(title: str) -> str:
    """A title as a YAML value."""
    plain = re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9 ,.'()’–-]*", title) and title.lower() not in (
        "true",
        "false",
        "null",
        "yes",
        "no",
    )
    return title if plain and not re.fullmatch(r"[\d.\-]+", title) else "'" + title.replace("'", "''") + "'"


def write(kind: Literal["post", "page"], title: str, docs: Path, today: datetime.date) -> Path:
    """Write a new page below the docs folder and return where.

    Raises :class:`evidence.source.Unreadable` with one sentence for a title that cannot be one, a page that is there already, or
    a folder that cannot be written to; nothing is overwritten.
    """
    title = " ".join(title.split())
    if not slug(title) or _MARKUP.search(title) or len(title) > 200:
        raise Unreadable(f"‘{title}’ cannot be a title; use up to 200 characters with at least one letter, and no markup")
    folder = docs / "blog" / "posts" if kind == "post" else docs
    path = folder / f"{slug(title)}.md"
    if path.exists():
        raise Unreadable(f"{path}: there is such a page already; choose another title")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=folder, prefix=".new-", suffix=".md")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text(kind, title, today))
        Path(name).chmod(0o644)
        os.link(name, path)  # fails where somebody was quicker, and never shows half a file
        Path(name).unlink()
    except OSError as error:
        raise Unreadable(f"{path}: cannot be written: {error.strerror or error}") from None
    return path
