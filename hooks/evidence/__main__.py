"""The command ``evidence``."""

from __future__ import annotations

import argparse
import datetime
import difflib
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from evidence import __version__, claims, day, fix, ledger, project, report, scaffold, settings, suggest, tidy, vancouver
from evidence import evaluate as evaluation
from evidence.audit import links
from evidence.audit import page as audit_page
from evidence.audit import site as audit
from evidence.diagnostic import shorten
from evidence.page import UNCITED
from evidence.prints import FORMATS, table
from evidence.prints import json as as_json
from evidence.prints import text as as_text
from evidence.rules import NAMES
from evidence.rules.rule import Setting
from evidence.source import Unreadable

CLEAN, FINDINGS, MISUSE = 0, 1, 2


def _confidence(value: str) -> float:
    try:
        number = float(value)
    except ValueError:
        number = -1.0
    if not 0.0 <= number <= 1.0:
        raise argparse.ArgumentTypeError(f"‘{value}’ is not a number from 0 to 1")
    return number


def _day(value: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(value)
    except ValueError:
        raise argparse.ArgumentTypeError(f"‘{value}’ is not a date such as 2026-11-25") from None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="evidence", description="Find the medical claims in Markdown prose and demand a reference for each."
    )
    parser.add_argument("--version", action="version", version=f"evidence {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, help_ in (("check", "print what is wrong"), ("claims", "list the claims found, with their references")):
        command = commands.add_parser(name, help=help_, description=help_.capitalize() + ".")
        command.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="Markdown file or folder")
        command.add_argument("--bibliography", type=Path, metavar="FILE", help="the .bib file to check against")
        command.add_argument(
            "--min-confidence", type=_confidence, metavar="0..1", help="how sure to be before a sentence is a claim"
        )
        command.add_argument("--today", type=_day, metavar="DATE", help="the day dates are compared with, as 2026-11-25")
        command.add_argument("--changed-since", metavar="REV", help="only files that differ from this commit")
        formats = tuple(FORMATS) if name == "check" else ("table", "json")
        command.add_argument("--format", choices=formats, default=formats[0], help="default: %(default)s")
        if name == "check":
            command.add_argument("--fix", action="store_true", help="mend what has one right answer, then check")
            command.add_argument("--diff", action="store_true", help="show what --fix would change, and change nothing")
            command.add_argument("--no-cache", action="store_true", help="check every page anew, and keep no results")
    audited = commands.add_parser(
        "audit",
        help="compare a built site with its sources",
        description="Compare a built site with the sources around this folder: every citation, link and number.",
        epilog="example: evidence audit site/",
    )
    audited.add_argument("folder", type=Path, metavar="SITE", help="the folder of the built site")
    tidied = commands.add_parser(
        "format-bibliography",
        help="put the bibliography in order",
        description="Sort the entries by key and their fields by kind, one to a line; no value is lost.",
        epilog="example: evidence format-bibliography --diff",
    )
    tidied.add_argument("bibliography", nargs="?", type=Path, metavar="FILE", help="default: the one mkdocs.yml names")
    tidied.add_argument("--diff", action="store_true", help="show what would change, and change nothing")
    linked = commands.add_parser(
        "links",
        help="check the links of a built site to itself",
        description="Check every link of a built site to one of its own pages, pictures or places.",
        epilog="example: evidence links site/",
    )
    linked.add_argument("folder", type=Path, metavar="SITE", help="the folder of the built site")
    suggested = commands.add_parser(
        "suggest",
        help="look for references for uncited claims",
        description="For each claim without a reference, name the references that share its words.",
        epilog="example: evidence suggest docs/blog/posts/my-post.md",
    )
    suggested.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="Markdown file or folder")
    suggested.add_argument("--bibliography", type=Path, metavar="FILE", help="the .bib file to look in")
    reported = commands.add_parser(
        "report",
        help="tell what a change does to the claims",
        description="Tell as Markdown what differs from a commit: claims added, removed, reworded; references; findings.",
        epilog="example: evidence report --base origin/main",
    )
    reported.add_argument("--base", required=True, metavar="REV", help="the commit to compare with")
    started = commands.add_parser(
        "new",
        help="begin a post or a page",
        description="Write a new post or page that passes the check, with the questions a writer should answer.",
        epilog='example: evidence new post "My first winter"',
    )
    started.add_argument("kind", choices=("post", "page"))
    started.add_argument("title", metavar="TITLE")
    explain = commands.add_parser("explain", help="print the page of a rule", description="Print the page of a rule.")
    explain.add_argument("rule", metavar="RULE", help=", ".join(NAMES))
    evaluate = commands.add_parser(
        "evaluate",
        help="measure the finder on labelled sentences",
        description="Measure the finder on labelled sentences.",
    )
    evaluate.add_argument("file", type=Path, metavar="FILE.jsonl", help="objects with text and label: claim or none")
    evaluate.add_argument("--min-confidence", type=_confidence, metavar="0..1", help="the threshold; default: the gate's")
    evaluate.add_argument("--no-list", action="store_true", help="print the figures, not the sentences judged wrong")
    evaluate.add_argument("--as-page", action="store_true", help="judge the sentences as one page, and not each by itself")
    evaluate.add_argument("--leaks", action="store_true", help="print what the project's sentences share with the file")
    return parser


def _read(options: argparse.Namespace) -> project.Project:
    read = project.read(options.paths, options.bibliography, options.min_confidence, options.changed_since)
    if options.today:
        read.today = options.today
    if options.command == "check" and not read.bibliographies and not read.problems:
        print("evidence: no bibliography near; keys are not looked up (name one with --bibliography)", file=sys.stderr)
    return read


def _complain(read: project.Project) -> None:
    for problem in read.problems:
        print(f"evidence: {problem}", file=sys.stderr)


def _edits(read: project.Project) -> Iterator[tuple[Path, str, str]]:
    """Path, text and mended text of each page and bibliography."""
    setting = Setting(tuple(read.bibliographies))
    for page, file in read.paged():
        yield file, page.source.text, fix.page(page, setting)
    for known in read.bibliographies:
        yield Path(known.path), known.text, tidy.bibliography(known) or known.text


def _mend(edits: Iterable[tuple[Path, str, str]], *, write: bool) -> int:
    """Write what differs, or show it; returns in how many files. Raises Unreadable where a file cannot be written."""
    number = 0
    for path, before, after in edits:
        if before == after:
            continue
        number += 1
        if write:
            fix.write(path, fix.as_written(after, path.read_bytes()))
            print(f"{project.shown(path)}: mended", file=sys.stderr)
        else:
            sys.stdout.write(fix.diff(project.shown(path), before, after))
    return number


def _format_bibliography(options: argparse.Namespace) -> int:
    read = project.read((), options.bibliography)
    if not read.bibliographies and not read.problems:
        read.problems.append("no bibliography near; name one")
    edits: list[tuple[Path, str, str]] = []
    for known in read.bibliographies:
        tidied = tidy.bibliography(known)
        if tidied is None:
            read.problems.append(
                f"{known.path}: has entries that cannot be read, or twice; run evidence check and mend these first"
            )
        else:
            edits.append((Path(known.path), known.text, tidied))
    _complain(read)
    if read.problems:
        return MISUSE
    try:
        number = _mend(edits, write=not options.diff)
    except Unreadable as problem:
        print(f"evidence: {problem}", file=sys.stderr)
        return MISUSE
    if not number:
        print("already in order")
    return FINDINGS if number and options.diff else CLEAN


def _check(options: argparse.Namespace) -> int:
    read = _read(options)
    if options.diff or options.fix:
        try:
            number = _mend(_edits(read), write=not options.diff)
        except Unreadable as problem:
            print(f"evidence: {problem}", file=sys.stderr)
            return MISUSE
        if options.diff:
            _complain(read)
            return MISUSE if read.problems else FINDINGS if number else CLEAN
        read = _read(options)
    report = read.check(keep=not options.no_cache)
    _complain(read)
    if not report.results and read.problems:
        # Nothing was checked: what a bibliography lacks without its pages is not what was asked.
        if read.unread and options.format == "text":
            print(as_text.unread(report))
        return MISUSE
    sys.stdout.write(FORMATS[options.format](report, read.site_url))
    return MISUSE if read.problems else FINDINGS if report.findings else CLEAN


def _claims(options: argparse.Namespace) -> int:
    read = _read(options)
    render = as_json.render_claims if options.format == "json" else table.render
    text = render(read.pages(), {key: reference for known in read.bibliographies for key, reference in known.by_key.items()})
    _complain(read)
    if read.files or not read.problems:
        sys.stdout.write(text)
    return MISUSE if read.problems else CLEAN


def _audit(options: argparse.Namespace) -> int:
    if not options.folder.is_dir():
        print(f"evidence: {options.folder}: there is no such folder; build the site first", file=sys.stderr)
        return MISUSE
    read = project.read()
    known = {key: reference for bibliography in read.bibliographies for key, reference in bibliography.by_key.items()}
    wanted = [audit_page.expected(page, name, known) for page, name in read.named_pages()]
    _complain(read)
    if read.problems:
        return MISUSE
    faults = audit.run(options.folder, wanted, known)
    for fault in faults:
        print(fault)
    cited = sum(len(one.cited) for one in wanted)
    said = "all as their sources say" if not faults else f"{len(faults)} fault{'s' * (len(faults) != 1)}"
    print(f"{len(wanted):,} sources, {cited:,} citations, {sum(len(one.claims) for one in wanted):,} claims: {said}")
    return FINDINGS if faults else CLEAN


def _links(options: argparse.Namespace) -> int:
    if not options.folder.is_dir():
        print(f"evidence: {options.folder}: there is no such folder; build the site first", file=sys.stderr)
        return MISUSE
    broken, pages, seen = links.check(options.folder, project.read().site_url)
    for one in broken:
        print(one)
    if not pages:
        print(f"evidence: {options.folder}: there is no page in this folder", file=sys.stderr)
        return MISUSE
    counted = f"{pages:,} page{'s' * (pages != 1)}, {seen:,} link{'s' * (seen != 1)}"
    nowhere = f"{len(broken):,} lead{'s' * (len(broken) == 1)} nowhere"
    print(f"{counted}: {nowhere if broken else 'all lead somewhere'}")
    return FINDINGS if broken else CLEAN


def _suggest(options: argparse.Namespace) -> int:
    read = project.read(options.paths, options.bibliography)
    index = suggest.Index(reference for known in read.bibliographies for reference in known.references)
    number = 0
    for page in read.pages():
        for sentence in page.sentences:
            if sentence.status != UNCITED:
                continue
            number += 1
            place = page.source.place(sentence.start, sentence.end)
            print(f"{place.path}:{place.line}:{place.column}: ‘{shorten(sentence.words)}’")
            found = index.suggest(sentence.words)
            for one in found:
                print(f"  [@{one.reference.key}] {one.score:.0%}: {', '.join(one.words)}. {vancouver.design(one.reference)}")
            if not found:
                print("  none of the references we hold shares its words")
    _complain(read)
    if read.problems:
        return MISUSE
    print(f"{number} claim{'s' * (number != 1)} without a reference. Read a work before you cite it; nothing was changed.")
    return CLEAN


def _report(options: argparse.Namespace) -> int:
    read, config = project.read(), settings.find(Path.cwd())
    if read.docs is None or read.root is None or config is None:
        _complain(read)
        return MISUSE
    references = {key: reference for known in read.bibliographies for key, reference in known.by_key.items()}
    try:
        before = report.base(read.root, read.docs, settings.read(config).bibliographies, options.base)
    except Unreadable as problem:
        print(f"evidence: {problem}", file=sys.stderr)
        return MISUSE
    now = {name: ledger.claims_of(page, name, references) for page, name in read.named_pages()}
    found = read.check()
    _complain(read)
    sys.stdout.write(report.render(report.compare(before, report.State(now, references)), found))
    return MISUSE if read.problems else CLEAN


def _new(options: argparse.Namespace) -> int:
    try:
        config = settings.find(Path.cwd())
        if config is None:
            raise Unreadable("no mkdocs.yml in this folder or above; go to the folder of the site")
        path = scaffold.write(options.kind, options.title, settings.read(config).docs, day.today())
    except Unreadable as problem:
        print(f"evidence: {problem}", file=sys.stderr)
        return MISUSE
    shown = project.shown(path)
    print(f"{shown}: written. Write, then run: evidence check {shown}")
    if options.kind == "page":
        print(f"Name it in mkdocs.yml, under nav: {path.name}")
    return CLEAN


def _evaluate(options: argparse.Namespace) -> int:
    try:
        if options.leaks:
            config = settings.find(Path.cwd())
            return FINDINGS if evaluation.check_leaks(options.file, config.parent if config else None, print) else CLEAN
        sentences = evaluation.read(options.file)
    except Unreadable as problem:
        print(f"evidence: {problem}", file=sys.stderr)
        return MISUSE
    threshold = claims.MIN_CONFIDENCE if options.min_confidence is None else options.min_confidence
    sys.stdout.write(evaluation.report(evaluation.run(sentences, threshold, options.as_page), listed=not options.no_list))
    return CLEAN


def rule_page(rule: str) -> Path | None:
    """The file of a rule's page: beside the installed package, or in the repository around it."""
    here = Path(__file__).resolve().parent
    for folder in (here / "rule_pages", here.parents[1] / "docs" / "contribute" / "rules"):
        if (folder / f"{rule}.md").is_file():
            return folder / f"{rule}.md"
    return None


def _explain(options: argparse.Namespace) -> int:
    path = rule_page(options.rule) if options.rule in NAMES else None
    if path is None:
        near = difflib.get_close_matches(options.rule, NAMES, n=1)
        hint = f"did you mean {near[0]}?" if near else f"the rules are: {', '.join(NAMES)}"
        print(f"evidence: there is no rule ‘{options.rule}’; {hint}", file=sys.stderr)
        return MISUSE
    text = path.read_text(encoding="utf-8")
    if text.startswith("---\n"):
        text = text.split("\n---\n", 1)[-1].lstrip("\n")
    sys.stdout.write(text)
    return CLEAN


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns 0 when clean, 1 with findings, 2 on misuse or unreadable input."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    options = _parser().parse_args(arguments)
    run = {
        "check": _check,
        "claims": _claims,
        "explain": _explain,
        "evaluate": _evaluate,
        "audit": _audit,
        "links": _links,
        "format-bibliography": _format_bibliography,
        "suggest": _suggest,
        "new": _new,
        "report": _report,
    }[options.command]
    try:
        code = run(options)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader of our output went away (`| head`); what it wanted it has. Python would complain at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FINDINGS
    return code


if __name__ == "__main__":
    sys.exit(main())
