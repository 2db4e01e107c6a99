"""What a project says about itself in ``mkdocs.yml``: its docs folder, bibliographies and address."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from evidence.source import Unreadable

_NAMES = ("mkdocs.yml", "mkdocs.yaml")


@dataclass(frozen=True)
class Settings:
    """The part of ``mkdocs.yml`` that a check needs; all paths absolute."""

    root: Path
    docs: Path
    bibliographies: tuple[Path, ...]
    site_url: str = ""


class _Loader(yaml.SafeLoader):
    """Reads the tags MkDocs knows: ``!ENV`` is resolved, ``!!python/name`` is only a name to us."""


def _environment(loader: yaml.SafeLoader, node: yaml.Node) -> Any:
    if isinstance(node, yaml.SequenceNode):
        *names, default = loader.construct_sequence(node) if len(node.value) > 1 else [*loader.construct_sequence(node), None]
        return next((os.environ[name] for name in names if name in os.environ), default)
    value = loader.construct_scalar(node) if isinstance(node, yaml.ScalarNode) else None
    return os.environ.get(str(value))


def _ignored(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> Any:
    return None


_Loader.add_constructor("!ENV", _environment)
_Loader.add_multi_constructor("!", _ignored)
_Loader.add_multi_constructor("tag:yaml.org,2002:python/", _ignored)


def find(start: Path) -> Path | None:
    """The ``mkdocs.yml`` in ``start`` or the nearest folder above it, or None."""
    folder = start.resolve()
    for place in (folder, *folder.parents):
        for name in _NAMES:
            if (place / name).is_file():
                return place / name
    return None


def read(path: Path) -> Settings:
    """The settings in a ``mkdocs.yml``.

    Raises :class:`evidence.source.Unreadable` with one sentence where it is not a YAML mapping.
    """
    try:
        value = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 (a SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f":{mark.line + 1}:{mark.column + 1}" if mark else ""
        raise Unreadable(f"{path}{where}: this is not YAML: {getattr(error, 'problem', None) or error}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise Unreadable(f"{path}: cannot be read: {error}") from None
    if not isinstance(value, dict):
        raise Unreadable(f"{path}: expected settings as `name: value`")
    root = path.parent.resolve()
    docs = value.get("docs_dir")
    url = value.get("site_url")
    return Settings(
        root,
        (root / (docs if isinstance(docs, str) else "docs")).resolve(),
        tuple(_bibliographies(path, root, value.get("plugins"))),
        url if isinstance(url, str) else "",
    )


def _bibliographies(path: Path, root: Path, plugins: Any) -> list[Path]:
    """The ``.bib`` files that mkdocs-bibtex is told to read: a name, or a list of names; addresses are passed over.

    Raises :class:`evidence.source.Unreadable` where ``bib_file`` is neither.
    """
    options: Any = None
    entries = plugins if isinstance(plugins, list) else [{k: v} for k, v in plugins.items()] if isinstance(plugins, dict) else []
    for entry in entries:
        if isinstance(entry, dict) and "bibtex" in entry:
            options = entry["bibtex"]
    if not isinstance(options, dict):
        return []
    named = options.get("bib_file")
    names = named if isinstance(named, list) else [] if named is None else [named]
    if not all(isinstance(name, str) for name in names):
        raise Unreadable(f"{path}: bib_file: expected the name of a file, or a list of names")
    if files := [(root / name).resolve() for name in names if "://" not in name]:
        return files
    if isinstance(options.get("bib_dir"), str):
        return sorted((root / options["bib_dir"]).resolve().glob("**/*.bib"))
    return []
