"""What the commands in this folder share: reading Isso's configuration, and failing with one sentence."""

from __future__ import annotations

import configparser
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path


class Problem(Exception):
    """Something the person at the keyboard must put right; the message is one sentence for them."""


def read_config(path: Path) -> configparser.ConfigParser:
    """Isso's configuration at ``path``, read as Isso reads it. Raises Problem."""
    config = configparser.ConfigParser(allow_no_value=True, interpolation=None)
    try:
        config.read_string(path.read_text("utf-8"), source=path.name)
    except OSError as why:
        raise Problem(f"{path} cannot be read: {why.strerror}.") from why
    except UnicodeDecodeError as why:
        raise Problem(f"{path} is not text in UTF-8.") from why
    except configparser.Error as why:
        raise Problem(f"{path} is not a configuration of Isso: {' '.join(str(why).split())}.") from why
    return config


def database(path: Path) -> Path:
    """Where the configuration at ``path`` says that comments are kept. Raises Problem when there is nothing."""
    place = read_config(path).get("general", "dbpath", fallback="") or ""
    if not place:
        raise Problem(f"{path} does not say where comments are kept ([general] dbpath).")
    # Isso takes it from the folder it is started in.
    file = Path(place)
    if not file.is_file():
        raise Problem(f"There is no database {file}; Isso makes it when it starts for the first time.")
    return file


def opened(file: Path, mode: str) -> sqlite3.Connection:
    """The database ``file``, which must exist; ``mode`` is "ro" or "rw". Transactions begin when told to."""
    return sqlite3.connect(f"{file.resolve().as_uri()}?mode={mode}", uri=True, timeout=30, isolation_level=None)


def damage(connection: sqlite3.Connection) -> str:
    """What SQLite finds wrong in the database, in its own words; "" when it is whole and Isso's."""
    try:
        found = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(1)")]
        if found != ["ok"]:
            return " ".join(found[0].split())
        tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    except sqlite3.Error as why:
        return str(why)
    return "" if {"comments", "threads"} <= tables else "it holds no comments of Isso"


def finish(command: Callable[[], int]) -> None:
    """Runs ``command`` and ends the program with its exit code; a Problem is one sentence and code 1."""
    try:
        sys.exit(command())
    except Problem as why:
        print(why, file=sys.stderr)
        sys.exit(1)
