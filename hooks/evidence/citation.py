r"""The grammar of a citation: ``[@key]``, ``[@a; @b]``, ``[see @key, p. 12]``, ``[-@key]``, ``[but @key]``, ``@key``.

The grammar is Pandoc's, kept to one line. A key is made of letters, digits, ``_`` and ``-``: mkdocs-bibtex reads keys as
``[\w-]+`` and cuts what goes beyond, which would cite another work. Outside brackets only a key in the form
``name2012word`` is a citation (the writer tells who found something: "@hadley2012switching compared …"); any other ``@word``
is somebody's handle.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# Bounded lengths keep a hostile line of brackets linear.
_BRACKET = re.compile(r"\[(?P<body>[^\[\]\n]{0,400}?@[^\[\]\n]{0,1600})\]")
_OPENING = re.compile(r"\[(?=[^\[\]\n]{0,60}?(?<![\w.@/+-])-?@[\w\]; ])")
_EMPTY = re.compile(r"\[\s*-?@\s*(?:;\s*-?@?\s*)*\]")
_MENTION = re.compile(r"(?P<prefix>.*?)(?<![\w.@/+-])(?P<suppress>-?)@(?P<key>[^\s,;\]]*)(?P<rest>.*)", re.DOTALL)
_NARRATIVE = re.compile(
    r"(?<![\w@./:\\+\[-])@(?P<key>(?P<name>[A-Za-z]+(?:[-_][A-Za-z]+)*)\d{4}(?:[A-Za-z][A-Za-z0-9_-]*)?)(?![\w@])(?!-)"
)
# What makes a link of the bracket before it: an address, or a label that is no citation itself.
_LINKED = re.compile(r"\(|\[(?!-?@|[^\[\]\n]{0,60}\s-?@)")
_KEY = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*\Z")
_DISPUTES = re.compile(r"\b(?:but|contra)\s*\Z", re.IGNORECASE)


@dataclass(frozen=True)
class Mention:
    """One work named in a citation; ``start`` and ``end`` span ``@key`` in the text given to :func:`find`."""

    key: str
    start: int
    end: int
    prefix: str = ""
    locator: str = ""
    suppress_author: bool = False

    @property
    def disputes(self) -> bool:
        """Whether the work is cited against the sentence (``[but @key]``, ``[contra @key]``)."""
        return bool(_DISPUTES.search(self.prefix))


@dataclass(frozen=True)
class Citation:
    """One bracket: where it stands and the works it names, in order; or one ``narrative`` mention without a bracket."""

    start: int
    end: int
    mentions: tuple[Mention, ...]
    narrative: bool = False

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys named, in order."""
        return tuple(mention.key for mention in self.mentions)


@dataclass(frozen=True)
class Malformed:
    """Something meant as a citation that cannot be one: where, what is wrong, what to do."""

    start: int
    end: int
    problem: str
    help: str


def _looks_meant(body: str) -> bool:
    """Whether a bracket with an ``@`` in it is meant as a citation, and is not a mail address or a handle."""
    return any(_MENTION.match(part) and part.count("@") for part in body.split(";")) and bool(
        re.search(r"(?<![\w.@/+-])-?@", body)
    )


def _read(body: str, start: int) -> tuple[list[Mention], list[Malformed]]:
    """The mentions in the inside of a bracket that begins at offset ``start``, and what is wrong with it."""
    mentions: list[Mention] = []
    faults: list[Malformed] = []
    at = start
    for part in body.split(";"):
        match = _MENTION.match(part)
        where = at
        at += len(part) + 1
        if match is None:
            trimmed = part.strip()
            problem = "names no reference" if trimmed else "a reference is missing beside ‘;’"
            begin = where + len(part) - len(part.lstrip()) if trimmed else where
            faults.append(Malformed(begin, begin + len(trimmed or part), problem, "write each reference as @key, parted by ‘;’"))
            continue
        key, key_start = match["key"], where + match.start("key")
        if not key:
            fault = Malformed(key_start - 1, key_start, "there is no key behind ‘@’", "write the key of a reference")
        elif not _KEY.match(key):
            bad = next(c for c in key if not (c.isascii() and (c.isalnum() or c in "_-"))) if key[0] != "-" else "-"
            fault = Malformed(
                key_start - 1,
                key_start + len(key),
                f"the key ‘{key}’ has the character ‘{bad}’, at which it would be cut",
                "rename the key in the bibliography: letters, digits, - and _ only",
            )
        elif re.search(r"(?<![\w.@/+-])@", match["rest"]):
            fault = Malformed(key_start - 1, where + len(part), "two references share one place", "part references with ‘;’")
        else:
            mentions.append(
                Mention(
                    key,
                    key_start - 1,
                    key_start + len(key),
                    match["prefix"].strip(),
                    match["rest"].strip().lstrip(",").strip(),
                    bool(match["suppress"]),
                )
            )
            continue
        faults.append(fault)
    return mentions, faults


def find(text: str, start: int = 0) -> tuple[list[Citation], list[Malformed]]:
    """All citations in ``text`` from offset ``start`` on, and all that was meant as one but is broken.

    ``text`` must have code, comments and everything else that is not prose blanked out already. A bracket
    followed by ``(`` or ``[`` is a link and left alone. Both lists are sorted by offset.
    """
    citations: list[Citation] = []
    faults: list[Malformed] = []
    if "@" not in text:
        return citations, faults
    taken: set[int] = set()
    occupied: list[tuple[int, int]] = []  # brackets: a mention in one is no narrative
    for match in _EMPTY.finditer(text, start):
        taken.add(match.start())
        faults.append(Malformed(match.start(), match.end(), "this citation names no reference", "write [@key], or remove it"))
    for match in _BRACKET.finditer(text, start):
        if match.start() in taken:
            continue
        if text[match.start() - 1 : match.start()] == "\\" and _looks_meant(match["body"]):
            taken.add(match.start())
            occupied.append(match.span())
            problem, help_ = "this bracket is escaped, and would be printed as it stands", "write it as code: `[@key]`"
            faults.append(Malformed(match.start() - 1, match.end(), problem, help_))
            continue
        if not _looks_meant(match["body"]):
            occupied.append(match.span())
            continue
        taken.add(match.start())
        occupied.append(match.span())
        if _LINKED.match(text, match.end()) or text[match.start() - 1 : match.start()] == "!":
            continue
        mentions, broken = _read(match["body"], match.start("body"))
        faults.extend(broken)
        if mentions and not broken:
            citations.append(Citation(match.start(), match.end(), tuple(mentions)))
    for match in _OPENING.finditer(text, start):
        if match.start() in taken:
            continue
        line_end = text.find("\n", match.start())
        line_end = len(text) if line_end < 0 else line_end
        close = text.find("]", match.start(), match.start() + 2000)
        after = text.find("[", match.start() + 1, match.start() + 2000)
        blank = re.compile(r"\n[ \t]*\n").search(text, match.start())
        if close >= 0 and (after < 0 or close < after) and (blank is None or close < blank.start()):
            fault = Malformed(match.start(), close + 1, "this citation is broken over two lines", "put all of [@…] on one line")
        else:
            fault = Malformed(match.start(), line_end, "this citation is never closed", "close it with ‘]’")
        faults.append(fault)
    occupied += [(fault.start, fault.end) for fault in faults]
    occupied.sort()
    at = 0
    for match in _NARRATIVE.finditer(text, start):
        while at < len(occupied) and occupied[at][1] <= match.start():
            at += 1
        if at == len(occupied) or occupied[at][0] > match.start():
            mention = Mention(match["key"], match.start(), match.end())
            citations.append(Citation(match.start(), match.end(), (mention,), narrative=True))
    citations.sort(key=lambda c: c.start)
    faults.sort(key=lambda f: (f.start, f.end))
    return citations, faults
