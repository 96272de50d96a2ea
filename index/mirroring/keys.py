r"""Which objects are documents, and where each stands in the copy: under its key below the prefix, or nowhere.

2019/aid.pdf          -> 2019/aid.pdf
../../.bashrc         -> (skipped) its key has a part "..", which is no name of a file
.footnote/index.db    -> passed over, as hidden files of a folder are
a, when a/b.txt is    -> (skipped) other objects stand below it
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from index.mirroring.remote import Found
from index.reading.regular import too_large
from index.scanning import is_hidden, shown, unreadable

__all__ = ["Chosen", "chosen"]

LONGEST_PART_BYTES, LONGEST_KEY_BYTES = 255, 3000
"""What file systems take as a name, and as a path with a folder before it."""


@dataclass(slots=True)
class Chosen:
    """What a listing comes to."""

    wanted: dict[str, Found] = field(default_factory=dict)
    """The objects to be copied, by key, in order."""
    skipped: list[tuple[str, str]] = field(default_factory=list)
    """(key, why) of those that are no documents."""
    failed: list[tuple[str, str]] = field(default_factory=list)
    """(key, why) of documents that are not copied."""


def chosen(listed: Iterable[Found], readable: Callable[[str], bool], most_bytes: int) -> Chosen:
    """The documents among objects.

    `readable` says by a key whether it is one; larger ones than `most_bytes` are not read, and so not copied.
    """
    result = Chosen()
    for found in sorted(listed):
        key = found.key
        if key.endswith("/"):
            continue  # what consoles make for a folder
        why = _no_name(key)
        if not why and is_hidden(key):
            continue  # as in any folder
        if why := why or unreadable(key, readable):
            result.skipped.append((_shown(key), why))
        elif found.size > most_bytes:
            result.failed.append((key, str(too_large(found.size, most_bytes))))
        else:
            result.wanted[key] = found
    folders = {folder for key in result.wanted for folder in _above(key)}
    for key in sorted(folders & result.wanted.keys()):
        del result.wanted[key]
        result.skipped.append((key, "other objects stand below it, and a file cannot be a folder as well"))
    return result


def _no_name(key: str) -> str:
    """Why a key cannot be the path of a file here; "" when it can."""
    parts = key.split("/")
    bad = next((part for part in parts if part in {"", ".", ".."}), None)
    if bad is not None:
        return f"its key has {f'a part “{bad}”' if bad else 'an empty part'}, which is no name of a file"
    if "\0" in key or (os.sep != "/" and not {os.sep, ":"}.isdisjoint(key)):
        return "its key has a character that names of files do not have"
    try:
        sizes = [len(part.encode()) for part in parts]
    except UnicodeEncodeError:
        return "its key is no text"
    if max(sizes) > LONGEST_PART_BYTES or sum(sizes) + len(sizes) > LONGEST_KEY_BYTES:
        return f"its key has a part of more than {LONGEST_PART_BYTES} bytes, which is no name of a file"
    return ""


def _above(key: str) -> Iterator[str]:
    at = key.find("/")
    while at >= 0:
        yield key[:at]
        at = key.find("/", at + 1)


def _shown(key: str) -> str:
    return shown(key.encode("utf-8", "surrogatepass"))
