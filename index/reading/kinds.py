r"""What kind of document a file is: by its content first, by its name where content cannot tell.

b"%PDF-1.7 ..."  report.txt   -> Kind.PDF       (the name lies)
b"PK.. word/"    report.docx  -> Kind.DOCX
b"# Aid ..."     notes.md     -> Kind.MARKDOWN  (plain text: the name tells)
b"\x89PNG ..."   report.pdf   -> ReadError: "a PNG picture, not a document"
"""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import PurePath

from index.errors import ReadError
from index.reading.archive import Archive
from index.reading.decoding import is_binary
from index.reading.limits import ReadingLimits

__all__ = ["READABLE_SUFFIXES", "Kind", "kind_of"]


class Kind(StrEnum):
    """The formats Footnote reads; the value is `Document.format`."""

    PDF = "pdf"
    HTML = "html"
    MARKDOWN = "md"
    RST = "rst"
    ORG = "org"
    TEX = "tex"
    CSV = "csv"
    TSV = "tsv"
    JSON = "json"
    JSONL = "jsonl"
    XML = "xml"
    CODE = "code"
    TEXT = "txt"
    DOCX = "docx"
    PPTX = "pptx"
    XLSX = "xlsx"
    ODT = "odt"
    ODS = "ods"
    ODP = "odp"
    RTF = "rtf"
    EML = "eml"
    MHTML = "mhtml"
    EPUB = "epub"
    DOC = "doc"
    PPT = "ppt"
    XLS = "xls"


_CODE_SUFFIXES = (
    ".bash .bat .c .cc .cfg .conf .cpp .cs .css .env .go .h .hpp .hs .ini .ipynb .java .js .jsx .kt .lua .m .mjs .php"
    " .pl .properties .ps1 .py .pyi .r .rb .rs .scala .sh .sql .swift .toml .ts .tsx .yaml .yml .zsh"
).split()
_SUFFIXES: dict[str, Kind] = {
    **dict.fromkeys(_CODE_SUFFIXES, Kind.CODE),
    **{f".{kind.value}": kind for kind in Kind if kind is not Kind.CODE},
    ".adoc": Kind.TEXT,
    ".docm": Kind.DOCX,
    ".htm": Kind.HTML,
    ".latex": Kind.TEX,
    ".log": Kind.TEXT,
    ".markdown": Kind.MARKDOWN,
    ".mht": Kind.MHTML,
    ".ndjson": Kind.JSONL,
    ".ppsx": Kind.PPTX,
    ".pptm": Kind.PPTX,
    ".rest": Kind.RST,
    ".text": Kind.TEXT,
    ".xhtml": Kind.HTML,
    ".xlsm": Kind.XLSX,
}
READABLE_SUFFIXES: frozenset[str] = frozenset(_SUFFIXES)
"""Lower-case suffixes of the files that are taken for documents, dot included."""

_BINARY_KINDS = frozenset(
    {Kind.PDF, Kind.DOCX, Kind.PPTX, Kind.XLSX, Kind.ODT, Kind.ODS, Kind.ODP, Kind.EPUB}
    | {Kind.DOC, Kind.PPT, Kind.XLS, Kind.RTF}
)
_MIMETYPES = {
    b"application/epub+zip": Kind.EPUB,
    b"application/vnd.oasis.opendocument.text": Kind.ODT,
    b"application/vnd.oasis.opendocument.spreadsheet": Kind.ODS,
    b"application/vnd.oasis.opendocument.presentation": Kind.ODP,
}
_MAIN_PARTS = {"word/": Kind.DOCX, "ppt/": Kind.PPTX, "xl/": Kind.XLSX, "META-INF/container.xml": Kind.EPUB}
_LEGACY = {Kind.DOC: "WordDocument", Kind.XLS: "Workbook", Kind.PPT: "PowerPoint Document"}
_FOREIGN = (
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"BM", "a bitmap picture"),
    (b"II*\0", "a TIFF picture"),
    (b"MM\0*", "a TIFF picture"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"SQLite format 3\0", "a SQLite database"),
    (b"OggS", "a sound file"),
    (b"ID3", "a sound file"),
)
_HTML_START = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?>(?:<!--.*?-->\s*)*)<(?:!doctype\s+html|html|head|body)\b", re.I | re.S
)
_HEAD_BYTES = 64 << 10
_SPOKEN_WITH_VOWEL = ("e", "o", "r", "x")
"""How the names of formats begin that take "an": an EPUB, an ODT, an RTF, an XLSX file."""
_PDF_OBJECT = re.compile(rb"(?:\A|[\r\n])\d+ \d+ obj\b")
_PDF_HEADER_WITHIN = 1024  # bytes; as PDF readers do (ISO 32000-1, Annex H.3.4.1)


def kind_of(data: bytes, name: str, limits: ReadingLimits | None = None) -> Kind:
    """The kind of the file with this content and name; ReadError if it is none that can be read."""
    if not data:
        raise ReadError("empty file: it has no bytes")
    named = _SUFFIXES.get(PurePath(name).suffix.lower(), Kind.TEXT)
    head = data[:_HEAD_BYTES]
    found = _by_signature(data, head, named, limits or ReadingLimits())
    if found:
        return found
    if foreign := _foreign(head):
        raise ReadError(f"{foreign}, not a document; Footnote reads text, PDF, office and web files")
    if named in _BINARY_KINDS:
        article = "an" if named.startswith(_SPOKEN_WITH_VOWEL) else "a"
        raise ReadError(
            f"not {article} {named.upper()} file, whatever its name says: damaged or of another kind; save it again"
        )
    return named


def _by_signature(data: bytes, head: bytes, named: Kind, limits: ReadingLimits) -> Kind | None:
    if b"%PDF-" in head[:_PDF_HEADER_WITHIN] and (named is Kind.PDF or head.lstrip()[:5] == b"%PDF-"):
        return Kind.PDF
    if named is Kind.PDF and _PDF_OBJECT.search(head):  # its first line is lost
        return Kind.PDF
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return _archive_kind(Archive(data, limits))
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _legacy_kind(data, named)
    if head.lstrip().startswith(b"{\\rtf"):
        return Kind.RTF
    if named is not Kind.HTML and named in (Kind.TEXT, *_BINARY_KINDS) and _HTML_START.match(head):
        return Kind.HTML
    return None


def _archive_kind(archive: Archive) -> Kind:
    """OpenDocument and EPUB say what they are in a member `mimetype`; Office files by their folders."""
    if "META-INF/manifest.xml" in archive and b"encryption-data" in archive.read("META-INF/manifest.xml"):
        raise ReadError("encrypted document: it asks for a password; save a copy without one")
    if "mimetype" in archive:
        mimetype = archive.read("mimetype").strip().removesuffix(b"-template")
        if mimetype in _MIMETYPES:
            return _MIMETYPES[mimetype]
    for prefix, kind in _MAIN_PARTS.items():
        if any(name.startswith(prefix) for name in archive.names):
            return kind
    raise ReadError("a zip archive, not a document; unpack it beside your documents")


def _legacy_kind(data: bytes, named: Kind) -> Kind:
    """An OLE2 container: its directory names its streams in UTF-16."""

    def holds(stream: str) -> bool:
        return stream.encode("utf-16-le") in data

    if holds("EncryptedPackage") or holds("EncryptionInfo"):
        raise ReadError("encrypted document: it asks for a password; save a copy without one")
    if holds("DataSpaces") and holds("DRMContent"):
        raise ReadError("encrypted document: its rights management hides the text; save an unprotected copy")
    matches = [kind for kind, stream in _LEGACY.items() if holds(stream)]
    if named in matches:
        return named
    if matches or holds("Book"):
        return matches[0] if matches else Kind.XLS
    raise ReadError("an OLE2 file that is no Word, Excel or PowerPoint document; save it in one of those formats")


def _foreign(head: bytes) -> str:
    for signature, what in _FOREIGN:
        if head.startswith(signature) and (len(signature) > 3 or is_binary(head)):
            return what
    return ""
