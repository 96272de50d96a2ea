"""Tiny files of each kind, written by hand, and what must hold for the document of any of them."""

import io
import zipfile

from index.documents import BlockKind, Document
from index.reading.kinds import kind_of
from index.reading.limits import ReadingLimits
from index.reading.opening import document_in
from index.reading.source import Source

ODF = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    ' xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"'
    ' xmlns:presentation="urn:oasis:names:tc:opendocument:xmlns:presentation:1.0"'
)
WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def document_of(folder, name, data):
    """The document of a file with this content; its invariants are checked on the way."""
    path = folder / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    document = document_in(str(path), ReadingLimits())
    check(document)
    return document


def source_of(name, data):
    data = data if isinstance(data, bytes) else data.encode()
    return Source(data=data, name=name, kind=kind_of(data, name))


def check(document: Document):
    """What holds for every document of every format."""
    document.text.encode("utf-8")
    end = 0
    for block in document.blocks:
        assert end <= block.start < block.end <= len(document.text)
        text = document.text[block.start : block.end]
        assert text == text.strip()
        if block.kind is BlockKind.HEADING:
            assert block.place.heading
        if block.header:
            assert block.header.end <= block.start
            assert any((b.start, b.end) == block.header and b.kind is BlockKind.ROW for b in document.blocks)
        if block.place.line is not None:
            assert block.place.line == document.text.count("\n", 0, block.start) + 1
        end = block.end


def texts(document, kind=None):
    """The text of each block, of one kind if given."""
    return [document.text[b.start : b.end] for b in document.blocks if kind in (None, b.kind)]


def place_of(document, text):
    """The place of the first occurrence of a text."""
    return document.place(document.text.index(text))


def zipped(**members):
    """A zip file; double underscores in names stand for slashes, single ones for dots."""
    return archive({name.replace("__", "/").replace("_", "."): data for name, data in members.items()})


def archive(members):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name, data in members.items():
            file.writestr(name, data)
    return buffer.getvalue()


def open_document(kind, body):
    """An OpenDocument file of kind "text", "spreadsheet" or "presentation"."""
    mimetype = f"application/vnd.oasis.opendocument.{kind}"
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:file-entry'
        f' manifest:full-path="/" manifest:media-type="{mimetype}"/></manifest:manifest>'
    )
    content = f"<office:document-content {ODF}><office:body>{body}</office:body></office:document-content>"
    return archive({"mimetype": mimetype, "META-INF/manifest.xml": manifest, "content.xml": content})


def odf_row(*cells):
    inside = "".join(
        f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>' for cell in cells
    )
    return f"<table:table-row>{inside}</table:table-row>"


def word(*paragraphs, parts=None):
    """A DOCX file; a paragraph that begins with '#' is a heading of level 1. `parts`: others by their names."""
    body = "".join(
        f'<w:p><w:pPr><w:pStyle w:val="Heading1"/></w:pPr><w:r><w:t>{text[1:]}</w:t></w:r></w:p>'
        if text.startswith("#")
        else f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"
        for text in paragraphs
    )
    types = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.'
        'wordprocessingml.document.main+xml"/></Types>'
    )
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1"'
        ' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"'
        ' Target="word/document.xml"/></Relationships>'
    )
    styles = (
        f'<w:styles {WORD}><w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/></w:style>'
        "</w:styles>"
    )
    document = f"<w:document {WORD}><w:body>{body}</w:body></w:document>"
    return archive(
        {
            "[Content_Types].xml": types,
            "_rels/.rels": relations,
            "word/document.xml": document,
            "word/styles.xml": styles,
            **(parts or {}),
        }
    )


def epub(*chapters):
    """An EPUB file whose chapters are these bodies, in this order; the files' names are in the opposite one."""
    names = [f"c{len(chapters) - number}.xhtml" for number in range(len(chapters))]
    items = "".join(f'<item id="{n}" href="{n}" media-type="application/xhtml+xml"/>' for n in sorted(names))
    spine = "".join(f'<itemref idref="{name}"/>' for name in names)
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:title>The Handbook</dc:title></metadata><manifest>{items}</manifest><spine>{spine}</spine></package>"
    )
    container = (
        '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
        '<rootfile full-path="OPS/book.opf"/></rootfiles></container>'
    )
    members = {"mimetype": "application/epub+zip", "META-INF/container.xml": container, "OPS/book.opf": package}
    for name, chapter in zip(names, chapters, strict=True):
        members[f"OPS/{name}"] = f"<html xmlns='http://www.w3.org/1999/xhtml'><body>{chapter}</body></html>"
    return archive(members)
