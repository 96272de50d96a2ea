"""What every test stands on: no network, one model cache, folders of documents, a browser.

Nothing here knows how Footnote works inside; fixtures of one part live beside the tests of that part.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests.guarded import network_guard
from tests.made_once import made_once, shared_by_all

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

ROOT = Path(__file__).resolve().parent.parent
WITHOUT_INDEX = shutil.ignore_patterns(".footnote")
OFFLINE = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "GRADIO_ANALYTICS_ENABLED": "False"}

# Examples are timed on shared machines, where one slow moment says nothing.
settings.register_profile("local", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "local")


def pytest_configure() -> None:
    """Set what libraries read when they are imported, before the first test module imports one."""
    os.environ.update(OFFLINE)
    network_guard.install()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what takes minutes or hours, unless `-m` asks for it (`make torture`).

    Where several processes share the files, those with slow tests come first, so that the others do not wait for the
    last of them; but those that drive a browser come after all others: its loop goes on in a process that had one.
    """
    if "PYTEST_XDIST_WORKER" in os.environ:
        slow = {item.path for item in items if item.get_closest_marker("slow")}
        in_browser = {item.path for item in items if item.get_closest_marker("browser")}
        items.sort(key=lambda item: (item.path in in_browser, item.path not in slow))
    if "torture" in config.option.markexpr:
        return
    left_out = [item for item in items if item.get_closest_marker("torture")]
    items[:] = [item for item in items if not item.get_closest_marker("torture")]
    config.hook.pytest_deselected(items=left_out)


@pytest.fixture(scope="session", autouse=True)
def footnote_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of compiled models, one for the whole session; FOOTNOTE_CACHE keeps one between sessions."""
    with pytest.MonkeyPatch.context() as patch:
        cache = Path(os.environ.get("FOOTNOTE_CACHE") or shared_by_all(tmp_path_factory) / "cache")
        cache.mkdir(parents=True, exist_ok=True)
        patch.setenv("FOOTNOTE_CACHE", str(cache))
        yield cache


@dataclass(frozen=True)
class Attempts:
    """What this test and the processes it started tried to reach beyond this machine."""

    log: Path

    def take(self) -> list[str]:
        """The attempts up to now, which are then forgotten."""
        seen = self.log.read_text("utf-8").splitlines() if self.log.exists() else []
        self.log.unlink(missing_ok=True)
        return seen


@pytest.fixture(scope="session")
def guarded_processes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Bring the network guard into every Python that a test starts; the file where attempts are written."""
    with pytest.MonkeyPatch.context() as patch:
        log = tmp_path_factory.mktemp("network") / "attempts.txt"
        patch.setenv(network_guard.LOG_VARIABLE, str(log))
        patch.setenv("PYTHONPATH", str(ROOT / "tests" / "guarded"), prepend=os.pathsep)
        yield log


@pytest.fixture(autouse=True)
def network_attempts(guarded_processes: Path) -> Iterator[Attempts]:
    """Fail a test that tried to leave this machine, even if the code went on as if nothing had been."""
    attempts = Attempts(guarded_processes)
    yield attempts
    if seen := attempts.take():
        pytest.fail(f"tried to reach the network: {', '.join(seen)}")


@pytest.fixture(scope="session")
def indexed_sample(
    tmp_path_factory: pytest.TempPathFactory, footnote_cache: Path, guarded_processes: Path
) -> Callable[[Path], Path]:
    """Copy the sample corpus with its index into a new folder: `indexed_sample(folder)`.

    Reading and embedding the documents takes as long as all that most tests do with them.
    """

    def make(folder: Path) -> None:
        shutil.copytree(ROOT / "corpus", folder / "corpus", ignore=WITHOUT_INDEX)
        command = [sys.executable, "-c", "from qa.cli import main; main()", "sync", "--corpus", str(folder / "corpus")]
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True)

    made = made_once(tmp_path_factory, "sample", make)
    return lambda folder: Path(shutil.copytree(made / "corpus", folder))


@pytest.fixture(scope="session")
def idle_readers(footnote_cache: Path, guarded_processes: Path) -> Iterator[None]:
    """Workers that tests leave to one another end with the session."""
    from tests.kept_readers import ended_at_last

    with ended_at_last():
        yield


@pytest.fixture
def sample_corpus(tmp_path: Path) -> Path:
    """A copy of the sample corpus, without an index."""
    return Path(shutil.copytree(ROOT / "corpus", tmp_path / "corpus", ignore=WITHOUT_INDEX))


@pytest.fixture
def make_corpus(tmp_path: Path) -> Callable[[Mapping[str, str | bytes]], Path]:
    """Write files into a folder of documents, the same one at each call: `make_corpus({"aid/a.md": "# Aid"})`."""

    def write(files: Mapping[str, str | bytes]) -> Path:
        folder = tmp_path / "corpus"
        folder.mkdir(exist_ok=True)
        for name, content in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return folder

    return write


@pytest.fixture
def free_port() -> int:
    """A port of the loopback interface that nothing listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium without a window: the system's own, else the one that Playwright installed."""
    from playwright.sync_api import sync_playwright

    system = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        # As root, Chromium starts only without its sandbox; the pages are our own.
        chromium = playwright.chromium.launch(executable_path=system, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def sent_abroad() -> list[str]:
    """What the page of the test asked of other machines, in vain."""
    return []


@pytest.fixture
def page(browser: Browser, sent_abroad: list[str]) -> Iterator[Page]:
    """An empty page. A request that it sends off this machine is stopped, and fails the test."""
    context = browser.new_context()

    def stop(route: Route) -> None:
        sent_abroad.append(route.request.url)
        route.abort()

    context.route(lambda url: url.startswith(("http:", "https:")) and not network_guard.is_local(url), stop)
    yield context.new_page()
    context.close()
    if sent_abroad:
        pytest.fail(f"the page asked the network for {', '.join(sent_abroad)}")
