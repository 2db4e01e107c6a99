"""Gives imported threads the names under which this site keeps them.

    python3 rename_threads.py isso.cfg names.csv [--site FOLDER] [--write]

``names.csv`` has the columns ``old`` (the old address, whole or from its first / on) and ``new`` (the name of the
thread: the path of the page's source below docs/, without .md, with / before it). Says what it would do; does it,
all or nothing, with --write. ``--site`` is a built site, to hold each new name against what its pages ask for.
Needs Python alone. Exit codes: 0 done or could be done, 1 something is wrong.
"""

from __future__ import annotations

import argparse
import csv
import re
import sqlite3
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

from isso_files import Problem, database, finish, opened

NAME = re.compile(r"/|(/[^/\s?#]+)+")


@dataclass(frozen=True)
class Thread:
    """A row of Isso's table: its number, its name, and how many comments it has."""

    number: int
    name: str
    comments: int


def old_name(address: str) -> str:
    """The name that ``isso import`` gave the thread of the page at ``address``: its path, and its query if any."""
    parts = urlsplit(address.strip())
    return parts.path + (f"?{parts.query}" if parts.query else "")


def read_names(path: Path) -> dict[str, str]:
    """Old name → new name. Raises Problem, with a sentence on a line of its own for each mistake."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            if not {"old", "new"} <= set(rows.fieldnames or ()):
                raise Problem(f"{path} must begin with the line: old,new")
            names: dict[str, str] = {}
            wrong: list[str] = []
            for row in rows:
                where = f"{path}:{rows.line_num}"
                old, new = old_name(row["old"] or ""), (row["new"] or "").strip()
                if not old.startswith("/"):
                    wrong.append(f"{where}: ‘{row['old']}’ is not an address; write it like /2012/05/a-post/.")
                elif old in names:
                    wrong.append(f"{where}: ‘{old}’ stands there twice.")
                elif not NAME.fullmatch(new) or new.endswith((".md", ".html")):
                    wrong.append(f"{where}: ‘{new}’ is not the name of a thread; write it like /blog/posts/a-post.")
                names[old] = new
    except OSError as why:
        raise Problem(f"{path} cannot be read: {why.strerror}.") from why
    except (UnicodeDecodeError, csv.Error) as why:
        raise Problem(f"{path} is not a table in UTF-8: {why}.") from why
    if wrong:
        raise Problem("\n".join(wrong))
    return names


def names_in(site: Path) -> set[str]:
    """The threads that the pages of a built site ask for. Raises Problem when there are none."""
    found: set[str] = set()
    for page in site.rglob("*.html"):
        found |= {unescape(name) for name in re.findall(r'data-isso-id="([^"]*)"', page.read_text("utf-8"))}
    if not found:
        raise Problem(f"No page in {site} shows comments; build it with COMMENTS_SERVER set.")
    return found


def threads_in(connection: sqlite3.Connection) -> list[Thread]:
    """All threads, by name."""
    counted = (
        "SELECT t.id, t.uri, count(c.id) FROM threads AS t LEFT JOIN comments AS c ON c.tid = t.id GROUP BY t.id ORDER BY t.uri"
    )
    return [Thread(*row) for row in connection.execute(counted)]


def rename(connection: sqlite3.Connection, names: Mapping[str, str]) -> list[str]:
    """Renames the threads in one transaction that the caller has begun, and says what was done, a line each.

    Threads that get the same name become one. Names may be exchanged: a → b and b → a.
    """
    threads = threads_in(connection)
    moving = [thread for thread in threads if names.get(thread.name, thread.name) != thread.name]
    # Out of the way first: a name is unique in the table.
    for thread in moving:
        connection.execute("UPDATE threads SET uri = ? WHERE id = ?", (f"moving {thread.number}", thread.number))
    done: list[str] = []
    for thread in moving:
        new = names[thread.name]
        there = connection.execute("SELECT id FROM threads WHERE uri = ?", (new,)).fetchone()
        if there:
            connection.execute("UPDATE comments SET tid = ? WHERE tid = ?", (there[0], thread.number))
            connection.execute("DELETE FROM threads WHERE id = ?", (thread.number,))
        else:
            connection.execute("UPDATE threads SET uri = ? WHERE id = ?", (new, thread.number))
        done.append(f"{thread.name} → {new} ({thread.comments} comments{', joined to those there' if there else ''})")
    return done


def main() -> int:
    """The command; gives its exit code."""
    parser = argparse.ArgumentParser(description="Gives imported threads the names under which this site keeps them.")
    parser.add_argument("config", type=Path, help="Isso's configuration, which says where the database is")
    parser.add_argument("names", type=Path, help="a CSV file with the columns old and new")
    parser.add_argument("--site", type=Path, help="the built site, to check the new names against")
    parser.add_argument("--write", action="store_true", help="do it; without it nothing is changed")
    chosen = parser.parse_args()
    names = read_names(chosen.names)
    known = names_in(chosen.site) if chosen.site else None
    if known is not None and (lost := sorted(set(names.values()) - known)):
        raise Problem("\n".join(f"No page of the site shows the thread ‘{name}’." for name in lost))
    file = database(chosen.config)
    connection = opened(file, "rw")
    try:
        connection.execute("BEGIN IMMEDIATE")
        before = {thread.name for thread in threads_in(connection)}
        for line in rename(connection, names):
            print(line)
        after = threads_in(connection)
        connection.execute("COMMIT" if chosen.write else "ROLLBACK")
    except sqlite3.Error as why:
        raise Problem(f"Nothing was changed: the database {file} cannot be used ({why}).") from why
    finally:
        connection.close()
    for name in sorted(set(names) - before):
        print(f"No thread is named {name}: that line did nothing.", file=sys.stderr)
    for thread in after:
        if thread.name not in (known if known is not None else set(names.values())):
            print(f"{thread.name} ({thread.comments} comments) is named by no line: no page will show it.", file=sys.stderr)
    print("Done." if chosen.write else "Nothing was changed; add --write to do it.")
    return 0


if __name__ == "__main__":
    finish(main)
