"""The public comment server as readers and moderators meet it: the files of comments/ under the real Isso."""

from __future__ import annotations

import configparser
import json
import re
import signal
import socketserver
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from email import message_from_bytes
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from conftest import ROOT
from local_comments import ISSO, LocalCommentsError, LocalIsso, answers, free_port

COMMENTS = ROOT / "comments"
SALT = "0f8e7d6c5b4a39281706f5e4d3c2b1a0"
PASSWORD = "a-long-word-of-nobody-else-42"
# A port where nobody answers: Isso asks its site for a sign of life when it starts.
SITE = "https://127.0.0.1:1"

# What the guide tells an operator to set, and no more.
OPERATOR = {
    "https://SET-ME-SITE": SITE,
    "https://SET-ME-COMMENTS-HOST": "https://127.0.0.1:2",
    "SET-ME-PASSWORD": PASSWORD,
    "SET-ME-SALT": SALT,
    "SET-ME-MAIL-SERVER": "127.0.0.1",
    "SET-ME-MAIL-USER": "comments",
    "SET-ME-MAIL-PASSWORD": "mail-password",
    "SET-ME-MODERATOR-ADDRESS": "moderator@example.org",
    "SET-ME-SENDER-ADDRESS": "comments@example.org",
}


def command(name: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """One of the commands in comments/, as the guide calls it."""
    return subprocess.run([sys.executable, COMMENTS / name, *arguments], capture_output=True, text=True, check=False)


def written(folder: Path, changes: dict[str, str] | None = None) -> Path:
    """The configuration with the operator's values, and then with other ``changes`` of whole lines."""
    text = (COMMENTS / "isso.cfg").read_text(encoding="utf-8")
    for old, new in OPERATOR.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    for old, new in (changes or {}).items():
        assert f"\n{old}\n" in text, old
        text = text.replace(f"\n{old}\n", f"\n{new}\n", 1)
    config = folder / "isso.cfg"
    config.write_text(text, encoding="utf-8")
    config.chmod(0o640)
    return config


def settings(config: Path) -> configparser.ConfigParser:
    """A configuration, read."""
    parser = configparser.ConfigParser(interpolation=None, allow_no_value=True)
    parser.read(config, encoding="utf-8")
    return parser


def here(folder: Path) -> dict[str, str]:
    """The two places that a test cannot have: a folder of the system, and a port that may be taken."""
    return {
        "dbpath = /var/lib/isso/comments.db": f"dbpath = {folder}/comments.db",
        "listen = http://127.0.0.1:8080": f"listen = http://127.0.0.1:{free_port()}",
    }


@contextmanager
def running(config: Path) -> Iterator[str]:
    """The server, started by the commands of isso.service; gives its address. Its log lies beside the configuration."""
    unit = (COMMENTS / "isso.service").read_text(encoding="utf-8")
    lines = [line.partition("=")[2] for line in unit.splitlines() if line.startswith("ExecStart")]
    places = {"/opt/isso/comments": str(COMMENTS), "/opt/isso/bin": str(ISSO.parent), "/etc/isso/isso.cfg": str(config)}
    for place, ours in places.items():
        lines = [line.replace(place, ours) for line in lines]
    *before, start = [line.split() for line in lines]
    assert [Path(step[1]).name for step in before] == ["check.py", "prepare.py"]
    # The check refuses a database in a temporary folder, which a test's is; the rest is the same.
    fit = config.parent / "fit.cfg"
    place = f"dbpath = {settings(config)['general']['dbpath']}"
    fit.write_text(config.read_text("utf-8").replace(place, "dbpath = /var/lib/isso/comments.db"), "utf-8")
    fit.chmod(0o640)
    before[0] = [str(fit) if part == str(config) else part for part in before[0]]
    for step in before:
        done = subprocess.run(step, cwd="/", capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    address = settings(config)["server"]["listen"]
    with (config.parent / "log").open("wb") as log:
        process = subprocess.Popen(start, cwd="/", stdout=log, stderr=log)
        try:
            end = time.monotonic() + 30
            while not answers(address, "/config"):
                assert process.poll() is None and time.monotonic() < end, (config.parent / "log").read_text()
                time.sleep(0.05)
            yield address
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(10)


class Answer:
    """What came back: status, text, headers, and the cookies as they are sent back."""

    def __init__(self, address: str, path: str, method: str, data: bytes | None, headers: dict[str, str]) -> None:
        where = urlsplit(address)
        connection = HTTPConnection(where.hostname or "", where.port, timeout=10)
        connection.request(method, path, data, headers)
        response = connection.getresponse()
        self.status = response.status
        self.headers = response.headers
        self.text = response.read().decode()
        self.cookies = "; ".join(value.partition(";")[0] for value in response.headers.get_all("Set-Cookie") or [])
        connection.close()

    @property
    def json(self) -> dict[str, object]:
        found: dict[str, object] = json.loads(self.text)
        return found


def asked(address: str, path: str, body: object = None, method: str = "GET", **headers: str) -> Answer:
    """A request; a ``body`` goes as JSON; X_Forwarded_For is the header of that name."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if body is None:
        return Answer(address, path, method, None, named)
    return Answer(address, path, method, json.dumps(body).encode(), {"Content-Type": "application/json", **named})


def post(address: str, text: str, reader: str = "198.51.100.7", **more: object) -> Answer:
    """A comment, as it comes from a reader through the proxy."""
    return asked(address, "/new?uri=/a", {"text": text, "title": "A", **more}, "POST", X_Forwarded_For=reader)


def shown(address: str) -> list[str]:
    """The texts that everyone sees."""
    return [reply["text"] for reply in json.loads(asked(address, "/?uri=/a").text)["replies"]]


def query(config: Path, sql: str) -> list[tuple[object, ...]]:
    """Rows of the database."""
    with closing(sqlite3.connect(settings(config)["general"]["dbpath"], timeout=30)) as connection, connection:
        return connection.execute(sql).fetchall()


def test_what_the_configuration_promises_holds(tmp_path: Path) -> None:
    """With the operator's values alone: queue, limits, short addresses, no website, no other site, a log without readers."""
    config = written(tmp_path, here(tmp_path))
    with running(config) as address:
        first = post(address, "Hello from a reader", website="https://spam.example.net", author="Reader")
        assert (first.status, first.json["mode"], first.json["website"]) == (202, 2, None)
        cookie = first.headers["Set-Cookie"]
        assert "Secure" in cookie and "SameSite=Lax" in cookie and "Max-Age=900" in cookie
        assert shown(address) == []
        assert post(address, "A second one").status == 202
        third = post(address, "A third in one minute", reader="198.51.100.99")
        assert third.status == 403 and "198.51.100.0: ratelimit exceeded" in third.text
        assert post(address, "From another network", reader="203.0.113.5").status == 202
        assert post(address, "From a third", reader="2001:db8:1:2:3:4:5:6").status == 202
        assert {row[0] for row in query(config, "SELECT remote_addr FROM comments")} == {
            "198.51.100.0",
            "203.0.113.0",
            "2001:0db8:0001:0000:0000:0000:0000:0000",
        }
        assert asked(address, "/latest?limit=5").status == 404
        assert asked(address, "/feed?uri=/a").status == 404
        assert asked(address, "/config").json["config"] == {
            **dict.fromkeys(("require-email", "require-author", "reply-notifications", "gravatar", "feed"), False),
            "reply-to-self": True,
        }
        stranger = asked(address, "/config", Origin="https://evil.example.net")
        assert stranger.headers["Access-Control-Allow-Origin"] == SITE
    log = (tmp_path / "log").read_text(encoding="utf-8")
    assert not any(word in log for word in ("198.51.100", "203.0.113", "2001:", "Hello from a reader", "no such option"))
    assert (tmp_path / "comments.db").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script><img src=x onerror=alert(1)>",
        "[here](javascript:alert(1)) ![pixel](https://track.example.net/p.png)",
        "`<b>` <a href='https://x.example' style='position:fixed' onclick='x()'>y</a>",
    ],
)
def test_a_hostile_comment_is_text(tmp_path: Path, text: str) -> None:
    """Nothing that runs, loads or decorates comes through the markup that is switched on."""
    with LocalIsso(tmp_path, ["http://127.0.0.1:1"]) as server:
        html = str(post(server.address, text).json["text"])
    assert not re.search(r"<(?!/?(p|code|a|br|em|strong)\b)", html), html
    assert not re.search(r"<[^>]*(javascript:|style=|\bon\w+=|src=)", html), html


def test_a_moderator_works_from_the_page_and_a_changed_comment_waits_again(tmp_path: Path) -> None:
    """The page /admin/ opens with the password alone; what its writer changes later is not published unread."""
    with LocalIsso(tmp_path, ["http://127.0.0.1:1"], moderated=True) as server:
        address = server.address
        first = post(address, "Harmless at first")
        number, own = first.json["id"], first.cookies

        def login(password: str) -> Answer:
            form = urlencode({"password": password}).encode()
            return Answer(address, "/login/", "POST", form, {"Content-Type": "application/x-www-form-urlencoded"})

        assert login("please_choose_a_strong_password").cookies == ""
        session = login(server.password).cookies
        page = asked(address, "/admin/", Cookie=session).text
        assert "Harmless at first" in page and "Harmless at first" not in asked(address, "/admin/").text
        key = re.search(rf"validate_com\({number}, ?'([^']+)'", page)
        assert key, page
        moderate = f"/id/{number}/%s/{key[1]}"
        assert asked(address, moderate % "activate", method="POST").text == "Comment has been activated"
        assert shown(address) == ["<p>Harmless at first</p>"]

        changed = asked(address, f"/id/{number}", {"text": "Buy this"}, "PUT", Cookie=own)
        assert (changed.status, changed.json["mode"]) == (200, 2)
        assert shown(address) == []
        assert asked(address, moderate % "activate", method="POST").text == "Comment has been activated"
        # What a moderator corrects stays published.
        assert asked(address, moderate % "edit", {"text": "Corrected"}, "POST").status == 200
        assert shown(address) == ["<p>Corrected</p>"]
        assert asked(address, moderate % "delete", method="POST").status == 200
        assert shown(address) == []


def test_the_local_server_differs_from_the_public_one_as_it_says(tmp_path: Path) -> None:
    """Every other setting is the public one's, and what the caller asks for takes effect."""
    with LocalIsso(tmp_path, ["http://127.0.0.1:9"], hosts=["http://127.0.0.1:1"], ratelimit=1, max_age="1s") as server:
        local, public = settings(tmp_path / "isso.cfg"), settings(COMMENTS / "isso.cfg")
        changed = {
            f"{section}.{key}"
            for section in public.sections()
            for key in public.options(section)
            if section != "smtp" and public[section][key] != local[section][key]
        }
        assert changed == {
            *("general.dbpath", "general.host", "general.max-age", "general.notify", "admin.password", "moderation.enabled"),
            *("server.listen", "server.public-endpoint", "guard.ratelimit", "guard.direct-reply", "hash.salt"),
        }
        assert not local.has_section("smtp")
        assert local["general"]["host"].split() == ["http://127.0.0.1:1/"]
        first = post(server.address, "The first one")
        assert post(server.address, "One too many").status == 403
        time.sleep(2.1)
        assert asked(server.address, f"/id/{first.json['id']}", {"text": "Too late"}, "PUT", Cookie=first.cookies).status == 403


class _Mail(socketserver.StreamRequestHandler):
    """As much of a mail server as takes a letter."""

    def handle(self) -> None:
        self.wfile.write(b"220 here\r\n")
        letter: list[bytes] | None = None
        for line in self.rfile:
            if letter is not None and line == b".\r\n":
                self.server.letters.append(b"".join(letter))  # type: ignore[attr-defined]
                letter = None
                self.wfile.write(b"250 taken\r\n")
            elif letter is not None:
                letter.append(line)
            else:
                word = line[:4].upper()
                letter = [] if word == b"DATA" else None
                self.wfile.write({b"DATA": b"354 go on\r\n", b"QUIT": b"221 bye\r\n"}.get(word, b"250 ok\r\n"))
                if word == b"QUIT":
                    return


def test_a_moderator_works_from_the_mail(tmp_path: Path) -> None:
    """A new comment comes by mail, to the moderator alone, with links that let it through or delete it."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Mail) as mail:
        letters: list[bytes] = []
        mail.letters = letters  # type: ignore[attr-defined]
        mail.daemon_threads = True
        threading.Thread(target=mail.serve_forever, daemon=True).start()
        own_mail_server = {
            "port = 587": f"port = {mail.server_address[1]}",
            "security = starttls": "security = none",
            "username = comments": "username =",
            "password = mail-password": "password =",
        }
        with running(written(tmp_path, {**here(tmp_path), **own_mail_server})) as address:
            post(address, "Please read me", author="Reader")
            end = time.monotonic() + 10
            while not letters and time.monotonic() < end:
                time.sleep(0.05)
            letter = message_from_bytes(letters[0])
            body = letter.get_payload(decode=True)
            assert isinstance(body, bytes)
            text = body.decode()
            assert (letter["To"], letter["From"]) == ("moderator@example.org", "Comments <comments@example.org>")
            assert "Please read me" in text and "198.51.100.7" not in text
            activate = re.search(r"Activate comment: https://127\.0\.0\.1:2(\S+)", text)
            delete = re.search(r"Delete comment: https://127\.0\.0\.1:2(\S+)", text)
            assert activate and delete
            # A mail program that only looks at the links does nothing.
            assert asked(address, activate[1]).status == 200
            assert shown(address) == []
            assert asked(address, activate[1], method="POST").status == 200
            assert shown(address) == ["<p>Please read me</p>"]
            assert asked(address, delete[1], method="POST").status == 200
            assert shown(address) == []
        mail.shutdown()


QUEUE = "# A person reads each comment before others can see it."
# A line of the configuration, what stands in its place, and words of the sentence that refuses it.
REFUSED = [
    (
        f"{QUEUE}\nenabled = true",
        f"{QUEUE}\nenabled = false",
        "comments would appear before a person has read them.",
    ),
    ("approve-if-email-previously-approved = false", "approve-if-email-previously-approved = yes", "nobody proves that"),
    ("purge-after = 30d", "purge-after = 10y", "‘10y’ is not a length of time"),
    ("max-age = 15m", "max-age = 2d", "[general] max-age: ‘2d’ must be between 1m and 1h."),
    ("notify = smtp", "notify = smtp, stdout", "‘stdout’ writes each comment"),
    ("reply-notifications = false", "reply-notifications = on", "[general] reply-notifications: is ‘true’"),
    ("latest-enabled = false", "latest-enabled = true", "[general] latest-enabled"),
    ("log-file =", "log-file = /var/log/isso.log", "must be empty"),
    ("dbpath = /var/lib/isso/comments.db", "dbpath = comments.db", "must be a whole path"),
    (f"    {SITE}", "    https://example.org/blog/", "says more than a host"),
    (f"    {SITE}", "", "[general] host: is empty: no page could show comments."),
    (f"    {SITE}", "    *", "is not an address"),
    (f"    {SITE}", "    https://example.org", "[server] samesite: is ‘Lax’, but https://example.org is a stranger"),
    (f"    {SITE}", "    https://127.0.0.1:2", "is the address of the site; the comment server needs a name"),
    (f"password = {PASSWORD}", "password = short", "[admin] password: is too easy to guess"),
    (f"password = {PASSWORD}", f"password = {'a' * 40}", "[admin] password: is too easy to guess"),
    (f"password = {PASSWORD}", "password = a-long-$HOME-of-nobody-else-42", "[admin] password: has a dollar sign"),
    (f"salt = {SALT}", f"salt = {PASSWORD}", "[hash] salt: is the password of [admin]"),
    (f"salt = {SALT}", "", "[hash] salt: is missing; put it back."),
    ("listen = http://127.0.0.1:8080", "listen = 127.0.0.1:8080", "is not an address with a port"),
    ("public-endpoint = https://127.0.0.1:2", "public-endpoint = http://127.0.0.1:2", "use https://"),
    ("samesite = Lax", "samesite = none", "must be Lax or None or Strict"),
    ("profile = false", "profile = true", "[server] profile"),
    ("security = starttls", "security = tls", "must be starttls or ssl or none"),
    ("username = comments", "username =", "[smtp] username and password: set both"),
    ("to = moderator@example.org", "to = moderator", "[smtp] to: ‘moderator’ is not an e-mail address."),
    ("from = Comments <comments@example.org>", "from = comments@example.org", "must be like: Comments <comments@example.org>"),
    ("ratelimit = 2", "ratelimit = 1000", "[guard] ratelimit: ‘1000’ must be a number from 1 to 10."),
    ("ratelimit = 2", "rate-limit = 2", "is not a setting of this site’s Isso (nearest: [guard] ratelimit)."),
    ("renderer = mistune", "renderer = misaka", "lets HTML through"),
    ("allowed-attributes =", "allowed-attributes = style, onclick", "styles or scripts"),
    ("plugins = strikethrough", "plugins = strikethrough, url", "[markup.mistune] plugins"),
    ("base =", "base = https://example.org", "no feeds"),
    ("timeout = 10", "timeout = 10\ntimeout = 20", "is not a configuration of Isso: "),
]


@pytest.mark.parametrize(("old", "new", "sentence"), REFUSED)
def test_the_check_says_why(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    """The sentence names the fault, and repeats no secret."""
    run = command("check.py", written(tmp_path, {old: new}))
    assert run.returncode == 1
    assert sentence in run.stderr, run.stderr
    assert not any(word in run.stderr for word in ("Traceback", PASSWORD, SALT))


def test_the_check_takes_what_an_operator_may_choose(tmp_path: Path) -> None:
    chosen = {
        f"    {SITE}": "    https://example.org\n    https://www.example.org",
        "public-endpoint = https://127.0.0.1:2": "public-endpoint = https://comments.example.org",
        "ratelimit = 2": "ratelimit = 5",
        "max-age = 15m": "max-age = 1h",
        "gravatar = false": "gravatar = no",
    }
    run = command("check.py", written(tmp_path, chosen))
    assert (run.returncode, run.stderr) == (0, "")


def test_every_setting_of_isso_is_decided() -> None:
    """A setting that the file left out would be Isso's choice, now and after an update."""
    (shipped,) = ISSO.parent.parent.glob("lib/python3*/site-packages/isso/isso.cfg")
    theirs, ours = (
        {(section, key) for section in each.sections() for key in each.options(section)}
        for each in (settings(shipped), settings(COMMENTS / "isso.cfg"))
    )
    # The other renderer is not in use.
    assert {name for name in theirs if name[0] != "markup.misaka"} == ours


def test_no_server_on_a_damaged_database(tmp_path: Path) -> None:
    """It says so in one sentence, as its backup does where only some pages are broken, and the good copy stays."""
    server = LocalIsso(tmp_path / "isso", ["http://127.0.0.1:1"])
    with server:
        for number in range(40):
            post(server.address, f"Comment {number} {'x' * 2000}")
    config, backups = server.folder / "isso.cfg", tmp_path / "backups"
    assert command("backup.py", config, backups, "--keep", "1").returncode == 0
    good = list(backups.iterdir())
    whole = server.database.read_bytes()
    for damaged in (whole[: 8 * 4096] + b"\xa5" * (len(whole) - 8 * 4096), b""):
        server.database.write_bytes(damaged)
        run = command("backup.py", config, backups, "--keep", "1")
        assert (run.returncode, run.stderr.count("\n"), list(backups.iterdir())) == (1, 1, good)
        assert run.stderr.startswith(f"No backup was made: the database {server.database} is damaged (")
    server.database.write_bytes(whole[: 8 * 4096] + b"\xa5" * (len(whole) - 8 * 4096))
    with pytest.raises(LocalCommentsError, match=r"is damaged .*put a backup in its place\.$"):
        server.start()
    server.database.write_bytes(b"not a database at all " * 500)
    with pytest.raises(LocalCommentsError, match=r"file is not a database.*put a backup in its place\.$"):
        server.start()


def test_a_persons_comment_is_forgotten_for_good(tmp_path: Path) -> None:
    """Text, name and addresses leave the file; an answer keeps its place; nothing happens without --write."""
    with LocalIsso(tmp_path, ["http://127.0.0.1:1"]) as server:
        config = tmp_path / "isso.cfg"
        first = post(server.address, "Secret of a person", author="Person", email="person@example.com").json["id"]
        answer = post(server.address, "An answer", parent=first).json["id"]
        alone = post(server.address, "Another secret").json["id"]
        both = ["--comment", str(first), "--comment", str(alone)]
        run = command("forget.py", config, *both)
        assert run.stdout.endswith("Nothing was changed; add --write to do it.\n")
        run = command("forget.py", config, *both, "--comment", "999", "--write")
        assert (run.returncode, run.stderr) == (1, "There is no comment 999; nothing was changed.\n")
        assert shown(server.address) == ["<p>Secret of a person</p>", "<p>Another secret</p>"]
        run = command("forget.py", config, *both, "--write")
        assert run.returncode == 0, run.stderr
        (place,) = json.loads(asked(server.address, "/?uri=/a").text)["replies"]
        assert (place["mode"], place["author"], [reply["id"] for reply in place["replies"]]) == (4, None, [answer])
        stored = server.database.read_bytes()
        assert not any(word in stored for word in (b"ecret", b"Person", b"person@example.com"))


def test_old_addresses_are_forgotten_each_night(tmp_path: Path) -> None:
    """What is older than the limit loses its network; the server goes on, and its limits too."""
    assert "forget.py /etc/isso/isso.cfg --addresses-older-than 30 --write" in (COMMENTS / "backup.service").read_text()
    with LocalIsso(tmp_path, ["http://127.0.0.1:1"], ratelimit=1) as server:
        config = tmp_path / "isso.cfg"
        old = post(server.address, "An old one", reader="203.0.113.5").json["id"]
        post(server.address, "A new one")
        query(config, f"UPDATE comments SET created = created - 40 * 86400 WHERE id = {old}")
        run = command("forget.py", config, "--addresses-older-than", "30", "--write")
        assert (run.returncode, run.stdout) == (0, "1 addresses\nDone.\n")
        assert query(config, "SELECT remote_addr FROM comments ORDER BY id") == [("0.0.0.0",), ("198.51.100.0",)]
        assert b"203.0.113" not in server.database.read_bytes()
        assert len(shown(server.address)) == 2
        assert post(server.address, "One too many").status == 403


@pytest.mark.parametrize("name", ["isso.service", "backup.service"])
def test_the_units_are_hardened(name: str) -> None:
    """The lines that keep a broken program from reaching the rest of the machine."""
    lines = (COMMENTS / name).read_text(encoding="utf-8").splitlines()
    assert {
        *("User=isso", "UMask=0077", "NoNewPrivileges=yes", "ProtectSystem=strict", "ProtectHome=yes", "PrivateTmp=yes"),
        *("CapabilityBoundingSet=", "MemoryMax=256M", "SystemCallFilter=@system-service", "MemoryDenyWriteExecute=yes"),
    } <= set(lines)
    assert any(line.startswith("RestrictAddressFamilies=AF_") for line in lines)


@pytest.mark.parametrize("name", ["Caddyfile", "nginx.conf"])
def test_the_proxies_hand_on_nothing_that_moves_isso(name: str) -> None:
    """Isso believes these headers whoever sends them: SubURI in isso/wsgi.py, ProxyFixCustom in isso/__init__.py."""
    lines = [" ".join(line.split()) for line in (COMMENTS / name).read_text(encoding="utf-8").splitlines()]
    for header in ("X-Script-Name", "X-Forwarded-Prefix"):
        assert f"header_up -{header}" in lines or f'proxy_set_header {header} "";' in lines
    assert "header_up X-Forwarded-For {remote_host}" in lines or "proxy_set_header X-Forwarded-For $remote_addr;" in lines
    assert any("127.0.0.1:8080" in line for line in lines)
