"""The comment server for the public: its configuration starts as is, the check guards it, copies can be put back."""

from __future__ import annotations

import configparser
import json
import os
import re
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.request
from contextlib import closing
from pathlib import Path

import pytest
from conftest import ROOT
from local_comments import ISSO, LocalIsso, free_port

COMMENTS = ROOT / "comments"
FILLED = {
    "SET-ME-SITE": "example.org",
    "SET-ME-PASSWORD": "a3f1c09b7d5e42866b1d8e7f90aa41c2",
    "SET-ME-COMMENTS-HOST": "comments.example.org",
    "SET-ME-MAIL-SERVER": "mail.example.org",
    "SET-ME-MAIL-USER": "comments",
    "SET-ME-MAIL-PASSWORD": "7b1d8e7f90aa41c2a3f1c09b7d5e4286",
    "SET-ME-MODERATOR-ADDRESS": "moderator@example.org",
    "SET-ME-SENDER-ADDRESS": "comments@example.org",
    "SET-ME-SALT": "90aa41c2a3f1c09b7d5e42866b1d8e7f",
}


def filled(folder: Path, **changes: str) -> Path:
    """The configuration as an operator fills it in, with ``section__option`` changed."""
    text = (COMMENTS / "isso.cfg").read_text(encoding="utf-8")
    for name in sorted(FILLED, key=len, reverse=True):
        text = text.replace(name, FILLED[name])
    file = folder / "isso.cfg"
    file.write_text(text, encoding="utf-8")
    if changes:
        config = configparser.ConfigParser(allow_no_value=True, interpolation=None)
        config.read_string(text)
        for place, value in changes.items():
            section, option = place.split("__")
            config.set(section.replace("_dot_", "."), option.replace("_", "-"), value)
        with file.open("w", encoding="utf-8") as out:
            config.write(out)
    file.chmod(0o640)
    return file


def command(name: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, COMMENTS / f"{name}.py", *arguments], capture_output=True, text=True, check=False, cwd=COMMENTS
    )


def test_the_configuration_as_it_lies_there_is_refused() -> None:
    """Each value that is to be set is named, and nothing else; no traceback."""
    run = command("check", COMMENTS / "isso.cfg")
    assert run.returncode == 1 and "Traceback" not in run.stderr
    wanted = set(re.findall(r"SET-ME-[A-Z-]+", (COMMENTS / "isso.cfg").read_text(encoding="utf-8")))
    assert wanted == set(FILLED)
    for place in ("host", "password", "public-endpoint", "username", "to", "from", "salt"):
        assert re.search(rf"\] {place}: ", run.stderr), (place, run.stderr)


def test_filled_in_it_is_fit(tmp_path: Path) -> None:
    run = command("check", filled(tmp_path))
    assert run.returncode == 0, run.stderr
    assert "all is set" in run.stdout


DANGEROUS = {
    "moderation__enabled": "false",
    "moderation__approve_if_email_previously_approved": "true",
    "general__notify": "stdout",
    "general__gravatar": "true",
    "general__host": "http://example.org",
    "general__dbpath": "/tmp/comments.db",
    "general__max_age": "10d",
    "admin__password": "please_choose_a_strong_password",
    "hash__salt": "Eech7co8Ohloopo9Ol6baimi",
    "hash__algorithm": "none",
    "server__listen": "http://0.0.0.0:8080",
    "server__public_endpoint": "https://example.org/",
    "server__trusted_proxies": "0.0.0.0",
    "guard__enabled": "false",
    "guard__require_email": "true",
    "markup__allowed_elements": "script, img",
    "markup_dot_mistune__parameters": "hard_wrap",
    "smtp__security": "none",
}


@pytest.mark.parametrize("place", DANGEROUS)
def test_a_dangerous_change_is_named(tmp_path: Path, place: str) -> None:
    """What would take away a promise to readers is one sentence with its section and option."""
    run = command("check", filled(tmp_path, **{place: DANGEROUS[place]}))
    section, option = place.split("__")
    assert run.returncode == 1 and "Traceback" not in run.stderr
    assert f"[{section.replace('_dot_', '.')}] {option.replace('_', '-')}" in run.stderr, run.stderr


@pytest.mark.parametrize("text", ["", "[general\n", "host = x", "\0", "[general]\n[general]\n"])
def test_what_is_no_configuration(tmp_path: Path, text: str) -> None:
    """A sentence, whatever the file holds."""
    (tmp_path / "isso.cfg").write_text(text, encoding="utf-8")
    for name in ("check", "backup", "forget"):
        more = {"check": [], "backup": [tmp_path / "b"], "forget": ["--comment", "1"]}[name]
        run = command(name, tmp_path / "isso.cfg", *more)
        assert run.returncode == 1 and run.stderr and "Traceback" not in run.stderr, (name, run.stderr)


def test_secrets_that_others_can_read(tmp_path: Path) -> None:
    file = filled(tmp_path)
    file.chmod(0o644)
    run = command("check", file)
    assert run.returncode == 1 and "everyone on this machine can read its passwords" in run.stderr


def test_it_starts_as_is(tmp_path: Path) -> None:
    """Filled in, with a database and a port of this test: prepared as the service does, it answers, and asks for approval."""
    address = f"http://127.0.0.1:{free_port()}"
    place = {"general__dbpath": str(tmp_path / "comments.db"), "server__listen": address, "smtp__host": "127.0.0.1"}
    file = filled(tmp_path, **place, smtp__port="9", smtp__security="none")
    python = ISSO.parent / "python"
    environment = {name: value for name, value in os.environ.items() if name != "ISSO_SETTINGS"}
    ready = subprocess.run([python, COMMENTS / "prepare.py", file], capture_output=True, text=True, check=False, env=environment)
    assert ready.returncode == 0, ready.stderr
    with (tmp_path / "log").open("wb") as log:
        server = subprocess.Popen([ISSO, "-c", file, "run"], stdout=log, stderr=log, env=environment, cwd=tmp_path)
    try:
        for _ in range(100):
            try:
                with urllib.request.urlopen(f"{address}/info", timeout=2) as answer:
                    info = json.load(answer)
                break
            except OSError:
                time.sleep(0.1)
        else:
            pytest.fail((tmp_path / "log").read_text(encoding="utf-8"))
        assert info["moderation"] is True
        body = json.dumps(
            {"title": "First", "text": "A comment of this test", "author": "Ann", "website": "https://spam.example"}
        ).encode()
        headers = {"Content-Type": "application/json", "Origin": "https://example.org"}
        request = urllib.request.Request(f"{address}/new?uri=/first", body, headers)
        with urllib.request.urlopen(request, timeout=10) as answer:
            assert answer.status == 202
        with closing(sqlite3.connect(tmp_path / "comments.db")) as database:
            rows = database.execute("SELECT mode, remote_addr, website FROM comments").fetchall()
        assert rows == [(2, "127.0.0.0", None)]
    finally:
        server.terminate()
        server.wait(10)


def post(isso: LocalIsso, number: int) -> None:
    body = json.dumps({"title": "First", "text": f"Comment number {number}"}).encode()
    headers = {"Content-Type": "application/json", "Origin": isso.sites[0]}
    urllib.request.urlopen(urllib.request.Request(f"{isso.address}/new?uri=/first", body, headers), timeout=10).close()


def test_a_copy_while_people_write(tmp_path: Path) -> None:
    """Copies made while comments come in are whole; the newest are kept; one put back has its comments."""
    with LocalIsso(tmp_path / "isso", ["http://127.0.0.1:1"], per_minute=1000) as isso:
        stop = threading.Event()

        def write() -> None:
            number = 0
            while not stop.is_set():
                post(isso, number)
                number += 1

        writer = threading.Thread(target=write)
        writer.start()
        try:
            for _ in range(4):
                run = command("backup", isso.folder / "isso.cfg", tmp_path / "copies", "--keep", "3")
                assert run.returncode == 0, run.stderr
        finally:
            stop.set()
            writer.join()
        with closing(sqlite3.connect(isso.database)) as database:
            written = database.execute("SELECT count(*) FROM comments").fetchone()[0]
    copies = sorted((tmp_path / "copies").iterdir())
    assert len(copies) == 3 and all(re.fullmatch(r"comments-\d{8}T\d{6}\.\d+Z\.db", copy.name) for copy in copies)
    with closing(sqlite3.connect(copies[-1])) as database:
        kept = database.execute("SELECT count(*) FROM comments").fetchone()[0]
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert 0 < kept <= written
    copies[-1].replace(tmp_path / "isso" / "comments.db")
    with (
        LocalIsso(tmp_path / "isso", ["http://127.0.0.1:1"]) as isso,
        urllib.request.urlopen(f"{isso.address}/?uri=/first") as answer,
    ):
        assert json.load(answer)["total_replies"] == kept


def test_a_damaged_database(tmp_path: Path) -> None:
    """One sentence, no copy, and the older ones stay."""
    file = filled(tmp_path, general__dbpath=str(tmp_path / "comments.db"))
    (tmp_path / "comments.db").write_bytes(b"SQLite format 3\0" + b"\xff" * 4096)
    (tmp_path / "copies").mkdir()
    (tmp_path / "copies" / "comments-20260101T000000.0Z.db").write_bytes(b"old")
    run = command("backup", file, tmp_path / "copies")
    assert run.returncode == 1 and "Traceback" not in run.stderr and len(run.stderr.strip().splitlines()) == 1
    assert [copy.name for copy in (tmp_path / "copies").iterdir()] == ["comments-20260101T000000.0Z.db"]


def test_no_database_yet(tmp_path: Path) -> None:
    run = command("backup", filled(tmp_path, general__dbpath=str(tmp_path / "none.db")), tmp_path / "copies")
    assert run.returncode == 1 and "There is no database" in run.stderr


def test_the_guide_names_what_is_there() -> None:
    """Each file that the guide and the units name is in the folder, and every file is named."""
    guide = (COMMENTS / "README.md").read_text(encoding="utf-8")
    units = "".join(
        path.read_text(encoding="utf-8") for path in COMMENTS.iterdir() if path.suffix in (".service", ".timer", ".yaml")
    )
    names = {path.name for path in COMMENTS.iterdir() if path.is_file()}
    for name in names - {"README.md", "isso_files.py", "Containerfile"}:
        assert name in guide + units, name
    for name in re.findall(r"/opt/isso/comments/(\w+\.py)", guide + units):
        assert name in names


@pytest.mark.parametrize("file", ["Caddyfile", "nginx.conf"])
def test_the_proxies_keep_no_list_of_readers(file: str) -> None:
    """No log of requests, a limit on their size, no address from strangers."""
    text = (COMMENTS / file).read_text(encoding="utf-8")
    lines = [line.split("#")[0].strip() for line in text.splitlines()]
    if file == "Caddyfile":
        # Its log of what goes wrong leaves out whose request it was; below its name there is no other.
        assert "request delete" in lines
        lines = lines[lines.index("SET-ME-COMMENTS-HOST {") :]
    assert not any(re.match(r"(log\b|access_log (?!off))", line) for line in lines)
    assert "64" in text and "no-referrer" in text
    if file == "nginx.conf":
        assert "proxy_set_header X-Forwarded-For $remote_addr;" in lines and lines.count("access_log off;") == 2
