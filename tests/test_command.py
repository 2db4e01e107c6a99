"""The command: what it prints, what it exits with, and that bad input is met with a sentence."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from evidence.__main__ import main
from evidence.page import CLASSES

CLAIM = "Pregabalin reduces anxiety in adults."
BIB = (
    "@article{hadley2012, title = {T}, journal = {J}, year = {2012}, doi = {10.1000/x}}\n"
    "@article{other2013, title = {T}, journal = {J}, year = {2013}, doi = {10.1000/y}}\n"
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of the command."""
    capsys.readouterr()
    try:
        code = main(list(arguments))
    except SystemExit as stop:
        code = int(stop.code or 0)
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def test_a_claim_anywhere_without_a_project(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file with no mkdocs.yml and no bibliography near it is checked."""
    (folder / "draft.txt").write_text(f"I was tired.\n\n{CLAIM}\n", encoding="utf-8")
    code, out, err = run(capsys, "check", "draft.txt")
    assert code == 1
    assert out.startswith(f"draft.txt:3:1: ‘{CLAIM}’ is a medical claim without a reference (")
    assert "no bibliography near" in err


def test_json_contract(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The fields others build on, all of them and no other, with counts that add up."""
    (folder / "a.md").write_text(f"{CLAIM} {CLAIM[:-1]} [@hadley2012].\n", encoding="utf-8")
    (folder / "references.bib").write_text(BIB, encoding="utf-8")
    code, out, _ = run(capsys, "check", "a.md", "--bibliography", "references.bib", "--format", "json")
    value = json.loads(out)
    assert code == 1
    assert set(value) == {"diagnostics", "counts"}
    (diagnostic,) = value["diagnostics"]
    assert set(diagnostic) == {
        "path", "line", "column", "end_line", "end_column", "rule", "severity", "confidence", "message", "quote", "help", "url",
    }  # fmt: skip
    assert (diagnostic["line"], diagnostic["column"], diagnostic["end_line"], diagnostic["end_column"]) == (1, 1, 1, 38)
    assert diagnostic["url"] == "docs/contribute/rules/uncited-claim.md"
    assert set(value["counts"]) == {"sentences", *CLASSES}
    assert value["counts"]["sentences"] == sum(value["counts"][name] for name in CLASSES) == 2


def test_claims_contract(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each claim with its place, class, references, confidence and reasons."""
    text = f"{CLAIM}\n\n{CLAIM[:-1]} [@hadley2012; @other2013].\n\nIt has risks [@hadley2012]:\n\n- {CLAIM}\n"
    text += f"\n{CLAIM} <!-- evidence: allow uncited-claim: an example -->\n\nI slept badly.\n"
    (folder / "a.md").write_text(text, encoding="utf-8")
    code, out, _ = run(capsys, "claims", "a.md", "--format", "json")
    claims = json.loads(out)["claims"]
    assert code == 0
    assert [c["status"] for c in claims] == ["uncited", "cited", "cited", "covered", "allowed"]
    assert [c["citations"] for c in claims] == [[], ["hadley2012", "other2013"], ["hadley2012"], ["hadley2012"], []]
    assert [(c["line"], c["column"]) for c in claims] == [(1, 1), (3, 1), (5, 1), (7, 3), (9, 1)]
    for claim in claims:
        assert set(claim) == {
            "path", "line", "column", "end_line", "end_column", "text", "status", "citations", "confidence", "reasons",
        }  # fmt: skip
        assert 0 <= claim["confidence"] <= 1
        assert claim["reasons"]


def test_columns_are_characters_of_the_file(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Byte order mark, Windows line ends, accents and emoji do not move a place."""
    (folder / "a.md").write_bytes(("\ufeff---\r\ntitle: x\r\n---\r\n\r\nÄöü 😀 I slept. " + CLAIM + "\r\n").encode())
    _, out, _ = run(capsys, "check", "a.md")
    assert out.startswith("a.md:5:16: ")


def test_folder_is_read_in_order_and_hidden_ones_are_not(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Files sorted by path; hidden folders and installed packages passed over."""
    for name in ("b.md", "a/z.md", ".hidden/x.md", "node_modules/y.md", "c.txt"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(CLAIM, encoding="utf-8")
    _, out, _ = run(capsys, "check", ".")
    assert [line.split(":")[0] for line in out.splitlines()[:-1]] == ["a/z.md", "b.md"]


def test_clean(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without findings the exit code is 0 and the counts are printed."""
    (folder / "a.md").write_text("# Head\n\nI slept.\n", encoding="utf-8")
    code, out, _ = run(capsys, "check", "a.md")
    assert (code, out) == (
        0,
        "1 page, 2 sentences: 0 cited, 0 covered, 1 experience, 0 allowed, 1 not a claim, 0 uncited; no findings\n",
    )


@pytest.mark.parametrize(
    "arguments, sentence",
    [
        (["check", "nowhere.md"], "nowhere.md: there is no such file or folder"),
        (["check", "latin.md"], "latin.md:2:1: this file is not UTF-8 text"),
        (["check", "ok.md", "--bibliography", "none.bib"], "none.bib: cannot be read"),
        (["check"], "no mkdocs.yml in this folder or above"),
        (["check", "ok.md", "--min-confidence", "2"], "is not a number from 0 to 1"),
        (["check", "ok.md", "--format", "xml"], "invalid choice"),
        (["explain", "uncited-clam"], "did you mean uncited-claim?"),
        (["frobnicate"], "invalid choice"),
        ([], "the following arguments are required"),
    ],
    ids=" ".join,
)
def test_misuse(folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], sentence: str) -> None:
    """Misuse and unreadable input: one sentence, exit 2, no traceback."""
    (folder / "latin.md").write_bytes(b"ok\ncaf\xe9\n")
    (folder / "ok.md").write_text("I slept.\n", encoding="utf-8")
    code, _, err = run(capsys, *arguments)
    assert code == 2
    assert sentence in err


@pytest.mark.parametrize(
    "paths, last",
    [
        (["nowhere.md"], "1 file could not be read"),
        (["latin.md", "nowhere.md"], "2 files could not be read"),
        (
            ["ok.md", "latin.md"],
            "1 page, 1 sentence: 0 cited, 0 covered, 1 experience, 0 allowed, 0 not a claim, 0 uncited; 1 file",
        ),
        (["claim.md", "latin.md"], "1 finding in 1 file, 1 file could not be read"),
    ],
    ids=["none", "none of two", "one of two", "with a finding"],
)
@pytest.mark.parametrize("bibliography", [[], ["--bibliography", "references.bib"]], ids=["alone", "with references"])
def test_what_could_not_be_read_is_counted(
    folder: Path, capsys: pytest.CaptureFixture[str], paths: list[str], last: str, bibliography: list[str]
) -> None:
    """What was not read is not called clean."""
    (folder / "latin.md").write_bytes(b"caf\xe9")
    (folder / "ok.md").write_text("I slept.", encoding="utf-8")
    (folder / "claim.md").write_text(CLAIM, encoding="utf-8")
    (folder / "references.bib").write_text(BIB.replace("year = {201", "studydesign = {guideline}, year = {202"), encoding="utf-8")
    code, out, _ = run(capsys, "check", *paths, *bibliography)
    assert code == 2
    assert last in out.splitlines()[-1] and "no findings" not in out
    assert len(out.splitlines()) == 1 or "claim.md" in paths


def site(folder: Path, settings: str) -> None:
    """A project with two references."""
    (folder / "mkdocs.yml").write_text(settings, encoding="utf-8")
    (folder / "references.bib").write_text(BIB, encoding="utf-8")


def test_a_docs_folder_that_is_not_there(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The folder is missing, and nothing is said of references that its pages may cite."""
    site(folder, "docs_dir: nosuch\nplugins: [bibtex: {bib_file: references.bib}]\n")
    for form in ("text", "json"):
        code, out, err = run(capsys, "check", "--format", form)
        assert (code, out) == (2, "")
        assert err == "evidence: nosuch: there is no such folder; mkdocs.yml names it as docs_dir\n"


def test_a_folder_without_pages(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is said that there is nothing to check."""
    (folder / "empty").mkdir()
    (folder / "empty" / "x.txt").write_text(CLAIM, encoding="utf-8")
    code, out, err = run(capsys, "check", "empty")
    assert (code, out) == (2, "")
    assert "evidence: empty: there is no Markdown file in this folder\n" in err


def test_a_page_that_cannot_be_read_may_cite(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No reference is called unused while a page is unread."""
    site(folder, "plugins: [bibtex: {bib_file: references.bib}]\n")
    (folder / "docs").mkdir()
    (folder / "docs" / "ok.md").write_text("I slept.", encoding="utf-8")
    assert "[unused-reference]" in run(capsys, "check")[1]
    (folder / "docs" / "latin.md").write_bytes(b"caf\xe9 [@hadley2012]")
    assert "[unused-reference]" not in run(capsys, "check")[1]


def test_a_list_of_bibliographies(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each file of the list is read; what is no name of a file is a sentence."""
    first, second = BIB.splitlines()
    (folder / "one.bib").write_text(first, encoding="utf-8")
    (folder / "two.bib").write_text(second, encoding="utf-8")
    (folder / "docs").mkdir()
    (folder / "docs" / "a.md").write_text("I read [@hadley2012; @other2013; @third2014].", encoding="utf-8")
    (folder / "mkdocs.yml").write_text("plugins: [bibtex: {bib_file: [one.bib, two.bib]}]\n", encoding="utf-8")
    _, out, err = run(capsys, "check")
    assert out.count("[unknown-citation]") == 1 and "third2014" in out and err == ""
    (folder / "mkdocs.yml").write_text("plugins: [bibtex: {bib_file: {a: b}}]\n", encoding="utf-8")
    code, _, err = run(capsys, "check")
    assert code == 2 and "mkdocs.yml: bib_file: expected the name of a file, or a list of names" in err


def test_controls_do_not_reach_the_terminal(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Controls are named with their place, and no line of any format for people holds one."""
    claim = CLAIM.replace(" anxiety", "\x1b[31m anxiety\u202e\x85")
    (folder / "a.md").write_text(f"I slept.\x00\n\n{claim}\n", encoding="utf-8")
    for command in (["check"], ["check", "--format", "github"], ["claims"]):
        _, out, _ = run(capsys, *command, "a.md")
        assert "Pregabalin" in out and all(char.isprintable() or char == "\n" for char in out)
    value = json.loads(run(capsys, "check", "a.md", "--format", "json")[1])
    found = [d for d in value["diagnostics"] if d["rule"] == "control-character"]
    assert [(d["line"], d["column"], d["end_column"], d["message"].split(",")[0]) for d in found] == [
        (1, 9, 10, "holds the character U+0000 NULL"),
        (3, 19, 20, "holds the character U+001B ESCAPE"),
        (3, 32, 33, "holds the character U+202E RIGHT-TO-LEFT OVERRIDE"),
        (3, 33, 34, "holds the character U+0085 NEXT LINE"),
    ]
    assert found[0]["quote"] == "I slept.<U+0000>"


@pytest.mark.parametrize("text", ["I\tslept.\r\nWell.", "Äöü 😀 中文 עברית עצמאית، العربية", "a\u200db\u00a0c\u00adㅤ"])
def test_what_is_no_control(folder: Path, capsys: pytest.CaptureFixture[str], text: str) -> None:
    """Tabs, line ends, emoji, joiners and words written from right to left are left alone."""
    (folder / "a.md").write_bytes(text.encode())
    assert "control-character" not in run(capsys, "check", "a.md")[1]


def test_one_unreadable_file_does_not_hide_the_others(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What can be read is checked; the exit code still says that something could not."""
    (folder / "latin.md").write_bytes(b"caf\xe9")
    (folder / "ok.md").write_text(CLAIM, encoding="utf-8")
    code, out, err = run(capsys, "check", ".")
    assert code == 2
    assert "ok.md:1:1:" in out and "latin.md:1:1:" in err


@pytest.mark.parametrize("config", ["a: [", "- a", "plugins: {bibtex: 3}", "docs_dir: nowhere"])
def test_broken_settings_are_a_sentence(folder: Path, capsys: pytest.CaptureFixture[str], config: str) -> None:
    """A mkdocs.yml that is wrong ends in a sentence or is done without."""
    (folder / "mkdocs.yml").write_text(config, encoding="utf-8")
    code, _, err = run(capsys, "check")
    assert code == 2
    assert "mkdocs.yml" in err or "there is no such" in err


def test_github_and_sarif(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Annotations and SARIF name the same place."""
    (folder / "a,b.md").write_text(CLAIM, encoding="utf-8")
    _, out, _ = run(capsys, "check", "a,b.md", "--format", "github")
    assert out.startswith("::error file=a%2Cb.md,line=1,endLine=1,col=1,endColumn=38,title=uncited-claim::‘Pregabalin")
    _, out, _ = run(capsys, "check", "a,b.md", "--format", "sarif")
    (result,) = json.loads(out)["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["region"] == {
        "startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 38,
    }  # fmt: skip
    assert json.loads(out)["runs"][0]["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == "uncited-claim"


def test_explain_prints_the_page(capsys: pytest.CaptureFixture[str]) -> None:
    """``explain`` prints a rule's page without its front matter."""
    code, out, _ = run(capsys, "explain", "uncited-claim")
    assert code == 0
    assert out.startswith("# uncited-claim\n")


def test_version_and_a_closed_pipe(folder: Path) -> None:
    """``--version`` prints one line; a reader who stops reading causes no traceback."""
    command = [sys.executable, "-m", "evidence"]
    hooks = str(Path(__file__).parent.parent / "hooks")
    done = subprocess.run([*command, "--version"], capture_output=True, text=True, check=True, env={"PYTHONPATH": hooks})
    assert done.stdout.startswith("evidence ")
    (folder / "a.md").write_text((CLAIM + "\n\n") * 5000, encoding="utf-8")
    line = f"{' '.join(command)} check a.md | head -n 1"
    piped = subprocess.run(
        line,
        shell=True,
        capture_output=True,
        text=True,
        env={"PYTHONPATH": hooks, "PATH": "/usr/bin:/bin"},
        check=False,
    )
    assert "Traceback" not in piped.stderr and "Exception" not in piped.stderr
