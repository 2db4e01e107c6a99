"""A real comment server on this machine: for `make serve`, and for the tests.

Not a hook: mkdocs.yml does not list it. ``LocalIsso`` runs Isso on loopback with its files in one
folder. ``python hooks/local_comments.py serve`` runs it together with ``mkdocs serve``, so that whoever
writes a page sees the comments work, with no account anywhere and no line to change.
"""

from __future__ import annotations

import argparse
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

CONFIG = """\
[general]
dbpath = comments.db
host =
{sites}
notify = stdout
gravatar = false

[admin]
enabled = false

[moderation]
enabled = false

[server]
listen = {address}
public-endpoint = {address}

[guard]
enabled = true
ratelimit = {per_minute}
direct-reply = {per_minute}

[hash]
salt = {salt}
"""


class LocalCommentsError(RuntimeError):
    """The comment server cannot run; the message is one sentence for the person at the keyboard."""


class LocalIsso:
    """A running Isso, as a context manager: ``with LocalIsso(folder, ["http://127.0.0.1:8000"]) as isso``.

    ``folder`` holds its configuration, database, log and secret salt; it is made if need be, only its
    owner may look into it, and comments in it are there again next time. ``sites`` are the origins
    whose pages may talk to it, at least one. ``port``: None takes a free one. ``per_minute``: how many
    comments it takes in a minute, and how many in a row on one page. ``program``: Isso's command.
    ``patience``: seconds until a server that is not ready counts as broken.

    Comments appear without a moderator and there is no administrator's page: this is for one person's
    own machine, never for a server that others reach.
    """

    def __init__(
        self,
        folder: Path,
        sites: Sequence[str],
        port: int | None = None,
        *,
        per_minute: int = 60,
        program: Path = ISSO,
        patience: float = 30,
    ) -> None:
        if not sites:
            raise ValueError("Isso needs at least one site")
        self.folder = folder.resolve()
        self.sites = [site.rstrip("/") for site in sites]
        self.port = free_port() if port is None else port
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

    def _write_config(self) -> Path:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        salt = self.folder / "salt"
        if not salt.exists():
            # Names in the public data are hashed with it: with Isso's own, known salt a reader's
            # network could be found by trying all of them.
            salt.write_text(secrets.token_urlsafe(32), encoding="ascii")
        config = self.folder / "isso.cfg"
        config.write_text(
            CONFIG.format(
                sites="\n".join(f"    {site}/" for site in self.sites),
                address=self.address,
                per_minute=self.per_minute,
                salt=salt.read_text(encoding="ascii"),
            ),
            encoding="utf-8",
        )
        return config

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
