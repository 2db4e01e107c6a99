"""The live preview, as a writer has it: the real ``mkdocs serve`` on a page with faults, which is then put right."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.error import URLError

import pytest

ROOT = Path(__file__).parent.parent
PATIENCE = 30.0  # seconds until a change must show; it takes about one


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def until(address: str, wanted: str) -> str:
    """The page at an address as soon as it holds ``wanted``."""
    body = ""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with suppress(URLError, ConnectionError, TimeoutError), urllib.request.urlopen(address, timeout=5) as answer:
            body = answer.read().decode()
            if wanted in body:
                return body
        time.sleep(0.2)
    raise AssertionError(f"{address} never said {wanted!r}: {body[-2000:]}")


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Path, str, Path]]:
    """A copy of the site with faults, strict as ours is, being served: its folder, its address and the log."""
    folder = tmp_path / "tests" / "sites" / "site"
    shutil.copytree(ROOT / "tests" / "sites" / "bad", folder)
    (tmp_path / "hooks").symlink_to(ROOT / "hooks")
    with (folder / "mkdocs.yml").open("a", encoding="utf-8") as config:
        config.write("strict: true\n")
    port = free_port()
    log = tmp_path / "log"
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "mkdocs", "serve", "--dev-addr", f"127.0.0.1:{port}"],
            cwd=folder,
            env={**os.environ, "NO_MKDOCS_2_WARNING": "1", "DISABLE_MKDOCS_2_WARNING": "true", "NO_COLOR": "1"},
            stdout=out,
            stderr=subprocess.STDOUT,
        )
        try:
            yield folder, f"http://127.0.0.1:{port}", log
        finally:
            process.terminate()
            process.wait(timeout=10)


def test_a_preview_shows_what_is_wrong_and_follows_the_writer(served: tuple[Path, str, Path]) -> None:
    """Findings stand in the terminal, on top of the page and at their sentence; a corrected page is shown without them."""
    folder, address, log = served
    body = until(address + "/", "evidence-banner")
    assert "it could not be published like this" in body
    marks = re.findall(r'<a class="evidence-finding" href="([^"]+)">([a-z-]+): ', body)
    assert ("/contribute/rules/uncited-claim/", "uncited-claim") in marks
    assert ("/contribute/rules/unknown-citation/", "unknown-citation") in marks
    assert "docs/index.md:9:14: " in log.read_text()

    text = (folder / "docs" / "index.md").read_text(encoding="utf-8")
    front = text[: text.index("---", 3) + 3]
    (folder / "docs" / "index.md").write_text(f"{front}\n\n# Put right\n\nToday I went for a walk.\n", encoding="utf-8")
    body = until(address + "/", "Put right")
    assert "evidence-banner" not in body
    assert "evidence-finding" not in body
    assert "evidence-banner" in until(address + "/second/", "evidence-banner")

    (folder / "docs" / "index.md").write_text(f"{front}\n\n# Again\n\nPregabalin reduces anxiety in adults.\n", encoding="utf-8")
    assert "1 finding on this page" in until(address + "/", "Again")
    assert "Traceback" not in log.read_text()
