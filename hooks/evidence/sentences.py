"""Where a sentence begins and ends in medical prose.

sentencex (Wikimedia) makes the first cut. What it gets wrong in medical text is mended here: abbreviations
before figures ("approx. 6.3"), letters that end a sentence ("vitamin D. Both"), full stops inside closing
brackets and quotes, and enumerations inside a line ("1. rest; 2. water").
"""

from __future__ import annotations

import re

from sentencex import segment

# Never the last word of a sentence: something has to follow.
_OPEN_ABBREVIATIONS = frozenset(
    """adj app approx art c ca cap cf chap cp dr ed eds eg e.g eq eqn esp ex excl fig figs gen gt hon i.e ie incl inj
    lat lt messrs mr mrs ms msgr mt mx no nos nr p pp pl prof pt ref refs resp rev sec sen sgt sp spec spp sr ss
    ssp st subsp suppl syn tab tabl tbl var viz vol vols vs""".split()
)
# May end a sentence: what follows decides.
_DOSE_ABBREVIATIONS = frozenset(
    """a.c a.m avg b.d b.i.d bid d dept dia diam e.r est et.al al etc h h.s hr hrs i.d i.m i.n i.p i.v im inc inh iv
    jr l.p lb lbs ltd max mcg mg min mins mo mos n.b o.d oz p.c p.m p.o p.r p.r.n phd ph.d m.d b.sc m.sc po prn
    q.d q.h q.i.d q.o.d rect s.c s.l sc sec secs sq subcut t.d.s t.i.d tbsp temp tsp u.k u.s u.s.a u.n e.u wk wks
    y.o yr yrs co corp bros jan feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri a.k.a aka w""".split()
)
# After "U.S." these go on with a name, they do not begin a sentence.
_COUNTRY_GOES_ON = re.compile(
    r"(?:Food|Drug|Department|Government|Preventive|Centers|Centre|Center|Army|Air|Navy|Congress|Senate|House|Supreme|President|"
    r"Surgeon|National|Public|Pharmacop|Environmental|Federal|Veterans|Census|Patent|Agency|Drugs|Schedule|Dollars?|Marine|"
    r"Geological|Fish|Forest|Attorney|Court|Code|Citizens?|Adults|Customs|Embassy|State|States|Secretary)"
)
# "hepatitis B. Patients": the letter belongs to the word before it, so the full stop ends the sentence.
_LETTERED = re.compile(
    r"(?:vitamins?|hepatitis|types?|groups?|stages?|class|schedule|factor|grade|arm|cohort|appendix|part|panel|table|figure|"
    r"fig|influenza|option|plan|gaba|category|step|phase|layer|team|protein|immunoglobulin|ig|strain|serotype|subtype|haemophilia|"
    r"hemophilia|coenzyme|provitamin|complex|site|point|section|cluster|model|drug|product|patient|compound|candidate|streptococcus|strep)"
    r"[\s-]+[A-Z]\d{0,2}\.[\"'”’)\]]*\Z",
    re.IGNORECASE,
)
_LAST_WORD = re.compile(r"([A-Za-z][A-Za-z.]*)\.\Z")
_INITIAL = re.compile(r"(?:^|[\s(.])[A-Z]\.\Z")
_NUMBER_ALONE = re.compile(r"(?:^|[:;,]|\b(?:and|or))\s*\(?(?:\d{1,2}|[a-z])\.\Z")
# A sentence may end inside a bracket or a quote: "(… people.) Most …", "… slept.” She …".
_CLOSED = re.compile(r"(?P<stop>[.!?…])(?P<close>[)\]\"'”’»]+)(?P<gap>\s+)(?=[\"'“‘«(\[]*[A-Z0-9])")
_STOPPED = re.compile(r"(?<=[A-Za-z0-9%)\]][.!?])\s+(?=[\"“‘«(]*[A-Z])")
_SPEECH_GOES_ON = re.compile(r"\s*(?:[a-z]|—|–|-\s)")


def _unfinished(left: str, right: str) -> bool:
    """Whether a cut between ``left`` and ``right`` (both stripped) falls inside a sentence."""
    if not right:
        return True
    if _NUMBER_ALONE.search(left):
        return True
    if left[-1:] not in ".":
        return left[-1:] not in "!?…\"'”’)]»" and left[-1:] != "" and right[:1].islower()
    if right[:1] in ",;:)]%" or right[:1].islower():
        last = _LAST_WORD.search(left)
        # Lower case after a real full stop: careless writing begins sentences so, abbreviations do not end them.
        return right[:1] in ",;:)]%" or last is None or _abbreviates(last[1].lower()) or _INITIAL.search(left) is not None
    match = _LAST_WORD.search(left)
    if match is None:
        return False
    word = match[1].lower()
    if word in _OPEN_ABBREVIATIONS:
        # "no." before a figure is "number"; before a word it is an answer.
        return word not in {
            "no",
            "p",
            "pt",
            "c",
            "st",
            "art",
            "sec",
            "ex",
            "app",
            "var",
            "pl",
            "gt",
            "lt",
            "mt",
            "ed",
        } or (right[:1].isdigit() or word in {"st", "mt"})
    if word in _DOSE_ABBREVIATIONS:
        if word in {"u.s", "u.k", "u.n", "e.u"}:
            return bool(_COUNTRY_GOES_ON.match(right))
        return right[:1].isdigit() or (right[:1] == "(" and word in {"al", "et.al"}) or (right[:1] == "[" and word == "al")
    return bool(_INITIAL.search(left)) and not _LETTERED.search(left) and _is_name(left, right)


def _abbreviates(word: str) -> bool:
    return word in _OPEN_ABBREVIATIONS or word in _DOSE_ABBREVIATIONS


def _is_name(left: str, right: str) -> bool:
    """Whether a single capital with a full stop is an initial ("J. Smith", "E. coli") and no end of a sentence."""
    if right[:1].islower():
        return True
    before = left[:-2].rstrip()
    word = before.rsplit(None, 1)[-1] if before else ""
    # "by J. Smith", "J. R. Smith", "Smith J. Most": a lower-case word before a letter is a lettered thing.
    return (
        not before
        or word.endswith(".")
        or word[:1].isupper()
        or word in {"by", "and", "of", "with", "from", "von", "van", "to", "&"}
    )


def _split_more(piece: str) -> list[str]:
    """Cut ``piece`` where a full stop stands inside a closing bracket or quote, or a cut was missed."""
    cuts: list[int] = []
    for match in _CLOSED.finditer(piece):
        if match["close"].startswith((")", "]")):
            opening = piece.rfind("(" if match["close"][0] == ")" else "[", 0, match.start())
            inside = piece[opening + 1 : match.start()] if opening >= 0 else ""
            # "(see Fig. 3.) Most" and "(It was i.v. use.) Most" end here; "(approx.) Most" does not.
            word = _LAST_WORD.search(inside + ".")
            if word and _abbreviates(word[1].lower()):
                continue
        cuts.append(match.start("gap"))
    for match in _STOPPED.finditer(piece):
        if not _unfinished(piece[: match.start()].strip(), piece[match.end() :].strip()):
            cuts.append(match.start())
    if not cuts:
        return [piece]
    parts: list[str] = []
    at = 0
    for cut in sorted(set(cuts)):
        parts.append(piece[at:cut])
        at = cut
    parts.append(piece[at:])
    return parts


def cut(text: str) -> list[tuple[int, int]]:
    """Sentences of a stretch of prose as (start, end) offsets into ``text``, without surrounding space.

    ``text`` is one block of a quiet view (:mod:`evidence.blocks`): a sentence never crosses its ends, and line
    ends inside count as spaces. Every character that is not space belongs to exactly one sentence.
    """
    flat = text.replace("\n", " ").replace("\t", " ").replace("\u00a0", " ")
    if not flat.strip():
        return []
    if not _MAY_END_INSIDE.search(flat):
        start = len(flat) - len(flat.lstrip())
        return [(start, len(flat.rstrip()))]
    pieces: list[str] = []
    for rough in segment("en", flat):
        pieces.extend(_split_more(rough) if _NEEDS_MORE.search(rough) else (rough,))
    spans: list[tuple[int, int]] = []
    at = 0
    held = 0  # where the sentence in the making began
    for number, piece in enumerate(pieces):
        at += len(piece)
        following = pieces[number + 1] if number + 1 < len(pieces) else ""
        sentence = flat[held:at].strip()
        if not sentence or (following.strip() and _unfinished(sentence, following.strip())):
            continue
        begin = held + len(flat[held:at]) - len(flat[held:at].lstrip())
        spans.append((begin, begin + len(sentence)))
        held = at
    rest = flat[held:].strip()
    if rest:
        begin = held + len(flat[held:]) - len(flat[held:].lstrip())
        spans.append((begin, begin + len(rest)))
    return spans


_MAY_END_INSIDE = re.compile(r"[.!?…][\"'”’)\]»]*\s+\S|[。！？]")
_NEEDS_MORE = re.compile(r"[.!?…][\"'”’)\]»]*\s+\S")
