"""A reference that would bring markup, a script or a strange address onto the page."""

from __future__ import annotations

import re
from collections.abc import Iterator

from evidence.bibliography import Bibliography
from evidence.diagnostic import Diagnostic, shorten
from evidence.rules.rule import Setting, field_place

_TAG = re.compile(r"<\s*/?\s*[a-zA-Z!?][^>]*>?|&#?\w+;.*<|\\(?:href|url|write18|input|include)\b")
_SCHEME = re.compile(r"\b(?:javascript|data|vbscript|file|blob|ftp|intent|about)\s*:\s*\S", re.IGNORECASE)
_ADDRESS_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*(?=:)")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_BREAKS_OUT = re.compile(r"[<>\"'`\\\s{}()\[\]]")
_ADDRESSES = ("url", "doi", "pmid", "pmcid", "eprint", "isbn")
_DOI_ADDRESS = re.compile(r"[<>\"`\\\s{}\[\]]")


def check(bibliography: Bibliography, setting: Setting) -> Iterator[Diagnostic]:
    """Each field with HTML, a script, control characters, or an address that is not plain http or https."""
    for reference in bibliography.references:
        for name, value in reference.fields.items():
            fault = _fault(name, value)
            if fault:
                problem, help_ = fault
                yield Diagnostic(
                    field_place(bibliography, reference, name),
                    "unsafe-reference",
                    f"{name} of ‘{reference.key}’ {problem}",
                    shorten(_CONTROL.sub("�", value)),
                    help_,
                )


def _fault(name: str, value: str) -> tuple[str, str] | None:
    if _CONTROL.search(value):
        return "has control characters, which readers cannot see", "type the value anew"
    if _TAG.search(value):
        return "has markup in it", "write plain text"
    if name == "url":
        scheme = _ADDRESS_SCHEME.match(value.strip())
        if scheme and scheme[0].lower() not in ("http", "https"):
            return f"has the scheme ‘{scheme[0]}’", "use an https:// address"
        if _BREAKS_OUT.search(value.strip()):
            return "has characters that can end a link early", "percent-encode them"
    elif name in _ADDRESSES and _DOI_ADDRESS.search(value.strip()):
        return "has characters that no identifier has", "copy the identifier again"
    elif _SCHEME.search(value) and name not in ("title", "finding", "limitation", "note"):
        return "has an address that is not http or https", "remove it"
    elif re.search(r"\bjavascript\s*:", value, re.IGNORECASE):
        return "has a script in it", "remove it"
    return None
