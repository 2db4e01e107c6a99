"""Comments of the site's former homes: exports of WordPress and Disqus, by the real ``isso import``, on today's pages."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import time
import urllib.request
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import pytest
from local_comments import ISSO, LocalIsso

from comments import thread_name

ROOT = Path(__file__).parent.parent
COMMENTS = ROOT / "comments"
EXPORTS = ROOT / "tests" / "data" / "import"
STOP = thread_name("blog/posts/why-not-to-stop-suddenly.md")
HELPS = thread_name("blog/posts/what-helps-in-a-taper.md")
PREGABALIN = thread_name("blog/posts/pregabalin-in-a-benzodiazepine-taper.md")


def command(name: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """One of the commands in comments/, as the guide calls it."""
    return subprocess.run([sys.executable, COMMENTS / name, *arguments], capture_output=True, text=True, check=False)


def run_import(config: Path, *arguments: str | Path) -> None:
    """``isso import``, as the guide calls it: in UTC, and the question whether to go on answered with yes."""
    run = subprocess.run(
        [ISSO, "-c", config, "import", *arguments],
        input="y\n",
        env={**os.environ, "TZ": "UTC"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr


def rows(server: LocalIsso) -> dict[str, list[sqlite3.Row]]:
    """All comments in the database, by thread, the oldest first."""
    with closing(sqlite3.connect(server.database)) as connection:
        connection.row_factory = sqlite3.Row
        found: dict[str, list[sqlite3.Row]] = {
            name: [] for (name,) in connection.execute("SELECT uri FROM threads ORDER BY uri").fetchall()
        }
        for row in connection.execute(
            "SELECT t.uri, c.* FROM comments AS c JOIN threads AS t ON t.id = c.tid ORDER BY c.created"
        ):
            found[row["uri"]].append(row)
        return found


@pytest.fixture
def server(tmp_path: Path) -> LocalIsso:
    """A stopped Isso with the production configuration and an empty, prepared database."""
    server = LocalIsso(tmp_path / "isso", ["http://127.0.0.1:1"], moderated=True)
    with server:
        pass
    return server


@pytest.fixture
def config(server: LocalIsso) -> Path:
    return server.folder / "isso.cfg"


def cleaned(name: str, folder: Path) -> Path:
    """An export made fit for import."""
    target = folder / f"clean-{name}"
    run = command("clean_export.py", EXPORTS / name, target)
    assert run.returncode == 0, run.stderr
    return target


def test_both_exports_arrive_on_the_pages_of_today(server: LocalIsso, config: Path, tmp_path: Path) -> None:
    """Threads are named as the site asks for them, answers stay answers, and the real server shows the text."""
    run_import(config, cleaned("wordpress.xml", tmp_path))
    run_import(config, "--empty-id", cleaned("disqus.xml", tmp_path))
    assert set(rows(server)) == {"/2012/05/why-not-to-stop-suddenly/", "/?p=12", "/2015/06/pregabalin/"}

    before = rows(server)
    trial = command("rename_threads.py", config, EXPORTS / "names.csv")
    assert (trial.returncode, trial.stderr) == (0, "")
    assert trial.stdout.splitlines() == [
        f"/2012/05/why-not-to-stop-suddenly/ → {STOP} (4 comments)",
        f"/2015/06/pregabalin/ → {PREGABALIN} (2 comments)",
        f"/?p=12 → {HELPS} (2 comments)",
        "Nothing was changed; add --write to do it.",
    ]
    assert rows(server) == before

    done = command("rename_threads.py", config, EXPORTS / "names.csv", "--write")
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "Done.")
    after = rows(server)
    assert {name: [(row["author"], row["mode"]) for row in found] for name, found in after.items()} == {
        STOP: [("Robin", 1), ("Sam", 1), ("Robin", 1), ("Noor", 1)],
        HELPS: [("Kim", 1), ("Lee", 2)],
        PREGABALIN: [(None, 4), ("Alex", 1)],
    }
    first, answer, answer_to_answer, later = after[STOP]
    # Isso keeps one level of answers: an answer to an answer stands below the same comment.
    assert [row["parent"] for row in (first, answer, answer_to_answer, later)] == [None, first["id"], first["id"], None]
    assert after[PREGABALIN][1]["parent"] == after[PREGABALIN][0]["id"]
    assert datetime.fromtimestamp(first["created"], UTC).isoformat() == "2012-05-02T09:15:00+00:00"
    everything = [row for found in after.values() for row in found]
    assert {(row["email"] or "", row["website"] or "", row["remote_addr"]) for row in everything} == {("", "", "0.0.0.0")}
    stored = server.database.read_bytes()
    assert not any(
        word in stored for word in (b"trackback", b"Buy spam", b"example.com", b"example.net", b"198.51", b"first word")
    )

    with server:
        address = f"{server.address}/?uri={quote(STOP)}"
        with urllib.request.urlopen(address, timeout=10) as response:
            shown = json.load(response)
    robin, noor = shown["replies"]
    assert [reply["text"] for reply in robin["replies"]] == [
        "<p>Thank you, Robin.<br>\nIt helped me to read this.</p>",
        "<p>An answer to the answer.</p>",
    ]
    assert "It was <strong>hard</strong> &amp; lonely.</p>" in robin["text"]
    assert "<blockquote>\n<p>You do not have to sort it out alone.</p>\n</blockquote>" in robin["text"]
    assert '<a href="https://old.example.org/help/" rel="nofollow noopener">the help page</a>, not this.' in robin["text"]
    assert noor["text"] == "<p>Four years later this is still <em>true</em>.</p>\n<p>Thank you.</p>"


def test_what_nobody_approved_is_gone_when_the_server_starts(server: LocalIsso, config: Path, tmp_path: Path) -> None:
    """As the guide says: a comment that waited in the old queue is older than purge-after."""
    run_import(config, cleaned("wordpress.xml", tmp_path))
    assert [row["mode"] for row in rows(server)["/?p=12"]] == [1, 2]
    with server:
        end = time.monotonic() + 10
        while len(rows(server)["/?p=12"]) > 1 and time.monotonic() < end:
            time.sleep(0.05)
    assert [row["author"] for row in rows(server)["/?p=12"]] == ["Kim"]


def test_the_cleaner_counts_and_keeps_the_old_file(tmp_path: Path) -> None:
    """It says how many of each kind there were, writes for nobody else to read, and overwrites nothing."""
    target = tmp_path / "clean.xml"
    run = command("clean_export.py", EXPORTS / "wordpress.xml", target)
    assert run.stdout == f"{target}: 4 kept, 1 never approved, 1 spam, 1 trackback.\n"
    assert target.stat().st_mode & 0o077 == 0
    again = command("clean_export.py", EXPORTS / "wordpress.xml", target)
    assert (again.returncode, again.stderr) == (1, f"{target} is there already; name a new file.\n")
    run = command("clean_export.py", EXPORTS / "disqus.xml", tmp_path / "disqus.xml")
    assert run.stdout.endswith(": 1 deleted, 2 kept, 1 spam.\n")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("<rss>", "is not a whole XML file"),
        ("<rss/>", "is an export neither of WordPress nor of Disqus."),
        (None, "cannot be read: No such file or directory."),
    ],
)
def test_the_cleaner_refuses_other_files_with_a_sentence(tmp_path: Path, content: str | None, sentence: str) -> None:
    source = tmp_path / "export.xml"
    if content is not None:
        source.write_text(content)
    run = command("clean_export.py", source, tmp_path / "clean.xml")
    assert run.returncode == 1
    assert sentence in run.stderr and "Traceback" not in run.stderr
    assert not (tmp_path / "clean.xml").exists()


def test_threads_can_change_names_with_each_other_and_become_one(server: LocalIsso, config: Path, tmp_path: Path) -> None:
    """Two threads with one new name are joined; a name that is taken by one that moves too is free."""
    run_import(config, cleaned("wordpress.xml", tmp_path))
    run_import(config, "--empty-id", cleaned("disqus.xml", tmp_path))
    names = tmp_path / "names.csv"
    names.write_text("old,new\n/2015/06/pregabalin/,/b\n/?p=12,/b\n/2012/05/why-not-to-stop-suddenly/,/a\n")
    command("rename_threads.py", config, names, "--write")
    assert {name: len(found) for name, found in rows(server).items()} == {"/a": 4, "/b": 4}
    names.write_text("old,new\n/a,/b\n/b,/a\n/never,/c\n")
    run = command("rename_threads.py", config, names, "--write")
    assert {name: len(found) for name, found in rows(server).items()} == {"/a": 4, "/b": 4}
    assert rows(server)["/b"][0]["author"] == "Robin"
    assert run.stderr == "No thread is named /never: that line did nothing.\n"


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ("from,to\n/a,/b\n", "must begin with the line: old,new"),
        ("old,new\n/a,/b\n/a,/c\n", ":3: ‘/a’ stands there twice."),
        ("old,new\n/a,/blog/posts/a.md\n", ":2: ‘/blog/posts/a.md’ is not the name of a thread"),
        ("old,new\n/a,/b/\n", ":2: ‘/b/’ is not the name of a thread"),
        ("old,new\n/a\n", ":2: ‘’ is not the name of a thread"),
        ("old,new\nhello,/b\n", ":2: ‘hello’ is not an address"),
        (
            "old,new\n/2012/05/why-not-to-stop-suddenly/,/blog/posts/typo\n",
            "No page of the site shows the thread ‘/blog/posts/typo’.",
        ),
    ],
)
def test_a_wrong_table_changes_nothing(server: LocalIsso, config: Path, tmp_path: Path, table: str, sentence: str) -> None:
    """Each mistake is a sentence, also a name that no page of the built site asks for."""
    run_import(config, cleaned("wordpress.xml", tmp_path))
    before = rows(server)
    names, site = tmp_path / "names.csv", tmp_path / "site"
    names.write_text(table)
    site.mkdir()
    (site / "index.html").write_text('<div id="isso-thread" data-isso-id="/blog/posts/a"></div>')
    run = command("rename_threads.py", config, names, "--site", site, "--write")
    assert run.returncode == 1
    assert sentence in run.stderr and "Traceback" not in run.stderr
    assert rows(server) == before


def test_threads_that_no_line_names_are_told(server: LocalIsso, config: Path, tmp_path: Path) -> None:
    """Their comments would be kept and never shown."""
    run_import(config, cleaned("wordpress.xml", tmp_path))
    names = tmp_path / "names.csv"
    names.write_text("old,new\n/?p=12,/a\n")
    run = command("rename_threads.py", config, names)
    assert run.stderr == "/2012/05/why-not-to-stop-suddenly/ (3 comments) is named by no line: no page will show it.\n"
