"""Named NumPy arrays in one file, memory-mapped when read, with checksums and a few facts about them.

Layout: 8 bytes magic, 4 bytes little-endian length of the header, 4 bytes of its checksum, the header (JSON), padding,
then each array at a multiple of 64 bytes. A file is written beside its final name and moved into place: it is either
whole or absent. An array may be written piece by piece, so that a file may be larger than the memory.

    write_arrays(path, {"ids": ids, "vectors": Pieces(np.float16, (2_000_000, 384), lambda: halves)}, {"change": 7})
"""

from __future__ import annotations

import json
import mmap
import os
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import DTypeLike, NDArray

__all__ = ["ArraysDamaged", "ArraysFile", "Pieces", "offset_of", "read_arrays", "verify_arrays", "write_arrays"]

CHECKED_AT_ONCE = 32 << 20
"""Bytes up to which an array is compared with its checksum whenever it is read (30 ms). Of larger ones only the size
is looked at: all of it would have to come from the disk. `verify_arrays` checks them."""

_MAGIC = b"FNARRAY3"
_ALIGNMENT = 64
_CHUNK = 1 << 22


@dataclass(frozen=True, slots=True)
class Pieces:
    """An array that is written one piece after the other, along its first axis."""

    dtype: DTypeLike
    shape: tuple[int, ...]
    make: Callable[[], Iterable[NDArray[Any]]]
    """Gives the pieces, each of the dtype, in order; together they have the shape."""

    @property
    def nbytes(self) -> int:
        """Bytes of the whole array."""
        return int(np.prod(self.shape, dtype=np.int64)) * np.dtype(self.dtype).itemsize


Arrays = Mapping[str, "NDArray[Any] | Pieces"]


class ArraysDamaged(Exception):
    """The file is not one of ours, is cut short, or its bytes are not those that were written."""


class ArraysFile(NamedTuple):
    """What `read_arrays` gives: the arrays (read-only views of the file) and the facts stored with them."""

    arrays: dict[str, NDArray[Any]]
    facts: dict[str, Any]


def write_arrays(path: Path, arrays: Arrays, facts: Mapping[str, Any]) -> None:
    """Write `arrays` and JSON-able `facts` to `path`; an earlier file there is replaced in one step.

    Raises `ValueError` when the pieces of an array do not have its shape together.
    """
    entries: list[dict[str, Any]] = []
    offset = 0
    for name, array in arrays.items():
        dtype = np.dtype(array.dtype).str
        entries.append({"name": name, "dtype": dtype, "shape": array.shape, "offset": offset, "crc32": "0" * 8})
        offset += _padded(array.nbytes)
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            file.write(_head(entries, facts, offset))
            for entry, array in zip(entries, arrays.values(), strict=True):
                checksum = written = 0
                for piece in _pieces(array):
                    body = _bytes_of(piece)
                    checksum, written = zlib.crc32(body, checksum), written + file.write(body)
                if written != array.nbytes:
                    raise ValueError(f"{entry['name']}: {written} bytes of pieces for {array.nbytes}")
                file.write(b"\0" * (_padded(written) - written))
                entry["crc32"] = f"{checksum:08x}"
            file.seek(0)
            file.write(_head(entries, facts, offset))
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def read_arrays(path: Path) -> ArraysFile:
    """Map the arrays of `path` into memory. Those of up to `CHECKED_AT_ONCE` bytes are compared with their checksums.

    Raises `ArraysDamaged` when the file is not whole, and `FileNotFoundError` when there is none.
    """
    found = _mapped(path)
    for entry in found.entries:
        if found.arrays[entry["name"]].nbytes <= CHECKED_AT_ONCE:
            _check(path, entry, [_bytes_of(found.arrays[entry["name"]])])
    return ArraysFile(found.arrays, found.facts)


def verify_arrays(path: Path) -> ArraysFile:
    """The same with every byte compared, read a little at a time so that the file does not fill the memory."""
    found = _mapped(path)
    with path.open("rb") as file:
        for entry in found.entries:
            file.seek(found.offsets[entry["name"]])
            _check(path, entry, _read_chunks(file.read, found.arrays[entry["name"]].nbytes))
    return ArraysFile(found.arrays, found.facts)


def offset_of(path: Path, name: str) -> int:
    """Where in the file of `path` the array `name` begins, in bytes."""
    return _mapped(path).offsets[name]


class _Mapped(NamedTuple):
    arrays: dict[str, NDArray[Any]]
    facts: dict[str, Any]
    entries: list[dict[str, Any]]
    offsets: dict[str, int]


def _mapped(path: Path) -> _Mapped:
    with path.open("rb") as file:
        prefix = file.read(16)
        if len(prefix) < 16 or prefix[:8] != _MAGIC:
            raise ArraysDamaged(f"{path.name}: not an arrays file of this version")
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
    offsets = {entry["name"]: begin + entry["offset"] for entry in header["arrays"]}
    return _Mapped(arrays, header["facts"], header["arrays"], offsets)


def _check(path: Path, entry: dict[str, Any], chunks: Iterable[bytes | memoryview]) -> None:
    checksum = 0
    for chunk in chunks:
        checksum = zlib.crc32(chunk, checksum)
    if checksum != int(entry["crc32"], 16):
        raise ArraysDamaged(f"{path.name}: the checksum of {entry['name']} differs")


def _read_chunks(read: Callable[[int], bytes], size: int) -> Iterator[bytes]:
    while size > 0 and (chunk := read(min(size, _CHUNK))):
        yield chunk
        size -= len(chunk)


def _head(entries: list[dict[str, Any]], facts: Mapping[str, Any], size: int) -> bytes:
    """Everything before the arrays; as long with the checksums as before they are known."""
    header = json.dumps({"arrays": entries, "facts": dict(facts), "bytes": size}).encode()
    head = _MAGIC + len(header).to_bytes(4, "little") + zlib.crc32(header).to_bytes(4, "little") + header
    return head + b"\0" * (_padded(len(head)) - len(head))


def _pieces(array: NDArray[Any] | Pieces) -> Iterable[NDArray[Any]]:
    return array.make() if isinstance(array, Pieces) else [array]


def _view(mapped: mmap.mmap, begin: int, entry: dict[str, Any]) -> NDArray[Any]:
    count = int(np.prod(entry["shape"], dtype=np.int64))
    flat = np.frombuffer(mapped, dtype=entry["dtype"], count=count, offset=begin + entry["offset"])
    return flat.reshape(entry["shape"])


def _bytes_of(array: NDArray[Any]) -> memoryview:
    return memoryview(np.ascontiguousarray(array).reshape(-1).view(np.uint8))  # type: ignore[arg-type]


def _padded(size: int) -> int:
    return -(-size // _ALIGNMENT) * _ALIGNMENT
