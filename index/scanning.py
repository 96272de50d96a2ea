"""The folder of documents: which files are there, and what tells whether they changed."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from index.errors import CorpusError
from index.reading.regular import opened

__all__ = [
    "FileFacts",
    "Scan",
    "about",
    "can_be_named",
    "check_corpus",
    "digest_of",
    "is_hidden",
    "scan",
    "shown",
    "suffix_of",
    "unreadable",
]

_HIDDEN = (b".", b"~$")
"""How names begin that are passed over: hidden ones, and those of files that an office program has open."""

_OF_INDEX = {b".gitignore", b"writer.lock"}
"""Files that every folder of an index has, before the first document is looked for."""


BYTES_OF_PASSAGE = 1000
"""Of documents that are mostly text."""

_MOST_NS = (1 << 63) - 1
"""What SQLite keeps of a time: until the year 2262. Some file systems have later ones."""


class FileFacts(NamedTuple):
    """One file of the corpus, as a directory listing tells it.

    A tuple, as a sync makes and compares two for each file: 100,000 frozen dataclasses take .2 s longer.
    """

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
    scope: tuple[bytes, ...] | None = None
    """Names of the files and folders that were looked at, with all below them; None for the whole corpus."""

    def lies_unlisted(self, name: bytes) -> bool:
        """Whether `name` is below a folder that could not be listed."""
        return any(name.startswith(folder + b"/") for folder, _ in self.unlisted)


def scan(corpus: Path, readable: Callable[[str], bool], only: Iterable[str] | None = None) -> Scan:
    """Walk the corpus. `readable` says by a file's name whether it is a kind of document.

    Hidden files and folders are passed over, and folders of an index that are kept in sight; links are not followed, so
    the walk ends and stays inside. `only`: files and folders below the corpus to look at, by the same rules; what is
    not there any more is in `scope` without being in `files`.
    Raises `CorpusError` when the corpus itself cannot be walked, or one of `only` is not below it.
    """
    check_corpus(corpus)
    root, result = os.fsencode(corpus), Scan(scope=None if only is None else _scope(only))
    for name in result.scope if result.scope is not None else [b""]:
        status = _status_of(root, name, result) if name else None
        if status is not None and not stat.S_ISDIR(status.st_mode):
            _take(result, name, status, readable)
        elif status is not None or not name:
            for found, entry in _walk(root, name, result):
                try:
                    _take(result, found, entry.stat(follow_symlinks=False), readable)
                except OSError:
                    continue  # gone since it was listed
    result.files = dict(sorted(result.files.items()))
    return result


def about(size: int) -> int:
    """How many passages so many bytes of documents have, roughly; of pictures there are fewer."""
    return size // BYTES_OF_PASSAGE


def check_corpus(corpus: Path) -> None:
    """Raise `CorpusError` unless `corpus` is a folder that can be listed."""
    if not corpus.exists():
        raise CorpusError(f"there is no folder {corpus}: name the folder of your documents with --corpus PATH")
    if not corpus.is_dir():
        raise CorpusError(f"{corpus} is a file, a folder was expected: name the folder it stands in with --corpus PATH")
    try:
        os.scandir(corpus).close()
    except OSError as error:
        raise CorpusError(f"the folder {corpus} cannot be listed ({error.strerror}): check its permissions") from error


def shown(name: bytes) -> str:
    r"""A file system's name as text that is always valid UTF-8: b"caf\\xe9.txt" -> "caf\\\\xe9.txt"."""
    return name.decode("utf-8", "backslashreplace")


def can_be_named(path: str) -> bool:
    """Whether a path could be one that `shown` gives; SQLite cannot even look for one with halves of characters."""
    return path.isascii() or not any("\ud800" <= c <= "\udfff" for c in path)


def suffix_of(path: str) -> str:
    """The suffix of a name, in lower case: "reports/Aid.PDF" -> ".pdf"; "" for none.

    As `PurePath.suffix` tells it, which takes ten times as long.
    """
    name = path[path.rfind("/") + 1 :]
    dot = name.rfind(".")
    return name[dot:].lower() if 0 < dot < len(name) - 1 else ""


def is_hidden(path: str) -> bool:
    """Whether a walk passes over a path below the corpus: "news/.drafts/aid.md"."""
    return any(part.startswith(_HIDDEN) for part in path.encode("utf-8", "surrogatepass").split(b"/"))


def unreadable(path: str, readable: Callable[[str], bool]) -> str:
    """Why a file is no document by its name; "" when it may be one."""
    if readable(path):
        return ""
    return f"not a kind of document that Footnote reads ({PurePosixPath(path).suffix or 'no suffix'})"


def digest_of(path: Path) -> bytes:
    """SHA-256 of a file's bytes. Raises `ReadError` when the file cannot be read."""
    with opened(path) as file:
        return file.digest()


def _take(result: Scan, name: bytes, status: os.stat_result, readable: Callable[[str], bool]) -> None:
    """Note an entry that is no folder among the documents, or among what is passed over with its reason."""
    path = shown(name)
    if stat.S_ISLNK(status.st_mode):
        result.skipped.append((path, "a link: links are not followed out of the corpus"))
    elif not stat.S_ISREG(status.st_mode):
        result.skipped.append((path, "not a regular file"))
    elif why := unreadable(path, readable):
        result.skipped.append((path, why))
    else:
        times = (max(-_MOST_NS, min(ns, _MOST_NS)) for ns in (status.st_mtime_ns, status.st_ctime_ns))
        result.files[name] = FileFacts(name, path, status.st_size, *times)


def _scope(only: Iterable[str]) -> tuple[bytes, ...] | None:
    """Names to look at, none of them below another; None when one of them is the corpus itself."""
    names = set()
    for path in (only,) if isinstance(only, str) else only:
        parts = PurePosixPath(path).parts
        if path.startswith("/") or ".." in parts:
            raise CorpusError(f"{path} is not below the corpus: name files and folders as they stand in it")
        names.add(os.fsencode("/".join(parts)))
    if b"" in names:
        return None
    return tuple(sorted(name for name in names if not any(above in names for above in _above(name))))


def _above(name: bytes) -> Iterator[bytes]:
    """The folders that a name lies in, from the outermost: b"a/b/c.txt" -> b"a", b"a/b"."""
    at = name.find(b"/")
    while at >= 0:
        yield name[:at]
        at = name.find(b"/", at + 1)


def _status_of(root: bytes, name: bytes, result: Scan) -> os.stat_result | None:
    """What stands under a name that a walk would come to; None when it would not, or nothing stands there."""
    if any(part.startswith(_HIDDEN) for part in name.split(b"/")):
        return None
    for folder in _above(name):
        path = os.path.join(root, folder)
        try:
            if not stat.S_ISDIR(os.lstat(path).st_mode) or _is_index(path):
                return None
            os.scandir(path).close()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            why = (folder, f"the folder cannot be listed ({error.strerror})")
            result.unlisted += [] if why in result.unlisted else [why]
            return None
    try:
        return os.lstat(os.path.join(root, name))
    except OSError:
        return None


def _is_index(folder: bytes) -> bool:
    return all(os.path.lexists(os.path.join(folder, name)) for name in _OF_INDEX)


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
            if entry.name.startswith(_HIDDEN):
                continue
            if entry.is_dir(follow_symlinks=False):
                folders.append(name)
            else:
                yield name, entry
