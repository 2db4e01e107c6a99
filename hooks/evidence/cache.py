"""What was found on pages that have not changed since: results by the content they came from.

A result is good for one text, under one name, with one setting (bibliography, options) and one version of the checker: its
code, its lists, its weights. All of them are in the key, so nothing needs to be thrown away after a change, and a folder that
is deleted costs a slower check and nothing else.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from evidence.diagnostic import Diagnostic, Place
from evidence.lint import PageResult

_PACKAGE = Path(__file__).parent
# Results of this many pages are kept beyond those in use: branches come and go.
_SPARE = 2000


def digest(*parts: str | bytes) -> str:
    """A name for some content: 32 hexadecimal digits; parts do not run into each other."""
    sums = hashlib.blake2b(digest_size=16)
    for part in parts:
        data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        sums.update(len(data).to_bytes(8, "big"))
        sums.update(data)
    return sums.hexdigest()


@cache
def version() -> str:
    """A name for this checker: every file of the package that can change what is found."""
    files = (
        path for path in _PACKAGE.rglob("*") if path.suffix in (".py", ".txt", ".tsv", ".yml") and "training" not in path.parts
    )
    return digest(*(part for path in sorted(files) for part in (path.relative_to(_PACKAGE).as_posix(), path.read_bytes())))


class Cache:
    """Results in one file, read when opened and written by :meth:`close`.

    A file that is missing, broken or of another version is an empty cache. Two checks at once do no harm: the file is
    replaced whole, and the last one stays.
    """

    def __init__(self, folder: Path, setting: str) -> None:
        """Open the cache in ``folder`` for a ``setting``: all that a result depends on besides the page."""
        self.path = folder / f"check-{digest(version(), setting)}.json"
        self._kept: dict[str, Any] = self._load()
        self._used: dict[str, Any] = {}
        self._changed = False

    def _load(self) -> dict[str, Any]:
        try:
            text = self.path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            return {}
        head, _, body = text.partition("\n")
        if head != digest(body):
            return {}
        value = json.loads(body)
        return value if isinstance(value, dict) else {}

    def get(self, path: str, in_site: bool, text: str) -> PageResult | None:
        """The result of a page checked before under this name and in this role, or None."""
        key = digest(path, str(in_site), text)
        value = self._kept.get(key)
        if value is None:
            return None
        self._used[key] = value
        return _result(path, value)

    def put(self, path: str, in_site: bool, text: str, result: PageResult) -> None:
        """Keep the result of a page."""
        self._used[digest(path, str(in_site), text)] = _value(result)
        self._changed = True

    def close(self) -> None:
        """Write what was used, and some of the rest. A folder that cannot be written to is left as it is."""
        if not self._changed:
            return
        rest = [(key, value) for key, value in self._kept.items() if key not in self._used]
        body = json.dumps({**dict(rest[-_SPARE:]), **self._used}, ensure_ascii=False, separators=(",", ":"))
        with suppress(OSError):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            for old in self.path.parent.glob("check-*.json"):
                if old != self.path:
                    old.unlink()
            handle, name = tempfile.mkstemp(dir=self.path.parent, prefix=".check-")
            try:
                with os.fdopen(handle, "w", encoding="utf-8") as file:
                    file.write(f"{digest(body)}\n{body}")
                Path(name).replace(self.path)
            except OSError:
                Path(name).unlink(missing_ok=True)
                raise


def _value(result: PageResult) -> list[Any]:
    found = [
        [
            d.place.line,
            d.place.column,
            d.place.end_line,
            d.place.end_column,
            d.rule,
            d.message,
            d.quote,
            d.help,
            d.severity,
            d.confidence,
        ]
        for d in result.diagnostics
    ]
    return [found, list(result.counts.items()), sorted(result.keys)]


def _result(path: str, value: list[Any]) -> PageResult:
    found, counts, keys = value
    return PageResult(
        path,
        tuple(Diagnostic(Place(path, *row[:4]), *row[4:]) for row in found),
        dict(counts),
        frozenset(keys),
    )
