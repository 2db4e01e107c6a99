"""What pages say of themselves to programs: JSON-LD in schema.org's own words, tags Zotero reads, Open Graph."""

from __future__ import annotations

import datetime
import html
import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from evidence import bibliography, linked_data
from evidence.linked_data import Agent, Crumb, Page, Site
from evidence.reference import Reference
from evidence.standing import Standing

ROOT = Path(__file__).parent.parent
FILES = (ROOT / "references.bib", Path(__file__).parent / "data" / "awkward.bib")
EVERY = [reference for path in FILES for reference in bibliography.read(path).references]

# Types of schema.org: the type above each, and its own properties (of the longer lists, what sites like this one might use).
VOCABULARY: dict[str, tuple[str, str]] = {
    "Thing": ("", "additionalType alternateName description identifier image mainEntityOfPage name sameAs subjectOf url"),
    "CreativeWork": (
        "Thing",
        "about abstract audience author citation contributor copyrightHolder copyrightYear creator dateCreated dateModified"
        " creativeWorkStatus datePublished editor genre hasPart headline inLanguage isAccessibleForFree isBasedOn isPartOf"
        " keywords license mainEntity mentions publisher publishingPrinciples sourceOrganization translator version",
    ),
    "Article": ("CreativeWork", "articleBody articleSection backstory pageEnd pageStart pagination speakable wordCount"),
    "ScholarlyArticle": ("Article", ""),
    "Report": ("Article", "reportNumber"),
    "SocialMediaPosting": ("Article", "sharedContent"),
    "BlogPosting": ("SocialMediaPosting", ""),
    "Book": ("CreativeWork", "abridged bookEdition bookFormat illustrator isbn numberOfPages"),
    "Chapter": ("CreativeWork", "pageEnd pageStart pagination"),
    "Thesis": ("CreativeWork", "inSupportOf"),
    "CreativeWorkSeries": ("CreativeWork", "endDate issn startDate"),
    "Periodical": ("CreativeWorkSeries", ""),
    "PublicationVolume": ("CreativeWork", "pageEnd pageStart pagination volumeNumber"),
    "PublicationIssue": ("CreativeWork", "issueNumber pageEnd pageStart pagination"),
    "WebPage": (
        "CreativeWork",
        "breadcrumb lastReviewed mainContentOfPage primaryImageOfPage relatedLink reviewedBy significantLink speakable specialty",
    ),
    "MedicalWebPage": ("WebPage", "aspect medicalAudience"),
    "Intangible": ("Thing", ""),
    "StructuredValue": ("Intangible", ""),
    "ItemList": ("Intangible", "itemListElement itemListOrder numberOfItems"),
    "BreadcrumbList": ("ItemList", ""),
    "ListItem": ("Intangible", "item nextItem position previousItem"),
    "PropertyValue": (
        "StructuredValue",
        "maxValue measurementTechnique minValue propertyID unitCode unitText value valueReference",
    ),
    "Organization": ("Thing", "address department email founder legalName logo memberOf parentOrganization telephone"),
    "Person": (
        "Thing",
        "additionalName affiliation familyName givenName honorificPrefix honorificSuffix jobTitle worksFor",
    ),
}

# What each property may hold; text, url, date, number and truth are plain values, the others are types of schema.org.
RANGES = {
    "about": {"Thing"},
    "author": {"Organization", "Person"},
    "bookEdition": {"text"},
    "breadcrumb": {"BreadcrumbList"},
    "citation": {"CreativeWork"},
    "creativeWorkStatus": {"text"},
    "dateModified": {"date"},
    "datePublished": {"date"},
    "description": {"text"},
    "editor": {"Person", "Organization"},
    "familyName": {"text"},
    "givenName": {"text"},
    "headline": {"text"},
    "honorificSuffix": {"text"},
    "identifier": {"PropertyValue"},
    "inLanguage": {"text"},
    "isAccessibleForFree": {"truth"},
    "isPartOf": {"CreativeWork"},
    "isbn": {"text"},
    "issueNumber": {"text"},
    "item": {"Thing"},
    "itemListElement": {"ListItem"},
    "keywords": {"text"},
    "lastReviewed": {"date"},
    "license": {"url"},
    "mainEntity": {"Thing"},
    "mainEntityOfPage": {"CreativeWork"},
    "name": {"text"},
    "pagination": {"text"},
    "parentOrganization": {"Organization"},
    "position": {"number"},
    "propertyID": {"text"},
    "publisher": {"Organization", "Person"},
    "reportNumber": {"text"},
    "reviewedBy": {"Organization", "Person"},
    "sameAs": {"url"},
    "url": {"url"},
    "value": {"text"},
    "volumeNumber": {"text"},
}
DATE = re.compile(r"\d{4}(-\d\d(-\d\d)?)?\Z")
URL = re.compile(r"https?://[^\s<>\"]+\Z")
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def kinds(name: str) -> list[str]:
    """A type and all types above it."""
    found = []
    while name:
        found.append(name)
        name = VOCABULARY[name][0]
    return found


def allowed(name: str) -> set[str]:
    return {word for kind in kinds(name) for word in VOCABULARY[kind][1].split()}


def nodes(value: Any) -> Iterator[dict[str, Any]]:
    """Every node in some JSON-LD, however deep."""
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from nodes(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from nodes(inner)


def is_a(value: Any, wanted: set[str], named: dict[str, str]) -> bool:
    """Whether a value is of one of the wanted kinds."""
    if isinstance(value, dict):
        kind = value.get("@type") or named.get(value["@id"], "")
        return bool(kind) and not wanted.isdisjoint(kinds(kind))
    if isinstance(value, bool):
        return "truth" in wanted
    if isinstance(value, int):
        return "number" in wanted
    if not isinstance(value, str) or not value.strip() or CONTROL.search(value):
        return False
    return "text" in wanted or ("url" in wanted and bool(URL.match(value))) or ("date" in wanted and bool(DATE.match(value)))


def faults(data: dict[str, Any]) -> list[str]:
    """Where JSON-LD leaves the vocabulary: unknown types, properties of other types, values of a wrong kind, lost links."""
    found = [] if data["@context"] == "https://schema.org" and set(data) == {"@context", "@graph"} else ["top level"]
    named = {node["@id"]: node["@type"] for node in nodes(data["@graph"]) if "@type" in node and "@id" in node}
    for node in nodes(data["@graph"]):
        if set(node) == {"@id"}:
            found += [] if node["@id"] in named else [f"nothing is {node['@id']}"]
            continue
        kind = node.get("@type", "")
        if kind not in VOCABULARY:
            found.append(f"no type {kind}")
            continue
        for name, value in node.items():
            if name.startswith("@"):
                found += [] if name in ("@id", "@type") else [f"keyword {name}"]
            elif name not in allowed(kind):
                found.append(f"{kind} has no {name}")
            else:
                values = value if isinstance(value, list) else [value]
                found += [f"{kind}.{name} = {v!r}" for v in values if not is_a(v, RANGES[name], named)]
                found += [f"{kind}.{name} is empty"] if not values else []
    return found


SITE = Site("A Half Broken Mind", "https://example.org/", "en-GB", "https://creativecommons.org/licenses/by/4.0/")
WORK = Reference(
    "hadley2012",
    "article",
    {
        "title": r"Switching from long-term {B}enzodiazepine therapy; a trial of M{\"u}ller \& Co",
        "author": "Hadley, Sallie J. and {Pfizer; Research} and von Berg, Jr, Karl",
        "journal": "Journal of Psychopharmacology",
        "year": "2012",
        "month": "apr",
        "volume": "26",
        "number": "4",
        "pages": "461--470",
        "doi": "10.1177/026988;1111405360",
        "pmid": "21693549",
        "pmcid": "PMC1234567",
        "url": "https://example.com/a?b=1;c=2",
    },
    "b",
    1,
)


def page(kind: linked_data.Kind = "medical", **other: Any) -> Page:
    given: dict[str, Any] = {
        "title": "Pregabalin in a taper",
        "description": "What the sources say.",
        "url": "https://example.org/pregabalin/",
        "published": datetime.date(2026, 11, 25),
        "modified": datetime.datetime(2026, 11, 26, 13, 5, tzinfo=datetime.UTC),
        "reviewed": datetime.date(2026, 11, 27),
        "reviewed_by": "site editors; no clinician has reviewed this page",
        "authors": (Agent("The editors", "Editors, not clinicians"), Agent("Ann Lee", "Author", person=True)),
        "tags": ("pregabalin", "taper", "taper"),
        "references": (WORK,),
        "breadcrumbs": (Crumb("Home", "https://example.org/"), Crumb("Articles"), Crumb("Pregabalin in a taper")),
    }
    return Page(SITE, kind, **(given | other))


def of_type(data: dict[str, Any], kind: str) -> dict[str, Any]:
    (found,) = [node for node in data["@graph"] if node["@type"] == kind]
    return found


def citation(reference: Reference) -> dict[str, Any]:
    (found,) = of_type(linked_data.page_data(page(references=(reference,))), "MedicalWebPage")["citation"]
    return found


# The vocabulary


@pytest.mark.parametrize("kind", ["medical", "post", "plain"])
@pytest.mark.parametrize("references", [(), (WORK,), tuple(EVERY)], ids=["none", "one", "every"])
def test_every_property_is_schema_org(kind: linked_data.Kind, references: tuple[Reference, ...]) -> None:
    """Each type is known, each property belongs to its type, each value is of a kind that the property takes."""
    gone = {reference.key: Standing("retracted") for reference in references}
    assert faults(linked_data.page_data(page(kind, references=references))) == []
    assert faults(linked_data.page_data(page(kind, references=references, standings=gone))) == []


@pytest.mark.parametrize("kind", ["medical", "post", "plain"])
def test_little_known_is_valid_too(kind: linked_data.Kind) -> None:
    """A page of which only the title is known says nothing empty, and names its nodes by fragments."""
    data = linked_data.page_data(Page(Site("S"), kind, "T"))
    assert faults(data) == []
    assert [node["@id"] for node in data["@graph"]] == ["#page", *(["#post"] if kind == "post" else []), "#publisher"]
    assert "BreadcrumbList" not in json.dumps(data)


def test_the_check_itself_finds_faults() -> None:
    """The table is no rubber stamp."""
    data = linked_data.page_data(page("post"))
    of_type(data, "BlogPosting")["lastReviewed"] = "2026-11-27"
    of_type(data, "MedicalWebPage")["reviewedBy"] = {"@type": "Thing", "name": "x"}
    of_type(data, "MedicalWebPage")["mainEntity"] = {"@id": "#elsewhere"}
    data["@graph"].append({"@type": "Clinic"})
    of_type(data, "Organization")["name"] = ""
    found = faults(data)
    assert len(found) == 6  # the lost link is one fault as a link, one as a value
    assert "BlogPosting has no lastReviewed" in found and "no type Clinic" in found and "nothing is #elsewhere" in found


def test_every_citation_type_occurs() -> None:
    """The two bibliographies and these exercise every type a work may have."""
    types = (*linked_data._TYPES, "misc")
    made = {kind: citation(Reference("k", kind, {"title": "T"}, "b", 1))["@type"] for kind in types}
    assert set(made.values()) == {"ScholarlyArticle", "Chapter", "Book", "Report", "Thesis", "WebPage", "CreativeWork"}
    assert (made["article"], made["techreport"], made["book"], made["misc"]) == (
        "ScholarlyArticle",
        "Report",
        "Book",
        "CreativeWork",
    )
    assert citation(Reference("k", "misc", {"title": "T", "url": "https://a.org/"}, "b", 1))["@type"] == "WebPage"


# What is said


def test_a_page_of_knowledge() -> None:
    """One MedicalWebPage carries all of it; dates are days, a day with a time too."""
    data = linked_data.page_data(page())
    assert [node["@type"] for node in data["@graph"]] == ["MedicalWebPage", "BreadcrumbList", "Organization"]
    web = of_type(data, "MedicalWebPage")
    assert {name: value for name, value in web.items() if name != "citation"} == {
        "@type": "MedicalWebPage",
        "@id": "https://example.org/pregabalin/#page",
        "name": "Pregabalin in a taper",
        "lastReviewed": "2026-11-27",
        "reviewedBy": {
            "@type": "Organization",
            "name": "site editors",
            "description": "site editors; no clinician has reviewed this page",
            "parentOrganization": {"@id": "https://example.org/#publisher"},
        },
        "breadcrumb": {"@id": "https://example.org/pregabalin/#breadcrumb"},
        "url": "https://example.org/pregabalin/",
        "headline": "Pregabalin in a taper",
        "description": "What the sources say.",
        "inLanguage": "en-GB",
        "datePublished": "2026-11-25",
        "dateModified": "2026-11-26",
        "author": [
            {"@type": "Organization", "name": "The editors", "description": "Editors, not clinicians"},
            {"@type": "Person", "name": "Ann Lee", "description": "Author"},
        ],
        "publisher": {"@id": "https://example.org/#publisher"},
        "about": [{"@type": "Thing", "name": "pregabalin"}, {"@type": "Thing", "name": "taper"}],
        "keywords": ["pregabalin", "taper"],
        "license": "https://creativecommons.org/licenses/by/4.0/",
        "isAccessibleForFree": True,
    }


def test_a_post_stands_in_a_page() -> None:
    """The post has authors and citations; the page around it, which alone can, has the review and the breadcrumbs."""
    data = linked_data.page_data(page("post"))
    post, web = of_type(data, "BlogPosting"), of_type(data, "MedicalWebPage")
    assert post["mainEntityOfPage"] == {"@id": web["@id"]} and web["mainEntity"] == {"@id": post["@id"]}
    assert {"headline", "datePublished", "dateModified", "author", "about", "citation", "license"} <= set(post)
    assert {"lastReviewed", "reviewedBy", "breadcrumb"} <= set(web)
    assert not {"lastReviewed", "reviewedBy", "breadcrumb"} & set(post)
    assert not {"citation", "author", "about"} & set(web)


def test_a_plain_page_is_no_medical_page() -> None:
    """Privacy and comment rules make no medical page."""
    assert "MedicalWebPage" not in json.dumps(linked_data.page_data(page("plain")))


@pytest.mark.parametrize(
    "written, kind, name, description",
    [
        ("site editors", "Organization", "site editors", None),
        ("site editors; no clinician", "Organization", "site editors", "site editors; no clinician"),
        (Agent("Ann Lee", "pharmacist", person=True), "Person", "Ann Lee", "pharmacist"),
    ],
)
def test_reviewer(written: str | Agent, kind: str, name: str, description: str | None) -> None:
    """A role is an organisation; a person only where one is named as such."""
    reviewer = of_type(linked_data.page_data(page(reviewed_by=written)), "MedicalWebPage")["reviewedBy"]
    assert (reviewer["@type"], reviewer["name"], reviewer.get("description")) == (kind, name, description)


@pytest.mark.parametrize("written", ["", "  ", "; nobody"])
def test_no_reviewer(written: str) -> None:
    """Nobody is named where nobody is."""
    assert "reviewedBy" not in of_type(linked_data.page_data(page(reviewed_by=written)), "MedicalWebPage")


def test_breadcrumbs() -> None:
    """Positions count from 1; a step without an address has none."""
    assert of_type(linked_data.page_data(page()), "BreadcrumbList") == {
        "@type": "BreadcrumbList",
        "@id": "https://example.org/pregabalin/#breadcrumb",
        "itemListElement": [
            {"@type": "ListItem", "position": 1, "name": "Home", "item": {"@type": "WebPage", "@id": "https://example.org/"}},
            {"@type": "ListItem", "position": 2, "name": "Articles"},
            {"@type": "ListItem", "position": 3, "name": "Pregabalin in a taper"},
        ],
    }


def test_a_cited_article() -> None:
    """Names in parts, accents read, the journal by way of issue and volume, every identifier and address."""
    assert citation(WORK) == {
        "@type": "ScholarlyArticle",
        "@id": "https://doi.org/10.1177/026988;1111405360",
        "name": "Switching from long-term Benzodiazepine therapy; a trial of Müller & Co",
        "author": [
            {"@type": "Person", "name": "Sallie J. Hadley", "familyName": "Hadley", "givenName": "Sallie J."},
            {"@type": "Organization", "name": "Pfizer; Research"},
            {
                "@type": "Person",
                "name": "Karl von Berg Jr",
                "familyName": "von Berg",
                "givenName": "Karl",
                "honorificSuffix": "Jr",
            },
        ],
        "datePublished": "2012-04",
        "isPartOf": {
            "@type": "PublicationIssue",
            "issueNumber": "4",
            "isPartOf": {
                "@type": "PublicationVolume",
                "volumeNumber": "26",
                "isPartOf": {"@type": "Periodical", "name": "Journal of Psychopharmacology"},
            },
        },
        "identifier": [
            {"@type": "PropertyValue", "propertyID": "DOI", "value": "10.1177/026988;1111405360"},
            {"@type": "PropertyValue", "propertyID": "PMID", "value": "21693549"},
            {"@type": "PropertyValue", "propertyID": "PMCID", "value": "PMC1234567"},
        ],
        "url": "https://doi.org/10.1177/026988;1111405360",
        "sameAs": [
            "https://pubmed.ncbi.nlm.nih.gov/21693549/",
            "https://pmc.ncbi.nlm.nih.gov/articles/PMC1234567/",
            "https://example.com/a?b=1;c=2",
        ],
        "pagination": "461–470",
    }


def test_other_cited_works() -> None:
    """A report has its institution and number, a chapter its book with editors, an undated page no date, one identifier alone."""
    report = {"title": "R", "author": "{WHO}", "institution": "WHO", "number": "7", "year": "2020"}
    assert citation(Reference("k", "techreport", report, "b", 1)) == {
        "@type": "Report",
        "name": "R",
        "author": {"@type": "Organization", "name": "WHO"},
        "datePublished": "2020",
        "publisher": {"@type": "Organization", "name": "WHO"},
        "reportNumber": "7",
    }
    chapter = {"title": "C", "booktitle": "B", "editor": "Roe, A.", "isbn": "0306406152", "pages": "3--9", "pmid": "12"}
    made = citation(Reference("k", "incollection", chapter, "b", 1))
    person = {"@type": "Person", "name": "A. Roe", "familyName": "Roe", "givenName": "A."}
    assert made["isPartOf"] == {"@type": "Book", "name": "B", "editor": person, "isbn": "0306406152"}
    assert (made["pagination"], made["@id"]) == ("3–9", "https://pubmed.ncbi.nlm.nih.gov/12/")
    assert made["identifier"] == {"@type": "PropertyValue", "propertyID": "PMID", "value": "12"}
    assert "editor" not in made and "sameAs" not in made
    assert "datePublished" not in citation(Reference("k", "misc", {"title": "T", "year": "n.d."}, "b", 1))


@pytest.mark.parametrize("written, name", [("王, 小明", "王小明"), ("Plato", "Plato"), ("{\\O}rsted, Hans", "Hans Ørsted")])
def test_names(written: str, name: str) -> None:
    """Names in Chinese script stand family name first, without a space."""
    assert citation(Reference("k", "book", {"author": written}, "b", 1))["author"]["name"] == name


@pytest.mark.parametrize(
    "bad", ["javascript:alert(1)", "data:text/html,x", "//a.org/", "https://a b", 'https://a"b', "ftp://a.org"]
)
def test_only_web_addresses(bad: str) -> None:
    """No other address goes out, wherever it came from."""
    risky = Page(
        Site("S", bad, "en", bad),
        "post",
        "T",
        url=bad,
        breadcrumbs=(Crumb("x", bad),),
        references=(Reference("k", "misc", {"url": bad}, "b", 1),),
    )
    for made in (linked_data.page_data(risky), linked_data.meta_tags(risky), linked_data.open_graph(risky)):
        assert bad not in json.dumps(made, ensure_ascii=False).replace('\\"', '"')


# In the page


class _Scripts(HTMLParser):
    """The texts of the script elements of a page, and how many elements it has."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.elements = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.elements += 1

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


@pytest.mark.parametrize(
    "value",
    [
        "</script><script>alert(1)</script>",
        "</SCRIPT ><b>",
        "<!-- <script>",
        "]]> & &lt; &amp;",
        "a\u2028b\u2029c",
        'say "x" \\ \\u003c \n\t\x00\x7f\x85',
        "\ud800 half a pair, \ufeff a mark",
        "ẞ 王 😀 naïve",
    ],
)
def test_script_is_safe_and_reads_back(value: str) -> None:
    """The text ends no element and no line, can be stored, and gives the same data again."""
    data = {"@context": "https://schema.org", "name": value, value: [value, {"x": [1, True, None]}]}
    text = linked_data.script(data)
    assert not re.search("[<>&\n\r\u2028\u2029]", text)
    assert json.loads(text) == data
    reader = _Scripts()
    reader.feed(f'<script type="application/ld+json">{text.encode().decode()}</script>')
    reader.close()
    assert (reader.elements, json.loads("".join(reader.texts))) == (1, data)


def test_script_of_a_hostile_page() -> None:
    """What people wrote comes back as text of one line."""
    bad = "x</script>\u2028\x00\ud800y"
    made = page("post", title=bad, description=bad, tags=(bad,), authors=(Agent(bad, bad),), reviewed_by=bad)
    data = linked_data.page_data(made)
    assert faults(data) == []
    assert json.loads(linked_data.script(data)) == data
    assert of_type(data, "BlogPosting")["headline"] == "x</script> y"


def test_script_refuses_what_json_has_not() -> None:
    """No browser would read NaN."""
    with pytest.raises(ValueError, match="JSON"):
        linked_data.script({"x": float("nan")})


# Tags


def test_meta_tags() -> None:
    """The page's own tags; an organisation's name ends with a comma, so that Zotero does not cut it in two."""
    found = linked_data.meta_tags(page("post"))
    assert found[:-1] == [
        ("z:itemType", "blogPost"),
        ("citation_title", "Pregabalin in a taper"),
        ("citation_author", "The editors,"),
        ("citation_author", "Ann Lee"),
        ("citation_publication_date", "2026/11/25"),
        ("citation_language", "en-GB"),
        ("citation_public_url", "https://example.org/pregabalin/"),
        ("citation_keywords", "pregabalin"),
        ("citation_keywords", "taper"),
    ]
    assert linked_data.meta_tags(Page(Site("S"), "medical", "T")) == [
        ("z:itemType", "webpage"),
        ("citation_title", "T"),
        ("citation_language", "en"),
    ]


def test_citation_reference_in_semicolons() -> None:
    """The form that Google Scholar names: name=value, parted by semicolons, none inside a value."""
    (found,) = [value for name, value in linked_data.meta_tags(page()) if name == "citation_reference"]
    assert found == (
        "citation_title=Switching from long-term Benzodiazepine therapy, a trial of Müller & Co; "
        "citation_author=Hadley, Sallie J.; citation_author=Pfizer, Research; citation_author=von Berg, Karl, Jr; "
        "citation_publication_date=2012/04; citation_journal_title=Journal of Psychopharmacology; "
        "citation_volume=26; citation_issue=4; citation_firstpage=461; citation_lastpage=470; "
        "citation_doi=10.1177/026988%3B1111405360; citation_pmid=21693549; "
        "citation_public_url=https://example.com/a?b=1%3Bc=2"
    )


@pytest.mark.parametrize(
    "kind, fields, expected",
    [
        (
            "techreport",
            {"title": "R", "institution": "WHO", "number": "7", "year": "n.d."},
            "citation_title=R; citation_technical_report_number=7; citation_technical_report_institution=WHO",
        ),
        (
            "incollection",
            {"title": "C", "booktitle": "B", "publisher": "P", "pages": "12"},
            "citation_title=C; citation_book_title=B; citation_firstpage=12; citation_publisher=P",
        ),
        ("inproceedings", {"title": "C", "booktitle": "B"}, "citation_title=C; citation_conference_title=B"),
        ("article", {"title": "A", "pages": "1--2, 7--9"}, "citation_title=A; citation_firstpage=1–2, 7–9"),
        ("article", {"title": "A", "eid": "e123"}, "citation_title=A; citation_firstpage=e123"),
        ("book", {"title": "B", "isbn": "0306406152", "number": "3"}, "citation_title=B; citation_isbn=0306406152"),
        ("misc", {"title": "A\x00\nb", "author": "X, Y and others"}, "citation_title=A b; citation_author=X, Y"),
    ],
)
def test_citation_reference_by_type(kind: str, fields: dict[str, str], expected: str) -> None:
    """What a report, a chapter, a paper and a book are said to be."""
    tags = linked_data.meta_tags(page(references=(Reference("k", kind, fields, "b", 1),)))
    assert tags[-1] == ("citation_reference", expected)


def test_all_works_as_tags() -> None:
    """One tag for each work of both bibliographies; each part has a name and a value, and survives HTML."""
    tags = [value for name, value in linked_data.meta_tags(page(references=tuple(EVERY))) if name == "citation_reference"]
    assert len(tags) == len(EVERY)
    for reference, value in zip(EVERY, tags, strict=True):
        parts = [part.partition("=") for part in value.split("; ")]
        assert all(re.fullmatch(r"citation_[a-z_]+", name) and text.strip() for name, _, text in parts), value
        assert value.count(";") == len(parts) - 1 and not CONTROL.search(value)
        named = [(name, text) for name, _, text in parts]
        assert [name for name, _ in named].count("citation_title") == 1
        for field in ("doi", "pmid"):
            if held := reference.get(field):
                assert (f"citation_{field}", held.replace(";", "%3B")) in named
        assert html.unescape(html.escape(value)) == value


def test_open_graph_of_an_article() -> None:
    """Posts and pages of knowledge are articles, with their days and tags."""
    expected = [
        ("og:type", "article"),
        ("og:title", "Pregabalin in a taper"),
        ("og:description", "What the sources say."),
        ("og:url", "https://example.org/pregabalin/"),
        ("og:site_name", "A Half Broken Mind"),
        ("og:locale", "en_GB"),
        ("article:published_time", "2026-11-25"),
        ("article:modified_time", "2026-11-26"),
        ("article:tag", "pregabalin"),
        ("article:tag", "taper"),
    ]
    assert linked_data.open_graph(page("post")) == expected
    assert linked_data.open_graph(page("medical")) == expected


def test_open_graph_of_a_plain_page() -> None:
    """Other pages are the website; nothing unknown is said, and no control character."""
    found = linked_data.open_graph(Page(Site("S"), "plain", "T\x00\u2028t", tags=("x",), published=datetime.date(2026, 1, 1)))
    assert found == [("og:type", "website"), ("og:title", "T t"), ("og:site_name", "S")]


@pytest.mark.parametrize(
    "language, locale",
    [("en-GB", "en_GB"), ("de_at", "de_AT"), ("zh-Hant-TW", "zh_TW"), ("en", None), ("es-419", None), ("", None)],
)
def test_locale(language: str, locale: str | None) -> None:
    """Open Graph wants language_TERRITORY; a language alone gives none."""
    assert dict(linked_data.open_graph(Page(Site("S", "", language), "post", "T"))).get("og:locale") == locale
