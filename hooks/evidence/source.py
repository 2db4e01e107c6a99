"""A file as it is on disk: its text, its front matter, and the way from an offset to line and column."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from evidence.diagnostic import Place

# The C loader is some ten times faster where PyYAML was built with it.
_SAFE_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

# MkDocs accepts `---` alone on the first line, closed by `---` or `...` (mkdocs/utils/meta.py).
_FRONT_MATTER = re.compile(r"---[ \t]*\n(?P<yaml>.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)


class Unreadable(Exception):
    """A file that cannot be read as text; the message is one sentence for people."""


@dataclass(frozen=True)
class Source:
    """The text of one file with the name people know it by.

    ``text`` has no byte order mark and only line feeds as line ends, so every offset is one character
    of what an editor shows.
    """

    path: str
    text: str
    _starts: list[int] = field(init=False, repr=False, compare=False, default_factory=list)

    def __post_init__(self) -> None:
        """Remember where each line starts."""
        starts = self._starts
        starts.append(0)
        find = self.text.find
        at = find("\n")
        while at >= 0:
            starts.append(at + 1)
            at = find("\n", at + 1)

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column, both from 1 and in characters, of a character offset."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def place(self, start: int, end: int) -> Place:
        """The place of the characters from ``start`` up to, not including, ``end``."""
        line, column = self.position(start)
        end_line, end_column = self.position(max(start, end))
        return Place(self.path, line, column, end_line, end_column)

    def line_text(self, line: int) -> str:
        """The text of a line (from 1) without its line end."""
        start = self._starts[line - 1]
        end = self.text.find("\n", start)
        return self.text[start:] if end < 0 else self.text[start:end]

    @property
    def lines(self) -> int:
        """How many lines the file has; an empty file has one."""
        return len(self._starts)

    def line_start(self, line: int) -> int:
        """Offset of the first character of a line (from 1)."""
        return self._starts[line - 1]

    @cached_property
    def body_start(self) -> int:
        """Offset where the prose begins: behind the front matter, or 0."""
        match = _FRONT_MATTER.match(self.text)
        return match.end() if match else 0

    @cached_property
    def meta(self) -> dict[str, Any]:
        """The front matter as a mapping; empty where there is none or it is not a mapping.

        A front matter that is not YAML is empty here and reported by :attr:`meta_error`.
        """
        value = self._meta_or_error
        return value if isinstance(value, dict) else {}

    @cached_property
    def meta_error(self) -> tuple[int, str] | None:
        """Line (from 1) and problem of a front matter that is not a YAML mapping, else None."""
        value = self._meta_or_error
        return value if isinstance(value, tuple) else None

    @cached_property
    def _meta_or_error(self) -> dict[str, Any] | tuple[int, str]:
        match = _FRONT_MATTER.match(self.text)
        if match is None:
            return {}
        try:
            value = yaml.load(match["yaml"], Loader=_SAFE_LOADER)  # noqa: S506 (it is a safe loader)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            problem = getattr(error, "problem", None) or "this is not YAML"
            return (mark.line + 2 if mark else 1), str(problem)
        except (ValueError, RecursionError) as error:  # a date such as 2026-13-45; nesting without end
            return 1, str(error) or "nested too deeply"
        if value is None:
            return {}
        if not isinstance(value, dict):
            return 2, "expected `name: value` lines"
        return value

    def meta_place(self, key: str) -> Place:
        """Where the front matter names ``key``; the first line of the file where it does not."""
        match = re.compile(rf"^{re.escape(key)}[ \t]*:", re.MULTILINE).search(self.text, 0, self.body_start)
        return self.place(match.start(), match.end() - 1) if match else self.place(0, 0)


def decode(path: str, data: bytes) -> Source:
    """A source from the bytes of a file.

    Raises :class:`Unreadable` where the bytes are not UTF-8, with the line at fault.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Unreadable(f"{path}:{line}:1: this file is not UTF-8 text; save it as UTF-8") from None
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return Source(path, text)


def read(path: Path, name: str | None = None) -> Source:
    """Read a file; ``name`` is what diagnostics call it (default: the path as given).

    Raises :class:`Unreadable` with one sentence where it cannot be opened or is not UTF-8.
    """
    shown = name if name is not None else path.as_posix()
    try:
        data = path.read_bytes()
    except OSError as error:
        raise Unreadable(f"{shown}: cannot be read: {error.strerror or error}") from None
    return decode(shown, data)
