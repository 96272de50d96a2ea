"""A regular file, opened so that nothing else than a document's bytes can come of it.

    /corpus/a/b.pdf below /corpus   ->  a descriptor, its size, its SHA-256
    a pipe, socket, device, folder  ->  ReadError, at once: opening never waits
    a link, or a folder on the way that is one  ->  ReadError

What is looked at is the open file: between a listing and the opening, anything may have been put in its place.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from pathlib import Path
from types import TracebackType

from index.errors import ReadError
from index.reading.limits import raising

__all__ = ["OpenFile", "bytes_in", "opened"]

_CHUNK = 1 << 20
_FLAGS = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0)
_FILE = _FLAGS | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)
_FOLDER = _FLAGS | getattr(os, "O_DIRECTORY", 0)
_WALKS = os.open in os.supports_dir_fd
_LINK = "a link, not a file: links are not followed out of the corpus"
_IRREGULAR = "not a regular file (a folder, pipe, socket or device); only files are read"


class OpenFile:
    """A regular file that is open for reading; to be used in a `with` block."""

    def __init__(self, descriptor: int, path: Path, size: int) -> None:
        self.descriptor = descriptor
        self.path = path
        self.size = size
        """Bytes, as the file system says; a file of /proc says 0 and has more."""

    def __enter__(self) -> OpenFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self.descriptor)

    def stamp(self) -> tuple[int, int, int]:
        """Size and times; another whenever the file was written."""
        status = os.fstat(self.descriptor)
        return status.st_size, status.st_mtime_ns, status.st_ctime_ns

    def begins_as(self, digest: bytes) -> bool:
        """Whether the bytes that it had when it was opened are still those: it only grew, or got other times."""
        again, left = hashlib.sha256(), self.size
        try:
            os.lseek(self.descriptor, 0, os.SEEK_SET)
            while left and (chunk := os.read(self.descriptor, min(left, _CHUNK))):
                again.update(chunk)
                left -= len(chunk)
        except OSError:
            return False
        return not left and again.digest() == digest

    def digest(self, most: int | None = None) -> bytes:
        """SHA-256 of the file's bytes; ReadError when it has more than `most` or cannot be read."""
        if most is not None and self.size > most:
            raise too_large(self.size, most)
        digest, read = hashlib.sha256(), 0
        os.lseek(self.descriptor, 0, os.SEEK_SET)
        try:
            while chunk := os.read(self.descriptor, _CHUNK):
                digest.update(chunk)
                read += len(chunk)
                if most is not None and read > most:
                    raise too_large(read, most)
        except OSError as error:
            raise ReadError(_unreadable(error)) from error
        return digest.digest()


def opened(path: Path, *, below: Path | None = None) -> OpenFile:
    """The regular file at `path`, opened.

    `below`: a folder that `path` lies in; no link is followed between the two. Raises `ReadError`.
    """
    try:
        descriptor = _descriptor(path, below)
    except (OSError, ValueError) as error:
        raise ReadError(_unreadable(error)) from error
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        os.close(descriptor)
        raise ReadError(_IRREGULAR)
    return OpenFile(descriptor, path, status.st_size)


def bytes_in(descriptor: int, most: int) -> bytes:
    """All bytes of an open file, from its beginning; ReadError when there are more than `most`."""
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        raise ReadError(_IRREGULAR)
    os.lseek(descriptor, 0, os.SEEK_SET)
    with os.fdopen(descriptor, "rb", closefd=False) as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise too_large(len(data), most)
    return data


def too_large(size: int, most: int) -> ReadError:
    """The error for a file of `size` bytes."""
    held = f"{size / 1e6:,.0f} MB" if size >= 10 * most else f"more than {most >> 20:,} MB"
    return ReadError(f"{held}, {most >> 20:,} MB at most; split the file, leave it out, or {raising('file_bytes')}")


def _descriptor(path: Path, below: Path | None) -> int:
    if below is None or not _WALKS:
        return os.open(path, _FILE)
    *folders, name = path.relative_to(below).parts
    at = os.open(below, _FOLDER & ~getattr(os, "O_NOFOLLOW", 0))  # the corpus itself may well be a link
    for folder in folders:
        try:
            inner = os.open(folder, _FOLDER, dir_fd=at)
        finally:
            os.close(at)
        at = inner
    try:
        return os.open(name, _FILE, dir_fd=at)
    finally:
        os.close(at)


def _unreadable(error: Exception) -> str:
    number = getattr(error, "errno", None)
    if number == errno.ELOOP:
        return _LINK
    if number == errno.ENOTDIR:
        return "a folder on the way to it is a link or gone: links are not followed out of the corpus"
    if number in (errno.ENXIO, errno.EISDIR):  # a socket or a pipe; a folder, on Windows
        return _IRREGULAR
    if number == errno.EACCES:
        return "cannot be opened: permission denied; check its permissions, then sync again"
    return f"cannot be opened: {getattr(error, 'strerror', None) or error}"
