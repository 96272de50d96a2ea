"""The worker process: open files come in with lines of JSON, documents and pictures go out as a length and JSON.

    <- {"name": "report.pdf", "size": 81920}
    -> 41
       {"error": "empty file: it has no bytes"}
    <- {"name": "report.pdf", "size": 81920, "picture": {"digest": "9f86...", "page": 4, "spans": [[120, "2,500"]]}}
    -> 81920
       {"picture": {"png": "iVBO...", "width": 1236, "height": 1600, "boxes": [[0.1, 0.2, 0.4, 0.02]], "others": []}}

Started by `Reader`. It ends when its standard input does, also in the middle of a file, so it never outlives its owner.
"""

from __future__ import annotations

import json
import os
import queue
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from index.errors import ReadError
from index.reading.cage import allow_time, shut
from index.reading.channel import Request, requests_from
from index.reading.limits import ReadingLimits, raising
from index.reading.opening import document_of
from index.reading.picturing import page_of_pdf, picture_of
from index.reading.regular import bytes_in, opened
from index.reading.scans import ScannedFile
from index.reading.wire import document_to_json, pages_from_json, picture_to_json, raster_to_json

__all__ = ["main", "run"]


def main(limits: ReadingLimits, requests: int, replies: IO[bytes]) -> None:
    """Answer the requests that come in through a descriptor until there are no more."""
    waiting: queue.Queue[Request] = queue.Queue()
    threading.Thread(target=_watch, args=(requests, waiting), daemon=True).start()
    while True:
        body = _reply_to(waiting.get(), limits)
        replies.write(b"%d\n" % len(body))
        replies.write(body)
        replies.flush()


def _watch(requests: int, waiting: queue.Queue[Request]) -> None:
    with suppress(OSError):
        for request in requests_from(requests):
            waiting.put(request)
    os._exit(0)  # the owner is gone: whatever is being parsed is wanted by nobody


def _reply_to(request: Request, limits: ReadingLimits) -> bytes:
    try:
        asked = json.loads(request.line)
        allow_time(limits, asked["size"])
        return json.dumps(_answer_to(asked, _data_of(request, asked, limits), limits)).encode()
    except ScannedFile as error:
        return _refusal(str(error), scans=error.pages)
    except ReadError as error:
        return _refusal(" ".join(str(error).split()))
    except MemoryError:
        most = limits.memory_bytes >> 20
        return _refusal(f"needs more than {most:,} MB of memory to read; split the file or {raising('memory_bytes')}")
    except RecursionError:
        return _refusal("nested too deeply to be a document; save it again or leave it out")
    except Exception as error:  # a parser's own failure must cost this file only
        what = f"{type(error).__name__}: {' '.join(str(error)[:200].split())}"
        return _refusal(f"cannot be read ({what}); save it again or leave it out")


def _data_of(request: Request, asked: dict[str, Any], limits: ReadingLimits) -> bytes:
    if request.descriptor is None:
        with opened(Path(asked["path"])) as file:
            return bytes_in(file.descriptor, limits.file_bytes)
    try:
        return bytes_in(request.descriptor, limits.file_bytes)
    finally:
        os.close(request.descriptor)


def _answer_to(asked: dict[str, Any], data: bytes, limits: ReadingLimits) -> dict[str, Any]:
    if "picture" in asked:
        return {"picture": picture_to_json(picture_of(data, asked["name"], **asked["picture"]))}
    if "raster" in asked:
        return {"raster": raster_to_json(page_of_pdf(data, asked["name"], asked["raster"]))}
    recognised = pages_from_json(asked.get("recognised", {}))
    return {"document": document_to_json(document_of(data, asked["name"], limits, recognised))}


def _refusal(why: str, scans: Sequence[int] = ()) -> bytes:
    return json.dumps({"error": why, "scans": list(scans)}).encode()


def _private_pipes() -> tuple[int, IO[bytes]]:
    """The ways to the owner, moved out of the way of parsers that read or write standard streams."""
    requests, replies = os.dup(0), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1):
        os.dup2(nothing, stream)
    return requests, replies


def run(settings: str) -> None:
    """The whole life of a worker process, with its `ReadingLimits` as JSON."""
    limits = ReadingLimits(**json.loads(settings))
    requests, replies = _private_pipes()
    shut(limits)
    main(limits, requests, replies)
