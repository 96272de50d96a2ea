"""Large derived files are opened without reading all of them, and compared with their checksums a little later.

A process that lives long, a chat page for example, finds damage this way before many questions have met it; one that
asks once does not wait for it. `footnote check` compares them at once.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path

from index.arrays import CHECKED_AT_ONCE, ArraysDamaged, verify_arrays

__all__ = ["verify_later"]

SECONDS = 20.0
"""How long after it was opened: the first questions have been answered."""

_log = logging.getLogger(__name__)


def verify_later(folder: Path, known: set[tuple[str, int]], damaged: Callable[[], None]) -> None:
    """In another thread, compare the large derived files in `folder` that are not `known` yet with their checksums.

    `known` gets the name and time of each. One that is damaged is logged and deleted, since all of it is in the store,
    and `damaged` is called.
    """
    fresh = []
    for path in folder.glob("*.fn"):
        try:
            status = path.stat()
        except OSError:
            continue
        if status.st_size > CHECKED_AT_ONCE and (path.name, status.st_mtime_ns) not in known:
            known.add((path.name, status.st_mtime_ns))
            fresh.append(path)
    if fresh:
        timer = threading.Timer(SECONDS, _verify, (fresh, damaged))
        timer.daemon = True
        timer.start()


def _verify(paths: list[Path], damaged: Callable[[], None]) -> None:
    for path in paths:
        try:
            verify_arrays(path)
        except ArraysDamaged as error:
            _log.warning("%s: it is made anew from the store", error)
            try:
                path.unlink(missing_ok=True)
            except OSError as reason:
                _log.warning("%s cannot be deleted (%s): run `footnote sync`", path.name, reason.strerror)
            damaged()
        except OSError:
            continue  # replaced by a newer one
