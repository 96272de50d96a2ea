"""ODT files, written entry by entry: headings and paragraphs only."""

from __future__ import annotations

from xml.sax.saxutils import escape

from tests.corpus_files.fixed_zip import fixed_zip
from tests.corpus_files.source_text import Block, Heading

_MIME = "application/vnd.oasis.opendocument.text"
_NAMESPACES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in {"office": "office", "text": "text", "meta": "meta", "manifest": "manifest"}.items()
)
_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'

_MANIFEST = f"""{_DECLARATION}<manifest:manifest {_NAMESPACES} manifest:version="1.2">
<manifest:file-entry manifest:full-path="/" manifest:media-type="{_MIME}"/>
<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>
<manifest:file-entry manifest:full-path="meta.xml" manifest:media-type="text/xml"/>
</manifest:manifest>
"""


def open_document_file(blocks: list[Block], *, author: str) -> bytes:
    """An ODT of `blocks`; its title is the first heading."""
    title = next(block.text for block in blocks if isinstance(block, Heading))
    entries = {
        "mimetype": _MIME,
        "content.xml": _content(blocks),
        "meta.xml": _meta(title, author),
        "META-INF/manifest.xml": _MANIFEST,
    }
    return fixed_zip({name: text.encode() for name, text in entries.items()}, stored_first="mimetype")


def _content(blocks: list[Block]) -> str:
    body = "\n".join(map(_element, blocks))
    return (
        f'{_DECLARATION}<office:document-content {_NAMESPACES} office:version="1.2">\n'
        f"<office:body><office:text>\n{body}\n</office:text></office:body>\n</office:document-content>\n"
    )


def _element(block: Block) -> str:
    if isinstance(block, Heading):
        return f'<text:h text:outline-level="{block.level}">{escape(block.text)}</text:h>'
    return f"<text:p>{escape(block.text)}</text:p>"


def _meta(title: str, author: str) -> str:
    dublin_core = 'xmlns:dc="http://purl.org/dc/elements/1.1/"'
    return (
        f'{_DECLARATION}<office:document-meta {_NAMESPACES} {dublin_core} office:version="1.2"><office:meta>'
        f"<dc:title>{escape(title)}</dc:title><dc:creator>{escape(author)}</dc:creator>"
        "<dc:date>2019-06-20T12:00:00</dc:date></office:meta></office:document-meta>\n"
    )
