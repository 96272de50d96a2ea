"""The page as its users start it: `python app.py` in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from tests.sources import ROOT

STARTS_WITHIN_SECONDS = 60


@contextmanager
def running(folder: Path, log: Path, *options: str) -> Iterator[str]:
    """The address of a page on the documents in `folder`."""
    with started_page(folder, log, *options) as (_, address):
        yield address


@contextmanager
def started_page(folder: Path, log: Path, *options: str) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """The process of a page and its address; port 0, so that the system chooses a free one."""
    with started_server(log, "--corpus", str(folder), *options) as started:
        yield started


@contextmanager
def started_server(log: Path, *arguments: str, **environment: str) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """The same with whatever arguments, several folders among them, and variables of the environment.

    Documents are read when a test says so, unless "--watch" is among the arguments.
    """
    command = [sys.executable, str(ROOT / "app.py"), "--port", "0", "--no-open", "--no-watch", *arguments]
    variables = {**os.environ, "PYTHONUNBUFFERED": "1", **environment}
    with log.open("w") as output:
        server = subprocess.Popen(command, stdout=output, stderr=output, env=variables)
    try:
        yield server, _address(server, log)
    finally:
        server.terminate()
        server.wait(STARTS_WITHIN_SECONDS)  # a busy machine takes its time; how fast it ends is tested by itself


def _address(server: subprocess.Popen[bytes], log: Path) -> str:
    deadline = time.monotonic() + STARTS_WITHIN_SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise AssertionError(f"the page did not start:\n{log.read_text()}")
        named = [word for word in log.read_text().split() if word.startswith("http://127.0.0.1:")]
        if named and _answers(named[0]):
            return named[0]
        time.sleep(0.1)
    raise AssertionError(f"the page did not answer in time:\n{log.read_text()}")


def _answers(address: str) -> bool:
    try:
        with urlopen(address, timeout=5):
            return True
    except (URLError, TimeoutError):
        return False
