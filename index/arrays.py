"""Named NumPy arrays in one file, memory-mapped when read, with a checksum and a few facts about them.

Layout: 8 bytes magic, 4 bytes little-endian length of the header, 4 bytes of its checksum, the header (JSON), padding,
then each array at a multiple of 64 bytes. A file is written beside its final name and moved into place: it is either
whole or absent.
"""

from __future__ import annotations

import json
import mmap
import os
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["ArraysDamaged", "ArraysFile", "read_arrays", "write_arrays"]

_MAGIC = b"FNARRAY2"
_ALIGNMENT = 64

Arrays = Mapping[str, NDArray[Any]]


class ArraysDamaged(Exception):
    """The file is not one of ours, is cut short, or its bytes are not those that were written."""


class ArraysFile(NamedTuple):
    """What `read_arrays` gives: the arrays (read-only views of the file) and the facts stored with them."""

    arrays: dict[str, NDArray[Any]]
    facts: dict[str, Any]


def write_arrays(path: Path, arrays: Arrays, facts: Mapping[str, Any]) -> None:
    """Write `arrays` and JSON-able `facts` to `path`; an earlier file there is replaced in one step."""
    entries, offset = [], 0
    for name, array in arrays.items():
        entries.append({"name": name, "dtype": array.dtype.str, "shape": array.shape, "offset": offset})
        offset += _padded(array.nbytes)
    checksum = 0
    bodies = [_bytes_of(array) for array in arrays.values()]
    for body in bodies:
        checksum = zlib.crc32(body, checksum)
    header = json.dumps({"arrays": entries, "facts": dict(facts), "bytes": offset, "crc32": checksum}).encode()
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            file.write(_MAGIC + len(header).to_bytes(4, "little") + zlib.crc32(header).to_bytes(4, "little") + header)
            file.write(b"\0" * (_padded(16 + len(header)) - 16 - len(header)))
            for body in bodies:
                file.write(body)
                file.write(b"\0" * (_padded(body.nbytes) - body.nbytes))
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def read_arrays(path: Path) -> ArraysFile:
    """Map the arrays of `path` into memory after checking every byte of them.

    Raises `ArraysDamaged` when the file is not whole, and `FileNotFoundError` when there is none.
    """
    with path.open("rb") as file:
        prefix = file.read(16)
        if len(prefix) < 16 or prefix[:8] != _MAGIC:
            raise ArraysDamaged(f"{path.name}: not an arrays file")
        length = int.from_bytes(prefix[8:12], "little")
        raw = file.read(length) if length < 1 << 24 else b""
        if zlib.crc32(raw) != int.from_bytes(prefix[12:], "little"):
            raise ArraysDamaged(f"{path.name}: the checksum of its header differs")
        header: dict[str, Any] = json.loads(raw)
        begin = _padded(16 + length)
        if begin + header["bytes"] != os.fstat(file.fileno()).st_size:
            raise ArraysDamaged(f"{path.name}: {header['bytes']} bytes of arrays were expected")
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    arrays = {entry["name"]: _view(mapped, begin, entry) for entry in header["arrays"]}
    checksum = 0
    for array in arrays.values():
        checksum = zlib.crc32(_bytes_of(array), checksum)
    if checksum != header["crc32"]:
        raise ArraysDamaged(f"{path.name}: checksum differs")
    return ArraysFile(arrays, header["facts"])


def _view(mapped: mmap.mmap, begin: int, entry: dict[str, Any]) -> NDArray[Any]:
    count = int(np.prod(entry["shape"], dtype=np.int64))
    flat = np.frombuffer(mapped, dtype=entry["dtype"], count=count, offset=begin + entry["offset"])
    return flat.reshape(entry["shape"])


def _bytes_of(array: NDArray[Any]) -> memoryview:
    return memoryview(np.ascontiguousarray(array).reshape(-1).view(np.uint8))  # type: ignore[arg-type]


def _padded(size: int) -> int:
    return -(-size // _ALIGNMENT) * _ALIGNMENT
