"""Makes the comments database ready before Isso starts: ``python prepare.py isso.cfg``, by Isso's own Python.

Isso lets the writer of a comment change it after a moderator has let it through, and each change gives them
a new quarter of an hour (edit() in isso/views/comments.py), so moderation could be walked around. And it
takes a website from anyone who sends one, also where the field is not shown. Both are put right here, by
triggers in the database; Isso need not be changed for it, and notices nothing.
"""

from __future__ import annotations

import os
import sqlite3
import sys
from pathlib import Path

from isso_files import Problem, damage, finish, opened

NAMES = ("changed_comments_wait_again", "no_website_when_new", "no_website_when_changed")

# Only a writer's own change sets "modified"; what a moderator corrects on the page /admin/ stays published.
WAIT_AGAIN = """
CREATE TRIGGER changed_comments_wait_again AFTER UPDATE OF modified ON comments
WHEN OLD.mode = 1 AND NEW.mode = 1 AND NEW.modified IS NOT OLD.modified
BEGIN UPDATE comments SET mode = 2 WHERE id = NEW.id; END
"""

NO_WEBSITE = """
CREATE TRIGGER no_website_when_{when} AFTER {event} ON comments
WHEN NEW.website IS NOT NULL
BEGIN UPDATE comments SET website = NULL WHERE id = NEW.id; END
"""


def prepare(path: Path) -> None:
    """Makes the database that the configuration at ``path`` names, if need be, and its triggers anew.

    Raises Problem when the database is damaged or cannot be written.
    """
    from isso import config, db  # type: ignore[import-not-found]  # only in its own environment

    conf = config.load(config.default_file(), str(path))
    file = Path(conf.get("general", "dbpath")).expanduser()
    # Comments that nobody has read yet, and the key that approves them, are for Isso's user alone.
    os.umask(0o077)
    try:
        db.SQLite3(str(file), conf)
        connection = opened(file, "rw")
        try:
            if wrong := damage(connection):
                raise Problem(f"The database {file} is damaged ({wrong}): put a backup in its place.")
            connection.execute("BEGIN IMMEDIATE")
            for name in NAMES:
                connection.execute(f"DROP TRIGGER IF EXISTS {name}")
            if conf.getboolean("moderation", "enabled"):
                connection.execute(WAIT_AGAIN)
            connection.execute(NO_WEBSITE.format(when="new", event="INSERT"))
            connection.execute(NO_WEBSITE.format(when="changed", event="UPDATE OF website"))
            connection.execute("COMMIT")
        finally:
            connection.close()
    except sqlite3.DatabaseError as why:
        raise Problem(
            f"The database {file} cannot be used ({why}): see that it can be written, or put a backup in its place."
        ) from why


def main() -> int:
    """The command; gives its exit code."""
    if len(sys.argv) != 2:
        raise Problem("usage: python prepare.py isso.cfg")
    path = Path(sys.argv[1])
    if not path.is_file():
        raise Problem(f"There is no configuration {path}.")
    prepare(path)
    return 0


if __name__ == "__main__":
    finish(main)
