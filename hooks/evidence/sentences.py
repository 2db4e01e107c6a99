"""Where a sentence begins and ends in medical prose.

Every full stop, question mark, exclamation mark and ellipsis with space behind it may end a sentence; what stands left
and right of it decides. Splitters of general English cut medical text at "i.v. 5 mg" and run on at "vitamin D. Both",
so the decision is ours, in words that can be extended below.
"""

from __future__ import annotations

import re
from bisect import bisect_right

from evidence import vocabulary
from evidence.inline import GONE


def _read(name: str) -> frozenset[str]:
    """The words of a list in ``lexicon/sentences``."""
    return frozenset(vocabulary.read_list(vocabulary.FOLDER / "sentences" / f"{name}.txt").terms)


# An end is decided by its last words, and these patterns look for theirs at every character.
_TAIL = 80
# How much of the sentence so far a decision looks at; without a bound a page of "e.g. e.g. e.g." would take for ever.
_LOOKS_BACK = 500

_CANDIDATE = re.compile(r"(?P<stop>\.{1,5}|[!?…]+|[。！？]+)(?P<close>[\"'”’»)\]]*)(?P<gap>\s+|(?<=[。！？])(?=\S))")
_FIRST_WORD = re.compile(r"[\"'“‘«(\[]*([^\W_][\w'’-]*)(\.?)")
_LAST_TOKEN = re.compile(r"[^\s(\[“‘\"]*\Z")

# Something has to follow these: they end no sentence.
_OPEN = _read("open_abbreviations")
# These may end one: a word that opens sentences decides.
_EITHER = _read("other_abbreviations")
# Doses and times: a capital letter behind them opens a sentence, a figure goes on.
_DOSING = _read("dosing_abbreviations")
_CLOCK = _read("clock")
_COUNTRIES = _read("countries")
_ZONES = _read("time_zones")
_PART = re.compile(r"[/–—(]")
_COUNTRY_GOES_ON = _read("after_countries")
# Words that open sentences and names alike: "Patients who …", "the U.S. Patients Forum".
_NOUNS = _read("nouns")
# Words that open sentences and are no names.
_OPENERS = _read("openers")
# "hepatitis B.": the letter belongs to the word before it, and the full stop ends the sentence.
_LETTERED = re.compile(
    r"(?:vitamins?|provitamins?|hepatitis|types?|groups?|stages?|class|classes|schedule|factor|grade|arm|arms|cohort|appendix|part|panel|"
    r"table|figure|fig\.?|influenza|option|plan|gaba|category|step|phase|layer|team|protein|immunoglobulin|ig|strain|serotype|subtype|"
    r"ha?emophilia|coenzyme|complex|site|point|section|cluster|model|drug|product|patient|compound|candidate|strep(?:tococcus)?|amphotericin|"
    r"polymyxin|cyclosporin|toxin|blood|letter|box|room|question|answer|variant|lane|group)"
    r"[\s-]+(?:[A-Z]\d{0,2}(?:,\s*|\s+(?:and|or)\s+|,\s*(?:and|or)\s+))*[A-Z]\d{0,2}\Z",
    re.IGNORECASE,
)
_INITIALS = re.compile(r"(?:[A-Z]\.-?){0,5}[A-Z]\Z")
_TITLED = re.compile(r"\b(?:dr|mrs?|ms|prof|sr|patient|nurse|miss|lady|lord)\.?\s+(?:[A-Z]\.\s*){0,4}[A-Z]\Z", re.IGNORECASE)
_FAMILY = re.compile(r"\b[A-Z][a-z]+(?:-[A-Z][a-z]+)?,?\s+(?:[A-Z]\.[\s-]*){0,4}[A-Z]\Z")
# "1. rest; 2. water", "i. acute; ii. late", "and b. later": a mark in a list inside a line.
_MARK = re.compile(r"(?:\A|[:;,]\s|\b(?:and|or)\s)\s*\(?(?:\d{1,2}|[a-h]|[ivx]{1,4})\Z")
_SPACED = re.compile(r"(?:\A|[\s(])[a-z]\.\s[a-z]\Z")
_SAYS = re.compile(
    r"(?:(?:Dr|Mrs?|Ms|Prof)\.\s)?(?:[\w’'-]+\s){0,3}(?:said|says|asked|asks|replied|wrote|whispered|shouted|cried|answered|told|thought)\b"
)
_VERBLESS_TIME = re.compile(r"(?:By|At|Until|Till|After|Before|Since|From|Around|About)\s[^,;]{0,24}\Z")
_MIXED_CASE = re.compile(r"[a-zα-ω]{1,2}(?:[A-Z]|\d|-[a-z])")
_PROPER = re.compile(r"[A-Z][\w’'-]*\s(?:and\s|of\s|for\s|the\s)*[A-Z]")
_COUNTED = re.compile(r"\d[\d.,]*\s(?:is|are|was|were|has|have|people|patients|in|of|percent|per|works?|years?|months?|mg|g)\b")


def _opens(right: str) -> bool:
    """Whether ``right`` begins with a word that opens sentences, and with no initial or abbreviation."""
    match = _FIRST_WORD.match(right)
    if match is None:
        return False
    word = match[1]
    if match[2] and len(word) <= 2 and word != "No":
        return False
    return word[:1].isupper() and word.lower() in _OPENERS


def _capital(right: str) -> bool:
    """Whether ``right`` begins with a capital letter, behind whatever opens a quote or bracket."""
    match = _FIRST_WORD.match(right)
    return match is not None and match[1][0].isupper()


def _ends(left: str, stop: str, close: str, right: str) -> bool:
    """Whether a sentence ends with ``stop`` and ``close``; ``left`` is the sentence so far without them."""
    if not right:
        return True
    if stop[0] in "。！？":
        return True
    first = right[0]
    if first in ",;:%" or (first in ")]" and not close):
        return False
    if stop[0] in "!?":
        if left.endswith("(") or (close and _SAYS.match(right)):
            return False
        # "Move More! reached" goes on; "what do i do? my doctor says" is careless and does not.
        return not first.islower() or (not close and not left.lstrip("\"'“‘(")[:1].isupper()) or (stop[-1] == "?" and not close)
    if stop[0] == "…" or len(stop) > 1:
        return first.isdigit() or (_capital(right) and first not in "([")
    return _full_stop(left, close, right)


def _full_stop(left: str, close: str, right: str) -> bool:
    """Whether the full stop behind ``left`` ends a sentence."""
    begins, left = len(left) <= _TAIL, left[-_TAIL:]
    token = _LAST_TOKEN.search(left)
    last = token[0] if token else ""
    first = right.lstrip("\"'“‘«([")[:1]
    digit, lower = first.isdigit(), first.islower()
    word = _PART.split(last.rstrip(".").lower())[-1]
    if len(word) == 1 and last[-1:].isupper() and last[-2:-1] not in "°/":
        return not lower and _initial_ends(left, last, right)
    if lower and _MIXED_CASE.match(right.lstrip("\"'“‘«([")):
        return word not in _OPEN  # a name such as pH or mRNA may open a sentence
    if word == "p" and digit:
        return False
    if not left.strip("\"'“‘«([ ") or _MARK.search(left):
        return False
    if _SPACED.search(left):
        return False
    if word == "no":
        return not digit
    if word in _OPEN:
        return False
    if word == "st":
        # "on John St. Nobody" is a street, "St. John's wort" a saint.
        return bool(re.search(r"\b[A-Z][a-z]+\s+St\Z", left)) and _opens(right)
    if word in _COUNTRIES:
        if digit:
            return bool(_COUNTED.match(right))
        match = _FIRST_WORD.match(right)
        if match is not None and match[1].lower() in _COUNTRY_GOES_ON:
            return False
        named = match is not None and match[1].lower() in _NOUNS and _PROPER.match(right)
        return (_opens(right) and not named) or (
            _capital(right) and (not begins or len(left.split()) > 2) and not _PROPER.match(right)
        )
    if word in _CLOCK:
        match = _FIRST_WORD.match(right)
        zone = match is not None and match[1].lower() in _ZONES
        return _capital(right) and right[0] != "(" and not zone and not (begins and _VERBLESS_TIME.match(left.strip()))
    if word in {"max", "min"} and not lower:
        return _opens(right) or (bool(re.search(r"\d\s?min\Z", left)) and _capital(right))
    if word in _DOSING:
        return _capital(right)
    if word in _EITHER:
        return _opens(right)
    if lower:
        # Careless writing opens sentences in lower case, but not behind an initial.
        return not close and len(word) > 1 and not _INITIALS.fullmatch(last)
    if _INITIALS.fullmatch(last):
        return _initial_ends(left, last, right)
    return first.isalnum() or first in "“‘\"'«([*#@$€£≥≤<>~" or not first.isascii()


def _initial_ends(left: str, last: str, right: str) -> bool:
    """Whether a sentence ends behind a single capital letter, or letters such as ``P. R``."""
    if _LETTERED.search(left):
        return True
    if last == "I":
        return True
    if _opens(right):
        return bool(_TITLED.search(left) or _FAMILY.search(left) or len(left.split()) > 3)
    return False


def _quoting(left: str, text: str, at: int) -> bool:
    """Whether a stop at offset ``at`` stands in a quotation that began inside the sentence and ends later: ‘It says: “A. B.”’."""
    for opening, closing in (("“", "”"), ('"', '"')):
        if opening not in left:
            continue
        inside = left.count(opening) % 2 == 1 if opening == closing else left.count(opening) > left.count(closing)
        if inside and not left.startswith(opening):
            return closing in text[at : at + 300]
    return False


def _unsqueezed(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans of ``text`` without ``GONE`` as spans of ``text``."""
    # Where each kept stretch begins in the squeezed text, and how far it is shifted in the whole one.
    starts: list[int] = []
    shifts: list[int] = []
    at = kept = 0
    for piece in text.split(GONE):
        if piece:
            starts.append(kept)
            shifts.append(at - kept)
        kept += len(piece)
        at += len(piece) + 1
    return [
        (start + shifts[bisect_right(starts, start) - 1], end + shifts[bisect_right(starts, end - 1) - 1]) for start, end in spans
    ]


def cut(text: str) -> list[tuple[int, int]]:
    """Sentences of a stretch of prose as (start, end) offsets into ``text``, without surrounding space.

    ``text`` is one block of a quiet view (:mod:`evidence.blocks`): a sentence never crosses its ends, line ends inside
    count as spaces, and ``GONE`` counts as nothing. Every character that is neither belongs to exactly one sentence.
    """
    if GONE in text:
        return _unsqueezed(text, cut(text.replace(GONE, "")))
    end_of_text = len(text.rstrip())
    start = len(text) - len(text.lstrip())
    if start >= end_of_text:
        return []
    spans: list[tuple[int, int]] = []
    flat = ""
    for match in _CANDIDATE.finditer(text, start, end_of_text):
        if not flat:
            flat = text.replace("\n", " ").replace("\t", " ").replace("\u00a0", " ").replace("\u202f", " ")
        stop, close = match["stop"], match["close"]
        at = match.end()
        left = flat[max(start, match.start() - _LOOKS_BACK) : match.start()]
        if not close and _quoting(left, flat, at):
            continue
        if _ends(left, stop, close, flat[at : at + 60].lstrip()):
            spans.append((start, match.end("close")))
            start = at
    spans.append((start, end_of_text))
    return spans
