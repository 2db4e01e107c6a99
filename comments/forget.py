"""Deletes comments for good, or forgets where old ones came from.

    python3 forget.py isso.cfg --comment 12 --comment 15 [--write]
    python3 forget.py isso.cfg --addresses-older-than 30 [--write]

Isso keeps the e-mail and IP address of a deleted comment that was answered (delete() in isso/db/comments.py), and
shortened addresses for ever, in a column and, as a pattern, in the list of voters. Says what it would do; does it,
all or nothing, with --write. Needs Python alone. Exit codes: 0 done or could be done, 1 something is wrong.
"""

from __future__ import annotations

import argparse
import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path

from isso_files import Problem, database, finish, opened

NOBODY = "0.0.0.0"  # noqa: S104 - what Isso itself stores where it knows no address; not NULL, it computes with it
EMPTY_PLACE = "mode = 4, text = '', author = NULL, email = NULL, website = NULL, notification = 0"


def forget_comments(connection: sqlite3.Connection, numbers: Sequence[int]) -> list[str]:
    """Deletes the comments; one with answers stays as an empty place for them. Says what was done, a line each.

    Raises Problem when there is no such comment.
    """
    done: list[str] = []
    for number in numbers:
        found = connection.execute(
            "SELECT c.author, c.created, t.uri, EXISTS (SELECT 1 FROM comments WHERE parent = c.id)"
            " FROM comments AS c JOIN threads AS t ON t.id = c.tid WHERE c.id = ?",
            (number,),
        ).fetchone()
        if found is None:
            raise Problem(f"There is no comment {number}; nothing was changed.")
        author, created, thread, answered = found
        if answered:
            connection.execute(
                f"UPDATE comments SET {EMPTY_PLACE}, remote_addr = ?, voters = zeroblob(256) WHERE id = ?",  # noqa: S608
                (NOBODY, number),
            )
        else:
            connection.execute("DELETE FROM comments WHERE id = ?", (number,))
        day = time.strftime("%Y-%m-%d", time.gmtime(created))
        kept = ", an empty place stays for its answers" if answered else ""
        done.append(f"{number}: {author or 'no name'}, {day}, {thread}{kept}")
    return done


def forget_addresses(connection: sqlite3.Connection, days: int) -> int:
    """Takes the shortened addresses from comments older than ``days`` days; gives how many had one."""
    return connection.execute(
        "UPDATE comments SET remote_addr = ?, voters = zeroblob(256) WHERE created < ? AND remote_addr IS NOT ?",
        (NOBODY, time.time() - days * 86400, NOBODY),
    ).rowcount


def main() -> int:
    """The command; gives its exit code."""
    parser = argparse.ArgumentParser(description="Deletes comments for good, or forgets where old ones came from.")
    parser.add_argument("config", type=Path, help="Isso's configuration, which says where the database is")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--comment", type=int, action="append", help="the number after #isso- in a comment's address")
    what.add_argument("--addresses-older-than", type=int, metavar="DAYS", help="forget addresses of older comments")
    parser.add_argument("--write", action="store_true", help="do it; without it nothing is changed")
    chosen = parser.parse_args()
    if chosen.addresses_older_than is not None and chosen.addresses_older_than < 1:
        raise Problem("--addresses-older-than must be 1 or more.")
    file = database(chosen.config)
    connection = opened(file, "rw")
    try:
        # What is deleted is overwritten in the file too.
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute("BEGIN IMMEDIATE")
        if chosen.comment:
            print("\n".join(forget_comments(connection, chosen.comment)))
        else:
            print(f"{forget_addresses(connection, chosen.addresses_older_than)} addresses")
        connection.execute("COMMIT" if chosen.write else "ROLLBACK")
    except sqlite3.Error as why:
        raise Problem(f"Nothing was changed: the database {file} cannot be used ({why}).") from why
    finally:
        connection.close()
    print("Done." if chosen.write else "Nothing was changed; add --write to do it.")
    return 0


if __name__ == "__main__":
    finish(main)
