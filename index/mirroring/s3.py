"""Amazon S3, and servers that speak as it does, through Arrow.

Arrow finds keys as the tools of AWS do: environment, profiles, and the role of a machine or a container. Its own
interface is used, and not the one of fsspec on top of it: that one lists folder by folder, and takes a folder that
could not be listed for one that is empty.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from index.errors import CorpusAway
from index.mirroring.address import Address
from index.mirroring.remote import Found, Gone, Sink, Unfetched, away, copied, plain

__all__ = ["S3"]

CONNECT_SECONDS, ANSWER_SECONDS = 10.0, 60.0
TRIES = 3
"""Of one request, with pauses between them."""

USUAL_REGION = "us-east-1"
"""What servers that have no regions take."""

SETTLED_SECONDS = 5.0
"""Times are in whole seconds, by the server's clock: what is younger may be changed once more within the same one."""

_REASONS = {
    "NO_SUCH_BUCKET": "there is no such bucket",
    "ACCESS_DENIED": "access was denied: check the keys (AWS_ACCESS_KEY_ID, AWS_PROFILE ...) and what they may list",
    "INVALID_ACCESS_KEY_ID": "the access key is not known there: check AWS_ACCESS_KEY_ID, or AWS_PROFILE",
    "SIGNATURE_DOES_NOT_MATCH": "the secret key is not the right one: check AWS_SECRET_ACCESS_KEY, or AWS_PROFILE",
    "INVALID_SIGNATURE": "the secret key is not the right one: check AWS_SECRET_ACCESS_KEY, or AWS_PROFILE",
    "NETWORK_CONNECTION": "the server was not reached",
    "REQUEST_TIMEOUT": "the server did not answer in time",
    "SLOW_DOWN": "the server asks for fewer requests",
}
"""What Arrow calls errors, for a person."""

_OF_ONE_OBJECT = {"ACCESS_DENIED", "INVALID_OBJECT_STATE"}
"""Errors that say nothing of other objects: it may not be read, or lies in an archive."""

_CODE = re.compile(r"AWS Error (\w+)")


class S3:
    """The objects of one prefix; see `Remote`."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._prefix = f"{address.path}/"

    def listed(self) -> Iterator[Found]:
        """See `Remote.listed`."""
        from pyarrow.fs import FileSelector

        now = time.time()
        try:
            for info in self._files.get_file_info(FileSelector(self._address.path, recursive=True)):
                if info.is_file and info.path.startswith(self._prefix):
                    yield self._found(info, now)
        except FileNotFoundError:
            return  # no key begins so
        except (OSError, ValueError) as error:
            raise self._away(error) from error

    def again(self, key: str) -> Found:
        """See `Remote.again`."""
        try:
            info = self._files.get_file_info(self._prefix + key)
        except (OSError, ValueError) as error:
            raise self._of_one(error) from error
        if not info.is_file:
            raise Gone
        return self._found(info, time.time())

    def fetch(self, found: Found, file: Sink) -> bool:
        """See `Remote.fetch`."""
        try:
            stream = self._files.open_input_stream(self._prefix + found.key)
        except (OSError, ValueError) as error:
            raise self._of_one(error) from error
        with stream:
            got = copied(stream, found.size, file, self._of_one)
        # Arrow asks for ranges of the size it was told first: of an object that changed, these would be parts.
        return got == found.size and self.again(found.key).stamp == found.stamp

    @cached_property
    def _files(self) -> Any:
        from pyarrow.fs import AwsStandardS3RetryStrategy, S3FileSystem

        server = urlsplit(self._address.endpoint)
        try:
            return S3FileSystem(
                **_keys(),
                region=self._region(),
                endpoint_override=server.netloc or None,
                scheme=server.scheme or None,
                connect_timeout=CONNECT_SECONDS,
                request_timeout=ANSWER_SECONDS,
                retry_strategy=AwsStandardS3RetryStrategy(max_attempts=TRIES),
            )
        except (OSError, ValueError) as error:
            raise self._away(error) from error

    def _region(self) -> str:
        """The region of the bucket: asked of AWS unless somebody says it, as another one is refused there."""
        said = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
        if said or self._address.endpoint:
            return said or USUAL_REGION
        from pyarrow.fs import resolve_s3_region

        region: str = resolve_s3_region(self._address.path.partition("/")[0])
        return region

    def _found(self, info: Any, now: float) -> Found:
        """As `Found`; Arrow gives no ETag. Some servers list parts of seconds, which they do not tell of one object."""
        modified = (info.mtime_ns or 0) // 10**9
        is_settled = now - modified > SETTLED_SECONDS
        return Found(info.path[len(self._prefix) :], info.size, f"{info.size}-{modified}", is_settled)

    def _of_one(self, error: Exception) -> Exception:
        """What an error in the middle of one object means."""
        code = _CODE.search(str(error))
        if isinstance(error, FileNotFoundError) or (code and code[1] == "NO_SUCH_KEY"):
            return Gone()
        if isinstance(error, ValueError) or (code and code[1] in _OF_ONE_OBJECT):
            return Unfetched(_REASONS.get(code[1], plain(error)).partition(":")[0] if code else plain(error))
        return self._away(error)

    def _away(self, error: Exception) -> CorpusAway:
        code = _CODE.search(str(error))
        return away(self._address, _REASONS.get(code[1] if code else "") or plain(error))


def _keys() -> dict[str, str]:
    """The keys of the environment, if it has any.

    Given these and a region, Arrow asks nobody; else it looks for profiles and, at an address where clouds answer, for
    the role of the machine.
    """
    names = {
        "access_key": "AWS_ACCESS_KEY_ID",
        "secret_key": "AWS_SECRET_ACCESS_KEY",
        "session_token": "AWS_SESSION_TOKEN",
    }
    given = {option: os.environ[name] for option, name in names.items() if os.environ.get(name)}
    return given if {"access_key", "secret_key"} <= given.keys() else {}
