"""A small folder, and questions that meet each other when a test wants them to."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from qa import Corpus

FILES = {
    f"{at}.md": f"# Mill {at}\n\nThe mill number {at} ground {at * 7} sacks of rye a day.\n" for at in range(1, 13)
}
FILES["canada.md"] = "# Aid\n\nCanada pledged 40 million dollars on Monday. Norway pledged 12 million dollars.\n"
QUESTIONS = [f"How many sacks of rye did mill number {at} grind?" for at in range(1, 13)]


def waited(condition, seconds=120):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it never came to be"
        time.sleep(0.02)


@contextmanager
def met(askers):
    """Questions asked inside meet another one."""
    with askers._lock:
        askers._here += 1
    yield
    askers._left(None)


def ready(corpus, askers):
    """Ask so many things at once that all processes are started."""

    def all_there():
        list(threads.map(corpus.search, ["mill"] * 8))
        return len(askers.processes) == askers.most

    with ThreadPoolExecutor(4) as threads:
        waited(all_there)


def nothing_here(monkeypatch):
    """From now on an answer that is made in this process is an error."""

    def here(*_, **__):
        raise AssertionError("answered in this process")

    monkeypatch.setattr(Corpus, "ask", here)
    monkeypatch.setattr(Corpus, "search", here)


def alive(process):
    try:
        return Path(f"/proc/{process}/stat").read_text().split()[2] != "Z"
    except FileNotFoundError:
        return False
