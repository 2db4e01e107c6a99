"""A file as it is on disk: its text, its front matter, and the way from an offset to line and column."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from evidence.diagnostic import Place

# The C loader is some ten times faster where PyYAML was built with it.
_SAFE_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

# MkDocs accepts `---` alone on the first line, closed by `---` or `...` (mkdocs/utils/meta.py).
# A front matter has some hundred characters; the C parser ends the whole process where brackets nest some ten thousand deep.
_LONGEST_META = 20_000
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
    def _front(self) -> re.Match[str] | None:
        return _FRONT_MATTER.match(self.text)

    @cached_property
    def body_start(self) -> int:
        """Offset where the prose begins: behind the front matter, or 0."""
        return self._front.end() if self._front else 0

    @cached_property
    def meta(self) -> dict[str, Any]:
        """The front matter as a mapping; empty where there is none or it is not a mapping.

        A front matter that is not YAML is empty here and reported by :attr:`meta_error`.
        """
        value = self._meta_or_error
        return value if isinstance(value, dict) else {}

    @cached_property
    def meta_error(self) -> tuple[int, str] | None:
        """Offset and problem of a front matter that is not a YAML mapping, else None."""
        value = self._meta_or_error
        return value if isinstance(value, tuple) else None

    @property
    def meta_start(self) -> int:
        """Offset of the first character of the YAML; 0 where there is no front matter."""
        return self._front.start("yaml") if self._front else 0

    @cached_property
    def meta_nodes(self) -> dict[str, tuple[yaml.Node, yaml.Node]]:
        """Name and value of each field as YAML nodes, whose marks count characters from :attr:`meta_start`.

        Empty where :attr:`meta` is. Asked for only to say where something is: reading the values does not need it.
        """
        if not self._front or not self.meta:
            return {}
        root = yaml.compose(self._front["yaml"], Loader=_SAFE_LOADER)
        return {str(key.value): (key, value) for key, value in root.value} if isinstance(root, yaml.MappingNode) else {}

    @cached_property
    def _meta_or_error(self) -> dict[str, Any] | tuple[int, str]:
        match = self._front
        if match is None:
            return {}
        start = match.start("yaml")
        if match.end("yaml") - start > _LONGEST_META:
            return start, f"it is longer than {_LONGEST_META:,} characters"
        try:
            value = yaml.load(match["yaml"], Loader=_SAFE_LOADER)  # noqa: S506 (it is a safe loader)
        except yaml.YAMLError as error:
            at, problem = _yaml_problem(error, match["yaml"])
            return start + at, problem
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RecursionError) as error:
            # A value such as the date 2026-13-45, or a tag that does not fit: PyYAML lets Python's own errors out.
            return start + _unbuildable(match["yaml"]), str(error) or "nested too deeply"
        if value is None:
            return {}
        if not isinstance(value, dict):
            return start + len(match["yaml"]) - len(match["yaml"].lstrip()), "expected `name: value` lines"
        return value

    def meta_place(self, key: str) -> Place:
        """Where the front matter names ``key``; the first line of the file where it does not."""
        match = re.compile(rf"^{re.escape(key)}[ \t]*:", re.MULTILINE).search(self.text, 0, self.body_start)
        return self.place(match.start(), match.end() - 1) if match else self.place(0, 0)


def _yaml_problem(error: yaml.YAMLError, text: str) -> tuple[int, str]:
    """Offset in ``text`` and problem of an error of the YAML parser."""
    if isinstance(error, yaml.reader.ReaderError):
        bad = yaml.reader.Reader.NON_PRINTABLE.search(text)
        return (bad.start() if bad else 0), "it has a character that cannot be seen"
    mark, begun = getattr(error, "problem_mark", None), getattr(error, "context_mark", None)
    if begun and "quoted" in (getattr(error, "context", None) or ""):
        mark = begun  # what is never closed is wrong where it begins
    return min(mark.index if mark else 0, len(text)), str(getattr(error, "problem", None) or "this is not YAML")


def _unbuildable(text: str) -> int:
    """Offset of the first value in ``text`` that reads as YAML and cannot be built; 0 where none is found."""
    for node in _scalars(yaml.compose(text, Loader=_SAFE_LOADER)):
        try:
            _SAFE_LOADER("").construct_object(node)
        except (yaml.YAMLError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
            return int(node.start_mark.index)
    return 0


def _scalars(root: yaml.Node | None) -> Iterator[yaml.Node]:
    """The scalar nodes below ``root`` in order, each once however many aliases name it."""
    seen: set[int] = set()
    waiting = [root] if root is not None else []
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            waiting.extend(part for pair in reversed(node.value) for part in reversed(pair))
        elif isinstance(node, yaml.SequenceNode):
            waiting.extend(reversed(node.value))
        else:
            yield node


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
