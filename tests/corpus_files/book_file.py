"""EPUB 3 files, written entry by entry: a package document, a navigation document and one XHTML file a chapter."""

from __future__ import annotations

from html import escape

from tests.corpus_files.fixed_zip import fixed_zip
from tests.corpus_files.source_text import Block, Heading, sections

_CONTAINER = """<?xml version="1.0" encoding="UTF-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
  <rootfiles><rootfile full-path="EPUB/package.opf" media-type="application/oebps-package+xml"/></rootfiles>
</container>
"""

_PAGE = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" xml:lang="en" lang="en">
<head><title>{title}</title></head>
<body>
{body}
</body>
</html>
"""

_PACKAGE = """<?xml version="1.0" encoding="UTF-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="book-id" xml:lang="en">
  <metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
    <dc:identifier id="book-id">urn:footnote:{identifier}</dc:identifier>
    <dc:title>{title}</dc:title>
    <dc:creator>{author}</dc:creator>
    <dc:language>en</dc:language>
    <meta property="dcterms:modified">2019-06-20T12:00:00Z</meta>
  </metadata>
  <manifest>
    <item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>
{items}
  </manifest>
  <spine>
{references}
  </spine>
</package>
"""


def book_file(blocks: list[Block], *, title: str, author: str, identifier: str) -> bytes:
    """An EPUB with one chapter for each heading of level 1."""
    chapters = list(sections(blocks))
    names = [f"chapter-{number}" for number in range(1, len(chapters) + 1)]
    item = '    <item id="{0}" href="{0}.xhtml" media-type="application/xhtml+xml"/>'
    package = _PACKAGE.format(
        identifier=identifier,
        title=escape(title),
        author=escape(author),
        items="\n".join(item.format(name) for name in names),
        references="\n".join(f'    <itemref idref="{name}"/>' for name in names),
    )
    entries = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": _CONTAINER,
        "EPUB/package.opf": package,
        "EPUB/nav.xhtml": _navigation(title, dict(zip(names, (c for c, _ in chapters), strict=True))),
    }
    for name, (heading, body) in zip(names, chapters, strict=True):
        entries[f"EPUB/{name}.xhtml"] = _chapter(heading, body)
    return fixed_zip({name: text.encode() for name, text in entries.items()}, stored_first="mimetype")


def _navigation(title: str, chapters: dict[str, str]) -> str:
    links = "\n".join(f'<li><a href="{name}.xhtml">{escape(text)}</a></li>' for name, text in chapters.items())
    body = f'<nav epub:type="toc"><h1>Contents</h1>\n<ol>\n{links}\n</ol></nav>'
    return _PAGE.format(title=escape(title), body=body)


def _chapter(heading: str, body: list[Block]) -> str:
    lines = [f"<h1>{escape(heading)}</h1>"]
    for block in body:
        tag = f"h{block.level}" if isinstance(block, Heading) else "p"
        lines.append(f"<{tag}>{escape(block.text)}</{tag}>")
    return _PAGE.format(title=escape(heading), body="\n".join(lines))
