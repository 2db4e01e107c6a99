"""From the paths a person names to pages and bibliographies that are read."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from evidence import bibliography, page, settings, source
from evidence.bibliography import Bibliography
from evidence.lint import Report, check
from evidence.page import Page
from evidence.settings import Settings

MARKDOWN = (".md", ".markdown", ".mdown", ".mkd")
_SKIPPED_FOLDERS = frozenset({"node_modules", "__pycache__", "site-packages"})


@dataclass
class Project:
    """Pages and bibliographies, read; ``problems`` are sentences about what could not be."""

    pages: list[Page] = field(default_factory=list)
    in_site: list[bool] = field(default_factory=list)
    bibliographies: list[Bibliography] = field(default_factory=list)
    whole: bool = False
    site_url: str = ""
    problems: list[str] = field(default_factory=list)

    def check(self) -> Report:
        """Lint all of it."""
        return check(self.pages, self.bibliographies, in_site=self.in_site, whole=self.whole)


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


def read(paths: Sequence[Path] = (), bibliography_file: Path | None = None, min_confidence: float | None = None) -> Project:
    """Read what ``paths`` name; without any, the docs folder of the nearest ``mkdocs.yml``.

    ``bibliography_file`` replaces the bibliographies that ``mkdocs.yml`` names. Nothing is raised: what cannot be
    read becomes a sentence in ``problems``.
    """
    project = Project()
    config = settings.find(_folder(paths[0]) if paths else Path.cwd())
    known = _settings(project, config)
    if not paths and known is None:
        if not project.problems:
            project.problems.append("no mkdocs.yml in this folder or above; name a file or folder to check")
        return project
    targets = list(paths) or [known.docs] if known else list(paths)
    if known:
        project.site_url = known.site_url
        project.whole = any(known.docs == t.resolve() or known.docs.is_relative_to(t.resolve()) for t in targets)
    names = [bibliography_file] if bibliography_file else list(known.bibliographies) if known else []
    for name in names:
        try:
            project.bibliographies.append(bibliography.read(name, shown(name)))
        except source.Unreadable as problem:
            project.problems.append(str(problem))
    _read_pages(project, targets, known, min_confidence)
    return project


def _read_pages(project: Project, targets: Sequence[Path], known: Settings | None, min_confidence: float | None) -> None:
    """Add the pages below ``targets``, each file once."""
    seen: set[Path] = set()
    for target in targets:
        if not target.exists():
            project.problems.append(f"{shown(target)}: there is no such file or folder")
            continue
        for file in markdown_files(target) if target.is_dir() else (target,):
            real = file.resolve()
            if real in seen:
                continue
            seen.add(real)
            try:
                project.pages.append(page.read(source.read(file, shown(file)), min_confidence))
            except source.Unreadable as problem:
                project.problems.append(str(problem))
            else:
                project.in_site.append(known is not None and real.is_relative_to(known.docs))


def _folder(path: Path) -> Path:
    return path if path.is_dir() else path.parent


def _settings(project: Project, config: Path | None) -> Settings | None:
    if config is None:
        return None
    try:
        return settings.read(config)
    except source.Unreadable as problem:
        project.problems.append(str(problem))
        return None
