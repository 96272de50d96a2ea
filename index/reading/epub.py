"""EPUB books: the chapters in the order of the spine, each walked like a web page, without navigation pages."""

from __future__ import annotations

import posixpath
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

from lxml import etree

from index.documents import Document
from index.errors import ReadError
from index.reading.archive import Archive, DamagedFile
from index.reading.assembly import Piece, blocks_of, laid_out, one_line
from index.reading.html import tree_of
from index.reading.markup import pieces_in
from index.reading.source import Source

__all__ = ["read"]

_CONTAINER = "META-INF/container.xml"


def read(source: Source) -> Document:
    """The document of an EPUB file."""
    archive = Archive(source.data, source.limits)
    package_name = _package_name(archive)
    package = xml_of(archive.read(package_name), package_name)
    pieces: list[Piece] = []
    chapters = _chapters(package, posixpath.dirname(package_name))
    if "META-INF/encryption.xml" in archive and _are_encrypted(archive, chapters):
        raise ReadError("encrypted document: the book is copy-protected; only books without protection are read")
    missing = 0
    for name in chapters:
        before = len(pieces)
        try:
            found = pieces_in(tree_of(archive.read(name)))
        except DamagedFile:
            missing += 1
            continue
        pieces += [replace(p, header=None if p.header is None else p.header + before) for p in found]
    text, parts = laid_out(pieces)
    note = f"{missing} of {len(chapters)} chapters are missing in the file or damaged" if missing else ""
    title = one_line(package.xpath("string(//*[local-name()='metadata']/*[local-name()='title'][1])"))
    return Document(source.title(title), source.kind.value, text, blocks_of(text, parts), note=note)


def xml_of(data: bytes, name: str) -> Any:
    """The element tree of a part; entities are not resolved, nothing is fetched."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True, huge_tree=False)
    try:
        tree = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise DamagedFile(f"damaged file: its part {name!r} is no XML ({error}); save it again") from error
    if tree is None:
        raise DamagedFile(f"damaged file: its part {name!r} is no XML; save it again")
    return tree


def _package_name(archive: Archive) -> str:
    container = xml_of(archive.read(_CONTAINER), _CONTAINER)
    name = container.xpath("string(//*[local-name()='rootfile'][1]/@full-path)")
    if not name:
        raise DamagedFile("damaged EPUB file: it does not say where its contents are; download it again")
    return str(name)


def _chapters(package: Any, folder: str) -> list[str]:
    """Names of the chapters' files in reading order."""
    files = {}
    for item in package.xpath("//*[local-name()='manifest']/*[local-name()='item']"):
        is_text = "html" in (item.get("media-type") or "") and "nav" not in (item.get("properties") or "").split()
        if is_text:
            files[item.get("id")] = posixpath.normpath(posixpath.join(folder, unquote(item.get("href") or "")))
    spine = package.xpath("//*[local-name()='spine']/*[local-name()='itemref']/@idref")
    return [files[reference] for reference in spine if reference in files]


def _are_encrypted(archive: Archive, chapters: list[str]) -> bool:
    listing = xml_of(archive.read("META-INF/encryption.xml"), "META-INF/encryption.xml")
    names = {unquote(name) for name in listing.xpath("//*[local-name()='CipherReference']/@URI")}
    return bool(names & set(chapters))
