"""Lines of JSON that carry their own checksum: what people wrote is kept in them, and can be made from nothing else.

    sealed({"name": "Aid"})         -> b'{"name": "Aid", "crc": "d6b9c5a7"}'
    opened(that line)               -> {"name": "Aid"}; None once a bit of it is turned over

The checksum is the last entry, so that programs that know of none read the line all the same. A line without one is of
an older version, and is taken as it stands.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Mapping
from typing import Any

__all__ = ["opened", "sealed"]

_SEAL = re.compile(rb'(?:, )?"(.{3})": "(.{8})"\}\s*\Z', re.DOTALL)


def sealed(entry: Mapping[str, Any], errors: str = "surrogatepass") -> bytes:
    """The line of an entry, without its end. `errors`: what becomes of half a character, as in `str.encode`."""
    line = json.dumps(entry, ensure_ascii=False).encode("utf-8", errors)
    seal = b'"crc": "%08x"}' % zlib.crc32(line)
    return line[:-1] + (b", " if entry else b"") + seal


def opened(line: bytes) -> dict[str, Any] | None:
    """The entry of a line; None when it is damaged, or none."""
    seal = _SEAL.search(line)
    if seal and _bits_apart(seal[1], b"crc") <= 1:  # damaged itself, it must not pass for an entry of an older version
        line = line[: seal.start()] + b"}"
        if seal[2] != b"%08x" % zlib.crc32(line):
            return None
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return entry if isinstance(entry, dict) else None


def _bits_apart(one: bytes, other: bytes) -> int:
    return sum((a ^ b).bit_count() for a, b in zip(one, other, strict=True))
