"""Zip files that nobody saves: bombs, archives in archives, names that lead out of the folder."""

import io
import struct
import zipfile
import zlib

WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def bomb(members, *, said=None):
    """A zip file of packed members; the same content is packed once. `said`: the size that each states instead."""
    packed, body, listing = {}, b"", b""
    for name, data in members.items():
        if data not in packed:
            packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
            packed[data] = packer.compress(data) + packer.flush(), zlib.crc32(data)
        stream, crc = packed[data]
        facts = struct.pack("<5H3I2H", 20, 0, 8, 0, 33, crc, len(stream), said or len(data), len(name), 0)
        listing += b"PK\1\2" + struct.pack("<H", 20) + facts + struct.pack("<3H2I", 0, 0, 0, 0, len(body))
        listing += name.encode()
        body += b"PK\3\4" + facts + name.encode() + stream
    end = struct.pack("<4H2IH", 0, 0, len(members), len(members), len(listing), len(body), 0)
    return body + listing + b"PK\5\6" + end


def nested_bomb(levels=6, width=10):
    """An archive of archives of archives ... of zeros: `width ** levels` times 10 MB."""
    inner = bomb({"zeros.xml": bytes(10 << 20)})
    for _ in range(levels):
        inner = bomb({f"{number}.zip": inner for number in range(width)})
    return inner


def with_member(data, name, content):
    """A zip file with one more member."""
    buffer = io.BytesIO(data)
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return buffer.getvalue()


def word_of(xml):
    """A Word file whose main part is this XML."""
    return bomb({"[Content_Types].xml": b"<Types/>", "word/document.xml": xml.encode()})


def paragraphs(*texts):
    """The XML of a Word file's main part."""
    body = "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in texts)
    return f"<w:document {WORD}><w:body>{body}</w:body></w:document>"


def laughs(levels=9):
    """Entities that stand for ten of the one before, a thousand million in the end, and the name of the last."""
    entities = ['<!ENTITY l0 "lol">']
    entities += [f'<!ENTITY l{level} "{f"&l{level - 1};" * 10}">' for level in range(1, levels + 1)]
    return f"<!DOCTYPE d [{''.join(entities)}]>", f"&l{levels};"


def rewritten(data, change):
    """A zip file with each of its members changed."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return bomb({name: change(archive.read(name)) for name in archive.namelist()})
