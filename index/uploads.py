"""Documents that arrive from outside: stored in the corpus under a safe name, never over another document.

"../../notes.md"   -> notes.md          (only the last part of a name counts)
"report.pdf"       -> report (2).pdf    (other content stands under that name)
"REPORT.pdf"       -> REPORT (2).pdf    (names that some file system takes for the same are not used twice)
"copy of aid.pdf"  -> aid.pdf           (the same content is there already: nothing is stored)
"""

from __future__ import annotations

import os
import re
import shutil
import threading
import time
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from uuid import uuid4

from index.errors import FootnoteError, ReadError
from index.reading.kinds import READABLE_SUFFIXES
from index.scanning import digest_of, scan

__all__ = ["MAX_AT_ONCE", "MAX_UPLOAD_BYTES", "Upload", "UploadError", "safe_name", "store_upload", "store_uploads"]

MAX_UPLOAD_BYTES = 200 * 1024 * 1024
"""The largest document that is taken."""

MAX_AT_ONCE = 1000
"""Documents handed in together: Gradio refuses more in one request."""

LEFT_SECONDS = 3600.0
"""After which a file that is still arriving is one that nobody stores any more: copying takes a minute at most."""

_ARRIVING = ".upload-"

LONGEST_NAME_BYTES = 200
"""File systems allow 255; the rest is for " (2)" and for temporary names."""

_NOT_IN_NAMES = re.compile(r'[<>:"|?*]')
"""Characters that some file system does not allow in names."""

_DEVICES = re.compile(r"(?i)(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])")
"""What Windows takes for a device, whatever suffix follows."""

_STORING = threading.Lock()


class UploadError(FootnoteError):
    """A document was not stored; the message says why, and what can be done."""


@dataclass(frozen=True, slots=True)
class Upload:
    """What became of one uploaded document."""

    path: str
    """Where it stands, below the corpus."""
    stored: bool
    """False: the same content stood there already."""


def store_upload(corpus: Path, source: Path, name: str) -> Upload:
    """Store the file `source` in `corpus` as the document `name`. Raises `UploadError`."""
    (outcome,) = store_uploads(corpus, [(source, name)])
    if isinstance(outcome, UploadError):
        raise outcome
    return outcome


def store_uploads(corpus: Path, files: Iterable[tuple[Path, str]]) -> list[Upload | UploadError]:
    """Store files in `corpus` under the names they were given; what became of each, in order.

    The folder is walked through once for all of them. One that is refused stops none of the others.
    """
    outcomes: list[Upload | UploadError] = []
    with _STORING:
        there: _There | None = None
        for source, name in files:
            try:
                wanted = safe_name(name)
                _check_size(source, wanted)
                there = there or _There(corpus)
                outcomes.append(there.stored(source, wanted))
            except UploadError as error:
                outcomes.append(error)
            except OSError as error:
                outcomes.append(UploadError(f"{name} could not be stored in {corpus} ({error.strerror})"))
            except FootnoteError as error:
                outcomes.append(UploadError(f"{name} could not be stored: {error}"))
    return outcomes


def safe_name(name: str) -> str:
    """The last part of `name`, without what hides a file or is not allowed in names; raises `UploadError`."""
    last = unicodedata.normalize("NFC", name.replace("\\", "/")).rsplit("/", 1)[-1]
    visible = "".join(c for c in last if not unicodedata.category(c).startswith("C"))
    cleaned = _NOT_IN_NAMES.sub("", visible).strip().lstrip(".~$ ").rstrip(". ")
    suffix = PurePosixPath(cleaned).suffix
    if suffix.lower() not in READABLE_SUFFIXES:
        raise UploadError(
            f"{cleaned or 'a file without a name'} was not stored: "
            + (f"{suffix} is not a kind of document that Footnote reads" if suffix else "its name has no suffix")
        )
    stem = cleaned.removesuffix(suffix).encode()[: LONGEST_NAME_BYTES - len(suffix)].decode("utf-8", "ignore")
    first, dot, rest = stem.rstrip(". ").partition(".")
    return (f"{first}_" if _DEVICES.fullmatch(first.rstrip()) else first) + dot + rest + suffix


def _check_size(source: Path, name: str) -> None:
    size = source.stat().st_size
    if size > MAX_UPLOAD_BYTES:
        raise UploadError(
            f"{name} was not stored: it has {size >> 20} MB, at most {MAX_UPLOAD_BYTES >> 20} MB are taken; "
            "copy it into the folder yourself"
        )
    if not size:
        raise UploadError(f"{name} was not stored: it is empty")


class _There:
    """What stands in the corpus already, as far as it matters for what arrives."""

    def __init__(self, corpus: Path) -> None:
        self._corpus = corpus
        _clear(corpus)
        self._names = {_folded(entry.name) for entry in corpus.iterdir()}
        self._of_size: defaultdict[int, list[tuple[str, Path]]] = defaultdict(list)
        self._digests: dict[Path, bytes] = {}
        for facts in scan(corpus, _is_document).files.values():
            self._of_size[facts.size].append((facts.path, corpus / os.fsdecode(facts.name)))

    def stored(self, source: Path, name: str) -> Upload:
        """Store a file under its name, or the first like it that is free, unless its content is there already."""
        size, digest = source.stat().st_size, digest_of(source)
        for path, file in self._of_size[size]:  # only files of its size are read, each once
            if self._digest(file) == digest:
                return Upload(path, stored=False)
        path = _stored(self._corpus, source, name, self._names)
        self._names.add(_folded(path))
        self._of_size[size].append((path, self._corpus / path))
        self._digests[self._corpus / path] = digest
        return Upload(path, stored=True)

    def _digest(self, file: Path) -> bytes:
        if file not in self._digests:
            try:
                self._digests[file] = digest_of(file)
            except ReadError:
                self._digests[file] = b""  # cannot be compared, so it is no reason to refuse anything
        return self._digests[file]


def _folded(name: str) -> str:
    """The same for names that some file system takes for the same."""
    return unicodedata.normalize("NFC", name).casefold()


def _is_document(path: str) -> bool:
    return PurePosixPath(path).suffix.lower() in READABLE_SUFFIXES


def _stored(corpus: Path, source: Path, name: str, taken: set[str]) -> str:
    """Copy under a hidden name, which no sync reads, then give it the first name that is free."""
    arriving = corpus / f"{_ARRIVING}{uuid4().hex}"
    try:
        shutil.copyfile(source, arriving)
        free = (candidate for candidate in _candidates(name) if _folded(candidate) not in taken)
        return next(candidate for candidate in free if _took_name(arriving, corpus / candidate))
    finally:
        with suppress(OSError):  # a later upload clears it away
            arriving.unlink()


def _clear(corpus: Path) -> None:
    """Delete what a process that was killed while it stored a document left behind."""
    for left in corpus.glob(f"{_ARRIVING}*"):
        with suppress(OSError):
            if time.time() - left.lstat().st_ctime > LEFT_SECONDS:
                left.unlink()


def _candidates(name: str) -> Iterator[str]:
    yield name
    path = PurePosixPath(name)
    number = 2
    while True:
        yield f"{path.stem} ({number}){path.suffix}"
        number += 1


def _took_name(arriving: Path, target: Path) -> bool:
    """Give the file its name unless something stands there; False when it does."""
    try:
        os.link(arriving, target)
    except FileExistsError:
        return False
    except (OSError, AttributeError):  # a file system without links: killed in between, it leaves an empty file
        return _took_empty_name(arriving, target)
    return True


def _took_empty_name(arriving: Path, target: Path) -> bool:
    try:
        target.touch(exist_ok=False)  # holds the name: no one else can take it between the test and the move
    except FileExistsError:
        return False
    arriving.replace(target)
    return True
