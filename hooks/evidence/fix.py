"""The faults that have one right answer, mended: nothing that a person would have to think about."""

from __future__ import annotations

import difflib
import os
import re
import tempfile
from pathlib import Path

from evidence.page import Page
from evidence.rules.rule import Setting
from evidence.source import Unreadable

# “adults. [@key]” for “adults [@key].”; an ellipsis or an abbreviation with a letter before its stop is left alone.
_BEHIND = re.compile(r"(?P<before>[\w)”’\"*_]{2})(?P<stop>\.)[ \t]*\Z")


def page(read: Page, setting: Setting) -> str:
    """The text of a page with keys in their own case, and citations before the full stop they follow."""
    text = read.source.text
    edits: list[tuple[int, int, str]] = []
    for cited in read.prose.citations:
        shown = text[cited.start : cited.end]
        for mention in reversed(cited.mentions):
            near = None if setting.knows(mention.key) else setting.nearest(mention.key)
            if near is not None and near.lower() == mention.key.lower():
                at = mention.start - cited.start
                shown = f"{shown[:at]}@{near}{shown[mention.end - cited.start :]}"
        match = None if cited.narrative else _BEHIND.search(text, max(0, cited.start - 8), cited.start)
        if match and _ends_there(read, match.start("stop")) and text[cited.end : cited.end + 1] in ("", "\n", " "):
            edits.append((match.start("stop"), cited.end, f" {shown}{match['stop']}"))
        elif shown != text[cited.start : cited.end]:
            edits.append((cited.start, cited.end, shown))
    for start, end, new in reversed(edits):
        text = text[:start] + new + text[end:]
    return text


def _ends_there(read: Page, stop: int) -> bool:
    """Whether a sentence has its full stop there, and the citation behind it is given to that sentence."""
    return any(sentence.start < stop < sentence.end for sentence in read.sentences if sentence.citations)


def diff(name: str, before: str, after: str) -> str:
    """What changes, as a unified diff; "" where nothing does."""
    lines = difflib.unified_diff(before.splitlines(keepends=True), after.splitlines(keepends=True), f"a/{name}", f"b/{name}")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def write(path: Path, text: str) -> None:
    """Put a text in the place of a file: whole or not at all, with the rights it had.

    Raises :class:`evidence.source.Unreadable` with one sentence where that cannot be done; the file is as it was then.
    """
    target = path.resolve()
    name = ""
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}-")
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(target.stat().st_mode & 0o7777)
        Path(name).replace(target)
    except OSError as error:
        if name:
            Path(name).unlink(missing_ok=True)
        raise Unreadable(f"{path}: cannot be written: {error.strerror or error}") from None


def as_written(text: str, before: bytes) -> str:
    """``text`` with the byte order mark and the line ends that the file had."""
    if b"\r\n" in before:
        text = text.replace("\n", "\r\n")
    return f"\ufeff{text}" if before.startswith(b"\xef\xbb\xbf") else text
