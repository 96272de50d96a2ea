"""The one writer's place of a corpus on a server, for writers on any machine.

It is a row that says who writes, with a number that rises while the writer works. A server without transactions cannot
hand it out at one stroke: whoever takes it looks again a moment later whether it is still theirs. No two machines'
clocks are compared: whoever waits watches, by its own clock, whether the number rises.
"""

from __future__ import annotations

import json
import os
import platform
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from index.errors import FootnoteError, IndexLocked, StoreError
from index.milvus.collections import without_vector
from index.milvus.rows import Fetched

__all__ = ["LEASE_SECONDS", "is_at_work", "leased"]

LEASE_SECONDS = 60.0
"""How long the place stays taken when nothing is heard of its holder."""

RENEWALS = 8
"""In that time: so often the holder is heard of."""

SETTLED_SECONDS = 0.3
"""How long after taking it is looked again: two who took it at once have both written by then."""

WAIT_SECONDS = 10.0
"""How long another writer is waited for that is heard of."""

_WRITER = "writer"


@contextmanager
def leased(fetched: Fetched, what: str) -> Iterator[Callable[[], None]]:
    """Hold the writer's place of a corpus. Raises `IndexLocked`, which names the holder.

    What it gives raises `IndexLocked` when the place was lost: a writer that hung for so long may write no more.
    """
    mine, watch, until = uuid.uuid4().hex, Watch(), time.monotonic() + WAIT_SECONDS
    while True:
        said = _said(fetched)
        if not said or watch.is_over(said):
            _take(fetched, mine)
            time.sleep(SETTLED_SECONDS)
            if _said(fetched).get("id") == mine:
                break
        elif watch.has_moved and time.monotonic() > until:
            began = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(float(said.get("since", 0))))
            raise IndexLocked(
                f"another sync of {what} is under way (process {said.get('pid')} of {said.get('host')}, since "
                f"{began} by its clock): wait until it ends, then sync again"
            )
        else:
            time.sleep(SETTLED_SECONDS)
    ended, since = threading.Event(), time.time()
    renewing = threading.Thread(target=_renew, args=(fetched, mine, since, ended), name="footnote-lease", daemon=True)
    renewing.start()
    try:
        yield lambda: _check(fetched, mine, what)
    finally:
        ended.set()
        renewing.join()
        with suppress(FootnoteError):  # else it ends by itself
            if _said(fetched).get("id") == mine:
                _put(fetched, {})


def is_at_work(fetched: Fetched) -> bool:
    """Whether a writer is heard of, which is looked for until one at work has given a sign of it."""
    watch, until = Watch(), time.monotonic() + 2 * LEASE_SECONDS / RENEWALS
    while (said := _said(fetched)) and not watch.is_over(said) and time.monotonic() < until:
        if watch.has_moved:
            return True
        time.sleep(SETTLED_SECONDS)
    return False


def _check(fetched: Fetched, mine: str, what: str) -> None:
    if _said(fetched).get("id") != mine:
        raise IndexLocked(
            f"the sync of {what} lost its place, because nothing was heard of it for {LEASE_SECONDS:.0f} seconds: sync "
            "again, which goes on where this one stopped"
        )


class Watch:
    """Watches a place that is taken, by this machine's clock alone."""

    def __init__(self) -> None:
        self.has_moved = False
        """Whether its holder was heard of since the watch began."""
        self._last: tuple[object, object] | None = None
        self._since = 0.0

    def is_over(self, said: dict[str, Any]) -> bool:
        """Whether the place is free: nothing was heard of its holder for the term, or it is gone from this machine."""
        now = (said.get("id"), said.get("beat"))
        if now != self._last:
            self.has_moved = self._last is not None
            self._last, self._since = now, time.monotonic()
        return time.monotonic() - self._since > said["term"] or _is_gone(said)


def _is_gone(said: dict[str, Any]) -> bool:
    """Whether the holder was a process of this machine that has ended; False where that cannot be told."""
    if not said.get("machine") or said["machine"] != _machine():
        return False
    try:
        os.kill(int(said["pid"]), 0)
    except ProcessLookupError:
        return True
    except (OSError, ValueError, TypeError, KeyError, OverflowError):
        return False
    return False


def _machine() -> str:
    """What no other machine, container or start of this one has, where the system tells it; else ""."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
        return f"{boot} {Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return ""


def _renew(fetched: Fetched, mine: str, since: float, ended: threading.Event) -> None:
    beat = 0
    while not ended.wait(LEASE_SECONDS / RENEWALS):
        with suppress(FootnoteError):
            # One that hung, its machine asleep say, may find that another has taken its place since.
            if _said(fetched).get("id") != mine:
                return
            beat += 1
            _take(fetched, mine, since, beat)


def _take(fetched: Fetched, mine: str, since: float | None = None, beat: int = 0) -> None:
    said = {
        "id": mine,
        "beat": beat,
        "term": LEASE_SECONDS,
        "pid": os.getpid(),
        "host": platform.node(),
        "machine": _machine(),
        "since": since or time.time(),
    }
    _put(fetched, said)


def _put(fetched: Fetched, said: dict[str, Any]) -> None:
    row = without_vector({"id": _row(fetched), "document": 0, "value": json.dumps(said)})
    fetched.connection.call("upsert", fetched.names.kept, [row], partition_name=fetched.names.partition)


def _row(fetched: Fetched) -> str:
    return fetched.names.own("meta") + _WRITER


def _said(fetched: Fetched) -> dict[str, Any]:
    """Who holds it, and how often that was renewed; nothing when it was given back. Raises `StoreError`."""
    options = {"output_fields": ["value"], "partition_names": [fetched.names.partition], "consistency_level": "Strong"}
    rows = fetched.connection.call("get", fetched.names.kept, [_row(fetched)], **options)
    try:
        said: dict[str, Any] = json.loads(rows[0]["value"]) if rows else {}
        return said | {"term": float(said.get("term", LEASE_SECONDS))} if said else {}
    except (ValueError, TypeError, AttributeError) as error:
        raise StoreError(f"the row {_row(fetched)} of the store is not Footnote's: name another collection") from error
