"""From the paths a person names to pages and bibliographies."""

from __future__ import annotations

import datetime
import os
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from evidence import bibliography, cache, day, lint, page, settings, source
from evidence.bibliography import Bibliography
from evidence.lint import PageResult, Report
from evidence.page import Page
from evidence.rules.rule import Setting
from evidence.settings import Settings
from evidence.source import Source

MARKDOWN = (".md", ".markdown", ".mdown", ".mkd")
_SKIPPED_FOLDERS = frozenset({"node_modules", "__pycache__", "site-packages"})


@dataclass
class Project:
    """The files to check and the bibliographies, read; ``problems`` are sentences about what could not be.

    ``unread`` is how many files these are about. ``in_site`` tells for each of ``files`` whether it belongs to a site; ``whole``
    that they are all of its pages.
    """

    files: list[Path] = field(default_factory=list)
    in_site: list[bool] = field(default_factory=list)
    bibliographies: list[Bibliography] = field(default_factory=list)
    whole: bool = False
    root: Path | None = None
    docs: Path | None = None
    site_url: str = ""
    min_confidence: float | None = None
    today: datetime.date = field(default_factory=day.today)
    problems: list[str] = field(default_factory=list)
    unread: int = 0

    def unreadable(self, problem: str) -> None:
        """Note that a file cannot be read, and why."""
        self.problems.append(problem)
        self.unread += 1

    def sources(self) -> Iterator[tuple[Source, bool]]:
        """Each file that can be read, and whether it belongs to a site; what cannot becomes a problem."""
        for file, inside in zip(self.files, self.in_site, strict=True):
            try:
                yield source.read(file, shown(file)), inside
            except source.Unreadable as problem:
                self.unreadable(str(problem))

    def pages(self) -> Iterator[Page]:
        """Each page, read when asked for."""
        for read_, _ in self.sources():
            yield page.read(read_, self.min_confidence)

    def paged(self) -> Iterator[tuple[Page, Path]]:
        """Each page that can be read, with its file."""
        for file in self.files:
            try:
                yield page.read(source.read(file, shown(file)), self.min_confidence), file
            except source.Unreadable as problem:
                self.problems.append(str(problem))

    def named_pages(self) -> Iterator[tuple[Page, str]]:
        """Each page of the site with its path below the docs folder."""
        for file in self.files:
            if self.docs is None or not file.resolve().is_relative_to(self.docs):
                continue
            try:
                read_ = source.read(file, shown(file))
            except source.Unreadable as problem:
                self.unreadable(str(problem))
                continue
            yield page.read(read_, self.min_confidence), file.resolve().relative_to(self.docs).as_posix()

    def check(self, *, keep: bool = False) -> Report:
        """Lint all of it, one page in memory at a time; with ``keep`` results are kept for the next check."""
        results: list[PageResult] = []
        known = tuple(self.bibliographies)
        memory = self._memory() if keep else None
        for read_, inside in self.sources():
            result = memory.get(read_.path, inside, read_.text) if memory else None
            if result is None:
                result = lint.check_page(page.read(read_, self.min_confidence), Setting(known, inside, self.today))
                if memory:
                    memory.put(read_.path, inside, read_.text, result)
            results.append(result)
        if memory:
            memory.close()
        # A page that cannot be read may cite what no other does.
        report = lint.check(results, self.bibliographies, whole=self.whole and not self.unread, today=self.today)
        report.unread = self.unread
        return report

    def _memory(self) -> cache.Cache | None:
        """The cache in the project's folder; none where there is no project to keep it in."""
        if self.root is None:
            return None
        parts = [str(self.min_confidence), str(self.today), *(part for b in self.bibliographies for part in (b.path, b.text))]
        return cache.Cache(self.root / ".cache" / "evidence", cache.digest(*parts))


def shown(path: Path) -> str:
    """How a path is printed: from the current folder where it lies inside, else in full."""
    absolute = Path(os.path.abspath(path))  # noqa: PTH100 (a symbolic link keeps its own name)
    try:
        return absolute.relative_to(Path.cwd()).as_posix()
    except ValueError:
        return absolute.as_posix()


def markdown_files(folder: Path) -> Iterator[Path]:
    """The Markdown files below a folder, sorted; hidden folders and installed packages are passed over.

    Symbolic links to folders are not followed, so that a loop of them ends.
    """
    for here, folders, files in os.walk(folder):
        folders[:] = sorted(
            f
            for f in folders
            if not f.startswith(".") and f not in _SKIPPED_FOLDERS and not (Path(here, f) / "pyvenv.cfg").is_file()
        )
        for name in sorted(files):
            if name.lower().endswith(MARKDOWN):
                yield Path(here, name)


def read(
    paths: Sequence[Path] = (),
    bibliography_file: Path | None = None,
    min_confidence: float | None = None,
    changed_since: str | None = None,
) -> Project:
    """Find what ``paths`` name; without any, the docs folder of the nearest ``mkdocs.yml``.

    ``bibliography_file`` replaces the bibliographies that ``mkdocs.yml`` names; ``changed_since`` leaves out the pages that have
    not changed since a commit, unless a bibliography has. Nothing is raised: what cannot be read becomes a sentence in
    ``problems``.
    """
    project = Project(min_confidence=min_confidence)
    config = settings.find(_folder(paths[0]) if paths else Path.cwd())
    known = _settings(project, config)
    if not paths and known is None:
        if not project.problems:
            project.problems.append("no mkdocs.yml in this folder or above; name a file or folder to check")
        return project
    targets = list(paths) or [known.docs] if known else list(paths)
    if known:
        project.site_url, project.root, project.docs = known.site_url, known.root, known.docs
        project.whole = any(known.docs == t.resolve() or known.docs.is_relative_to(t.resolve()) for t in targets)
    names = [bibliography_file] if bibliography_file else list(known.bibliographies) if known else []
    for name in names:
        try:
            project.bibliographies.append(bibliography.read(name, shown(name)))
        except source.Unreadable as problem:
            project.unreadable(str(problem))
    _find_pages(project, targets, known)
    if changed_since is not None:
        _leave_unchanged(project, names, changed_since)
    return project


def _find_pages(project: Project, targets: Sequence[Path], known: Settings | None) -> None:
    """Add the pages below ``targets``, each file once."""
    seen: set[Path] = set()
    for target in targets:
        if not target.exists():
            if known is not None and target == known.docs:
                project.problems.append(f"{shown(target)}: there is no such folder; mkdocs.yml names it as docs_dir")
            else:
                project.unreadable(f"{shown(target)}: there is no such file or folder")
            continue
        files = list(markdown_files(target)) if target.is_dir() else [target]
        if not files:
            project.problems.append(f"{shown(target)}: there is no Markdown file in this folder")
        for file in files:
            real = file.resolve()
            if real not in seen:
                seen.add(real)
                project.files.append(file)
                project.in_site.append(known is not None and real.is_relative_to(known.docs))


def _leave_unchanged(project: Project, bibliographies: Sequence[Path], revision: str) -> None:
    """Take out the pages that are the same as in ``revision``."""
    try:
        changed = _changed_files(revision)
    except source.Unreadable as problem:
        project.problems.append(str(problem))
        project.files, project.in_site, project.whole = [], [], False
        return
    if any(path.resolve() in changed for path in bibliographies):
        return
    kept = [(f, inside) for f, inside in zip(project.files, project.in_site, strict=True) if f.resolve() in changed]
    project.files, project.in_site, project.whole = [f for f, _ in kept], [inside for _, inside in kept], False


def _changed_files(revision: str) -> set[Path]:
    """The files that differ from a commit in the folder's Git repository, and those Git does not know.

    Raises :class:`evidence.source.Unreadable` where there is no repository or no such commit.
    """

    def git(*arguments: str) -> str:
        try:
            run = subprocess.run(["git", *arguments], capture_output=True, text=True, check=False)
        except OSError:
            raise source.Unreadable("--changed-since needs git, which is not installed") from None
        if run.returncode:
            said = (run.stderr.strip().splitlines() or ["it said nothing"])[0]
            raise source.Unreadable(f"--changed-since {revision}: git cannot tell: {said.removeprefix('fatal: ')}")
        return run.stdout

    root = Path(git("rev-parse", "--show-toplevel").strip())
    commit = git("rev-parse", "--verify", "--end-of-options", f"{revision}^{{commit}}").strip()
    names = git("diff", "--name-only", "-z", commit, "--", str(root)).split("\0")
    names += git("-C", str(root), "ls-files", "--others", "--exclude-standard", "-z").split("\0")
    return {(root / name).resolve() for name in names if name}


def _folder(path: Path) -> Path:
    return path if path.is_dir() else path.parent


def _settings(project: Project, config: Path | None) -> Settings | None:
    if config is None:
        return None
    try:
        return settings.read(config)
    except source.Unreadable as problem:
        project.unreadable(str(problem))
        return None
