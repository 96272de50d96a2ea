"""What lies in a zip file, and its members within limits: the ground of DOCX, PPTX, XLSX, EPUB and OpenDocument.

A member is never unpacked to disk and never trusted to be as small as it says.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

from index.errors import ReadError

__all__ = ["Archive"]

_MEMBER_BYTES = 200 << 20
"""Largest member that is unpacked; a chapter or a sheet beyond this is a bomb."""
_TOTAL_BYTES = 600 << 20
"""All members of one file together."""
_MEMBERS = 50_000
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


class Archive:
    """A zip file in memory, read member by member within limits.

    Args:
        data: the file's bytes.
    """

    def __init__(self, data: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            self._members = {info.filename: info for info in self._zip.infolist()}
        except _BROKEN as error:
            raise ReadError(f"damaged file: its zip archive cannot be opened ({error}); save it again") from error
        if len(self._members) > _MEMBERS:
            raise ReadError(f"{len(self._members):,} members in the zip archive, {_MEMBERS:,} at most; not a document")
        self._left_bytes = _TOTAL_BYTES

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
            raise ReadError(f"damaged file: its part {name!r} is missing; save it again")
        if info.flag_bits & 1:
            raise ReadError("encrypted document: its parts ask for a password; save a copy without one")
        most = min(_MEMBER_BYTES, self._left_bytes)
        try:
            with self._zip.open(info) as member:
                data = member.read(most + 1)
        except _BROKEN as error:
            raise ReadError(f"damaged file: its part {name!r} cannot be unpacked ({error}); save it again") from error
        if len(data) > most:
            raise ReadError(
                f"its part {name!r} unpacks to more than {most >> 20} MB; split the document or leave it out"
            )
        self._left_bytes -= len(data)
        return data
