"""The folder of documents: which files are there, and what tells whether they changed."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from index.errors import CorpusError, ReadError

__all__ = ["FileFacts", "Scan", "digest_of", "scan"]

_CHUNK = 1 << 20

_OF_INDEX = {b".gitignore", b"writer.lock"}
"""Files that every folder of an index has, before the first document is looked for."""


@dataclass(frozen=True, slots=True)
class FileFacts:
    """One file of the corpus, as a directory listing tells it."""

    name: bytes
    """Path below the corpus, as the file system's bytes, with "/"."""
    path: str
    """The same for people and for SQLite: bytes that are not UTF-8 stand as \\xNN."""
    size: int
    """Bytes."""
    mtime_ns: int
    ctime_ns: int


@dataclass(slots=True)
class Scan:
    """What a walk through the corpus found."""

    files: dict[bytes, FileFacts] = field(default_factory=dict)
    """Documents by name, in sorted order."""
    skipped: list[tuple[str, str]] = field(default_factory=list)
    """(path, why) of entries that are no documents: links, devices, kinds that Footnote does not read."""
    folders: list[bytes] = field(default_factory=list)
    """Names of the folders that were listed, the corpus itself (b"") among them."""
    unlisted: list[tuple[bytes, str]] = field(default_factory=list)
    """(name, why) of folders that could not be listed: what the index holds of them stays."""

    def lies_unlisted(self, name: bytes) -> bool:
        """Whether `name` is below a folder that could not be listed."""
        return any(name.startswith(folder + b"/") for folder, _ in self.unlisted)


def scan(corpus: Path, readable: Callable[[str], bool]) -> Scan:
    """Walk the corpus. `readable` says by a file's name whether it is a kind of document.

    Hidden files and folders are passed over, and folders of an index that are kept in sight; links are not followed, so
    the walk ends and stays inside.
    Raises `CorpusError` when the corpus itself cannot be walked.
    """
    check_corpus(corpus)
    result = Scan()
    for name, entry in _walk(os.fsencode(corpus), b"", result):
        path = shown(name)
        try:
            status = entry.stat(follow_symlinks=False)
        except OSError:
            continue  # gone since it was listed
        if stat.S_ISLNK(status.st_mode):
            result.skipped.append((path, "a link: links are not followed out of the corpus"))
        elif not stat.S_ISREG(status.st_mode):
            result.skipped.append((path, "not a regular file"))
        elif not readable(path):
            result.skipped.append(
                (path, f"not a kind of document that Footnote reads ({Path(path).suffix or 'no suffix'})")
            )
        else:
            result.files[name] = FileFacts(name, path, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
    result.files = dict(sorted(result.files.items()))
    return result


def check_corpus(corpus: Path) -> None:
    """Raise `CorpusError` unless `corpus` is a folder that can be listed."""
    if not corpus.exists():
        raise CorpusError(f"there is no folder {corpus}: name the folder of your documents with --corpus PATH")
    if not corpus.is_dir():
        raise CorpusError(f"{corpus} is a file, a folder was expected: name the folder it stands in with --corpus PATH")
    try:
        os.listdir(corpus)
    except OSError as error:
        raise CorpusError(f"the folder {corpus} cannot be listed ({error.strerror}): check its permissions") from error


def shown(name: bytes) -> str:
    r"""A file system's name as text that is always valid UTF-8: b"caf\\xe9.txt" -> "caf\\\\xe9.txt"."""
    return name.decode("utf-8", "backslashreplace")


def digest_of(path: Path) -> bytes:
    """SHA-256 of a file's bytes. Raises `ReadError` when the file cannot be read."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
    except OSError as error:
        raise ReadError(
            f"the file cannot be opened ({error.strerror}): check its permissions, then sync again"
        ) from error
    return digest.digest()


def _walk(root: bytes, below: bytes, result: Scan) -> Iterator[tuple[bytes, os.DirEntry[bytes]]]:
    folders = [below]
    while folders:
        folder = folders.pop()
        try:
            entries = list(os.scandir(os.path.join(root, folder)))
        except OSError as error:
            result.unlisted.append((folder, f"the folder cannot be listed ({error.strerror})"))
            continue
        if folder and {entry.name for entry in entries} >= _OF_INDEX:
            continue
        result.folders.append(folder)
        for entry in entries:
            name = folder + b"/" + entry.name if folder else entry.name
            if entry.name.startswith((b".", b"~$")):
                continue
            if entry.is_dir(follow_symlinks=False):
                folders.append(name)
            else:
                yield name, entry
