"""Mail and saved web pages (MHTML): the subject, who wrote to whom and when, the text, attachments that are text.

Subject: Aid for Cucuta           -> heading, and the title
From, Date, To, Cc                -> one paragraph, a line each
"""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage, MIMEPart

from index.documents import BlockKind, Document
from index.errors import ReadError
from index.reading.assembly import Piece, blocks_of, laid_out, one_line
from index.reading.decoding import decoded, is_binary
from index.reading.filetext import LIST_MARK
from index.reading.html import main_pieces, tree_of
from index.reading.kinds import Kind
from index.reading.source import Source

__all__ = ["read"]

_SHOWN_HEADERS = ("From", "Date", "To", "Cc")
_ATTACHMENT_CHARS = 1_000_000


def read(source: Source) -> Document:
    """The document of a mail."""
    message = message_from_bytes(source.data, policy=policy.default)
    subject = _header(message, "Subject")
    if not message.keys() or not (subject or _header(message, "From") or message.is_multipart()):
        raise ReadError("not a mail: it has no subject, sender or parts; save it from the mail program as .eml")
    pieces = [Piece(BlockKind.HEADING, subject, 1)]
    if source.kind is Kind.EML:
        pieces.append(Piece(BlockKind.PARAGRAPH, "\n".join(_shown(message))))
    body = message.get_body(preferencelist=("plain", "html", "related"))
    if body is not None:
        pieces += _pieces_of(body)
    for part in message.walk():
        if part is not body and part.get_filename() and part.get_content_maintype() == "text":
            pieces.append(Piece(BlockKind.HEADING, str(part.get_filename()), 2))
            pieces += _pieces_of(part)
    text, parts = laid_out(pieces)
    return Document(source.title(subject), source.kind.value, text, blocks_of(text, parts))


def _shown(message: EmailMessage) -> list[str]:
    return [f"{name}: {value}" for name in _SHOWN_HEADERS if (value := _header(message, name))]


def _header(message: EmailMessage, name: str) -> str:
    try:
        return one_line(str(message.get(name) or ""))
    except (ValueError, IndexError, AttributeError, TypeError):  # the parser of the standard library on damaged headers
        return ""


def _pieces_of(part: MIMEPart) -> list[Piece]:
    payload = part.get_payload(decode=True)
    data = payload if isinstance(payload, bytes) else b""
    if not data.strip() or is_binary(data[:4096]):
        return []
    text = _in_charset(data, part.get_content_charset())
    if part.get_content_subtype() == "html":
        return main_pieces(tree_of(text.encode("utf-8", "replace")))
    paragraphs = text[:_ATTACHMENT_CHARS].replace("\r\n", "\n").split("\n\n")
    return [_piece(paragraph) for paragraph in paragraphs]


def _piece(paragraph: str) -> Piece:
    return Piece(BlockKind.LIST_ITEM if LIST_MARK.match(paragraph) else BlockKind.PARAGRAPH, paragraph)


def _in_charset(data: bytes, charset: str | None) -> str:
    try:
        return data.decode(charset or "utf-8")
    except (LookupError, ValueError):  # no such encoding, or a name that is none
        return decoded(data)
