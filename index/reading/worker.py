"""The worker process: paths come in as lines of JSON, documents and pictures of pages go out as a length and JSON.

    <- {"path": "/home/ana/report.pdf"}
    -> 41
       {"error": "empty file: it has no bytes"}
    <- {"path": "/home/ana/report.pdf", "picture": {"digest": "9f86...", "page": 4, "spans": [[120, "2,500 more"]]}}
    -> 81920
       {"picture": {"png": "iVBO...", "width": 1236, "height": 1600, "boxes": [[0.1, 0.2, 0.4, 0.02]], "others": []}}

Started by `Reader`. It ends when its standard input does, also in the middle of a file, so it never outlives its owner.
"""

from __future__ import annotations

import json
import os
import queue
import threading
from typing import IO, Any

from index.errors import ReadError
from index.reading.limits import ReadingLimits
from index.reading.opening import document_in
from index.reading.picturing import picture_in
from index.reading.wire import document_to_json, picture_to_json

__all__ = ["main", "run"]


def main(limits: ReadingLimits, requests: IO[bytes], replies: IO[bytes]) -> None:
    """Answer requests until there are no more."""
    lines: queue.Queue[bytes] = queue.Queue()
    threading.Thread(target=_watch, args=(requests, lines), daemon=True).start()
    while True:
        body = json.dumps(_reply_to(lines.get(), limits)).encode()
        replies.write(b"%d\n" % len(body))
        replies.write(body)
        replies.flush()


def _watch(requests: IO[bytes], lines: queue.Queue[bytes]) -> None:
    for line in requests:
        lines.put(line)
    os._exit(0)  # the owner is gone: whatever is being parsed is wanted by nobody


def _reply_to(line: bytes, limits: ReadingLimits) -> dict[str, Any]:
    try:
        request = json.loads(line)
        if "picture" in request:
            return {"picture": picture_to_json(picture_in(request["path"], limits, **request["picture"]))}
        return {"document": document_to_json(document_in(request["path"], limits))}
    except ReadError as error:
        return {"error": " ".join(str(error).split())}
    except MemoryError:
        most = limits.memory_bytes >> 20
        return {"error": f"needs more memory than {most} MB to read; split the file or leave it out"}
    except RecursionError:
        return {"error": "nested too deeply to be a document; save it again or leave it out"}
    except Exception as error:  # a parser's own failure must cost this file only
        return {"error": f"cannot be read ({type(error).__name__}: {str(error)[:200]}); save it again or leave it out"}


def _take_limits(limits: ReadingLimits) -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limits; the owner's timeout remains
        return
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _private_pipes() -> tuple[IO[bytes], IO[bytes]]:
    """The pipes to the owner, moved out of the way of parsers that read or write standard streams."""
    requests, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1):
        os.dup2(nothing, stream)
    return requests, replies


def run(settings: str) -> None:
    """The whole life of a worker process, with its `ReadingLimits` as JSON."""
    limits = ReadingLimits(**json.loads(settings))
    requests, replies = _private_pipes()
    _take_limits(limits)
    main(limits, requests, replies)
