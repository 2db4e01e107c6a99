"""The audit: what is written says what its source says, and each way to lose something is found and named."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import BUILD_ENVIRONMENT, ROOT, build
from evidence import project
from evidence.__main__ import main
from evidence.audit import built, page
from evidence.audit.page import Expected

ARTICLE = "blog/posts/pregabalin-in-a-benzodiazepine-taper.md"
ARTICLE_FILE = "blog/pregabalin-in-a-benzodiazepine-taper/index.html"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's own site, built."""
    folder = tmp_path_factory.mktemp("audited") / "site"
    run = build(folder, "--strict")
    assert run.returncode == 0, run.stderr
    return folder


@pytest.fixture(scope="module")
def wanted() -> dict[str, Expected]:
    """What the project's sources demand, by name."""
    read = project.read([ROOT / "docs"])
    known = {key: reference for bibliography in read.bibliographies for key, reference in bibliography.by_key.items()}
    return {name: page.expected(one, name, known) for one, name in read.named_pages()}


@pytest.fixture
def copy(whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the built site to spoil, beside the project."""
    folder = tmp_path / "site"
    shutil.copytree(whole, folder, symlinks=True)
    monkeypatch.chdir(ROOT)
    return folder


def files(folder: Path) -> dict[str, str]:
    value = json.loads((folder / "claims.json").read_text(encoding="utf-8"))
    return {entry["source"]: entry["file"] for entry in value["pages"]}


def test_the_site_passes(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", str(copy)]) == 0
    assert "all as their sources say" in capsys.readouterr().out


def test_any_one_mark_is_missed(whole: Path, wanted: dict[str, Expected]) -> None:
    """Each mark of each page, taken out by itself, is a fault that names its work."""
    tried = 0
    for name, file in files(whole).items():
        text = (whole / file).read_text(encoding="utf-8")
        one = wanted.get(name, Expected(name))
        assert page.compare(one, built.read(text)) == []
        for mark in re.finditer(r'<sup id="fnref[^>]*>.*?</sup>', built._prose(text)):
            key = re.search(r'href="#fn:([^"]+)"', mark[0])
            assert key
            faults = page.compare(one, built.read(text.replace(mark[0], "", 1)))
            assert any(f"@{key[1]} is cited" in fault or f"‘{key[1]}’" in fault for fault in faults), mark[0]
            tried += 1
    assert tried == sum(len(one.cited) for one in wanted.values()) > 400


def edited(old: str, new: str, count: int = 1) -> Callable[[str], str]:
    def edit(text: str) -> str:
        assert re.search(old, text, re.DOTALL), old
        return re.sub(old, new, text, count=count, flags=re.DOTALL)

    return edit


def ledger_edited(change: Callable[[dict], None]) -> Callable[[str], str]:  # type: ignore[type-arg]
    def edit(text: str) -> str:
        value = json.loads(text)
        change(value)
        return json.dumps(value)

    return edit


def first_claim(**fields: str) -> Callable[[str], str]:
    return ledger_edited(lambda value: value["claims"][0].update(fields))


SPOILS = {
    "a mark": (ARTICLE_FILE, edited(r'<sup id="fnref:.*?</sup>', ""), f"{ARTICLE}: @hadley2012switching is cited"),
    "a mark's link": (
        ARTICLE_FILE,
        edited(r'href="#fn:hadley', 'href="#fn:hadly'),
        f"{ARTICLE}: the mark of @hadly2012switching",
    ),
    "a mark's words": (ARTICLE_FILE, edited(r'(class="footnote-ref"[^>]*>)1<', r"\1<"), "1 citation marks have no words"),
    "a mark's number": (ARTICLE_FILE, edited(r'(class="footnote-ref"[^>]*>)1<', r"\g<1>7<"), "says 7; its reference is number 1"),
    "a reference": (ARTICLE_FILE, edited(r'<li id="fn:hadley.*?</li>', ""), "@hadley2012switching leads to no reference"),
    "a repeated reference": (
        ARTICLE_FILE,
        edited(r'(<li id="fn:hadley.*?</li>)', r"\1\1"),
        "@hadley2012switching is listed 2 times",
    ),
    "a link back": (ARTICLE_FILE, edited(r'<a class="footnote-backref".*?</a>', ""), "links back"),
    "a link back's target": (
        ARTICLE_FILE,
        edited(r'href="#fnref2:hadley', 'href="#fnref99:hadley'),
        "a link back leads to #fnref99:",
    ),
    "a mark at another sentence": (
        ARTICLE_FILE,
        lambda page: (lambda mark: page.replace(mark, "", 1).replace("</h1>", f"</h1><p>{mark}</p>", 1))(
            re.search(r'<sup id="fnref:hadley.*?</sup>', page, re.DOTALL)[0]  # type: ignore[index]
        ),
        "does not stand at that sentence",
    ),
    "the order of marks": (
        ARTICLE_FILE,
        lambda page: (lambda a, b: page.replace(a, "\0", 1).replace(b, a, 1).replace("\0", b, 1))(
            *re.findall(r'<sup id="fnref:(?:hadley|brawek).*?</sup>', page, re.DOTALL)[:2]
        ),
        "its citation marks are not in the order of the source",
    ),
    "a title for programs": (ARTICLE_FILE, edited('<meta name="citation_title"[^>]*>', ""), "it has no citation_title tag"),
    "raw citation": (
        ARTICLE_FILE,
        edited(r"</p>", " [@hadley2012switching]</p>"),
        "‘[@hadley2012switching]’ came out as plain text",
    ),
    "raw note": (ARTICLE_FILE, edited(r"</p>", " [^hadley2012switching]</p>"), "came out as plain text"),
    "a private mark": (ARTICLE_FILE, edited(r"</p>", "\ue010</p>"), "a mark of the citations hook was left"),
    "a link on the page": (ARTICLE_FILE, edited(r"</h2>", '</h2><a href="#nowhere">x</a>'), "a link leads to #nowhere"),
    "words": (ARTICLE_FILE, edited("did not clearly help", "helped"), "is in the source and not on the page"),
    "its JSON-LD": (
        ARTICLE_FILE,
        edited(r'<script type="application/ld\+json">.*?</script>', ""),
        f"{ARTICLE}: it has no JSON-LD",
    ),
    "the form of its JSON-LD": (ARTICLE_FILE, edited('"@context":', '"@context"'), "its JSON-LD cannot be read"),
    "a work in its JSON-LD": (
        ARTICLE_FILE,
        edited(r'"citation":\[', '"citation":[{"@type":"Book"},'),
        "its JSON-LD names 50 works",
    ),
    "a tag": (ARTICLE_FILE, edited(r'<meta name="citation_reference"[^>]*>', ""), "its citation_reference tags name 48 works"),
    "a badge": (ARTICLE_FILE, edited(r'<p class="evidence-badge".*?</p>', ""), f"{ARTICLE}: its badge is missing"),
    "a badge's number": (ARTICLE_FILE, edited(r">\d+ claims, ", ">7 claims, "), "its badge tells of 7 claims"),
    "a claim's row": ("claims.json", ledger_edited(lambda v: v["claims"].pop(0)), "is missing in claims.json"),
    "a claim's words": ("claims.json", first_claim(text="Something else."), "claims.json: the claim"),
    "a claim's class": ("claims.json", first_claim(status="allowed"), "differs from its page"),
    "a claim's place": ("claims.json", first_claim(url="/help/#nowhere"), "leads to #nowhere, which is not on blog/posts/"),
    "an invented claim": ("claims.json", first_claim(id="0000000000"), "the claim 0000000000 is on no page"),
    "the ledger's form": ("claims.json", edited(r"\{", "[", 1), "claims.json: it cannot be read"),
    "a line of the table": ("claims.csv", edited(r"\r\n[^\r]*\r\n", "\r\n"), "claims.csv: it does not list the claims"),
    "a work": (
        "references/index.html",
        edited(r'<li id="ref-hadley.*?</details></li>\n', ""),
        "@hadley2012switching is not listed",
    ),
    "an invented work": ("references/index.html", edited('id="ref-hadley', 'id="ref-nobody'), "is in no bibliography"),
    "a count of uses": ("references/index.html", edited(r"Used in \d+ sent", "Used in 900 sent"), "is said to be used in 900"),
    "a link to a use": ("references/index.html", edited(r"#fnref:hadley", "#fnref77:hadley"), "the page has no such place"),
    "a link to a page": (
        "references/index.html",
        edited(r'href="\.\./blog/[^"#]+/#', 'href="../blog/gone/#'),
        "which is not on the site",
    ),
    "a row of claims": (
        "claims/index.html",
        edited(r'<tr id="claim-.*?</tr>', ""),
        "claims.md: it does not list each claim once",
    ),
    "a total": ("claims/index.html", edited(r"<p>\d+ claims on", "<p>9 claims on"), "claims.md: it does not say that there are"),
}


@pytest.mark.parametrize("what", SPOILS)
def test_what_is_spoiled_is_named(what: str, copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, spoil, said = SPOILS[what]
    path = copy / file
    before = path.read_bytes().decode()
    after = spoil(before)
    assert after != before
    path.write_bytes(after.encode())
    assert main(["audit", str(copy)]) == 1
    assert said in capsys.readouterr().out


def test_a_page_that_is_gone_is_named(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (copy / ARTICLE_FILE).unlink()
    assert main(["audit", str(copy)]) == 1
    assert f"{ARTICLE}: it makes claims, and is not on the site" in capsys.readouterr().out


def test_what_cannot_be_audited_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    assert main(["audit", str(tmp_path / "none")]) == 2
    assert "there is no such folder; build the site first" in capsys.readouterr().err
    monkeypatch.chdir(tmp_path)
    assert main(["audit", str(tmp_path)]) == 2
    assert "no mkdocs.yml" in capsys.readouterr().err


def test_a_host_that_skips_the_hooks_is_caught(tmp_path: Path, whole: Path) -> None:
    """The canary: our sources built by MkDocs without our hooks fail, even beside the ledger of a good build."""
    for name in ("docs", "overrides"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "references.bib", tmp_path)
    config = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    without, found = re.subn(r"(?m)^hooks:\n(?:  - .*\n)+", "", config)
    assert found == 1
    (tmp_path / "mkdocs.yml").write_text(without, encoding="utf-8")

    def run(*command: str) -> subprocess.CompletedProcess[str]:
        environment = {**BUILD_ENVIRONMENT, "PATH": "/usr/bin:/bin"}
        return subprocess.run(
            [sys.executable, "-m", *command], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )

    run("mkdocs", "build", "--no-strict", "-q")
    assert (tmp_path / "site" / ARTICLE_FILE).is_file()
    bare = run("evidence", "audit", "site")
    assert bare.returncode == 1
    assert "claims.json: the site has none, so it was built without the hook evidence_pages.py" in bare.stdout

    for name in ("claims.json", "claims.csv"):
        shutil.copy(whole / name, tmp_path / "site")
    copied = run("evidence", "audit", "site")
    assert copied.returncode == 1
    for name in ("help.md", ARTICLE, "references.md", "claims.md"):
        assert f"\n{name}: " in f"\n{copied.stdout}"
