"""What all tests share: the library as the hooks find it, the built site, a comment server, a browser."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

ROOT = Path(__file__).parent.parent

# The hooks find the library beside themselves; so do the tests, installed or not.
sys.path.insert(0, str(ROOT / "hooks"))

if TYPE_CHECKING:
    from local_comments import LocalIsso
    from playwright.sync_api import Browser

BUILD_ENVIRONMENT = {"NO_MKDOCS_2_WARNING": "1", "DISABLE_MKDOCS_2_WARNING": "true", "NO_COLOR": "1"}


class _Handler(SimpleHTTPRequestHandler):
    """Files of a folder, without a line of log for each."""

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer what is not there with the site's own page, as static hosts do."""
        page = Path(self.directory) / "404.html"
        if code != 404 or not page.is_file():
            super().send_error(code, message, explain)
            return
        body = page.read_bytes()
        self.send_response(404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Served:
    """A folder served on loopback: ``with Served(folder) as served: served.address``."""

    def __init__(self, folder: Path, port: int = 0) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", port), partial(_Handler, directory=str(folder)))
        self._server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Served:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def build(target: Path, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Build the project's own site into a folder with the real MkDocs."""
    return subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--site-dir", str(target), *options],
        cwd=ROOT,
        env={**os.environ, **BUILD_ENVIRONMENT, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium without a window."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        # Without these flags Chromium talks to its maker's hosts, and the tests count requests.
        quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-quic", *quiet]
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def site_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the built site will lie; it is served before it is built, so that its address is known."""
    return tmp_path_factory.mktemp("site")


@pytest.fixture(scope="session")
def site_address(site_folder: Path) -> Iterator[str]:
    """The address of the served site."""
    with Served(site_folder) as served:
        yield served.address


@pytest.fixture(scope="session")
def isso(site_address: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalIsso]:
    """A real Isso that takes comments from the served site."""
    from local_comments import LocalIsso

    with LocalIsso(tmp_path_factory.mktemp("isso"), [site_address]) as server:
        yield server


@pytest.fixture(scope="session")
def site(site_folder: Path, site_address: str, isso: LocalIsso) -> str:
    """The address of the project's own site, built with comments by the running Isso."""
    run = build(site_folder, "--strict", SITE_URL=site_address, COMMENTS_SERVER=isso.address)
    assert run.returncode == 0, run.stderr
    return site_address
