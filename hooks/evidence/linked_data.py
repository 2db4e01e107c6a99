"""What a page says of itself to programs: JSON-LD by schema.org, tags for reference managers, and Open Graph.

After the vocabulary of schema.org, Google Scholar's "Inclusion Guidelines for Webmasters" (the ``citation_*`` tags, as
HighWire Press began them and Zotero's Embedded Metadata reads them), and the Open Graph protocol.

What is not known is left out, never guessed: a reviewer is an organisation unless a person is named, and what gives no address
gets none. Every value is one line of plain text.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import quote

from evidence import names, vancouver
from evidence.latex import to_text
from evidence.names import Name
from evidence.reference import Reference
from evidence.standing import UNKNOWN, Standing

# A page of knowledge, a post of the blog, or a page about the site itself (privacy, comment rules, the way home).
Kind = Literal["medical", "post", "plain"]

_TYPES = {
    "article": "ScholarlyArticle",
    "conference": "ScholarlyArticle",
    "inproceedings": "ScholarlyArticle",
    "inbook": "Chapter",
    "incollection": "Chapter",
    "book": "Book",
    "booklet": "Book",
    "collection": "Book",
    "manual": "Book",
    "proceedings": "Book",
    "report": "Report",
    "techreport": "Report",
    "mastersthesis": "Thesis",
    "phdthesis": "Thesis",
    "thesis": "Thesis",
    "electronic": "WebPage",
    "online": "WebPage",
    "webpage": "WebPage",
}
_WITH_PAGES = frozenset({"ScholarlyArticle", "Chapter", "Report"})
# Control, format and separator characters and halves of pairs: none belongs in one line of text.
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]+")
# What could end a script element or a line of one, and what no file can hold.
_UNSAFE = re.compile("[<>&\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff]")
_ADDRESS = re.compile(r"https?://[^\s<>\"]+\Z", re.IGNORECASE)
_YEAR = re.compile(r"\d{4}\Z")
# What a DOI may have in an address as it is; a question mark or a # would end the path.
_IN_PATH = "/:;,()[]@!$&'*+=~._-"
# Names in Chinese, Japanese or Korean script are written family name first, without a space.
_NO_SPACES = re.compile("[\u3005-\u30ff\u3400-\u9fff\uac00-\ud7af]+\\Z")
_LANGUAGE = re.compile(r"(?P<language>[A-Za-z]{2,3})(?:[-_][A-Za-z]{4})?[-_](?P<territory>[A-Za-z]{2})(?:[-_]|\Z)")


@dataclass(frozen=True)
class Site:
    """What all pages share: ``url`` and ``license`` are addresses or empty, ``language`` is a tag such as ``en-GB``."""

    name: str
    url: str = ""
    language: str = "en"
    license: str = ""


@dataclass(frozen=True)
class Agent:
    """Who wrote or reviewed a page, and as what; ``person`` only where a single human being is known to stand behind it."""

    name: str
    role: str = ""
    person: bool = False


@dataclass(frozen=True)
class Crumb:
    """One step of the way from the start to a page; ``url`` is its address, or empty."""

    name: str
    url: str = ""


@dataclass(frozen=True)
class Page:
    """One page of a site. Dates may be None and texts empty where they are not known; ``url`` is the page's own address.

    ``reviewed_by`` is a role as the front matter has it (``site editors; no clinician …``), or an :class:`Agent`; ``standings``
    says by key how cited works stand.
    """

    site: Site
    kind: Kind
    title: str
    description: str = ""
    url: str = ""
    published: datetime.date | None = None
    modified: datetime.date | None = None
    reviewed: datetime.date | None = None
    reviewed_by: str | Agent = ""
    authors: tuple[Agent, ...] = ()
    tags: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()
    breadcrumbs: tuple[Crumb, ...] = ()
    standings: Mapping[str, Standing] = field(default_factory=dict)


def _line(text: str) -> str:
    return " ".join(_UNSEEN.sub(" ", text).split())


def _plain(reference: Reference, field: str) -> str:
    return _line(to_text(reference.get(field)))


def _address(url: str) -> str:
    """The address if a browser may open it, else ``""``."""
    url = url.strip()
    return url if _ADDRESS.match(url) and not _UNSEEN.search(url) else ""


def _day(date: datetime.date | None) -> str:
    if isinstance(date, datetime.datetime):
        date = date.date()
    return date.isoformat() if date else ""


def _known(*pairs: tuple[str, Any]) -> dict[str, Any]:
    """The pairs whose value is known."""
    return {name: value for name, value in pairs if value not in ("", [], None)}


def _one_or_all(values: list[Any]) -> Any:
    return values[0] if len(values) == 1 else values


# Works


def _full_name(name: Name) -> str:
    parts = (name.given, name.family, name.suffix)
    if _NO_SPACES.match(name.family + name.given):
        return name.family + name.given
    return _line(" ".join(part for part in parts if part))


def _person(name: Name) -> dict[str, Any]:
    if name.organisation or not name.given:
        # A name of one word may be a person's as well as a body's; only braces tell, so nothing is said of its parts.
        return {"@type": "Organization" if name.organisation else "Person", "name": _line(name.family)}
    return {
        "@type": "Person",
        "name": _full_name(name),
        **_known(("familyName", _line(name.family)), ("givenName", _line(name.given)), ("honorificSuffix", _line(name.suffix))),
    }


def _people(value: str) -> Any:
    return _one_or_all([_person(name) for name in names.read(value)[0]])


def _addresses(reference: Reference) -> list[str]:
    """Where a work can be found, the most lasting address first."""
    found = []
    if doi := _line(reference.get("doi")):
        found.append(f"https://doi.org/{quote(doi, safe=_IN_PATH)}")
    if pmid := _line(reference.get("pmid")):
        found.append(f"https://pubmed.ncbi.nlm.nih.gov/{quote(pmid)}/")
    if pmcid := _line(reference.get("pmcid")):
        found.append(f"https://pmc.ncbi.nlm.nih.gov/articles/{quote(pmcid)}/")
    if url := _address(reference.get("url")):
        found.append(url)
    return found


def _published(reference: Reference) -> str:
    """``2012-03`` or ``2012``; empty for a work without a date."""
    year = reference.get("year")
    if not _YEAR.match(year):
        return ""
    month = vancouver.month(reference)
    return f"{year}-{month:02}" if month else year


def _whole(reference: Reference) -> dict[str, Any] | None:
    """What a work is part of: the issue, volume and journal, or the book."""
    if journal := _plain(reference, "journal"):
        inside: dict[str, Any] = {"@type": "Periodical", "name": journal}
        if volume := _plain(reference, "volume"):
            inside = {"@type": "PublicationVolume", "volumeNumber": volume, "isPartOf": inside}
        if issue := _plain(reference, "number"):
            inside = {"@type": "PublicationIssue", "issueNumber": issue, "isPartOf": inside}
        return inside
    book = _plain(reference, "booktitle") if reference.type in vancouver.PARTS else ""
    if not book:
        return None
    editors, isbn = _people(reference.get("editor")), _line(reference.get("isbn"))
    return {"@type": "Book", "name": book, **_known(("editor", editors), ("isbn", isbn))}


def _identifiers(reference: Reference) -> list[dict[str, str]]:
    rows = (("DOI", "doi"), ("PMID", "pmid"), ("PMCID", "pmcid"))
    return [
        {"@type": "PropertyValue", "propertyID": name, "value": value}
        for name, field in rows
        if (value := _line(reference.get(field)))
    ]


def _citation(reference: Reference, known: Standing = UNKNOWN) -> dict[str, Any]:
    """A cited work as a node of schema.org; its ``@id`` is its most lasting address.

    schema.org knows a work's stage of life (``creativeWorkStatus``), and so a retraction; it has no word for a doubt.
    """
    addresses = _addresses(reference)
    kind = _TYPES.get(reference.type) or ("WebPage" if _address(reference.get("url")) else "CreativeWork")
    publisher = _line(vancouver.publisher(reference))
    whole = _whole(reference)
    pairs: list[tuple[str, Any]] = [
        ("@id", addresses[0] if addresses else ""),
        ("name", _plain(reference, "title")),
        ("author", _people(reference.get("author"))),
        ("datePublished", _published(reference)),
        ("isPartOf", whole),
        ("publisher", {"@type": "Organization", "name": publisher} if publisher else None),
        ("identifier", _one_or_all(_identifiers(reference))),
        ("url", addresses[0] if addresses else ""),
        ("sameAs", _one_or_all(addresses[1:])),
        ("creativeWorkStatus", "Retracted" if known.status == "retracted" else ""),
    ]
    if kind in _WITH_PAGES:
        pairs.append(("pagination", _line(vancouver.pages(reference))))
    if kind == "Report":
        pairs.append(("reportNumber", _plain(reference, "number")))
    if kind == "Book":
        pairs += [("isbn", _line(reference.get("isbn"))), ("bookEdition", _plain(reference, "edition"))]
    if reference.type not in vancouver.PARTS:
        pairs.append(("editor", _people(reference.get("editor"))))
    return {"@type": kind, **_known(*pairs)}


# The page


def _agent(agent: Agent) -> dict[str, Any]:
    kind = "Person" if agent.person else "Organization"
    return {"@type": kind, **_known(("name", _line(agent.name)), ("description", _line(agent.role)))}


def _reviewer(page: Page, publisher: dict[str, str]) -> dict[str, Any] | None:
    """Who reviewed a page. A role is a group within the site, named by its first words and described by all of them."""
    if isinstance(page.reviewed_by, Agent):
        return _agent(page.reviewed_by)
    role = _line(page.reviewed_by)
    name = role.partition(";")[0].strip()
    if not name:
        return None
    return {**_agent(Agent(name, role if role != name else "")), "parentOrganization": publisher}


def _tags(page: Page) -> list[str]:
    return list(dict.fromkeys(tag for written in page.tags if (tag := _line(written))))


def _step(crumb: Crumb) -> dict[str, str] | None:
    # schema.org wants a thing here, not its address; search engines read the address from @id.
    url = _address(crumb.url)
    return {"@type": "WebPage", "@id": url} if url else None


def _breadcrumbs(page: Page, own: str) -> dict[str, Any] | None:
    known = [crumb for crumb in page.breadcrumbs if _line(crumb.name)]
    if not known:
        return None
    steps = [
        {"@type": "ListItem", "position": at, "name": _line(crumb.name), **_known(("item", _step(crumb)))}
        for at, crumb in enumerate(known, 1)
    ]
    return {"@type": "BreadcrumbList", "@id": f"{own}#breadcrumb", "itemListElement": steps}


def page_data(page: Page) -> dict[str, Any]:
    """A page as JSON-LD: ``@context`` and a ``@graph`` of the page, its post if it is one, its breadcrumbs, its publisher.

    A page of knowledge is a MedicalWebPage. A post is a BlogPosting in one, because schema.org knows ``lastReviewed`` and
    ``reviewedBy`` of web pages alone. Without an address the nodes are named by their fragment, which is true on any host.
    """
    own, home = _address(page.url), _address(page.site.url)
    publisher = {"@id": f"{home}#publisher"}
    crumbs = _breadcrumbs(page, own)
    content = _known(
        ("url", own),
        ("headline", _line(page.title)),
        ("description", _line(page.description)),
        ("inLanguage", _line(page.site.language)),
        ("datePublished", _day(page.published)),
        ("dateModified", _day(page.modified)),
        ("author", _one_or_all([_agent(author) for author in page.authors if _line(author.name)])),
        ("publisher", publisher),
        ("about", [{"@type": "Thing", "name": tag} for tag in _tags(page)]),
        ("keywords", _tags(page)),
        ("citation", [_citation(one, page.standings.get(one.key, UNKNOWN)) for one in page.references]),
        ("license", _address(page.site.license)),
    )
    content["isAccessibleForFree"] = True
    web: dict[str, Any] = {
        "@type": "WebPage" if page.kind == "plain" else "MedicalWebPage",
        "@id": f"{own}#page",
        **_known(
            ("name", _line(page.title)),
            ("lastReviewed", _day(page.reviewed)),
            ("reviewedBy", _reviewer(page, publisher)),
            ("breadcrumb", {"@id": crumbs["@id"]} if crumbs else None),
        ),
    }
    graph: list[dict[str, Any]] = [web]
    if page.kind == "post":
        shared = ("url", "inLanguage", "publisher", "isAccessibleForFree")
        web |= {name: content[name] for name in shared if name in content} | {"mainEntity": {"@id": f"{own}#post"}}
        graph.append({"@type": "BlogPosting", "@id": f"{own}#post", "mainEntityOfPage": {"@id": web["@id"]}, **content})
    else:
        web |= content
    if crumbs:
        graph.append(crumbs)
    graph.append({"@type": "Organization", **publisher, "name": _line(page.site.name), **_known(("url", home))})
    return {"@context": "https://schema.org", "@graph": graph}


def script(data: dict[str, Any]) -> str:
    """``data`` as JSON that may stand in ``<script type="application/ld+json">`` as it is, and reads back equal.

    Raises TypeError or ValueError for values that JSON does not know.
    """
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return _UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


# Tags


def _within(value: str) -> str:
    """A value in a list whose parts end at semicolons."""
    return value.replace(";", ",")


def _inverted(name: Name) -> str:
    """``Family, Given, Suffix``; an organisation whole."""
    return _line(", ".join(part for part in (name.family, name.given, name.suffix) if part))


def _cited(reference: Reference) -> str:
    """A work as ``citation_title=…; citation_author=…; citation_doi=…``; empty where nothing is known of it."""
    first, _, last = _line(vancouver.pages(reference)).partition("–")
    if any(sign in last for sign in "–,"):  # several ranges are no first and last page
        first, last = _line(vancouver.pages(reference)), ""
    journal, inside = _plain(reference, "journal"), _plain(reference, "booktitle")
    report = reference.type in ("report", "techreport")
    publisher = "citation_technical_report_institution" if report else "citation_publisher"
    book = "citation_conference_title" if reference.type in ("conference", "inproceedings") else "citation_book_title"
    number = "citation_technical_report_number" if report else "citation_issue"
    pairs = [
        ("citation_title", _plain(reference, "title")),
        *(("citation_author", _inverted(name)) for name in names.read(reference.get("author"))[0]),
        ("citation_publication_date", _published(reference).replace("-", "/")),
        ("citation_journal_title", journal),
        (book, inside if reference.type in vancouver.PARTS else ""),
        ("citation_volume", _plain(reference, "volume")),
        (number, _plain(reference, "number") if report or journal else ""),
        ("citation_firstpage", first),
        ("citation_lastpage", last),
        (publisher, _line(vancouver.publisher(reference))),
        ("citation_isbn", _line(reference.get("isbn"))),
    ]
    written = [(name, _within(value)) for name, value in pairs]
    # A semicolon is part of a DOI or an address: it is written as addresses write it, so that both still lead there.
    exact = (
        ("citation_doi", _line(reference.get("doi"))),
        ("citation_pmid", _line(reference.get("pmid"))),
        ("citation_public_url", _address(reference.get("url"))),
    )
    written += [(name, value.replace(";", "%3B")) for name, value in exact]
    return "; ".join(f"{name}={value}" for name, value in written if value)


def _signed(agent: Agent) -> str:
    """An author's name as Zotero should read it: without a comma it takes the last word for the family name."""
    name = _line(agent.name)
    return name if agent.person or not name else f"{name},"


def meta_tags(page: Page) -> list[tuple[str, str]]:
    """Names and contents of ``meta`` tags that reference managers read, one ``citation_reference`` for each cited work.

    Contents are text, not yet escaped for HTML. Without ``z:itemType`` Zotero takes every page that has a ``citation_title``
    for an article in a journal.
    """
    kept: Iterable[tuple[str, str]] = (
        ("z:itemType", "blogPost" if page.kind == "post" else "webpage"),
        ("citation_title", _line(page.title)),
        *(("citation_author", _signed(author)) for author in page.authors),
        ("citation_publication_date", _day(page.published).replace("-", "/")),
        ("citation_language", _line(page.site.language)),
        ("citation_public_url", _address(page.url)),
        *(("citation_keywords", tag) for tag in _tags(page)),
        *(("citation_reference", _cited(reference)) for reference in page.references),
    )
    return [(name, value) for name, value in kept if value]


def _locale(language: str) -> str:
    """``en_GB`` for ``en-GB``; empty for a language without a territory, as Open Graph has no word for it."""
    found = _LANGUAGE.match(language.strip())
    return f"{found['language'].lower()}_{found['territory'].upper()}" if found else ""


def open_graph(page: Page) -> list[tuple[str, str]]:
    """Properties and contents of the Open Graph ``meta`` tags of a page; contents are text, not yet escaped for HTML."""
    article = page.kind != "plain"
    pairs = [
        ("og:type", "article" if article else "website"),
        ("og:title", _line(page.title)),
        ("og:description", _line(page.description)),
        ("og:url", _address(page.url)),
        ("og:site_name", _line(page.site.name)),
        ("og:locale", _locale(page.site.language)),
    ]
    if article:
        pairs += [("article:published_time", _day(page.published)), ("article:modified_time", _day(page.modified))]
        pairs += [("article:tag", tag) for tag in _tags(page)]
    return [(name, value) for name, value in pairs if value]
