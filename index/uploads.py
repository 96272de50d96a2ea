"""Documents that arrive from outside: stored in the corpus under a safe name, never over another document.

"../../notes.md"   -> notes.md          (only the last part of a name counts)
"report.pdf"       -> report (2).pdf    (other content stands under that name)
"copy of aid.pdf"  -> aid.pdf           (the same content is there already: nothing is stored)
"""

from __future__ import annotations

import os
import re
import shutil
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from uuid import uuid4

from index.errors import FootnoteError
from index.reading.kinds import READABLE_SUFFIXES
from index.scanning import digest_of, scan

__all__ = ["MAX_UPLOAD_BYTES", "Upload", "UploadError", "safe_name", "store_upload"]

MAX_UPLOAD_BYTES = 200 * 1024 * 1024
"""The largest document that is taken."""

LONGEST_NAME_BYTES = 200
"""File systems allow 255; the rest is for " (2)" and for temporary names."""

_NOT_IN_NAMES = re.compile(r'[<>:"|?*]')
"""Characters that some file system does not allow in names."""

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
    wanted = safe_name(name)
    try:
        _check_size(source, wanted)
        with _STORING:
            if same := _same_content(corpus, source):
                return Upload(same, stored=False)
            return Upload(_stored(corpus, source, wanted), stored=True)
    except OSError as error:
        raise UploadError(f"{wanted} could not be stored in {corpus} ({error.strerror})") from error


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
    return stem.rstrip(". ") + suffix


def _check_size(source: Path, name: str) -> None:
    size = source.stat().st_size
    if size > MAX_UPLOAD_BYTES:
        raise UploadError(
            f"{name} was not stored: it has {size >> 20} MB, at most {MAX_UPLOAD_BYTES >> 20} MB are taken; "
            "copy it into the folder yourself"
        )
    if not size:
        raise UploadError(f"{name} was not stored: it is empty")


def _same_content(corpus: Path, source: Path) -> str | None:
    """The document of the corpus with exactly the bytes of `source`; only files of its size are read."""
    size, digest = source.stat().st_size, digest_of(source)
    for facts in scan(corpus, _is_document).files.values():
        if facts.size == size and digest_of(corpus / os.fsdecode(facts.name)) == digest:
            return facts.path
    return None


def _is_document(path: str) -> bool:
    return PurePosixPath(path).suffix.lower() in READABLE_SUFFIXES


def _stored(corpus: Path, source: Path, name: str) -> str:
    """Copy under a hidden name, which no sync reads, then give it the first name that is free."""
    arriving = corpus / f".upload-{uuid4().hex}"
    try:
        shutil.copyfile(source, arriving)
        return next(candidate for candidate in _candidates(name) if _took_name(arriving, corpus / candidate))
    finally:
        with suppress(FileNotFoundError):
            arriving.unlink()


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
        target.touch(exist_ok=False)  # holds the name: no one else can take it between the test and the move
    except FileExistsError:
        return False
    arriving.replace(target)
    return True
