"""What every page of the built site says to programs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from conftest import ROOT
from evidence import project
from evidence.audit import built
from evidence.audit.page import Expected, expected

META = re.compile(r'<meta (?:name|property)="([^"]+)" content="([^"]*)">')


@pytest.fixture(scope="module")
def sources() -> dict[str, Expected]:
    """What each source demands, by its path below the docs folder."""
    read = project.read([ROOT / "docs"])
    known = {key: reference for b in read.bibliographies for key, reference in b.by_key.items()}
    return {name: expected(page, name, known) for page, name in read.named_pages()}


def test_every_page(site: str, site_folder: Path, sources: dict[str, Expected]) -> None:
    """JSON-LD of a known type with an address, a canonical link, Open Graph and citation tags, on each page but the 404."""
    pages = [path for path in sorted(site_folder.rglob("*.html")) if path.name != "404.html"]
    assert len(pages) > 30
    for path in pages:
        text = path.read_text(encoding="utf-8")
        page = built.read(text)
        assert page.faults == [], path
        nodes = {node["@type"]: node for value in page.data for node in value["@graph"]}
        assert nodes.keys() & {"MedicalWebPage", "WebPage"}, path
        address = f"{site}/{path.parent.relative_to(site_folder).as_posix()}/".replace("/./", "/")
        assert (nodes.get("MedicalWebPage") or nodes["WebPage"])["url"] == address
        assert f'<link rel="canonical" href="{address}">' in text
        tags = dict(META.findall(text))
        assert tags["og:url"] == address and tags["og:title"] == tags["citation_title"] and tags["og:description"]
        if path.parent != site_folder:
            assert nodes["BreadcrumbList"]["itemListElement"][0]["item"]["@id"] == f"{site}/"


def test_posts(site: str, site_folder: Path, sources: dict[str, Expected]) -> None:
    """A post names its author, its day, its review and each work it cites, once, in JSON-LD and in its tags."""
    posts = {name: wanted for name, wanted in sources.items() if name.startswith("blog/posts/")}
    assert len(posts) >= 4
    for name, wanted in posts.items():
        text = (site_folder / "blog" / Path(name).stem / "index.html").read_text(encoding="utf-8")
        page = built.read(text)
        nodes = {node["@type"]: node for value in page.data for node in value["@graph"]}
        post, web = nodes["BlogPosting"], nodes["MedicalWebPage"]
        assert post["author"] and re.fullmatch(r"\d{4}-\d\d-\d\d", post["datePublished"])
        assert web["lastReviewed"] and web["reviewedBy"]["description"]
        assert len(post["citation"]) == page.tagged == len(set(wanted.cited)) > 10
        assert [tag for tag, _ in META.findall(text)].count("citation_author") >= 1


def test_downloads(site: str, site_folder: Path, sources: dict[str, Expected]) -> None:
    """Each page that cites has its references as three files, and they hold what it cites."""
    for name, wanted in sources.items():
        if not wanted.cited or not name.startswith("blog/posts/"):
            continue
        folder = site_folder / "blog" / Path(name).stem
        keys = set(re.findall(r"^@\w+\{([\w-]+),", (folder / f"{folder.name}-references.bib").read_text(), re.MULTILINE))
        assert keys == set(wanted.cited)
        ris = (folder / f"{folder.name}-references.ris").read_bytes().decode()
        assert ris.count("ER  - \r\n") == len(keys)
        page = (folder / "index.html").read_text(encoding="utf-8")
        assert f'href="{folder.name}-references.json" download' in page


def test_reference_text_is_not_searched(site: str, site_folder: Path) -> None:
    """The words of references are not in the search index; those of the sentences are."""
    index = (site_folder / "search" / "search_index.json").read_text(encoding="utf-8")
    assert "Journal of Psychopharmacology" not in index
    assert "no clear gain" in index
