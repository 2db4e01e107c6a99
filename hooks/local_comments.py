"""A real comment server on this machine: for `make serve`, and for the tests.

Not a hook: mkdocs.yml does not list it. ``LocalIsso`` runs Isso on loopback with its files in one
folder. ``python hooks/local_comments.py serve`` runs it together with ``mkdocs serve``, so that whoever
writes a page sees the comments work, with no account anywhere and no line to change.
"""

from __future__ import annotations

import argparse
import configparser
import http.client
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType, TracebackType
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
ISSO = ROOT / ".venv-isso" / "bin" / "isso"
LOOPBACK = "127.0.0.1"

PRODUCTION = ROOT / "comments" / "isso.cfg"
PREPARE = ROOT / "comments" / "prepare.py"


class LocalCommentsError(RuntimeError):
    """The comment server cannot run; the message is one sentence for the person at the keyboard."""


class LocalIsso:
    """A running Isso, as a context manager: ``with LocalIsso(folder, ["http://127.0.0.1:8000"]) as isso``.

    It runs the configuration that a public server gets, comments/isso.cfg, with these differences: no
    mail, a database and secrets in ``folder``, an address on loopback, and what is chosen here.

    ``folder`` holds its configuration, database, log and secrets; it is made if need be, only its
    owner may look into it, and comments in it are there again next time. ``sites`` are the origins
    whose pages may talk to it, at least one; ``hosts`` are written into the configuration in their
    place, for a server that was told of other sites. ``port``: None takes a free one.

    ``moderated``: whether a comment waits until a person has let it through; here it appears at once by
    default. ``ratelimit``: how many comments it takes in a minute from one network; None takes
    ``per_minute``, for all readers on this machine are one network. ``per_minute`` is also how many it
    takes on one page. ``max_age``: how long a writer may change a comment, such as "2s"; None leaves
    what the public server has. ``program``: Isso's command. ``patience``: seconds until a server that is
    not ready counts as broken.

    It is for one person's own machine, never for a server that others reach.
    """

    def __init__(
        self,
        folder: Path,
        sites: Sequence[str],
        port: int | None = None,
        *,
        hosts: Sequence[str] | None = None,
        moderated: bool = False,
        ratelimit: int | None = None,
        max_age: str | None = None,
        per_minute: int = 60,
        program: Path = ISSO,
        patience: float = 30,
    ) -> None:
        hosts = sites if hosts is None else hosts
        if not hosts:
            raise ValueError("Isso needs at least one site")
        self.folder = folder.resolve()
        self.sites = [host.rstrip("/") for host in hosts]
        self.port = free_port() if port is None else port
        self.moderated = moderated
        self.ratelimit = per_minute if ratelimit is None else ratelimit
        self.max_age = max_age
        self.per_minute = per_minute
        self.program = program
        self.patience = patience
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Where it answers, without a slash at the end: what COMMENTS_SERVER is set to."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def log(self) -> Path:
        """The file that Isso writes what it does to."""
        return self.folder / "isso.log"

    @property
    def database(self) -> Path:
        """The SQLite file that it keeps comments in."""
        return self.folder / "comments.db"

    @property
    def password(self) -> str:
        """What opens its page /admin/, where comments that wait are let through."""
        return self._secret("password")

    def __enter__(self) -> LocalIsso:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Starts Isso and returns when it answers.

        Raises LocalCommentsError when it is not installed, ends at once, or does not answer in time.
        """
        if self._process is not None:
            raise LocalCommentsError(f"The comment server already runs at {self.address}.")
        if not self.program.is_file():
            raise LocalCommentsError(f"The comment server is not installed ({shown(self.program)} is missing): run make serve.")
        if not port_is_free(self.port):
            raise LocalCommentsError(f"Port {self.port} is taken by another program: choose another port.")
        config = self._write_config()
        # ISSO_SETTINGS would be read instead of -c.
        environment = {name: value for name, value in os.environ.items() if name != "ISSO_SETTINGS"}
        # As comments/isso.service does: a published comment that is changed waits again.
        ready = subprocess.run(
            [self.program.parent / "python", PREPARE, config],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if ready.returncode != 0:
            said = ready.stderr.strip().splitlines() or ["it said nothing"]
            raise LocalCommentsError(f"The comment server did not start: {said[-1]}")
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [self.program, "-c", config, "run"],
                cwd=self.folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # Ctrl-C is for us: we stop it when those who use it have ended.
                start_new_session=True,
            )
        try:
            self._wait_until_ready()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Ends Isso and waits until it has ended. Does nothing when it does not run."""
        process, self._process = self._process, None
        if process is not None:
            end(process)

    @property
    def running(self) -> bool:
        """Whether the server that was started has not ended by itself."""
        return self._process is not None and self._process.poll() is None

    def _secret(self, name: str) -> str:
        """A random word that stays the same for this folder; made at first."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        file = self.folder / name
        if not file.exists():
            file.write_text(secrets.token_urlsafe(32), encoding="ascii")
        return file.read_text(encoding="ascii")

    def _write_config(self) -> Path:
        config = production()
        here = {
            ("general", "dbpath"): str(self.database),
            ("general", "host"): "".join(f"\n{site}/" for site in self.sites),
            # Into our log, which is in a folder of its owner's alone.
            ("general", "notify"): "stdout",
            ("admin", "password"): self.password,
            ("moderation", "enabled"): "true" if self.moderated else "false",
            ("server", "listen"): self.address,
            ("server", "public-endpoint"): self.address,
            ("guard", "ratelimit"): str(self.ratelimit),
            ("guard", "direct-reply"): str(self.per_minute),
            # Names in the public data are hashed with it: with Isso's own, known salt a reader's
            # network could be found by trying all of them.
            ("hash", "salt"): self._secret("salt"),
        }
        if self.max_age is not None:
            here["general", "max-age"] = self.max_age
        for (section, option), value in here.items():
            config.set(section, option, value)
        # No mail, and no other host is told of a comment.
        config.remove_section("smtp")
        file = self.folder / "isso.cfg"
        with file.open("w", encoding="utf-8") as out:
            config.write(out)
        return file

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + self.patience
        while not answers(self.address, "/config"):
            if not self.running:
                raise LocalCommentsError(f"The comment server did not start: {last_line(self.log)}")
            if time.monotonic() > deadline:
                raise LocalCommentsError(
                    f"The comment server did not answer within {self.patience:g} seconds; its log is {shown(self.log)}."
                )
            time.sleep(0.05)


def production() -> configparser.ConfigParser:
    """The configuration of the public server, as it is in the repository."""
    config = configparser.ConfigParser(allow_no_value=True, interpolation=None)
    config.read_string(PRODUCTION.read_text("utf-8"), source=str(PRODUCTION))
    return config


def answers(address: str, path: str) -> bool:
    """Whether a GET of ``path`` at ``address`` is answered with 200. Asks directly, through no proxy."""
    where = urlsplit(address)
    connection = http.client.HTTPConnection(where.hostname or LOOPBACK, where.port, timeout=2)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False  # not there yet, which is an answer too
    finally:
        connection.close()


def free_port() -> int:
    """A port on loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def port_is_free(port: int) -> bool:
    """Whether a server could listen on ``port`` on loopback now."""
    with socket.socket() as probe:
        # As servers do; without it a port is "taken" for a minute after its last connection.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


def end(
    process: subprocess.Popen[bytes],
    *,
    asking: Sequence[int] = (signal.SIGTERM, signal.SIGKILL),
    patience: float = 5,
) -> int:
    """Ends ``process`` and gives its exit code.

    Sends the signals in ``asking``, the gentle ones first, and gives it ``patience`` seconds after each.
    """
    for number in asking:
        if process.poll() is None:
            process.send_signal(number)
        try:
            return process.wait(patience)
        except subprocess.TimeoutExpired:
            continue
    return process.wait()


def last_line(log: Path) -> str:
    """The last line of ``log`` that says something, for a message."""
    lines = [line.strip() for line in log.read_text("utf-8", errors="replace").splitlines()]
    return next((line for line in reversed(lines) if line), "it said nothing")


def shown(path: Path) -> str:
    """``path`` as people know it: from the project's folder where it is inside."""
    return str(path.relative_to(ROOT) if path.is_relative_to(ROOT) else path)


def serve(port: int, program: Path = ISSO) -> int:
    """Runs Isso and ``mkdocs serve`` until Ctrl-C or until MkDocs ends; gives the exit code.

    Raises LocalCommentsError when ``port`` is taken or Isso cannot run.
    """
    if not port_is_free(port):
        raise LocalCommentsError(f"Port {port} is taken by another program: try make serve PORT={port + 1}.")
    sites = [f"http://{name}:{port}" for name in (LOOPBACK, "localhost")]
    folder = ROOT / ".cache" / "comments"
    with LocalIsso(folder, sites, program=program) as isso:
        say(f"Comments: {isso.address} (Isso, for this machine only; kept in {shown(folder)})")
        say(f"          delete them at {isso.address}/admin/ with the password in {shown(folder / 'password')}")
        say(f"Pages:    http://{LOOPBACK}:{port} (the full address follows when they are built)")
        say("Stop both with Ctrl-C.")
        environment: Mapping[str, str] = {**os.environ, "COMMENTS_SERVER": isso.address}
        mkdocs = subprocess.Popen(
            [sys.executable, "-m", "mkdocs", "serve", "--dev-addr", f"{LOOPBACK}:{port}"],
            cwd=ROOT,
            env=environment,
            # Ctrl-C is for us; we pass it on below, once.
            start_new_session=True,
        )
        warned = False
        try:
            while True:
                try:
                    return mkdocs.wait(1)
                except subprocess.TimeoutExpired:
                    if not isso.running and not warned:
                        warned = True
                        say(f"The comment server has stopped: {last_line(isso.log)}")
        except KeyboardInterrupt:
            say("\nStopping.")
            return 0
        finally:
            # MkDocs takes its temporary folder away at Ctrl-C only.
            end(mkdocs, asking=(signal.SIGINT, signal.SIGTERM, signal.SIGKILL))


def say(line: str) -> None:
    """Prints at once, also where the output is a file or a pipe."""
    print(line, flush=True)


def stop_like_ctrl_c(number: int, frame: FrameType | None) -> None:
    """A signal handler: a polite request to end is handled like Ctrl-C, so that nothing stays behind."""
    raise KeyboardInterrupt


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; gives its exit code: 0 stopped by hand, 2 could not start, else MkDocs' own."""
    parser = argparse.ArgumentParser(
        prog="python hooks/local_comments.py",
        description="Shows the site on this machine, with comments that work.",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("serve", help="build the pages, show them, and run a comment server")
    command.add_argument("--port", type=int, default=8000, help="port of the pages (default: 8000)")
    chosen = parser.parse_args(arguments)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop_like_ctrl_c)
    try:
        return serve(chosen.port)
    except LocalCommentsError as problem:
        print(problem, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    sys.exit(main())
