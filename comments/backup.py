"""Copies the comments database while Isso runs: ``python3 backup.py isso.cfg FOLDER [--keep 14]``.

Uses SQLite's online backup, so that the copy is one moment of the database, whoever writes meanwhile. A copy gets
its name only when it is whole, so a file named comments-….db is always one to restore. Needs Python alone.
"""

from __future__ import annotations

import argparse
import os
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from isso_files import Problem, damage, database, finish, opened


def backup(source: Path, folder: Path, keep: int, now: datetime) -> Path:
    """Copies the database ``source`` into ``folder``, keeps the newest ``keep`` copies, and gives the new one.

    Raises Problem, and leaves the older copies alone, when the copy cannot be made or is damaged.
    """
    target = folder / f"comments-{now:%Y%m%dT%H%M%S.%fZ}.db"
    unfinished = folder / f".{target.name}.part"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        unfinished.touch(0o600)
        old = opened(source, "ro")
        try:
            new = opened(unfinished, "rw")
            try:
                old.backup(new)
                wrong = damage(new)
            finally:
                new.close()
        finally:
            old.close()
        if wrong:
            raise Problem(f"No backup was made: the database {source} is damaged ({wrong}); the older backups are untouched.")
        with unfinished.open("rb") as file:
            os.fsync(file.fileno())
        unfinished.replace(target)
    except sqlite3.Error as why:
        raise Problem(
            f"No backup was made: the database {source} cannot be copied ({why}); the older backups are untouched."
        ) from why
    except OSError as why:
        raise Problem(f"No backup was made: {why.filename or folder}: {why.strerror}.") from why
    finally:
        unfinished.unlink(missing_ok=True)
    for older in sorted(folder.glob("comments-*.db"), reverse=True)[keep:]:
        older.unlink()
    return target


def main() -> int:
    """The command; gives its exit code."""
    parser = argparse.ArgumentParser(description="Copies the comments database while Isso runs.")
    parser.add_argument("config", type=Path, help="Isso's configuration, which says where the database is")
    parser.add_argument("folder", type=Path, help="where the copies go")
    parser.add_argument("--keep", type=int, default=14, help="how many copies to keep (default: 14)")
    chosen = parser.parse_args()
    if chosen.keep < 1:
        raise Problem("--keep must be 1 or more.")
    made = backup(database(chosen.config), chosen.folder, chosen.keep, datetime.now(UTC))
    print(f"Backup: {made}")
    return 0


if __name__ == "__main__":
    finish(main)
