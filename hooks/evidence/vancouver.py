"""A reference as PubMed prints it: the style of the US National Library of Medicine ("Vancouver").

After Patrias K, Wendling DL, editors: Citing Medicine, 2nd edition, National Library of Medicine, 2007. Authors up
to six, then et al.; title; source; date; volume, issue and pages; then linked identifiers.
"""

from __future__ import annotations

import html
import re

from evidence.latex import to_text
from evidence.reference import POPULATIONS, STUDY_DESIGNS, UNDATED, Reference

MAX_AUTHORS = 6


def _at_top(value: str, separator: str) -> list[str]:
    """``value`` cut at a separator that stands outside all braces."""
    parts: list[str] = []
    depth, at, index = 0, 0, 0
    while index < len(value):
        char = value[index]
        if char == "\\":
            index += 2
            continue
        if char in "{}":
            depth += 1 if char == "{" else -1
        elif depth == 0 and value.startswith(separator, index):
            parts.append(value[at:index])
            index += len(separator)
            at = index
            continue
        index += 1
    parts.append(value[at:])
    return [part.strip() for part in parts if part.strip()]


def _initials(given: str) -> str:
    letters = [part[0].upper() for part in re.split(r"[\s.\-]+", given) if part]
    return given if given.isupper() and len(given) <= 3 and given.isalpha() else "".join(letters)


def author(name: str) -> str:
    """One name as ``Family AB``; an organisation (in braces, or without a given name) as it is."""
    name = name.strip()
    if name.startswith("{") and name.endswith("}"):
        return to_text(name)
    parts = [to_text(part) for part in _at_top(name, ",")]
    if len(parts) >= 2:
        family, given = parts[0], parts[-1]
        suffix = f" {parts[1].rstrip('.')}" if len(parts) == 3 else ""
        return f"{family} {_initials(given)}{suffix}"
    words = to_text(name).split()
    if len(words) < 2:
        return " ".join(words)
    particle = next((at for at, word in enumerate(words[:-1]) if at and word[:1].islower()), len(words) - 1)
    return f"{' '.join(words[particle:])} {_initials(' '.join(words[:particle]))}"


def authors(reference: Reference) -> str:
    """The authors of a work, up to six, then ``et al.``; empty where none are known."""
    names = _at_top(re.sub(r"\s+", " ", reference.get("author")), " and ")
    others = bool(names) and names[-1] == "others"
    names = [name for name in names if name != "others"]
    shown = [author(name) for name in names[:MAX_AUTHORS]]
    if others or len(names) > MAX_AUTHORS:
        shown.append("et al")
    return ", ".join(shown)


def short_name(reference: Reference) -> str:
    """What a citation in running text calls a work: ``Hadley 2012``, or its title's first words in quotation marks."""
    names = _at_top(reference.get("author"), " and ")
    year = "" if reference.get("year") == UNDATED else reference.get("year")
    if names:
        first = author(names[0])
        family = first.rsplit(" ", 1)[0] if not names[0].startswith("{") and " " in first else first
    else:
        words = to_text(reference.get("title")).split()
        family = "“" + " ".join(words[:5]).rstrip(",:;.") + ("…”" if len(words) > 5 else "”")
    return f"{family} {year}".strip()


def _ended(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else text + "."


def _link(address: str, words: str) -> str:
    return f'<a href="{html.escape(address, quote=True)}" rel="noopener">{html.escape(words)}</a>'


def _date_and_volume(reference: Reference) -> str:
    """``2012;26(4):461–470``, as much of it as is known; ``[date unknown]`` where there is no year."""
    year = reference.get("year")
    text = "[date unknown]" if year in ("", UNDATED) else year
    volume, number = to_text(reference.get("volume")), to_text(reference.get("number"))
    pages = re.sub(r"\s*[-–—]+\s*", "–", to_text(reference.get("pages")))
    if volume or number or pages:
        text += ";" + volume
        if number:
            text += f"({number})"
        if pages:
            text += f":{pages}"
    return text


def source(reference: Reference) -> str:
    """Where a work appeared: its journal, or its publisher."""
    for name in ("journal", "publisher", "organization", "institution", "howpublished"):
        value = to_text(reference.get(name))
        if value:
            return value
    return ""


def links(reference: Reference) -> list[str]:
    """HTML links to a work by its identifiers; its address only where no identifier leads there."""
    found: list[str] = []
    if doi := reference.get("doi"):
        found.append("doi: " + _link(f"https://doi.org/{doi}", doi))
    if pmid := reference.get("pmid"):
        found.append("PubMed: " + _link(f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/", pmid))
    if pmcid := reference.get("pmcid"):
        found.append("Free full text: " + _link(f"https://pmc.ncbi.nlm.nih.gov/articles/{pmcid}/", pmcid))
    if isbn := reference.get("isbn"):
        found.append("ISBN " + html.escape(isbn))
    if (address := reference.get("url")) and not reference.get("doi") and address.startswith(("http://", "https://")):
        words = re.sub(r"^https?://(?:www\.)?", "", address).rstrip("/")
        found.append("Available from: " + _link(address, words))
    return found


def design(reference: Reference) -> str:
    """The study design in words, with who was studied and how many: ``Randomised trial · people · 106 studied``."""
    parts: list[str] = []
    known = STUDY_DESIGNS.get(reference.get("studydesign"))
    if known:
        parts.append(known.words)
    population = POPULATIONS.get(reference.get("population"))
    if population and not (known and known.name in ("regulatory", "legal", "label", "guideline")):
        parts.append(population.lower())
    if size := reference.get("samplesize"):
        parts.append(f"{size} studied")
    return " · ".join(parts)


def to_html(reference: Reference) -> str:
    """The entry of a reference list as inline HTML: the work, its links, then what kind of evidence it is.

    Every value is escaped; addresses other than http and https are left out.
    """
    names = authors(reference)
    parts: list[str] = []
    if names:
        parts.append(f'<span class="ref-authors">{html.escape(_ended(names))}</span>')
    parts.append(f'<span class="ref-title">{html.escape(_ended(to_text(reference.get("title"))))}</span>')
    place = source(reference)
    if place:
        parts.append(f'<span class="ref-source">{html.escape(_ended(place))}</span>')
    parts.append(html.escape(_date_and_volume(reference)) + ".")
    parts += [f'<span class="ref-link">{link}.</span>' for link in links(reference)]
    evidence: list[str] = []
    if words := design(reference):
        evidence.append(f'<strong class="ref-design">{html.escape(words)}.</strong>')
    if finding := to_text(reference.get("finding")):
        evidence.append(f'<span class="ref-finding">{html.escape(_ended(finding))}</span>')
    if limitation := to_text(reference.get("limitation")):
        evidence.append(f'<span class="ref-limitation"><em>Limit:</em> {html.escape(_ended(limitation))}</span>')
    text = " ".join(parts)
    if evidence:
        text += f' <span class="ref-evidence">{" ".join(evidence)}</span>'
    return text
