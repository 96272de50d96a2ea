"""What lies in a zip file, and its members within limits: the ground of DOCX, PPTX, XLSX, EPUB and OpenDocument.

A member is never unpacked to disk and never trusted to be as small as it says: what all of them say they hold is added
up before anything is unpacked, and what comes out is counted.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

from index.errors import ReadError
from index.reading.limits import ReadingLimits, raising

__all__ = ["Archive", "DamagedFile"]

_PLAIN_RATIO, _PLAIN_BYTES = 1000, 16 << 20
"""DEFLATE makes nothing smaller than one part in 1,032, and only of one byte repeated: no text of this size does so."""
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    struct.error,
    NotImplementedError,
    RuntimeError,
    OSError,
    ValueError,
)


class DamagedFile(ReadError):
    """The file is not what its format asks for; some of its text may be had in another way."""


class Archive:
    """A zip file in memory, read member by member within limits.

    Args:
        data: the file's bytes.
        limits: how many members, and how much they may hold.
    """

    def __init__(self, data: bytes, limits: ReadingLimits | None = None) -> None:
        self._limits = limits or ReadingLimits()
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            self._members = {info.filename: info for info in self._zip.infolist()}
        except _BROKEN as error:
            raise DamagedFile(f"damaged file: its zip archive cannot be opened ({error}); save it again") from error
        self._check_declared(self._zip.infolist())
        self._left_bytes = self._limits.unpacked_bytes

    @property
    def names(self) -> list[str]:
        """Names of all members, in the order of the file."""
        return list(self._members)

    def __contains__(self, name: str) -> bool:
        return name in self._members

    def read(self, name: str) -> bytes:
        """One member's bytes; ReadError if it is missing, damaged, encrypted or too large."""
        info = self._members.get(name)
        if info is None:
            raise DamagedFile(f"damaged file: its part {name[:80]!r} is missing; save it again")
        if info.flag_bits & 1:
            raise ReadError("encrypted document: its parts ask for a password; save a copy without one")
        try:
            with self._zip.open(info) as member:
                data = member.read(self._left_bytes + 1)
        except _BROKEN as error:
            raise DamagedFile(
                f"damaged file: its part {name[:80]!r} cannot be unpacked ({error}); save it again"
            ) from error
        if len(data) > self._left_bytes:
            raise self._too_large(f"its parts up to {name[:80]!r}")
        self._left_bytes -= len(data)
        return data

    def _check_declared(self, members: list[zipfile.ZipInfo]) -> None:
        """Refuse what says itself that it is too much, before a byte of it is unpacked."""
        if len(members) > self._limits.parts:
            raise ReadError(
                f"{len(members):,} parts in the zip archive, {self._limits.parts:,} at most: hardly a document; "
                f"leave it out or {raising('parts')}"
            )
        if sum(info.file_size for info in members) > self._limits.unpacked_bytes:
            raise self._too_large("its parts")
        for info in members:
            if info.file_size > max(_PLAIN_BYTES, _PLAIN_RATIO * info.compress_size):
                raise ReadError(
                    f"a zip bomb: its part {info.filename[:80]!r} holds {info.file_size >> 20:,} MB packed to "
                    f"{info.compress_size >> 10:,} KB, as no text does; leave it out"
                )

    def _too_large(self, what: str) -> ReadError:
        most = self._limits.unpacked_bytes >> 20
        return ReadError(
            f"{what} unpack to more than {most:,} MB; split the document, leave it out, or {raising('unpacked_bytes')}"
        )
