"""Documents come, change, are renamed and go, one after the other; each change is waited for until it can be asked."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from itertools import count
from pathlib import Path, PurePosixPath

from tests.load.facts import Fact, fact
from tests.load.measuring import askers_of
from tests.load.reading import check
from tests.load.visiting import Lost, Server, Tab
from tests.sources import ROOT

FOLDER = "passing"
"""Of the corpus, for documents that do not stay."""

SEEN_WITHIN_SECONDS = 60.0
"""A change that cannot be asked by then is lost."""

KEPT = 20
"""Documents that came and have not gone yet, at most."""

SYNC_EVERY, KILL_EVERY = 6, 10
"""Of how many changes one is followed by a sync from another process, or a killed process that answers."""


class Changing:
    """Changes the folder of a server in a thread of its own."""

    def __init__(self, server: Server, process: int, corpus: Path, temporary: Path, seed: int) -> None:
        """`process`: the server's. `temporary`: for what other processes write on their way."""
        self._server, self._process, self._corpus, self._temporary = server, process, corpus, temporary
        self._chance = random.Random(f"passing {seed}")  # other words than those of the documents that stay
        self._tab = Tab(server, random.Random(seed + 1))
        self._there: list[Fact] = []
        self._numbers = count(int(seed) % 4)
        self.done: Counter[str] = Counter()
        self.lost: list[str] = []
        self.seconds: list[float] = []
        """From each change until it could be asked."""
        self._stop = threading.Event()
        (corpus / FOLDER).mkdir(exist_ok=True)

    def change(self, seconds: float, every_seconds: float) -> None:
        """One change after the other, each begun when it is due or the one before has been seen."""
        began = time.monotonic()
        for number in count(1):
            due = began + number * every_seconds
            if due > began + seconds or self._stop.wait(max(0.0, due - time.monotonic())):
                return
            kind = self._kind()
            try:
                getattr(self, f"_{kind}")()
                if number % SYNC_EVERY == 0:
                    self._sync()
                if number % KILL_EVERY == 0:
                    self._kill()
            except Exception as error:  # whatever went wrong, a change is missing
                self.lost.append(f"after {time.monotonic() - began:.0f} s, {kind}: {type(error).__name__}: {error}")
            else:
                self.done[kind] += 1

    def close(self) -> None:
        """Take away what came, and close the tab."""
        for each in self._there:
            (self._corpus / each.path).unlink(missing_ok=True)
        self._tab.delete()
        self._tab.close()

    def _kind(self) -> str:
        if len(self._there) >= KEPT:
            return self._chance.choice(("remove", "delete"))
        return self._chance.choice(
            ("upload", "write", *(("edit", "rename", "remove", "delete") if self._there else ()))
        )

    def _new(self, folder: str) -> Fact:
        number = next(self._numbers)
        path = f"{folder}{number:05d}-passing{self._chance.choice(('.md', '.txt', '.html'))}"
        return fact(path, number, self._chance)

    def _upload(self) -> None:
        new = self._new("")
        said = self._tab.upload(new.path, new.text.encode())
        if new.path not in said:
            raise Lost(f"an upload of {new.path} is answered with {said}")
        self._seen(new)
        self._there.append(new)

    def _write(self) -> None:
        new = self._new(f"{FOLDER}/")
        (self._corpus / new.path).write_text(new.text)
        self._seen(new)
        self._there.append(new)

    def _edit(self) -> None:
        old = self._taken()
        now = fact(old.path, next(self._numbers), self._chance)
        beside = self._corpus / FOLDER / ".edited~"  # as editors save
        beside.write_text(now.text)
        beside.replace(self._corpus / now.path)
        self._seen(now)
        self._gone(old)
        self._there.append(now)

    def _rename(self) -> None:
        old = self._taken()
        path = f"{FOLDER}/{next(self._numbers):05d}-renamed{PurePosixPath(old.path).suffix}"
        now = replace(old, path=path, documents=(path,))
        (self._corpus / old.path).rename(self._corpus / now.path)
        self._seen(now)
        self._there.append(now)

    def _remove(self) -> None:
        old = self._taken()
        said = self._tab.wish("remove", old.path)
        if "Removed" not in said:
            raise Lost(f"a removal of {old.path} is answered with {said}")
        self._gone(old)

    def _delete(self) -> None:
        old = self._taken()
        (self._corpus / old.path).unlink()
        self._gone(old)

    def _taken(self) -> Fact:
        return self._there.pop(self._chance.randrange(len(self._there)))

    def _sync(self) -> None:
        command = [sys.executable, "-c", "from qa.cli import main; main()", "sync", "--corpus", str(self._corpus)]
        environment = {**os.environ, "TMPDIR": str(self._temporary)}
        done = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=120
        )
        if done.returncode:
            raise Lost(f"footnote sync ended with {done.returncode}: {done.stderr[-500:]}")
        self.done["sync"] += 1

    def _kill(self) -> None:
        for asker in askers_of(self._process)[1:]:  # the first one lives on, so that what it forgets to free is seen
            with suppress(ProcessLookupError):
                os.kill(asker, signal.SIGKILL)
                self.done["kill"] += 1

    def _seen(self, new: Fact) -> None:
        """Wait until a document can be asked. Raises `Lost`."""
        began = time.monotonic()
        while True:
            try:
                check(new, self._server.ask(new.question))
            except Lost as error:
                if time.monotonic() - began > SEEN_WITHIN_SECONDS:
                    raise Lost(f"{new.path} cannot be asked: {error}") from error
                time.sleep(0.5)
            else:
                self.seconds.append(time.monotonic() - began)
                return

    def _gone(self, old: Fact) -> None:
        """Wait until nobody is answered with what a document said. Raises `Lost`."""
        began = time.monotonic()
        while any(word in str(self._server.ask(old.question)["text"]) for word in old.answers):
            if time.monotonic() - began > SEEN_WITHIN_SECONDS:
                raise Lost(f"{old.path} is gone, and is still answered with")
            time.sleep(0.5)


def leftovers(corpus: Path) -> list[str]:
    """Hidden files that an upload or a sync left among the documents."""
    return sorted(
        path.relative_to(corpus).as_posix()
        for path in corpus.rglob(".*")
        if path.is_file() and ".footnote" not in path.parts
    )


def copied(corpus: Path, folder: Path) -> None:
    """A copy of a folder of documents without its index."""
    shutil.copytree(corpus, folder, ignore=shutil.ignore_patterns(".footnote"))
