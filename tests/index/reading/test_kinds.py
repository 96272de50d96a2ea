"""What a file is: its content before its name."""

import pytest

from index.errors import ReadError
from index.reading import READABLE_SUFFIXES
from index.reading.kinds import Kind, kind_of
from tests.index.reading.samples import archive, epub, open_document, word


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        (b"%PDF-1.7", "a.txt", Kind.PDF),
        (b"junk\n%PDF-1.7", "a.pdf", Kind.PDF),
        (b"about %PDF-1.7 files", "a.md", Kind.MARKDOWN),
        (word("x"), "a.zip.docx", Kind.DOCX),
        (word("x"), "a.pdf", Kind.DOCX),
        (epub("x"), "a.docx", Kind.EPUB),
        (open_document("text", ""), "a", Kind.ODT),
        (archive({"xl/workbook.xml": ""}), "a.xlsx", Kind.XLSX),
        (b"{\\rtf1 x}", "a.doc", Kind.RTF),
        (b"<!DOCTYPE html><p>", "a.txt", Kind.HTML),
        (b"  <html>", "noname", Kind.HTML),
        (b"<html>", "a.md", Kind.MARKDOWN),
        (b"x", "A.MD", Kind.MARKDOWN),
        (b"x", "README", Kind.TEXT),
        (b"x = 1", "a.py", Kind.CODE),
    ],
)
def test_kinds(data, name, kind):
    assert kind_of(data, name) is kind


@pytest.mark.parametrize(
    ("data", "name", "reason"),
    [
        (b"", "a.md", "empty file"),
        (b"\x89PNG\r\n\x1a\n\0", "a.pdf", "a PNG picture, not a document"),
        (b"hello", "a.docx", "not a DOCX file"),
        (archive({"photo.jpg": ""}), "a.docx", "a zip archive, not a document"),
        (b"PK\3\4 broken", "a.docx", "damaged file"),
        (b"MZ\x90\0\3\0\0\0", "a.txt", "a program"),
    ],
)
def test_what_is_no_document_says_what_it_is(data, name, reason):
    with pytest.raises(ReadError, match=reason):
        kind_of(data, name)


def test_words_that_begin_like_a_signature_are_words():
    assert kind_of(b"BMW and MZ are makers", "a.txt") is Kind.TEXT


def test_every_format_has_its_suffix():
    assert {f".{kind}" for kind in Kind if kind is not Kind.CODE} <= READABLE_SUFFIXES
    assert all(suffix == suffix.lower() and suffix.startswith(".") for suffix in READABLE_SUFFIXES)
