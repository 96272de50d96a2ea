"""Files that nobody means well with, made on the spot, each with what has to become of it.

    HOSTILE["laughs.docx"]  ->  Hostile(data, "failed", "...")

`big=True` makes those too that take minutes or much memory to read.
"""

import random
from typing import NamedTuple

from tests.index.reading.hostile_pdfs import (
    deep_arrays,
    deep_page_tree,
    flate_bomb,
    lying_count,
    many_pages,
    outline_loop,
    page_tree_loop,
    self_drawing_form,
)
from tests.index.reading.hostile_zips import bomb, laughs, nested_bomb, paragraphs, rewritten, with_member, word_of
from tests.index.reading.minimal_pdf import lines, pdf
from tests.index.reading.samples import epub, open_document, word

SAID = "The minister said that aid would reach Cúcuta by Friday."
INDEXED, IN_PART, FAILED = "indexed", "in part", "failed"
EITHER = "either"
"""For what may be read or not, as long as it ends well."""


class Hostile(NamedTuple):
    """The bytes of a file, what must become of it, and what the reason, the note or the text must hold."""

    data: bytes
    state: str
    holds: str = ""


def hostile_files(*, big=False):
    """Every hostile file by name."""
    files = {**_zips(), **_pdfs(), **_markup(), **_texts(), **_encodings(), **_misnamed()}
    if big:
        files |= _big()
    return files


def _zips():
    doctype, laugh = laughs()
    spaces = b" " * (15 << 20)
    parts = {f"word/media/{number}.xml": spaces for number in range(80)}
    sound = word("#Aid", SAID)
    return {
        "flat-bomb.docx": Hostile(bomb({"word/document.xml": b" " * (200 << 20)}), FAILED, "a zip bomb"),
        "flat-bomb.epub": Hostile(bomb({"META-INF/container.xml": b" " * (200 << 20)}), FAILED, "a zip bomb"),
        "flat-bomb.xlsx": Hostile(bomb({"xl/workbook.xml": b" " * (200 << 20)}), FAILED, "a zip bomb"),
        "many-bombs.docx": Hostile(bomb(parts), FAILED, "FOOTNOTE_READ_UNPACKED_MB"),
        "lying-bomb.docx": Hostile(bomb({"word/document.xml": spaces}, said=10), FAILED, "damaged"),
        "nested-bomb.docx": Hostile(with_member(sound, "word/embeddings/a.zip", nested_bomb()), INDEXED, SAID),
        "nested-bomb.zip.docx": Hostile(nested_bomb(), FAILED, "a zip archive, not a document"),
        "climbing.docx": Hostile(with_member(sound, "../../../climbed.txt", "out"), INDEXED, SAID),
        "absolute.docx": Hostile(with_member(sound, "/tmp/climbed.txt", "out"), INDEXED, SAID),
        "many-parts.docx": Hostile(
            bomb({"word/document.xml": b"x", **{f"{number}": b"" for number in range(50_001)}}),
            FAILED,
            "FOOTNOTE_READ_PARTS",
        ),
        "laughs.docx": Hostile(word_of(doctype + paragraphs(laugh, SAID)), EITHER),
        "laughs.epub": Hostile(
            rewritten(epub(f"{laugh}<p>{SAID}</p>"), lambda part: part.replace(b"<html", doctype.encode() + b"<html")),
            INDEXED,
            SAID,
        ),
        "external.docx": Hostile(
            word_of('<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/hostname">]>' + paragraphs("&x;", SAID)),
            EITHER,
        ),
        "remote.docx": Hostile(word_of('<!DOCTYPE d SYSTEM "http://192.0.2.1/x.dtd">' + paragraphs(SAID)), EITHER),
        "deep.docx": Hostile(word_of(paragraphs(SAID + "</w:t></w:r></w:p>" + "<w:tbl>" * 5_000)), EITHER),
        "broken-part.docx": Hostile(
            rewritten(sound, lambda part: part.replace(b"</w:body></w:document>", b"")), INDEXED, SAID
        ),
        "no-list-at-end.docx": Hostile(sound[: sound.rindex(b"PK\1\2")], IN_PART, SAID),
        "no-list-at-end.epub": Hostile(epub(f"<p>{SAID}</p>")[:-60], IN_PART, SAID),
        "no-list-at-end.odt": Hostile(
            open_document("text", f"<office:text><text:p>{SAID}</text:p></office:text>")[:-60], IN_PART, SAID
        ),
    }


def _pdfs():
    sound = pdf([lines(SAID)])
    return {
        "flate-bomb.pdf": Hostile(flate_bomb(60), FAILED, ""),
        "flate-bomb-twice.pdf": Hostile(flate_bomb(60, twice=True), FAILED, ""),
        "page-tree-loop.pdf": Hostile(page_tree_loop(), FAILED, "no text|damaged"),
        "deep-page-tree.pdf": Hostile(deep_page_tree(5_000), FAILED, "no text|damaged"),
        "outline-loop.pdf": Hostile(outline_loop(), INDEXED, "Sound words"),
        "lying-count.pdf": Hostile(lying_count(2_000_000_000), EITHER, ""),
        "self-drawing.pdf": Hostile(self_drawing_form(), FAILED, "FOOTNOTE_READ_MEMORY_MB|no text"),
        "deep-arrays.pdf": Hostile(deep_arrays(100_000), FAILED, "no text|damaged"),
        "2000-pages.pdf": Hostile(many_pages(2_000), INDEXED, "Page number 2000 has its own words"),
        "cut-off.pdf": Hostile(sound[: sound.rindex(b"xref")], INDEXED, "aid would reach"),
        "headless.pdf": Hostile(sound[sound.index(b"1 0 obj") :], IN_PART, "aid would reach"),
        "junk-before.pdf": Hostile(b"x" * 900 + b"\n" + sound, INDEXED, "aid would reach"),
    }


def _markup():
    doctype, laugh = laughs()
    depth = 100_000
    return {
        "laughs.xml": Hostile(f"{doctype}<d>{laugh}<p>{SAID}</p></d>".encode(), INDEXED, SAID),
        "external.xml": Hostile(
            f'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/hostname">]><d>&x;<p>{SAID}</p></d>'.encode(), INDEXED, SAID
        ),
        "deep.xml": Hostile(b"<a>" * depth + SAID.encode() + b"</a>" * depth, INDEXED, SAID),
        "deep.html": Hostile(b"<html><body>" + b"<div>" * depth + SAID.encode(), INDEXED, SAID),
        "deep-table.html": Hostile(b"<html><body>" + b"<table><tr><td>" * 20_000 + SAID.encode(), INDEXED, SAID),
        "deep-spans.html": Hostile(b"<html><body><p>" + b"<b><i>" * 50_000 + SAID.encode(), INDEXED, SAID),
        "many-attributes.html": Hostile(
            b"<html><body><p " + b" ".join(b"a%d=1" % n for n in range(10_000)) + b">" + SAID.encode(), INDEXED, SAID
        ),
        "open-comment.html": Hostile(f"<html><body><p>{SAID}<!-- ".encode() + b"<p>x" * 10_000, INDEXED, SAID),
        "script.html": Hostile(f"<html><script>alert(1)</script><p>{SAID}".encode(), INDEXED, SAID),
        "meta-refresh.html": Hostile(
            f'<html><meta http-equiv=refresh content="0;url=http://192.0.2.1/"><p>{SAID}'.encode(), INDEXED, SAID
        ),
        "deep.json": Hostile(b"[" * depth + b"1" + b"]" * depth, INDEXED, ""),
        "deep-keys.json": Hostile(b'{"a":' * 900 + b'"' + SAID.encode() + b'"' + b"}" * 900, INDEXED, SAID),
        "large-number.json": Hostile(b'{"n": 1' + b"0" * 100_000 + b', "s": "' + SAID.encode() + b'"}', INDEXED, SAID),
        "quotes.csv": Hostile(b'"' * 99_999 + f"\n{SAID},1\n".encode(), INDEXED, SAID),
        "columns.csv": Hostile(b"," * 200_000 + f"\n{SAID}\n".encode(), INDEXED, SAID),
        "stars.md": Hostile(b"*" * 100_000 + f"\n\n{SAID}\n".encode(), INDEXED, SAID),
        "brackets.md": Hostile(b"[" * 100_000 + f"\n\n{SAID}\n".encode(), INDEXED, SAID),
        "fences.md": Hostile(b"```\n" * 50_001 + f"\n{SAID}\n".encode(), INDEXED, SAID),
        "quotes.md": Hostile(b">" * 50_000 + f" {SAID}\n".encode(), INDEXED, SAID),
        "tables.md": Hostile(b"|" * 100_000 + b"\n" + b"|-" * 50_000 + f"|\n\n{SAID}\n".encode(), INDEXED, SAID),
        "braces.tex": Hostile(b"\\textbf{" * 20_000 + SAID.encode(), INDEXED, SAID),
        "braces.rtf": Hostile(b"{\\rtf1 " + b"{" * depth + SAID.encode().replace(b"\xc3\xba", b"u"), EITHER),
        "parts.eml": Hostile(_nested_mail(200), EITHER),
        "long-header.eml": Hostile(
            b"Subject: " + b"=?utf-8?q?x?= " * 10_000 + f"\nFrom: a@b\n\n{SAID}\n".encode(), EITHER
        ),
    }


def _texts():
    return {
        "many-lines.txt": Hostile(_many_lines(30_000), INDEXED, "Line 29999 of many"),
        "one-line.txt": Hostile(b"word " * 200_000, INDEXED, "word"),
        "one-word.txt": Hostile(b"w" * 1_000_000, INDEXED, "www"),
        "zeros.txt": Hostile(bytes(100_000), FAILED, "binary file"),
        "noise.txt": Hostile(random.Random(6).randbytes(50_000), FAILED, "binary file"),
        "blank.txt": Hostile(b" \n" * 50_000, FAILED, "no text"),
        "empty.pdf": Hostile(b"", FAILED, "empty file"),
        "marks.txt": Hostile(f"{SAID} ".encode() + "\u202e\u200b\ufeff\u0301".encode() * 10_000, INDEXED, SAID),
        "dashes.txt": Hostile(b"-" * 200_000 + f"\n{SAID}\n".encode(), INDEXED, SAID),
        "returns.txt": Hostile(SAID.encode() + b"\r" * 100_000, INDEXED, SAID),
    }


def _encodings():
    """Every encoding with and without mark; in each the words must come out."""
    text = "La ministra pidió ayuda; también llegó el niño.\n" * 40
    files = {}
    for encoding in ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"):
        plain = text.encode(encoding)
        files[f"{encoding}.txt"] = Hostile(plain, INDEXED, "pidió ayuda")
        files[f"{encoding}-mark.txt"] = Hostile("\ufeff".encode(encoding) + plain, INDEXED, "pidió ayuda")
    files["cp1252.txt"] = Hostile(text.encode("cp1252"), INDEXED, "pidió ayuda")
    files["mac-roman.txt"] = Hostile(text.encode("mac_roman"), INDEXED, "ministra pid")
    russian = "Министр сообщил, что помощь придёт в пятницу.\n" * 40
    for encoding in ("cp1251", "koi8_r", "cp866", "iso8859_5"):
        files[f"{encoding}.txt"] = Hostile(russian.encode(encoding), INDEXED, "помощь")
    files["gb18030.txt"] = Hostile(("部长说援助将于星期五到达。\n" * 40).encode("gb18030"), INDEXED, "援助")
    japanese = "大臣は、援助が金曜日に届くと言いました。\n" * 40
    for encoding in ("shift_jis", "euc_jp"):
        files[f"{encoding}.txt"] = Hostile(japanese.encode(encoding), INDEXED, "援助")
    files["lone-surrogates.txt"] = Hostile(
        SAID.encode() + b" \xed\xa0\x80 \xed\xb0\x80 \xed\xa0\xbd\xed\xb8\x80" * 5, INDEXED, SAID
    )
    files["lone-surrogates-16.txt"] = Hostile(f"\ufeff{SAID}".encode("utf-16-le") + b"\x00\xd8" * 9, INDEXED, SAID)
    files["half-character.txt"] = Hostile(f"{SAID} é".encode()[:-1], INDEXED, SAID)
    files["odd-utf-16.txt"] = Hostile(f"\ufeff{SAID}".encode("utf-16-le") + b"x", INDEXED, SAID)
    files["mark-only.txt"] = Hostile("\ufeff".encode(), FAILED, "no text")
    return files


def _misnamed():
    return {
        "docx.pdf": Hostile(word(SAID), INDEXED, SAID),
        "pdf.docx": Hostile(pdf([lines(SAID)]), INDEXED, "aid would reach"),
        "pdf.txt": Hostile(pdf([lines(SAID)]), INDEXED, "aid would reach"),
        "epub.docx": Hostile(epub(f"<p>{SAID}</p>"), INDEXED, SAID),
        "html.txt": Hostile(f"<!doctype html><p>{SAID}".encode(), INDEXED, SAID),
        "picture.pdf": Hostile(b"\x89PNG\r\n\x1a\n" + bytes(50), FAILED, "a PNG picture"),
        "program.docx": Hostile(b"\x7fELF" + bytes(50), FAILED, "a program"),
        "gzip.docx": Hostile(b"\x1f\x8b\x08\0" + bytes(50), FAILED, "a gzip archive"),
        "text.xlsx": Hostile(SAID.encode(), FAILED, "not an XLSX file"),
    }


def _big():
    spaces = b" " * (15 << 20)
    doctype, laugh = laughs(12)
    return {
        "300000-lines.txt": Hostile(_many_lines(300_000), INDEXED, "Line 299999 of many"),
        "flate-bomb-480.pdf": Hostile(flate_bomb(480), FAILED, ""),
        "flate-bomb-5000.pdf": Hostile(flate_bomb(5_000, twice=True), FAILED, ""),
        "sheet-bomb.xlsx": Hostile(bomb({f"xl/{number}.xml": spaces for number in range(60)}), FAILED, ""),
        "laughs-12.docx": Hostile(word_of(doctype + paragraphs(laugh, SAID)), EITHER),
        "deep-1000000.html": Hostile(b"<html>" + b"<div>" * 1_000_000 + SAID.encode(), EITHER),
        "deep-1000000.json": Hostile(b"[" * 1_000_000 + b"]" * 1_000_000, EITHER),
        "many-attributes-40000.html": Hostile(
            b"<html><body><p " + b" ".join(b"a%d=1" % n for n in range(40_000)) + b">" + SAID.encode(), EITHER
        ),
        "rows.csv": Hostile(b"".join(b"%d,%d\n" % (n, n * n) for n in range(1_200_000)), IN_PART, ""),
        "characters.txt": Hostile(b"Words and words.\n" * 4_000_000, IN_PART, ""),
        "table.html": Hostile(b"<html><table>" + b"<tr><td>a</td><td>b</td></tr>" * 300_000 + SAID.encode(), EITHER),
    }


def _many_lines(count):
    return b"\n".join(b"Line %d of many." % number for number in range(count))


def _nested_mail(depth):
    parts = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (level, level) for level in range(depth)
    )
    return b"Subject: parts\nFrom: a@b\n" + parts + b"Content-Type: text/plain\n\n" + SAID.encode() + b"\n"
