"""A reference as PubMed prints it: the style of the US National Library of Medicine ("Vancouver").

After Patrias K, Wendling DL, editors: Citing Medicine, 2nd edition, National Library of Medicine, 2007. Authors up
to six, then et al.; title; source; date; volume, issue and pages; then linked identifiers. Of initials all are kept, as PubMed
does.
"""

from __future__ import annotations

import html
import re
from urllib.parse import quote

from evidence import names, standing
from evidence.latex import to_text
from evidence.names import Name
from evidence.reference import POPULATIONS, STUDY_DESIGNS, UNDATED, WITHOUT_POPULATION, Reference
from evidence.standing import UNKNOWN, Standing

MAX_AUTHORS = 6
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# Works that appeared inside another one, which has editors and a publisher of its own.
PARTS = frozenset({"incollection", "inbook", "inproceedings", "conference"})
_THESES = {"phdthesis": "dissertation", "mastersthesis": "master’s thesis", "thesis": "dissertation"}
_ORDINALS = (
    *("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth"),
    *("thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth", "twentieth"),
)
_EDITIONS = {word: number for number, word in enumerate(_ORDINALS, 1)}
_ENDINGS = {1: "st", 2: "nd", 3: "rd"}
_RANKS = {"II": "2nd", "III": "3rd", "IV": "4th"}
# What a DOI may have in an address as it is; a question mark or a # would end the path.
_IN_PATH = "/:;,()[]<>@!$&'*+=~._-"
# Names in Chinese, Japanese or Korean script are written without a space.
_NO_SPACES = re.compile("[\u3005-\u30ff\u3400-\u9fff\uac00-\ud7af]+\\Z")
_NICKNAME = re.compile(r"\([^)]*\)|“[^”]*”|\"[^\"]*\"")


def _initials(given: str) -> str:
    """The first letters of given names; names in a script without capitals stay whole, as they have no initials."""
    given = _NICKNAME.sub(" ", given).strip()
    if given.isupper() and len(given) <= 4 and given.isalpha():
        return given
    letters: list[str] = []
    for part in re.split(r"[\s.\-‐‑]+", given):
        first = next((char for char in part if char.isalpha()), "")
        if first and first.lower() == first.upper():
            return given
        letters.append(first.title())
    return "".join(letters)


def _printed(name: Name) -> str:
    if _NO_SPACES.match(name.family + name.given):
        return name.family + name.given
    rank = _RANKS.get(name.suffix, name.suffix)
    return " ".join(part for part in (name.family, _initials(name.given), rank) if part)


def author(name: str) -> str:
    """One name as ``Family AB``; an organisation (in braces, or without a given name) as it is."""
    return _printed(names.parse(name))


def _listed(found: list[Name], others: bool) -> str:
    """Names parted by commas; by semicolons on both sides of an organisation, whose name may have commas of its own."""
    shown = found[:MAX_AUTHORS]
    text = ""
    for at, name in enumerate(shown):
        if at:
            text += "; " if name.organisation or shown[at - 1].organisation else ", "
        text += _printed(name)
    if others or len(found) > MAX_AUTHORS:
        text += "; et al" if shown and shown[-1].organisation else ", et al" if shown else "et al"
    return text


def authors(reference: Reference) -> str:
    """The authors of a work, up to six, then ``et al.``; empty where none are known."""
    return _listed(*names.read(reference.get("author")))


def editors(reference: Reference) -> str:
    """The editors of a work as ``Family AB, Family CD, editors``; empty where none are known."""
    found, others = names.read(reference.get("editor"))
    role = "editors" if others or len(found) > 1 else "editor"
    return f"{_listed(found, others)}, {role}" if found else ""


def short_name(reference: Reference) -> str:
    """What a citation in running text calls a work: ``Hadley 2012``, or its title's first words in quotation marks."""
    found = names.read(reference.get("author"))[0] or names.read(reference.get("editor"))[0]
    year = "" if reference.get("year") == UNDATED else reference.get("year")
    if found:
        family = found[0].family or found[0].given
    else:
        words = to_text(reference.get("title")).split()
        family = "“" + " ".join(words[:5]).rstrip(",:;.") + ("…”" if len(words) > 5 else "”")
    return f"{family} {year}".strip()


def _ended(text: str) -> str:
    return text if text.endswith((".", "?", "!", "…")) else text + "."


def _link(address: str, words: str) -> str:
    return f'<a href="{html.escape(address, quote=True)}" rel="noopener">{html.escape(words)}</a>'


def month(reference: Reference) -> int:
    """The month of publication from 1, as ``mar``, ``March`` or ``3`` give it; 0 where none is known."""
    written = to_text(reference.get("month"))
    if written.isdecimal():
        return int(written) if 1 <= int(written) <= 12 else 0
    found = re.match(r"[A-Za-z]{3,}\.?\Z", written)
    return next((at for at, name in enumerate(MONTHS, 1) if found and written[:3].lower() == name.lower()), 0)


def _date(reference: Reference) -> str:
    """``2012``, or ``2012 Mar``; ``[date unknown]`` where there is no year."""
    year = reference.get("year")
    if year in ("", UNDATED):
        return "[date unknown]"
    at = month(reference)
    return f"{year} {MONTHS[at - 1]}" if at else year


def pages(reference: Reference) -> str:
    """The pages of a work with en dashes, or its article number; a hyphen within a page's own number is kept."""
    text = to_text(reference.get("pages") or reference.get("eid"))
    dash = r"\s*[–—]+\s*" if re.search("[–—]", text) else r"(?<=\d)\s*-\s*(?=[A-Za-z]?\d)"
    return re.sub(dash, "–", text)


def _date_and_volume(reference: Reference) -> str:
    """``2012 Mar;26(4):461–470``, as much of it as is known."""
    text = _date(reference)
    volume, number, where = to_text(reference.get("volume")), to_text(reference.get("number")), pages(reference)
    if not (volume or number) and where:
        text += f":{where}"
    elif volume or number:
        text += ";" + volume
        if number:
            text += f"({number})"
        if where:
            text += f":{where}"
    return text


def _first(reference: Reference, *fields: str) -> str:
    return next((value for name in fields if (value := to_text(reference.get(name)))), "")


def publisher(reference: Reference) -> str:
    """Who published a work or issued a report; empty where that is not known."""
    return _first(reference, "publisher", "organization", "institution", "school", "howpublished")


def source(reference: Reference) -> str:
    """Where a work appeared: its journal, the book that it is part of, or its publisher."""
    inside = ("booktitle",) if reference.type in PARTS else ()
    return _first(reference, "journal", *inside) or publisher(reference)


def edition(reference: Reference) -> str:
    """``2nd ed.``; empty where none is named."""
    written = to_text(reference.get("edition")).removesuffix(".").removesuffix("ed").removesuffix("edition").strip()
    number = _EDITIONS.get(written.lower()) or (int(written) if written.isdecimal() else 0)
    if number:
        written = f"{number}{'th' if number % 100 in (11, 12, 13) else _ENDINGS.get(number % 10, 'th')}"
    return f"{written} ed." if written else ""


def _cited(reference: Reference) -> str:
    """``[cited 2026 Nov 23]``: when an address was read."""
    found = re.match(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?\Z", reference.get("accessed"))
    if not found or not address(reference):
        return ""
    day = [str(int(found[3]))] if found[3] else []
    named = [MONTHS[int(found[2]) - 1]] if found[2] and 1 <= int(found[2]) <= 12 else []
    return f" [cited {' '.join([found[1], *named, *day])}]"


def address(reference: Reference) -> str:
    """The address that readers are sent to: of a work without a DOI, and by http or https alone; else empty."""
    url = reference.get("url")
    return url if url.startswith(("http://", "https://")) and not reference.get("doi") else ""


def links(reference: Reference) -> list[str]:
    """HTML links to a work by its identifiers; its address only where no identifier leads there."""
    found: list[str] = []
    if doi := reference.get("doi"):
        found.append("doi: " + _link(f"https://doi.org/{quote(doi, safe=_IN_PATH)}", doi))
    if pmid := reference.get("pmid"):
        found.append("PubMed: " + _link(f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/", pmid))
    if pmcid := reference.get("pmcid"):
        found.append("Free full text: " + _link(f"https://pmc.ncbi.nlm.nih.gov/articles/{pmcid}/", pmcid))
    if isbn := reference.get("isbn"):
        found.append("ISBN " + html.escape(isbn))
    if url := address(reference):
        found.append("Available from: " + _link(url, re.sub(r"^https?://(?:www\.)?", "", url).rstrip("/")))
    return found


def _counted(number: str, one: str, many: str) -> str:
    """``2299`` and ``people`` as ``2,299 people``; what is no number stays as written."""
    digits = number.replace(",", "")
    return f"{int(digits):,} {one if int(digits) == 1 else many}" if digits.isdecimal() else f"{number} {many}"


def population(reference: Reference) -> str:
    """Who was studied, a name of :data:`evidence.reference.POPULATIONS`; empty for rules and decisions, and if unknown."""
    name = reference.get("population")
    return name if name in POPULATIONS and reference.get("studydesign") not in WITHOUT_POPULATION else ""


def _studied(reference: Reference) -> list[str]:
    """Who was studied and how many: ``106 people``, ``animals``, ``12 samples of cells or tissue``."""
    who, size = population(reference), reference.get("samplesize")
    if reference.get("studydesign") in WITHOUT_POPULATION:
        return []
    if who == "people" and size:
        return [_counted(size, "person", "people")]
    if who == "animals" and size:
        return [_counted(size, "animal", "animals")]
    if who == "cells" and size:
        return [_counted(size, "sample", "samples") + " of cells or tissue"]
    word = POPULATIONS.get(who, "").lower()
    if who == "animals" and reference.get("studydesign") == "animal":
        word = "animals only"  # “Animal study, animals” would say one thing twice.
    return [part for part in (word, _counted(size, "studied", "studied") if size else "") if part]


def design(reference: Reference) -> str:
    """The study design in words, with what was studied: ``Meta-analysis, 8 studies, 2,299 people``; empty if unknown."""
    known = STUDY_DESIGNS.get(reference.get("studydesign"))
    parts = [known.words] if known else []
    if studies := reference.get("studies"):
        parts.append(_counted(studies, "study", "studies"))
    text = ", ".join(parts + _studied(reference))
    return text[:1].upper() + text[1:]


def _title(reference: Reference) -> str:
    """The title, and in brackets what kind of thing it is where that is no journal and no printed book."""
    text = to_text(reference.get("title"))
    kinds = [_THESES[reference.type]] if reference.type in _THESES else []
    if address(reference) and reference.type != "article" and reference.type not in PARTS:
        kinds.append("Internet")
    if not kinds:
        return _span("title", _ended(text))
    return f"{_span('title', text)} [{' on the '.join(kinds)}]."


def _span(name: str, text: str) -> str:
    return f'<span class="ref-{name}">{html.escape(text)}</span>'


def _published(reference: Reference) -> list[str]:
    """What follows the title of a work that is no article: the book it is in, edition, place, publisher, date, pages."""
    parts: list[str] = []
    place, by = to_text(reference.get("address")), publisher(reference)
    inside = to_text(reference.get("booktitle")) if reference.type in PARTS else ""
    if inside:
        who = editors(reference)
        parts.append("In: " + (html.escape(_ended(who)) + " " if who else "") + _span("source", _ended(inside)))
    if named := edition(reference):
        parts.append(html.escape(named))
    when = html.escape(_date(reference) + _cited(reference)) + "."
    imprint = f"{html.escape(place)}: " if place and by else ""
    if by:
        imprint += html.escape(by) if inside else _span("source", by)
    parts.append(f"{imprint}; {when}" if imprint else when)
    if volume := to_text(reference.get("volume")):
        parts.append(html.escape(f"Vol. {volume}."))
    if number := to_text(reference.get("number")):
        label = "Report No.: " if reference.type in ("techreport", "report") else "No. "
        parts.append(html.escape(f"{label}{_ended(number)}"))
    if where := pages(reference):
        parts.append(html.escape(f"p. {_ended(where)}"))
    return parts


def _disputed(known: Standing) -> str:
    """``Disputed by Greenall 2022.``, each work linked to its entry where there is one; empty where nobody is known to object."""
    works = [
        f'<a href="{html.escape(href, quote=True)}">{html.escape(name)}</a>' if href else html.escape(name)
        for name, href in known.disputed
    ]
    if not works:
        return ""
    listed = works[0] if len(works) == 1 else f"{', '.join(works[:-1])} and {works[-1]}"
    return f'<span class="ref-disputed">Disputed by {listed}.</span>'


def _status(known: Standing) -> str:
    """What a reader must know of a work first, as HTML; empty where there is nothing."""
    said = standing.sentence(known)
    return f'<span class="ref-status ref-status--{known.status}">{html.escape(said)}</span>' if said else ""


def _evidence(reference: Reference, known: Standing) -> list[str]:
    """What kind of evidence a work is, what it found, what limits it, and who disputes it."""
    found: list[str] = []
    if words := design(reference):
        who = population(reference)
        data = f' data-population="{who}"' if who else ""
        found.append(f'<strong class="ref-design"{data}>{html.escape(words)}.</strong>')
    if finding := to_text(reference.get("finding")):
        found.append(_span("finding", _ended(finding)))
    if limitation := to_text(reference.get("limitation")):
        found.append(f'<span class="ref-limitation"><em>Limit:</em> {html.escape(_ended(limitation))}</span>')
    if disputed := _disputed(known):
        found.append(disputed)
    return found


def to_html(reference: Reference, known: Standing = UNKNOWN) -> str:
    """The entry of a reference list as inline HTML: the work, its links, then what kind of evidence it is.

    ``known`` is how the work stands: a retraction, a doubt or a correction comes before everything else, the day of a check that
    found nothing comes last. Every value is escaped; addresses other than http and https are left out.
    """
    parts: list[str] = [status] if (status := _status(known)) else []
    who = authors(reference) or ("" if reference.type in PARTS else editors(reference))
    if who:
        parts.append(_span("authors", _ended(who)))
    parts.append(_title(reference))
    journal = to_text(reference.get("journal"))
    if journal or reference.type == "article":
        if place := source(reference):
            parts.append(_span("source", _ended(place)))
        parts.append(html.escape(_date_and_volume(reference) + _cited(reference)) + ".")
    else:
        parts += _published(reference)
    parts += [f'<span class="ref-link">{link}.</span>' for link in links(reference)]
    if found := _evidence(reference, known):
        parts.append(f'<span class="ref-evidence">{" ".join(found)}</span>')
    if looked_up := standing.checked(known):
        parts.append(f'<span class="ref-status ref-status--ok">{looked_up}</span>')
    return " ".join(parts)
