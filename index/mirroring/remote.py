"""What a mirror needs of object storage, whichever it is."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from typing import NamedTuple, Protocol

from index.errors import CorpusAway, CorpusError
from index.mirroring.address import Address

__all__ = ["Found", "Gone", "Remote", "Sink", "Unfetched", "away", "copied", "plain", "remote_of"]

_SECRETS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
AT_ONCE_BYTES = 16 << 20
"""Of one object read at a time."""

LONGEST_REASON = 300
"""Characters of what a library says that stand in a message."""


class Found(NamedTuple):
    """One object, as a listing tells it."""

    key: str
    """Below the prefix of the address."""
    size: int
    """Bytes."""
    stamp: str
    """Another one whenever the object has changed."""
    is_settled: bool = True
    """Whether that is so for certain. Where time is all there is, a second state may still come within one second."""


class Gone(Exception):
    """The object is there no more."""


class Unfetched(Exception):
    """One object cannot be had; the others may. Its text is the reason, for a person."""


class Sink(Protocol):
    """What bytes are written into."""

    def write(self, data: bytes, /) -> object:
        """Take the next bytes."""


class Stream(Protocol):
    """What the bytes of an object are read from."""

    def read(self, size: int, /) -> bytes:
        """The next bytes, as many as there are up to `size`; none at the end."""


class Remote(Protocol):
    """The objects of one address. Threads may share it."""

    def listed(self) -> Iterator[Found]:
        """All objects, in any order. Raises `CorpusAway` when it is not known whether that is all."""

    def again(self, key: str) -> Found:
        """One object, looked at anew. Raises `Gone`, `Unfetched` or `CorpusAway`."""

    def fetch(self, found: Found, file: Sink) -> bool:
        """Write an object into `file`, at most a byte more than its size; False when it changed meanwhile.

        Raises `Gone`, `Unfetched` or `CorpusAway`.
        """


def remote_of(address: Address) -> Remote:
    """The storage of an address, not connected to yet. Raises `CorpusError` when a package for it is missing."""
    if address.scheme == "s3":
        if not find_spec("pyarrow"):
            raise CorpusError(f"{address} needs a package more: pip install 'footnote-qa[s3]'")
        from index.mirroring.s3 import S3

        return S3(address)
    from index.mirroring.others import Other

    return Other(address)


def copied(stream: Stream, size: int, file: Sink, failed: Callable[[Exception], Exception]) -> int:
    """How many bytes were written into `file`: all there are, but at most one more than `size`.

    What reading raises is raised as what `failed` makes of it; an error of the disk is none of the storage.
    """
    got = 0
    while got <= size:
        try:
            data = stream.read(min(AT_ONCE_BYTES, size + 1 - got))
        except Exception as error:
            raise failed(error) from error
        if not data:
            break
        file.write(data)
        got += len(data)
    return got


def away(address: Address, why: str) -> CorpusAway:
    """The error for storage that cannot be read now, for a reason that is one line for a person."""
    return CorpusAway(f"{address.where} cannot be read ({why}): what is indexed of it stays as it is")


def plain(error: BaseException) -> str:
    """What a library says, in one short line in which no key of the environment stands."""
    said = re.sub(r"\s+", " ", str(error) or type(error).__name__).strip()
    for variable in _SECRETS:
        if secret := os.environ.get(variable, ""):
            said = said.replace(secret, "…")
    return said if len(said) <= LONGEST_REASON else f"{said[:LONGEST_REASON]} …"
