"""Pictures of pages: their boxes hold the very characters that were asked for, and only the indexed file is drawn."""

import hashlib
from contextlib import suppress
from io import BytesIO

import pypdfium2
import pytest
from PIL import Image

from index.documents import Box, Document, PagePicture, Span
from index.errors import ReadError
from index.reading import Reader
from index.reading.wire import picture_from_json, picture_to_json
from tests.index.reading.minimal_pdf import lines, pdf
from tests.sources import ROOT

BRIEFING = ROOT / "corpus" / "reports" / "regional-briefing.pdf"
QUOTE = "Colombia puts its needs at 1.5 billion dollars and has received only a small part of that sum."
DARK = 128


@pytest.fixture(scope="module")
def reader():
    with Reader() as reader:
        yield reader


def quoted(document: Document, quote: str) -> Span:
    start = document.text.index(quote)
    return Span(start, start + len(quote))


def drawn(reader: Reader, path, page: int, spans) -> PagePicture:
    digest = hashlib.sha256(path.read_bytes()).digest()
    return reader.picture(path, digest=digest, page=page, spans=spans)


def holds(box: Box, x: float, y: float) -> bool:
    return box.left <= x <= box.left + box.width and box.top <= y <= box.top + box.height


def test_the_boxes_hold_every_character_of_the_quote_and_no_other(reader):
    document = reader.read(BRIEFING)
    span = quoted(document, QUOTE)
    page = document.place(span.start).page
    picture = drawn(reader, BRIEFING, page, document.characters_of_page(page, span))
    assert 2 <= len(picture.boxes) <= 4  # one for each line

    file = pypdfium2.PdfDocument(BRIEFING)
    width, height = file[page - 1].get_size()
    textpage = file[page - 1].get_textpage()
    text = textpage.get_text_range()
    first = text.index("Colombia puts its")
    last = text.index("part of that sum.") + len("part of that sum.")
    for char in range(textpage.count_chars()):
        if text[char].isspace():
            continue
        left, bottom, right, top = textpage.get_charbox(char)
        middle = (left + right) / 2 / width, 1 - (bottom + top) / 2 / height
        assert any(holds(box, *middle) for box in picture.boxes) == (first <= char < last), (char, text[char])
    file.close()


@pytest.mark.parametrize("more", ["", "/Rotate 90 ", "/Rotate 180 ", "/Rotate 270 ", "/CropBox [20 40 560 760] "])
def test_the_ink_of_the_quote_lies_in_its_boxes_however_the_page_is_turned(reader, tmp_path, more):
    path = tmp_path / "turned.pdf"
    data = pdf([lines("Aid waits in a warehouse", "in Cucuta, 2,500 bags.")])
    path.write_bytes(data.replace(b"/MediaBox", more.encode() + b"/MediaBox"))
    document = reader.read(path)
    picture = drawn(reader, path, 1, document.characters_of_page(1, Span(0, len(document.text))))
    image = Image.open(BytesIO(picture.png)).convert("L")
    assert image.size == (picture.width, picture.height)
    assert len(picture.boxes) == 2
    ink = [(at % image.width, at // image.width) for at, shade in enumerate(image.tobytes()) if shade < DARK]
    assert len(ink) > 1_000
    shares = ((x / image.width, y / image.height) for x, y in ink)
    assert [at for at in shares if not any(holds(box, *at) for box in picture.boxes)] == []


def test_what_does_not_stand_on_the_page_gets_no_box(reader, tmp_path):
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf([lines("Aid waits.")]))
    assert drawn(reader, path, 1, [(0, "Aid waits.")]).boxes
    for spans in ([(1, "Aid waits.")], [(-3, "ts.")], [(900, "Aid")], [(0, "")], []):
        assert drawn(reader, path, 1, spans).boxes == ()


@pytest.mark.parametrize("page", [0, -1, 2, 10**9])
def test_a_page_that_is_not_there_is_one_line(reader, tmp_path, page):
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf([lines("Aid waits.")]))
    with pytest.raises(ReadError, match="there is no page"):
        drawn(reader, path, page, [])


def test_only_the_indexed_file_is_drawn(reader, tmp_path):
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf([lines("Aid waits.")]))
    with pytest.raises(ReadError, match="has changed since it was indexed"):
        reader.picture(path, digest=b"another", page=1, spans=[])
    with pytest.raises(ReadError, match="cannot be opened"):
        reader.picture(tmp_path / "gone.pdf", digest=b"", page=1, spans=[])
    text = tmp_path / "a.txt"
    text.write_text("Aid waits.")
    with pytest.raises(ReadError, match="only pages of PDF"):
        drawn(reader, text, 1, [])


@pytest.mark.parametrize("size", ["0.0001 14400", "14400 14400", "0 0", "-5 7", "1e30 1e30"])
def test_pages_of_absurd_sizes_cost_no_more_than_others(reader, tmp_path, size):
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf([lines("Aid waits.")]).replace(b"600 800", size.encode()))
    with suppress(ReadError):
        picture = drawn(reader, path, 1, [(0, "Aid waits.")])
        assert picture.width <= 1400
        assert picture.height <= 2000
    assert drawn(reader, BRIEFING, 1, []).png  # the next page does not feel it


def test_a_picture_survives_the_wire_and_only_a_picture_does():
    picture = PagePicture(b"\x89PNG\r\n\x1a\n...", 2, 3, (Box(0.1, 0.2, 0.3, 0.4),))
    tree = picture_to_json(picture)
    assert picture_from_json(tree) == picture
    with pytest.raises(ValueError, match="no PNG"):
        picture_from_json({**tree, "png": "PHN2Zz4="})


def test_other_stretches_get_boxes_of_their_own(reader, tmp_path):
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf([lines("Aid waits in Cucuta.", "It is flour.")]))
    picture = reader.picture(
        path,
        digest=hashlib.sha256(path.read_bytes()).digest(),
        page=1,
        spans=[(0, "Aid")],
        others=[[(4, "waits")], [(0, "not there")], [(13, "Cucuta.")]],
    )
    waits, nowhere, cucuta = picture.others
    assert (len(picture.boxes), len(waits), len(nowhere), len(cucuta)) == (1, 1, 0, 1)
    assert picture.boxes[0].left < waits[0].left < cucuta[0].left
    assert picture_from_json(picture_to_json(picture)) == picture


@pytest.mark.parametrize(("scale", "times"), [(1, 1), (2, 2), (0, 1), (10**9, 2)])
def test_a_page_is_drawn_twice_as_large_and_no_larger(reader, tmp_path, scale, times):
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf([lines("Aid waits.")]))
    digest = hashlib.sha256(path.read_bytes()).digest()
    picture = reader.picture(path, digest=digest, page=1, spans=[(0, "Aid")], scale=scale)
    usual = drawn(reader, path, 1, [(0, "Aid")])
    assert (picture.width, picture.height) == (times * usual.width, times * usual.height)
    assert Image.open(BytesIO(picture.png)).size == (picture.width, picture.height)
    assert picture.boxes == usual.boxes
