"""The one writer's place of a corpus on a server, for writers on any machine.

It is a row that says who writes and until when, renewed while the writer works. A server without transactions cannot
hand it out at one stroke: whoever takes it looks again a moment later whether it is still theirs.
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
from typing import Any

from index.errors import FootnoteError, IndexLocked, StoreError
from index.milvus.collections import without_vector
from index.milvus.rows import Fetched

__all__ = ["LEASE_SECONDS", "leased"]

LEASE_SECONDS = 60.0
"""How long the place stays taken after its holder was last heard of."""

SETTLED_SECONDS = 0.3
"""How long after taking it is looked again: two who took it at once have both written by then."""

WAIT_SECONDS = 10.0
"""How long another writer is waited for."""

_WRITER = "writer"


@contextmanager
def leased(fetched: Fetched, what: str) -> Iterator[Callable[[], None]]:
    """Hold the writer's place of a corpus. Raises `IndexLocked`, which names the holder.

    What it gives raises `IndexLocked` when the place was lost: a writer that hung for so long may write no more.
    """
    mine, until = uuid.uuid4().hex, time.monotonic() + WAIT_SECONDS
    while True:
        holder = _holder(fetched)
        if holder is None:
            _take(fetched, mine)
            time.sleep(SETTLED_SECONDS)
            if (_holder(fetched) or {}).get("id") == mine:
                break
        elif time.monotonic() > until:
            said = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(float(holder.get("since", 0))))
            raise IndexLocked(
                f"another sync of {what} is under way (process {holder.get('pid')} of {holder.get('host')}, since "
                f"{said}): wait until it ends, then sync again; when that process is gone, its place is free after "
                f"{LEASE_SECONDS:.0f} seconds"
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
            if (_holder(fetched) or {}).get("id") == mine:
                _put(fetched, {})


def _check(fetched: Fetched, mine: str, what: str) -> None:
    if (_holder(fetched) or {}).get("id") != mine:
        raise IndexLocked(
            f"the sync of {what} lost its place, because the server had not heard of it for {LEASE_SECONDS:.0f} "
            "seconds: sync again, which goes on where this one stopped"
        )


def _renew(fetched: Fetched, mine: str, since: float, ended: threading.Event) -> None:
    while not ended.wait(LEASE_SECONDS / 4):
        with suppress(FootnoteError):
            # One that hung, its machine asleep say, may find that another has taken its place since.
            if _said(fetched).get("id") != mine:
                return
            _take(fetched, mine, since)


def _take(fetched: Fetched, mine: str, since: float | None = None) -> None:
    now = time.time()
    said = {
        "id": mine,
        "pid": os.getpid(),
        "host": platform.node(),
        "since": since or now,
        "until": now + LEASE_SECONDS,
    }
    _put(fetched, said)


def _put(fetched: Fetched, said: dict[str, Any]) -> None:
    row = without_vector({"id": _row(fetched), "document": 0, "value": json.dumps(said)})
    fetched.connection.call("upsert", fetched.names.kept, [row], partition_name=fetched.names.partition)


def _row(fetched: Fetched) -> str:
    return fetched.names.own("meta") + _WRITER


def _holder(fetched: Fetched) -> dict[str, Any] | None:
    """Who holds it now; None for nobody."""
    said = _said(fetched)
    return said if said.get("until", 0.0) > time.time() else None


def _said(fetched: Fetched) -> dict[str, Any]:
    """Who held it last, and until when; nothing when it was given back. Raises `StoreError`."""
    options = {"output_fields": ["value"], "partition_names": [fetched.names.partition], "consistency_level": "Strong"}
    rows = fetched.connection.call("get", fetched.names.kept, [_row(fetched)], **options)
    try:
        said: dict[str, Any] = json.loads(rows[0]["value"]) if rows else {}
        return said | {"until": float(said.get("until", 0))}
    except (ValueError, TypeError, AttributeError) as error:
        raise StoreError(f"the row {_row(fetched)} of the store is not Footnote's: name another collection") from error
