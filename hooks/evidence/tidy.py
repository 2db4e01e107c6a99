"""A bibliography in its one form: entries by key, fields in the order of FIELDS, a field to a line, identifiers bare.

No value changes but for the form of an identifier, nothing is lost (comments stand before the entry that follows them), and doing
it twice changes nothing more.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from bibtexparser.entrypoint import parse_string
from bibtexparser.model import Entry, ExplicitComment, ImplicitComment, Preamble, String

from evidence.bibliography import Bibliography
from evidence.reference import FIELDS

_ORDER = {name: number for number, name in enumerate(FIELDS)}
_DOI = re.compile(r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)(?=10\.)", re.IGNORECASE)
_PMID = re.compile(
    r"^(?:https?://(?:www\.)?(?:pubmed\.ncbi\.nlm\.nih\.gov|ncbi\.nlm\.nih\.gov/pubmed)/|pmid:?\s*)(\d+)/?$", re.IGNORECASE
)
_PMCID = re.compile(
    r"^(?:https?://(?:www\.)?(?:pmc\.ncbi\.nlm\.nih\.gov|ncbi\.nlm\.nih\.gov/pmc)/articles/)?(pmc\d+)/?$", re.IGNORECASE
)


@dataclass
class _Part:
    """An entry with the comments before it; without an entry, what stands at the end of the file."""

    key: str = ""
    before: list[str] = field(default_factory=list)
    text: str = ""


def identifier(name: str, value: str) -> str:
    """An identifier as we keep it: a DOI from ``10.`` on, a PMID as a number, a PMCID in capitals; other values as they are."""
    value = value.strip()
    if name == "doi":
        return _DOI.sub("", value)
    if name == "pmid":
        return _PMID.sub(r"\1", value)
    if name == "pmcid":
        match = _PMCID.match(value)
        return match[1].upper() if match else value
    return value


def bibliography(known: Bibliography) -> str | None:
    """The text of a bibliography in its one form; None where an entry cannot be read or a key stands twice.

    Such a file is left alone: what cannot be read cannot be put in order without a risk to it.
    """
    if known.broken or known.repeated:
        return None
    head: list[str] = []
    parts: list[_Part] = [_Part()]
    for number, block in enumerate(parse_string(known.text, parse_stack=[]).blocks):
        if isinstance(block, Entry):
            parts[-1].key, parts[-1].text = block.key.strip(), _entry(block)
            parts.append(_Part())
        elif isinstance(block, (String, Preamble)):
            head.append((block.raw or "").strip())
        elif isinstance(block, (ImplicitComment, ExplicitComment)):
            words = (block.raw or "").strip()
            (head if number == 0 else parts[-1].before).append(words)
    tail = parts.pop().before
    parts.sort(key=lambda part: (part.key.lower(), part.key))
    texts = [*head, *("\n".join([*part.before, part.text]) for part in parts), *tail]
    return "\n\n".join(text for text in texts if text) + "\n" if any(texts) else known.text


def _entry(entry: Entry) -> str:
    fields = sorted(
        ((one.key.lower(), str(one.value).strip()) for one in entry.fields),
        key=lambda pair: (_ORDER.get(pair[0], len(_ORDER)), pair[0] if pair[0] not in _ORDER else ""),
    )
    lines = "".join(f"  {name} = {_value(name, value)},\n" for name, value in fields)
    return f"@{entry.entry_type.lower()}{{{entry.key.strip()},\n{lines}}}"


def _value(name: str, raw: str) -> str:
    """A value on one line with its own braces or quotes; a value in several parts stays as it is written."""
    value = " ".join(raw.split())
    if name in ("doi", "pmid", "pmcid"):
        inner = value[1:-1] if len(value) > 1 and value[0] + value[-1] in ("{}", '""') else value
        bare = identifier(name, inner)
        if bare != inner and "#" not in value:
            return f"{{{bare}}}"
    return value
