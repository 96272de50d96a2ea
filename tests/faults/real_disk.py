"""A disk of its own that is full: `unshare --mount python -m tests.faults.real_disk FOLDER`, told on standard output.

The disk is a file system in memory, mounted where nobody but this process and its children sees it.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from pathlib import Path

import index.crew
import qa.watching
from index import SyncReport
from index.errors import FootnoteError
from qa import Corpus
from qa.syncing import BackgroundSync
from qa.watching import kept_in_step
from tests.fake_embedder import CountingEmbedder
from tests.faults.tasks import AtOnce

ROOM, MORE = "1m", "64m"
PATIENCE_S = 30.0
LONG = "The aid came by ship, number {}. " * 300


def main() -> None:
    """Fill the disk in three ways, with the page open; tell what was seen."""
    home = Path(sys.argv[1])
    disk, corpus = home / "disk", home / "corpus"
    disk.mkdir()
    corpus.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={ROOM}", "none", str(disk)], check=True)
    index.crew.Reader = AtOnce  # type: ignore[misc,assignment]
    (corpus / "first.txt").write_text("The army marched to the river on Monday.")
    page = Corpus(corpus, index=disk / "index", embedder=CountingEmbedder())
    page.sync()
    told = {"before": found(page), **full_sync(page, corpus), **full_page(page), **full_watch(page, corpus)}
    subprocess.run(["mount", "-o", f"remount,size={MORE}", str(disk)], check=True)
    (corpus / "late.txt").write_text("The zeppelin landed at Caracas.")
    told["after"] = page.sync().documents
    told["late"] = [hit.path for hit in page.search("zeppelin", 1)]
    told["left behind"] = [path.name for path in (disk / "index").glob("*.tmp")]
    sys.stdout.write(json.dumps(told))


def found(page: Corpus) -> list[str]:
    """Where the page finds what was committed first."""
    return [hit.path for hit in page.search("army river", 1)]


def full_sync(page: Corpus, corpus: Path) -> dict[str, object]:
    """More than there is room for."""
    for number in range(60):
        (corpus / f"long{number}.txt").write_text(LONG.replace("{}", str(number)))
    try:
        page.sync()
        said = "nothing"
    except FootnoteError as error:
        said = str(error)
    return {"sync": said, "while full": found(page)}


def full_page(page: Corpus) -> dict[str, object]:
    """The sync of a page, in the background."""
    background = BackgroundSync(page)
    background.start(by_hand=True)
    background.wait(PATIENCE_S)
    return {"page": background.state.error, "page finds": found(page)}


def full_watch(page: Corpus, corpus: Path) -> dict[str, object]:
    """`footnote sync --watch`: what it says of its second sync, before which the disk has got full."""
    stop, said = threading.Event(), list[str]()
    qa.watching.RETRY_SECONDS = 0.1
    first = iter([SyncReport()])  # as if there had been room at the start

    def sync(only: frozenset[str] | None) -> SyncReport:
        return next(first, None) or page.sync(only=only)

    def follow() -> None:
        for _ in kept_in_step(page, sync, stop=stop, say=said.append):
            (corpus / "longest.txt").write_text("".join(LONG.replace("{}", f"w{number}") for number in range(60)))

    thread = threading.Thread(target=follow, daemon=True)
    thread.start()
    until = time.monotonic() + PATIENCE_S
    while not said and time.monotonic() < until:
        time.sleep(0.05)
    time.sleep(0.5)
    stop.set()
    thread.join(PATIENCE_S)
    return {"watch": said, "watch finds": found(page)}


if __name__ == "__main__":
    main()
