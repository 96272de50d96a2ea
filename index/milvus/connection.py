"""One connection to a Milvus server: calls with a bounded time, tried again where that may help, and errors in a line.

The client is imported when the first connection is made. Nothing else of Footnote imports it.
"""

from __future__ import annotations

import logging
import os
import re
import time
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

from index.errors import IndexMismatch, IndexNotWritable, SettingError, StoreError
from index.milvus.address import TOKEN, Address

__all__ = ["Connection", "Rows", "version_of"]

Rows = list[dict[str, Any]]

CONNECT_SECONDS = 10.0
CALL_SECONDS = 60.0
"""How long one call may take."""

PATIENCE_SECONDS, FIRST_PATIENCE_SECONDS = 60.0, 2.0
"""How long a server that is away (being restarted, say) is tried again; and one that has never answered."""

FIRST_PAUSE, LONGEST_PAUSE = 0.25, 5.0
"""Seconds between two tries, doubled each time."""

PATIENTLY = {"grpc.keepalive_time_ms": 300_000}
"""The client's own ten seconds make a server that keeps to gRPC's defaults close the connection: too many pings."""

AT_ONCE = 1000
"""Rows in one answer of a long list."""

WITH_WORDS = (2, 5)
"""The first version of Milvus that has BM25."""

OLDEST = (2, 3)

_AWAY = ("unavailable", "connect", "deadline", "timeout", "timed out", "not ready", "rate limit", "channel", "loaded")
_NOT_LOADED = ("state 'released'", "collection not loaded")
_FULL = ("memory quota", "disk quota", "no space", "quota exceeded", "deny to write", "out of memory")
_REFUSED = ("auth", "permission", "privilege", "token", "credential", "unauthenticated")


def version_of(said: str) -> tuple[int, int] | None:
    """(major, minor) of what a server says its version is; None for another kind of server ("milvus_lite-3.2.2")."""
    found = re.match(r"v?(\d+)\.(\d+)", said)
    return (int(found[1]), int(found[2])) if found else None


class Connection:
    """Calls to one server; threads may share it."""

    def __init__(self, address: Address) -> None:
        self.address = address
        self._has_answered = False
        self._types: dict[str, str] = {}

    @cached_property
    def version(self) -> str:
        """What the server says it is. Raises `StoreError` for one that is too old."""
        said = str(self._once("get_server_version"))
        found = version_of(said)
        if found and found < OLDEST:
            raise IndexMismatch(
                f"the server at {self.address} is Milvus {said}, Footnote needs {'.'.join(map(str, OLDEST))} or newer: "
                "update the server"
            )
        return said

    @cached_property
    def has_words(self) -> bool:
        """Whether it has BM25; without, words are looked for in a sample of the passages."""
        found = version_of(self.version)
        return found is None or found >= WITH_WORDS

    def call(self, name: str, *arguments: Any, **options: Any) -> Any:
        """Call the client's method of that name. Raises `StoreError`, or one of its kinds, in a line for a person."""
        began, pause, load = time.monotonic(), FIRST_PAUSE, False
        while True:
            try:
                if load:
                    self._once("load_collection", arguments[0])
                return self._once(name, *arguments, **options)
            except _Away as error:
                load = isinstance(error, _Released)
                patience = PATIENCE_SECONDS if self._has_answered else FIRST_PATIENCE_SECONDS
                if time.monotonic() + pause > began + patience:
                    raise StoreError(str(error)) from error
                time.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE)

    def query(self, collection: str, filter_: str, fields: Sequence[str], **options: Any) -> Rows:
        """All rows that a filter lets through, however many they are."""
        return [row for rows in self.pages(collection, filter_, fields, **options) for row in rows]

    def pages(self, collection: str, filter_: str, fields: Sequence[str], **options: Any) -> Iterator[Rows]:
        """The same, some at a time, in the order of their ids."""
        number, last = options.pop("order_by", "id"), None
        while True:
            beyond = "" if last is None else f" and {number} > {_literal(last)}"
            rows = self.call(
                "query",
                collection,
                filter=f"({filter_}){beyond}",
                output_fields=[*fields, number],
                limit=AT_ONCE,
                **options,
            )
            rows = sorted(map(dict, rows), key=lambda row: row[number])
            if rows:
                yield rows
            if len(rows) < AT_ONCE:
                return
            last = rows[-1][number]

    def type_of_vectors(self, collection: str) -> str:
        """What Milvus calls the index of the vectors of a collection; asked once."""
        if collection not in self._types:
            said = self.call("describe_index", collection, "vector") or {}
            self._types[collection] = str(said.get("index_type", ""))
        return self._types[collection]

    def count(self, collection: str, filter_: str, **options: Any) -> int:
        """How many rows a filter lets through."""
        rows = self.call("query", collection, filter=filter_, output_fields=["count(*)"], **options)
        return int(rows[0]["count(*)"])

    def now(self) -> int:
        """A moment of the server's own clock, later than all that was written before; 0 where it does not tell one."""
        import grpc

        try:
            return int(self._client._get_connection().alloc_timestamp(timeout=CALL_SECONDS))
        except grpc.RpcError:
            return 0
        except Exception as error:
            if isinstance(error, AttributeError) or type(error).__module__.partition(".")[0] == "pymilvus":
                return 0
            raise

    @cached_property
    def _client(self) -> Any:
        # It sends nothing anywhere by itself; what it logs of an error is said by ours.
        os.environ.setdefault("GRPC_VERBOSITY", "NONE")
        try:
            from pymilvus import MilvusClient
        except ImportError as error:
            raise SettingError(
                f"the store {self.address} needs the client of Milvus, which is not installed: "
                "run `pip install 'footnote-qa[milvus]'`"
            ) from error
        logging.getLogger("pymilvus").setLevel(logging.CRITICAL)
        address = self.address
        # One of its own: the client's shared ones stay closed for all who use them once one of these closes them.
        return MilvusClient(
            uri=address.uri, token=address.token, timeout=CONNECT_SECONDS, dedicated=True, grpc_options=PATIENTLY
        )

    def _once(self, name: str, *arguments: Any, **options: Any) -> Any:
        import grpc

        try:
            found = getattr(self._client, name)(*arguments, timeout=CALL_SECONDS, **options)
        except StoreError:
            raise
        except (grpc.RpcError, grpc.FutureTimeoutError, ConnectionError, TimeoutError) as error:
            self.__dict__.pop("_client", None)
            raise self._error(error) from error
        except Exception as error:
            if type(error).__module__.partition(".")[0] != "pymilvus":
                raise
            raise self._error(error) from error
        self._has_answered = True
        return found

    def _error(self, error: Exception) -> StoreError:
        said = " ".join(_reason(error).split())[:300]
        low = said.lower()
        if any(word in low for word in _FULL):
            return IndexNotWritable(
                f"the server at {self.address} takes no more ({said}): give it room, then sync again"
            )
        if any(word in low for word in _REFUSED):
            return StoreError(
                f"the server at {self.address} refuses this client ({said}): set {TOKEN} to a token that may read and "
                "write there (“user:password”, or a key)"
            )
        if any(word in low for word in _NOT_LOADED):
            return _Released(f"the server at {self.address} has not loaded a collection ({said}): load it there")
        if not said or any(word in low for word in _AWAY) or not type(error).__module__.startswith("pymilvus"):
            self.__dict__.pop("_client", None)
            return _Away(
                f"the server at {self.address} does not answer ({said or type(error).__name__}): start it, or mend "
                "--store"
            )
        return StoreError(f"the server at {self.address} refused a request ({said})")


class _Away(StoreError):
    """Trying again may help."""


class _Released(_Away):
    """A collection is not in memory, as after a restart of some servers: it has to be loaded first."""


def _reason(error: Exception) -> str:
    """What was wrong; in the server's own words where the client only says that it could not connect."""
    import grpc

    cause = error.__cause__
    if isinstance(cause, grpc.Call) and cause.code() in {
        grpc.StatusCode.UNAUTHENTICATED,
        grpc.StatusCode.PERMISSION_DENIED,
    }:
        return f"unauthenticated: {cause.details()}"
    return str(getattr(error, "message", "") or error)


def _literal(value: int | str) -> str:
    return str(value) if isinstance(value, int) else '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
