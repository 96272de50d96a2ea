"""What can be had of a zip file that is cut off or damaged: a sound one, made of the members that can be unpacked.

Each member has a header of its own, so the list at the end, which a cut takes away, is not needed. A member that breaks
off is kept as far as it goes; an XML part among these has its open elements closed.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator

from lxml import etree

from index.reading.limits import ReadingLimits

__all__ = ["salvaged"]

_HEADER = struct.Struct("<4s5H3I2H")
_MAGIC = b"PK\x03\x04"
_STORED, _DEFLATED = 0, 8
_ENCRYPTED, _SIZE_FOLLOWS = 1, 8
_MARKUP = re.compile(r"(?i)\.(?:xml|rels|xhtml|html?|opf|ncx)\Z")


def salvaged(data: bytes, limits: ReadingLimits) -> bytes:
    """A zip file of all members of `data` that can be unpacked, within limits; b"" when there is none."""
    left, members = limits.unpacked_bytes, dict[str, bytes]()
    for name, body, whole in _found(data, limits):
        left -= len(body)
        if left < 0 or len(members) >= limits.parts:
            break
        kept = _closed(body) if _MARKUP.search(name) and not (whole and _is_sound(body)) else body
        if kept and name not in members:
            members[name] = kept
    if not members:
        return b""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, body in members.items():
            archive.writestr(name, body)
    return buffer.getvalue()


def _found(data: bytes, limits: ReadingLimits) -> Iterator[tuple[str, bytes, bool]]:
    """Name, content and whether that is all of it, of each member by the headers that stand before them."""
    at = data.find(_MAGIC)
    while 0 <= at <= len(data) - _HEADER.size:
        _, _, flags, method, _, _, crc, packed, _, name_bytes, extra_bytes = _HEADER.unpack_from(data, at)
        start = at + _HEADER.size + name_bytes + extra_bytes
        name = data[at + _HEADER.size : at + _HEADER.size + name_bytes].decode("utf-8", "replace")
        end = start + 4  # where to look for the next one
        if name_bytes and not name.endswith("/") and not flags & _ENCRYPTED and "\0" not in name:
            if method == _STORED:
                end = max(end, start + packed)
                body = data[start : start + packed]
                yield name, body, len(body) == packed and zlib.crc32(body) == crc
            elif method == _DEFLATED:
                body, used, whole = _inflated(data, start, limits.unpacked_bytes)
                end = max(end, start + used)
                yield name, body, whole and (bool(flags & _SIZE_FOLLOWS) or zlib.crc32(body) == crc)
        at = data.find(_MAGIC, end)


def _inflated(data: bytes, start: int, most: int) -> tuple[bytes, int, bool]:
    """What is packed from `start` on, how many bytes that was, and whether it came to its end."""
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    pieces, size, at = [], 0, start
    try:
        while not unpacker.eof and at < len(data) and size <= most:
            waiting = unpacker.unconsumed_tail or data[at : at + 4096]
            at += 0 if unpacker.unconsumed_tail else len(waiting)
            pieces.append(unpacker.decompress(waiting, 1 << 20))
            size += len(pieces[-1])
    except zlib.error:
        return b"".join(pieces), max(0, at - start - 4096), False
    used = at - start - len(unpacker.unused_data) - len(unpacker.unconsumed_tail)
    return b"".join(pieces), used, unpacker.eof


def _is_sound(body: bytes) -> bool:
    try:
        etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True))
    except (etree.XMLSyntaxError, ValueError):
        return False
    return True


def _closed(body: bytes) -> bytes:
    """An XML part that breaks off, with its elements closed; b"" when there is nothing to go by."""
    try:
        tree = etree.fromstring(body, etree.XMLParser(recover=True, resolve_entities=False, no_network=True))
    except (etree.XMLSyntaxError, ValueError):
        return b""
    return etree.tostring(tree, encoding="utf-8", xml_declaration=True) if tree is not None else b""
