"""What a change does to the claims of a site, told for readers of a pull request, as Markdown."""

from __future__ import annotations

import difflib
import io
import subprocess
import tarfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from evidence import bibliography, ledger, page, vancouver
from evidence.diagnostic import Diagnostic, shorten
from evidence.ledger import Claim
from evidence.lint import Report
from evidence.page import CITED, COVERED
from evidence.reference import Reference
from evidence.source import Unreadable, decode

# How alike two sentences must be (difflib's ratio, 0 to 1) for one to be the other reworded.
ALIKE = 0.6
# More lines than these of one kind are counted and not listed: a comment has an end.
MOST = 30
MARKDOWN = (".md", ".markdown", ".mdown", ".mkd")


@dataclass(frozen=True)
class State:
    """A site at one moment: its claims by page, and its references by key."""

    claims: Mapping[str, Sequence[Claim]] = field(default_factory=dict)
    references: Mapping[str, Reference] = field(default_factory=dict)

    @property
    def coverage(self) -> tuple[int, int]:
        """How many claims have a reference, and how many there are."""
        every = [claim for claims in self.claims.values() for claim in claims]
        return sum(claim.status in (CITED, COVERED) for claim in every), len(every)


@dataclass(frozen=True)
class Pair:
    """A claim before and after."""

    before: Claim
    after: Claim


@dataclass
class Changes:
    """What differs between two states; ``reworded`` changed their words and kept their references, ``recited`` the reverse."""

    before: State
    after: State
    added: list[Claim] = field(default_factory=list)
    removed: list[Claim] = field(default_factory=list)
    reworded: list[Pair] = field(default_factory=list)
    recited: list[Pair] = field(default_factory=list)
    both: list[Pair] = field(default_factory=list)

    @property
    def new_references(self) -> list[Reference]:
        """The works that came in, by key."""
        return [self.after.references[key] for key in sorted(self.after.references.keys() - self.before.references.keys())]

    @property
    def gone_references(self) -> list[str]:
        """The keys that went."""
        return sorted(self.before.references.keys() - self.after.references.keys())


def _keys(claim: Claim) -> tuple[tuple[str, bool], ...]:
    return tuple((work.key, work.disputes) for work in claim.works)


def compare(before: State, after: State) -> Changes:
    """What a change adds, takes away, rewords and cites anew, page by page."""
    changes = Changes(before, after)
    for name in sorted(before.claims.keys() | after.claims.keys()):
        _page(before.claims.get(name, ()), after.claims.get(name, ()), changes)
    return changes


def _page(before: Sequence[Claim], after: Sequence[Claim], changes: Changes) -> None:
    """Sort the claims of one page: the same words first, then the most alike of what is left."""
    by_words: dict[str, list[Claim]] = {}
    for claim in before:
        by_words.setdefault(claim.text, []).append(claim)
    new: list[Claim] = []
    for claim in after:
        same = by_words.get(claim.text)
        if same:
            old = same.pop(0)
            if _keys(old) != _keys(claim):
                changes.recited.append(Pair(old, claim))
        else:
            new.append(claim)
    old_left = [claim for claims in by_words.values() for claim in claims]
    for claim in new:
        found = _most_alike(claim, old_left)
        if found is None:
            changes.added.append(claim)
            continue
        old_left.remove(found)
        (changes.reworded if _keys(found) == _keys(claim) else changes.both).append(Pair(found, claim))
    changes.removed += sorted(old_left, key=lambda claim: (claim.line, claim.column))


def _most_alike(claim: Claim, candidates: Iterable[Claim]) -> Claim | None:
    best, most = None, ALIKE
    matcher = difflib.SequenceMatcher(autojunk=False)
    matcher.set_seq2(claim.text)
    for other in candidates:
        matcher.set_seq1(other.text)
        if matcher.real_quick_ratio() >= most and matcher.quick_ratio() >= most and (ratio := matcher.ratio()) >= most:
            best, most = other, ratio
    return best


def base(root: Path, docs: Path, bibliographies: Sequence[Path], revision: str) -> State:
    """The site as a commit has it.

    Raises :class:`evidence.source.Unreadable` with one sentence where Git, the repository or the commit is missing. Files of the
    commit that cannot be read are passed over: what is wrong with them was told when they came in.
    """
    top = Path(_git(root, "rev-parse", "--show-toplevel").decode().strip())
    commit = _git(root, "rev-parse", "--verify", "--end-of-options", f"{revision}^{{commit}}", said=revision).decode().strip()
    wanted = [path.resolve().relative_to(top.resolve()).as_posix() for path in (docs, *bibliographies)]
    there = set(_git(top, "ls-tree", "-z", "--name-only", commit, "--", *wanted).decode().split("\0"))
    asked = [path for path in wanted if path in there]
    files: dict[str, bytes] = {}
    if asked:
        with tarfile.open(fileobj=io.BytesIO(_git(top, "archive", "--format=tar", commit, "--", *asked))) as archive:
            for member in archive:
                if member.isfile() and (content := archive.extractfile(member)) is not None:
                    files[member.name] = content.read()
    references: dict[str, Reference] = {}
    for path in wanted[1:]:
        if path in files:
            references.update(bibliography.parse(path, files[path].decode("utf-8", "replace")).by_key)
    return State(_claims(files, wanted[0], references), references)


def _claims(files: Mapping[str, bytes], docs: str, references: Mapping[str, Reference]) -> dict[str, Sequence[Claim]]:
    found: dict[str, Sequence[Claim]] = {}
    for path in sorted(files):
        if not path.lower().endswith(MARKDOWN) or not PurePosixPath(path).is_relative_to(docs):
            continue
        name = PurePosixPath(path).relative_to(docs).as_posix()
        try:
            read = page.read(decode(path, files[path]))
        except Unreadable:
            continue
        found[name] = ledger.claims_of(read, name, references)
    return found


def _git(folder: Path, *arguments: str, said: str = "") -> bytes:
    try:
        run = subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, check=False)
    except OSError:
        raise Unreadable("a report needs git, which is not installed") from None
    if run.returncode:
        why = (run.stderr.decode("utf-8", "replace").strip().splitlines() or ["it said nothing"])[0].removeprefix("fatal: ")
        raise Unreadable(f"git cannot tell{f' what ‘{said}’ is' if said else ''}: {why}")
    return run.stdout


# As Markdown. All words of a pull request are shown as code: there no name is called, no link made, no markup read.


def _code(text: str, limit: int = 160) -> str:
    plain = "".join(char if char.isprintable() else " " for char in text)
    return f"`{shorten(plain, limit).replace('`', '’')}`"


def _place(claim: Claim) -> str:
    return _code(f"{claim.page}:{claim.line}")


def _cited(claim: Claim) -> str:
    keys = " ".join(f"{'but ' * work.disputes}@{work.key}" for work in claim.works)
    return _code(keys) if keys else "no reference"


def _listed(title: str, lines: Sequence[str]) -> str:
    if not lines:
        return ""
    more = [f"- and {len(lines) - MOST} more"] if len(lines) > MOST else []
    return f"\n### {title} ({len(lines)})\n\n" + "\n".join([*lines[:MOST], *more]) + "\n"


def _pairs(pairs: Sequence[Pair]) -> list[str]:
    return [
        f"- {_place(pair.after)}, {_cited(pair.after)}\n  - before: {_code(pair.before.text)}\n  - now: {_code(pair.after.text)}"
        for pair in pairs
    ]


def _recited(pair: Pair) -> str:
    return f"- {_place(pair.after)}: {_code(pair.after.text)}, from {_cited(pair.before)} to {_cited(pair.after)}"


def _finding(diagnostic: Diagnostic) -> str:
    place = diagnostic.place
    return f"- {_code(f'{place.path}:{place.line}')} {_code(diagnostic.quote or diagnostic.message)} {diagnostic.rule}"


def _share(state: State) -> str:
    cited, every = state.coverage
    return f"{cited:,} of {every:,} claims with a reference"


def render(changes: Changes, findings: Report) -> str:
    """The changes as Markdown, for a comment or a summary; it ends with a line break."""
    errors = findings.findings
    counted = Counter(diagnostic.rule for diagnostic in errors)
    found = ", ".join(f"{rule} {number}" for rule, number in sorted(counted.items())) or "none"
    parts = [
        "## What this changes for readers\n",
        "| | before | now |\n|---|---|---|",
        f"| Claims | {_share(changes.before)} | {_share(changes.after)} |",
        f"| References | {len(changes.before.references):,} | {len(changes.after.references):,} |",
        f"\nFindings: {found}.\n",
    ]
    if changes.reworded:
        parts.append(
            "**Please compare these with their sources: the words changed, and the references did not.**\n"
            if len(changes.reworded) > 1
            else "**Please compare this with its source: the words changed, and the reference did not.**\n"
        )
    new = [
        f"- {_code(f'@{work.key}')}: {_code(vancouver.design(work) or 'not graded')} {_code(work.get('title'))}"
        for work in changes.new_references
    ]
    sections = (
        _listed("Reworded, with the same references", _pairs(changes.reworded)),
        _listed("Cited anew, in the same words", [_recited(pair) for pair in changes.recited]),
        _listed("Reworded and cited anew", _pairs(changes.both)),
        _listed("Added", [f"- {_place(c)}: {_code(c.text)}, {_cited(c)}" for c in changes.added]),
        _listed("Removed", [f"- {_place(c)}: {_code(c.text)}, {_cited(c)}" for c in changes.removed]),
        _listed("New references", new),
        _listed("References that went", [f"- {_code(f'@{key}')}" for key in changes.gone_references]),
        _listed("Findings", [_finding(diagnostic) for diagnostic in errors]),
    )
    if not any(sections):
        parts.append("No claim and no reference is touched.\n")
    return "\n".join(parts) + "".join(sections)
