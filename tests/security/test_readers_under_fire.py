"""Valid files of each format, changed where it hurts, through the real reader: a sound document or one line comes.

The worker may die of a file, or be ended at its limits; the next file is read.
"""

import io
import zipfile
from email.message import EmailMessage
from pathlib import Path

import pytest
from docx import Document as WordDocument
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from pptx import Presentation

from index.errors import ReadError
from index.reading import Reader, ReadingLimits
from tests.index.reading.minimal_pdf import lines, pdf
from tests.index.reading.samples import check, epub

LIMITS = ReadingLimits(timeout_s=20.0)


def saved(document) -> bytes:
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def word() -> bytes:
    document = WordDocument()
    document.add_heading("Aid", 1)
    document.add_paragraph("The aid waits in Cucuta.")
    document.add_table(2, 2).cell(0, 0).text = "barrels"
    return saved(document)


def sheets() -> bytes:
    book = Workbook()
    book.active.append(["place", "barrels"])
    book.active.append(["quay", 41])
    return saved(book)


def slides() -> bytes:
    deck = Presentation()
    deck.slides.add_slide(deck.slide_layouts[1]).shapes.title.text = "The ferry"
    return saved(deck)


def mail() -> bytes:
    message = EmailMessage()
    message["Subject"] = "Aid"
    message.set_content("It waits in Cucuta.")
    message.add_alternative("<p>It waits in <b>Cucuta</b>.</p>", subtype="html")
    message.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="a.pdf")
    return bytes(message)


TEXTS = {
    "a.txt": "1. Aid\n\nThe aid waits in Cucuta.\n\n- one\n- two\n",
    "a.md": "---\ntitle: Aid\n---\n\n# Aid #\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```\ncode\n```\n\n[x]: http://y\n",
    "a.html": "<!doctype html><title>Aid</title><h1>Aid</h1><table><tr><td>1<td>2</table><p>It waits &amp; waits.</p>",
    "a.xml": '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "y">]><a b="c"><title>Aid</title><p>It &x; <![CDATA[<]]>'
    "</p></a>",
    "a.csv": 'place,"barrels, all"\nquay,41\n',
    "a.tsv": "place\tbarrels\nquay\t41\n",
    "a.json": '{"aid": [{"place": "Cucuta", "tons": 4.5e3, "there": null}], "\\u00e9": "\\ud83d\\ude00"}',
    "a.jsonl": '{"a": 1}\n{"a": [2, 3]}\n',
    "a.tex": "\\title{Aid}\n\\section{One}\\label{x}\n\\begin{itemize}\n\\item It waits.\n\\end{itemize}\n% no\n",
    "a.rst": "Aid\n===\n\n.. note:: It waits.\n\n=== ===\na   b\n=== ===\n1   2\n=== ===\n",
    "a.org": "#+TITLE: Aid\n* TODO One :tag:\n:PROPERTIES:\n:END:\n| a | b |\n|---+---|\n#+BEGIN_SRC\nx\n#+END_SRC\n",
    "a.rtf": "{\\rtf1\\ansi{\\fonttbl\\f0 Arial;}\\f0 The aid \\b waits\\b0 \\u233? in Cucuta.\\par}",
    "a.py": '"""Aid."""\n\n\ndef aid():\n    return "Cucuta"\n',
}
SAMPLES = {
    **{name: text.encode() for name, text in TEXTS.items()},
    "a.pdf": pdf([lines("The aid waits.", "In Cucuta.")]),
    "a.docx": word(),
    "a.xlsx": sheets(),
    "a.pptx": slides(),
    "a.epub": epub("<h1>One</h1><p>The aid waits.</p>"),
    "a.eml": mail(),
}

FOUND = {
    "a table whose columns have no names.md": b"| | |\n|---|---|\n| 1 | 2 |\n",
    "half of such a table.md": b" |\n|---|---|\n| 1 | 2 |\n\n```\ncode\n```\n",
}
"""Files that once gave a document that was not sound."""

TOKENS = [
    *(
        b"",
        b"\0",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"\xed\xa0\x80",
        b"\r",
        b"\n" * 50,
        b" " * 500,
        b"9" * 400,
        b"-1",
        b"1e999",
    ),
    *(
        b"<",
        b">",
        b"&x;",
        b"&#0;",
        b"&#x110000;",
        b"<!--",
        b"]]>",
        b"<![CDATA[",
        b'"',
        b"'",
        b"<a " * 300,
        b"</p>" * 300,
    ),
    *(b"{", b"}", b"[" * 2_000, b'{"a":' * 2_000, b"\\", b"\\ud800", b"{\\b" * 500, b"\\u-9999?", b"\\bin99999999 "),
    *(
        b"endobj",
        b"/Kids [1 0 R]",
        b"/Length 999999999",
        b"/Count -1",
        b"stream\n",
        b"0 0 R",
        b"<<" * 500,
        b"xref",
        b"%%EOF",
    ),
    *(
        b"PK\x03\x04",
        b"../../x",
        b"/etc/passwd",
        b"|---" * 300,
        b"# " * 300,
        b"* " * 300,
        b"=" * 500,
        b"`" * 500,
        b"\t" * 500,
    ),
]
CHANGES = st.lists(
    st.tuples(
        st.sampled_from(["put", "cut", "twice", "flip", "end"]),
        st.integers(0, 1 << 16),
        st.integers(1, 64),
        st.sampled_from(TOKENS),
    ),
    min_size=1,
    max_size=4,
)


def changed(data: bytes, changes) -> bytes:
    """The bytes with each change made, at a place that is a share of their length."""
    for kind, where, length, token in changes:
        at = where * len(data) >> 16
        before, there, after = data[:at], data[at : at + length], data[at + length :]
        match kind:
            case "put":
                data = before + token + there + after
            case "cut":
                data = before + after
            case "twice":
                data = before + there * 3 + after
            case "flip":
                data = before + bytes(byte ^ 1 << length % 8 for byte in there) + after
            case "end":
                data = before
    return data


def changed_inside(data: bytes, changes, member: int) -> bytes:
    """The same of one member of a zip file, which stays a sound zip file; of other files, of all of it."""
    if not data.startswith(b"PK"):
        return changed(data, changes)
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for at, info in enumerate(old.infolist()):
            content = old.read(info)
            new.writestr(info.filename, changed(content, changes) if at == member % len(old.infolist()) else content)
    return made.getvalue()


@pytest.fixture(scope="module")
def read(tmp_path_factory):
    folder = tmp_path_factory.mktemp("fire")
    with Reader(LIMITS) as reader:

        def document(name: str, data: bytes):
            path = Path(folder, name)
            path.write_bytes(data)
            why = ""
            try:
                found = reader.read(path)
            except ReadError as error:
                found, why = None, str(error)
            assert bool(found) != bool(why)
            assert "\n" not in why
            assert "longer than" not in why, name
            if found:
                check(found)
            return found

        yield document


@pytest.mark.parametrize("name", SAMPLES)
def test_the_sample_itself_is_read(read, name):
    assert read(name, SAMPLES[name]) is not None


@pytest.mark.parametrize("name", FOUND)
def test_what_was_found_is_read(read, name):
    assert read(name, FOUND[name]) is not None


@pytest.mark.slow
@pytest.mark.parametrize("name", SAMPLES)
@given(changes=CHANGES, member=st.integers(0, 40))
@settings(max_examples=25, suppress_health_check=list(HealthCheck))
def test_a_changed_file_gives_a_sound_document_or_one_line(read, name, changes, member):
    read(name, changed_inside(SAMPLES[name], changes, member))


@pytest.mark.torture
@pytest.mark.parametrize("name", SAMPLES)
@given(changes=CHANGES, member=st.integers(0, 40), whole=st.booleans())
@settings(max_examples=1_000, suppress_health_check=list(HealthCheck))
def test_a_thousand_changed_files_give_sound_documents_or_one_line(read, name, changes, member, whole):
    data = SAMPLES[name]
    read(name, changed(data, changes) if whole else changed_inside(data, changes, member))
