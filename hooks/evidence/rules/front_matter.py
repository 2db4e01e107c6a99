"""A front matter that would be lost, that nobody can read, or that says what it cannot mean."""

from __future__ import annotations

import datetime
import html
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import yaml

from evidence.diagnostic import Diagnostic, Severity, shorten
from evidence.page import Page
from evidence.rules.missing_review_date import date_of
from evidence.rules.rule import Setting
from evidence.source import Source

NAME = "front-matter"

# MkDocs (mkdocs/utils/meta.py) takes lines like these off the top of a page that has no --- line, until a line is empty or
# unlike them. The second pattern is a line that goes on with the value of the one before.
_TAKEN = re.compile(r"[ ]{0,3}(?P<key>[A-Za-z0-9_-]+):")
_TAKEN_TOO = re.compile(r"(?:[ ]{4}|\t)")
_NAMED = re.compile(r"^(?P<name>[A-Za-z_][\w-]*)[ \t]*:(?=\s)", re.MULTILINE)
_NEVER_CLOSED = re.compile(r"---[ \t]*\n[A-Za-z_][\w-]*[ \t]*:(?:[ \t]|\n|\Z)")
_LATE = re.compile(r"(?=\s)\s*(?P<line>---[ \t]*)\n[A-Za-z_][\w-]*[ \t]*:\s(?:.*\n)*?(?:---|\.\.\.)[ \t]*(?:\n|\Z)")

_TAG = re.compile(r"<(?:[/?]?[A-Za-z]|!)")
_HIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_SLUG = re.compile(r"[\w~-][\w.~-]*\Z")

HIDEABLE = ("navigation", "toc", "path", "footer", "tags", "feedback")

KNOWN = frozenset(
    "title description date authors categories tags slug reviewed review_due reviewed_by comments comments_id mastodon draft hide"
    " template icon search status subtitle changelog links pin readtime image social robots canonical_url".split()
)
# Fields whose wrong value is printed or passed over; any other ends MkDocs, a plugin or a template in an error of its own.
_HARMLESS = frozenset(("comments", "description", "reviewed", "review_due", "reviewed_by"))


@dataclass(frozen=True)
class Fault:
    """What is wrong between two offsets of a source; ``breaks`` where MkDocs would end in an error of its own."""

    start: int
    end: int
    message: str
    help: str
    severity: Severity = "error"
    breaks: bool = False


def check(page: Page, setting: Setting) -> Iterator[Diagnostic]:
    """Each fault of the front matter; what its values are worth is asked of pages of the site only."""
    for fault in _faults(page.source, setting):
        yield _diagnostic(page.source, fault)


def breaking(source: Source, setting: Setting) -> list[Diagnostic]:
    """The findings with which a page of the site cannot even be read by the host, in the order of the file."""
    found = [_diagnostic(source, fault) for fault in _faults(source, setting) if fault.breaks]
    return sorted(found, key=Diagnostic.sort_key)


def _diagnostic(source: Source, fault: Fault) -> Diagnostic:
    words = _HIDDEN.sub("\ufffd", source.text[fault.start : fault.end])
    return Diagnostic(source.place(fault.start, fault.end), NAME, fault.message, shorten(words), fault.help, fault.severity)


def _faults(source: Source, setting: Setting) -> Iterator[Fault]:
    shape = _shape(source)
    if shape is not None:
        yield shape
        return
    if not setting.in_site:
        return
    meta = source.meta
    if is_post(source.path) and meta.get("date") is None:
        start, end = _span(source, "date") if "date" in meta else (0, 0)
        yield Fault(start, end, "a post needs a date", f"add to the front matter: date: {setting.today}", breaks=True)
    if not meta:
        return
    yield from _repeated(source)
    for name, value in meta.items():
        if name in _TYPES:
            yield from _of_wrong_type(source, name, value)
        elif name not in KNOWN:
            yield _unknown(source, str(name))
    yield from _marked_up(source)


def is_post(path: str) -> bool:
    """Whether the blog plugin reads the page, which asks more of it than MkDocs does."""
    return "blog/posts/" in path


# ---- the whole of it


def _shape(source: Source) -> Fault | None:
    """What is wrong with the front matter as a whole, or with the first lines of a page that has none."""
    text = source.text
    if source.body_start:
        return _unread(source)
    if _NEVER_CLOSED.match(text):
        return Fault(
            0,
            len(source.line_text(1)),
            "begins a front matter that is never closed",
            "write --- on a line of its own below the last field",
            breaks=True,
        )
    if late := _LATE.match(text):
        return Fault(
            late.start("line"),
            late.end("line"),
            "begins a front matter, but not on the first line, so that it would be shown as text",
            "take away what is above and before it",
            breaks=True,
        )
    return _taken(source)


def _unread(source: Source) -> Fault | None:
    """What is wrong with a front matter between its two lines, or None."""
    text = source.text
    if source.meta_error is not None:
        at, problem = source.meta_error
        line, _ = source.position(at)
        end = source.line_start(line) + len(source.line_text(line))
        help_ = "correct the YAML between the two --- lines"
        if problem.startswith("mapping values"):
            at, help_ = source.line_start(line), "put the value, which has a colon in it, in quotation marks"
        elif problem.startswith("expected `name"):
            help_ = "write fields such as title: Words, or, for a line across the page, *** instead of ---"
        return Fault(at, end, f"the front matter cannot be read: {problem}", help_, breaks=True)
    last = source.line_start(source.lines)
    if source.body_start == len(text) and not text.endswith("\n"):
        return Fault(
            last,
            len(text),
            "closes the front matter, but its line has no end, so that MkDocs would show it as text",
            "press Enter behind it",
            breaks=True,
        )
    if not source.meta:
        return Fault(
            0,
            len(source.line_text(1)),
            "begins a front matter without a field, which would be shown as text",
            "write a field such as title: Words, or take both lines away",
            breaks=True,
        )
    return None


def _taken(source: Source) -> Fault | None:
    """The first lines of a page without front matter that MkDocs would take for metadata, or None."""
    first = _TAKEN.match(source.text)
    if first is None:
        return None
    last = 1
    while last < source.lines and (
        (line := source.line_text(last + 1)).strip() and (_TAKEN.match(line) or _TAKEN_TOO.match(line))
    ):
        last += 1
    end = source.line_start(last) + len(source.line_text(last))
    known = is_post(source.path) or first["key"].lower() in KNOWN
    return Fault(
        0,
        end,
        "reads as metadata, so that MkDocs would leave it out of the page",
        "put a line of --- above and below the fields" if known else "put a heading above it, or an empty line",
        breaks=is_post(source.path),
    )


# ---- its fields


def _span(source: Source, name: str, *path: int) -> tuple[int, int]:
    """The offsets of a field; of a value below it where ``path`` tells which, by number."""
    if name not in source.meta_nodes:
        return 0, 0
    key, node = source.meta_nodes[name]
    first = key
    for number in path:
        parts = [part for pair in node.value for part in pair] if isinstance(node, yaml.MappingNode) else node.value
        first = node = parts[number]
    base = source.meta_start
    start, end = base + first.start_mark.index, base + node.end_mark.index
    if end < start:  # an alias, which YAML finds where its anchor is
        line, _ = source.position(start)
        end = source.line_start(line) + len(source.line_text(line))
    # A list in lines ends for YAML where the next field begins.
    return start, start + len(source.text[start:end].rstrip())


def _repeated(source: Source) -> Iterator[Fault]:
    """Fields that are there twice, of which the first is lost without a word."""
    front = source.text[source.meta_start : source.body_start]
    names = [match["name"] for match in _NAMED.finditer(front)]
    if len(names) == len(set(names)):
        return
    counts = Counter(names)
    for match in _NAMED.finditer(front):
        counts[match["name"]] -= 1
        if counts[match["name"]] and match["name"] in source.meta:
            start = source.meta_start + match.start()
            line, _ = source.position(start)
            end = source.line_start(line) + len(source.line_text(line))
            yield Fault(start, end, f"{match['name']} is given again below, and only the last one counts", "keep one of them")


def _unknown(source: Source, name: str) -> Fault:
    near = get_close_matches(name.lower(), sorted(KNOWN), n=1, cutoff=0.7)
    help_ = f"write {near[0]} if that is meant" if near else "take it out if nothing reads it"
    return Fault(*_span(source, name), "is not a field that this site knows", help_, severity="note")


def _marked_up(source: Source) -> Iterator[Fault]:
    """Texts that come out on pages, in lists and in addresses, with what can be none there."""
    for name, path, value in _texts(source.meta):
        if _HIDDEN.search(value):
            yield Fault(*_span(source, name, *path), f"{name} has characters that readers cannot see", "type the words anew")
        elif _TAG.search(html.unescape(value)):
            yield Fault(*_span(source, name, *path), f"{name} has markup in it", "write plain words")
        elif name == "slug" and not _SLUG.match(value):
            yield Fault(
                *_span(source, name),
                "slug becomes a part of the page’s address, and cannot be one",
                "write letters, digits and hyphens only",
            )


def _texts(meta: dict[str, Any]) -> Iterator[tuple[str, tuple[int, ...], str]]:
    """Name, way below it and words of each text that must be plain."""
    for name in ("title", "description", "slug"):
        if isinstance(meta.get(name), str):
            yield name, (), meta[name]
    for name in ("tags", "categories", "changelog"):
        items = meta.get(name)
        for number, item in enumerate(items if isinstance(items, list) else ()):
            if isinstance(item, str):
                yield name, (number,), item
            elif isinstance(item, dict):
                for at, words in enumerate(item.values()):
                    if isinstance(words, str):
                        yield name, (number, 2 * at + 1), words


# ---- what their values may be


def _is_day(value: Any) -> bool:
    """Whether YAML read a date; text that looks like one is none to the blog plugin."""
    return isinstance(value, datetime.date)


def _is_date(value: Any) -> bool:
    return _is_day(value) or (isinstance(value, dict) and "created" in value and all(map(_is_day, value.values())))


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def _is_change(value: Any) -> bool:
    return isinstance(value, dict) and all(date_of(day) and isinstance(words, str) for day, words in value.items())


@dataclass(frozen=True)
class _Type:
    """What a value must be: ``fits`` tells it of the value, or, with ``many``, of each item of a list."""

    fits: Callable[[Any], bool]
    wanted: str
    help: str
    many: bool = False


_TEXT = _Type(
    lambda value: isinstance(value, str),
    "text",
    "write words, in quotation marks if they read as a number, a date, or true or false",
)
_FLAG = _Type(_is_flag, "true or false", "write true or false, without quotation marks")
_REVIEW = _Type(lambda value: date_of(value) is not None, "a date", "write it as year-month-day, such as 2026-11-23")

_TYPES: dict[str, _Type] = {
    **dict.fromkeys(("title", "description", "slug", "template", "reviewed_by"), _TEXT),
    **{
        name: _Type(lambda value: isinstance(value, str), "a list of text", f"write it as {name}: [one, two]", many=True)
        for name in ("tags", "authors", "categories")
    },
    "comments": _Type(lambda value: _is_flag(value) or value == "closed", "true, false or closed", "write one of the three"),
    "date": _Type(
        _is_date,
        "a date, or created and updated dates",
        "write it as year-month-day without quotation marks, such as 2026-11-23",
    ),
    "reviewed": _REVIEW,
    "review_due": _REVIEW,
    "draft": _FLAG,
    "pin": _FLAG,
    "hide": _Type(
        lambda value: value in HIDEABLE,
        f"a list of parts of the page ({', '.join(HIDEABLE)})",
        "write it as hide: [navigation, toc]",
        many=True,
    ),
    "changelog": _Type(_is_change, "a list of dates with text", "write each change as - 2026-11-23: What has changed", many=True),
}


def _of_wrong_type(source: Source, name: str, value: Any) -> Iterator[Fault]:
    """The value of a field, or the items of its list, that are not of its type."""
    type_ = _TYPES[name]
    if value is None and name in ("reviewed", "review_due", "date"):
        return  # the page has no such date, which is told where it needs one
    breaks = name not in _HARMLESS
    if not type_.many or not isinstance(value, list):
        if type_.many or not type_.fits(value):
            message = f"{name} is {_kind(value)}, and must be {type_.wanted}"
            yield Fault(*_span(source, name), message, type_.help, breaks=breaks)
        return
    for number, item in enumerate(value):
        if not type_.fits(item):
            message = f"cannot stand in {name}, which must be {type_.wanted}"
            yield Fault(*_span(source, name, number), message, type_.help, breaks=breaks)


def _kind(value: Any) -> str:
    """What a value is, in a word for people."""
    if value is None:
        return "empty"
    kinds: tuple[tuple[type, str], ...] = (
        (bool, "true or false"),
        (int, "a number"),
        (float, "a number"),
        (datetime.date, "a date"),
        (str, "text"),
        (list, "a list"),
        (dict, "a group of fields"),
    )
    return next((words for kind, words in kinds if isinstance(value, kind)), "something else")
