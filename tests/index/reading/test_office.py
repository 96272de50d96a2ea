"""Office files, books and mail: headings, rows with their headers, sheets, slides, notes."""

import io

import pytest

from index.documents import BlockKind
from index.errors import ReadError
from tests.index.reading.hostile_zips import bomb
from tests.index.reading.samples import archive, document_of, epub, odf_row, open_document, place_of, texts, word

HEADING, ITEM, NOTE, ROW = BlockKind.HEADING, BlockKind.LIST_ITEM, BlockKind.NOTE, BlockKind.ROW


def test_word(tmp_path):
    document = document_of(tmp_path, "a.docx", word("#Aid", "It came late.", "It was little."))
    assert texts(document) == ["Aid", "It came late.", "It was little."]
    assert place_of(document, "little").heading == ("Aid",)
    assert document.title == "Aid"
    assert place_of(document, "little").page is None


def points(kind, **texts):
    cells = "".join(f'<c:pt idx="{number[1:]}"><c:v>{text}</c:v></c:pt>' for number, text in texts.items())
    return f"<c:{kind}><c:numRef><c:numCache>{cells}</c:numCache></c:numRef></c:{kind}>"


CHART = (
    '<c:chartSpace xmlns:c="urn:c" xmlns:a="urn:a"><c:chart><c:title><c:tx><c:rich><a:p><a:r><a:t>Arrivals by </a:t>'
    "</a:r><a:r><a:t>port</a:t></a:r></a:p></c:rich></c:tx></c:title><c:plotArea><c:layout/><c:barChart><c:ser>"
    + points("tx", n0="2018")
    + points("cat", n0="Cucuta", n1="Maicao")
    + points("val", n0="4.4000000000000004", n1="7")
    + "</c:ser><c:ser><c:tx><c:v>2019</c:v></c:tx>"
    + points("val", n1="9", nx="?")
    + "</c:ser></c:barChart></c:plotArea></c:chart></c:chartSpace>"
)
DIAGRAM = (
    '<d:dataModel xmlns:d="urn:d" xmlns:a="urn:a"><d:ptLst><d:pt><d:t><a:p><a:r><a:t>Count the barges</a:t></a:r></a:p>'
    '</d:t></d:pt><d:pt type="sibTrans"/><d:pt><d:t><a:p><a:r><a:t>Tell the master</a:t></a:r></a:p></d:t></d:pt>'
    "</d:ptLst></d:dataModel>"
)


def test_charts_and_diagrams_of_word_come_after_the_text(tmp_path):
    parts = {
        "word/diagrams/data1.xml": DIAGRAM,
        "word/charts/chart10.xml": "<damaged",
        "word/charts/chart2.xml": CHART,
    }
    document = document_of(tmp_path, "a.docx", word("#Aid", "It waits.", parts=parts))
    assert texts(document) == [
        "Aid",
        "It waits.",
        "Arrivals by port",
        "| 2018 | 2019",
        "Cucuta | 4.4",
        "Maicao | 7 | 9",
        "Count the barges",
        "Tell the master",
    ]
    header = document.blocks[5].header
    assert header
    assert document.text[header.start : header.end] == "| 2018 | 2019"


def test_a_word_file_that_is_only_a_chart_has_its_text(tmp_path):
    document = document_of(tmp_path, "a.docx", word(parts={"word/charts/chart1.xml": CHART}))
    assert texts(document)[0] == "Arrivals by port"


def test_open_document_text(tmp_path):
    rows = odf_row("Country", "Many") + odf_row("Peru", "768,000")
    body = (
        '<office:text><text:h text:outline-level="1">Aid</text:h><text:p>Came<text:line-break/>late.</text:p>'
        f'<table:table>{rows}</table:table><text:h text:outline-level="2">Costs</text:h>'
        "<text:p>High.</text:p></office:text>"
    )
    document = document_of(tmp_path, "a.odt", open_document("text", body))
    assert texts(document) == ["Aid", "Came\nlate.", "Country | Many", "Peru | 768,000", "Costs", "High."]
    assert document.blocks[3].header == (document.blocks[2].start, document.blocks[2].end)
    assert place_of(document, "High").heading == ("Aid", "Costs")


def test_open_document_sheets(tmp_path):
    tables = "".join(
        f'<table:table table:name="{name}">{odf_row("Country", "Many")}{odf_row(name, "1")}</table:table>'
        for name in ("Aid", "Costs")
    )
    document = document_of(
        tmp_path, "a.ods", open_document("spreadsheet", f"<office:spreadsheet>{tables}</office:spreadsheet>")
    )
    assert texts(document, ROW) == ["Country | Many", "Aid | 1", "Country | Many", "Costs | 1"]
    place = place_of(document, "Costs | 1")
    assert (place.sheet, place.row) == ("Costs", 2)
    assert document.pages == 2


def test_open_document_slides(tmp_path):
    pages = "".join(
        f'<draw:page draw:name="p"><draw:frame><draw:text-box><text:p>{title}</text:p></draw:text-box></draw:frame>'
        f"<draw:frame><draw:text-box><text:p>Point of {title}</text:p></draw:text-box></draw:frame><presentation:notes>"
        f"<draw:frame><draw:text-box><text:p>Say {title}</text:p></draw:text-box></draw:frame></presentation:notes>"
        "</draw:page>"
        for title in ("Aid", "Costs")
    )
    document = document_of(
        tmp_path, "a.odp", open_document("presentation", f"<office:presentation>{pages}</office:presentation>")
    )
    assert texts(document, HEADING) == ["Aid", "Costs"]
    assert texts(document, NOTE) == ["Say Aid", "Say Costs"]
    assert place_of(document, "Point of Costs").slide == 2
    assert document.pages == 2


def test_sheets_number_rows_as_the_sheet_does(tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Aid"
    for row in ((), (), ("Country", "Many"), (), ("Peru", 768_000)):
        sheet.append(row)
    sheet["B7"] = "=1+1"
    buffer = io.BytesIO()
    book.save(buffer)
    document = document_of(tmp_path, "a.xlsx", buffer.getvalue())
    assert [(b.place.row, t) for b, t in zip(document.blocks, texts(document), strict=True)][1:3] == [
        (3, "Country | Many"),
        (5, "Peru | 768000"),
    ]


def test_rich_text(tmp_path):
    document = document_of(tmp_path, "a.rtf", rb"{\rtf1\ansi Aid came \'e9t\'e9, \u8364?5.\par Then no more.\par}")
    assert texts(document) == ["Aid came été, €5.", "Then no more."]


def test_books_are_read_in_the_order_of_the_spine(tmp_path):
    table = "<table><tr><th>Who</th><th>Many</th></tr><tr><td>a</td><td>1</td></tr></table>"
    document = document_of(tmp_path, "a.epub", epub(f"<h1>One</h1><p>First.</p>{table}", f"<h1>Two</h1>{table}"))
    assert texts(document) == ["One", "First.", "Who | Many", "a | 1", "Two", "Who | Many", "a | 1"]
    assert document.title == "The Handbook"
    assert document.blocks[6].header == (document.blocks[5].start, document.blocks[5].end)


MAIL = b"""From: Ana <ana@example.org>
To: Bob <bob@example.org>
Subject: =?utf-8?q?Caf=C3=A9?= meeting
Date: Wed, 01 May 2019 10:00:00 +0000
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="b"

--b
Content-Type: text/plain; charset=utf-8

Hello Bob,

it is at noon.
--b
Content-Type: text/csv; name="x.csv"
Content-Disposition: attachment; filename="x.csv"

a,b
--b
Content-Type: application/octet-stream
Content-Disposition: attachment; filename="x.bin"

binary
--b--
"""


def test_mail(tmp_path):
    document = document_of(tmp_path, "a.eml", MAIL)
    assert document.title == "Café meeting"
    assert texts(document) == [
        "Café meeting",
        "From: Ana <ana@example.org>\nDate: Wed, 01 May 2019 10:00:00 +0000\nTo: Bob <bob@example.org>",
        "Hello Bob,",
        "it is at noon.",
        "x.csv",
        "a,b",
    ]


def test_a_mail_without_headers_is_refused(tmp_path):
    with pytest.raises(ReadError, match="not a mail"):
        document_of(tmp_path, "a.eml", b"just some words\n")


def test_encrypted_files_say_so(tmp_path):
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504 + "EncryptedPackage".encode("utf-16-le")
    with pytest.raises(ReadError, match=r"encrypted document.*password"):
        document_of(tmp_path, "a.docx", ole)
    manifest = "<manifest:file-entry><manifest:encryption-data/></manifest:file-entry>"
    odt = archive({"mimetype": "application/vnd.oasis.opendocument.text", "META-INF/manifest.xml": manifest})
    with pytest.raises(ReadError, match="encrypted document"):
        document_of(tmp_path, "a.odt", odt)


def test_a_bomb_is_refused(tmp_path):
    spaces = b" " * (15 << 20)
    many = bomb({"mimetype": b"application/epub+zip", **{f"{number}.xml": spaces for number in range(70)}})
    assert len(many) < 2 << 20
    with pytest.raises(ReadError, match=r"its parts unpack to more than 1,024 MB.*FOOTNOTE_READ_UNPACKED_MB"):
        document_of(tmp_path, "a.epub", many)
    with pytest.raises(ReadError, match=r"a zip bomb: its part 'word/document.xml' holds 64 MB"):
        document_of(tmp_path, "a.docx", bomb({"word/document.xml": b" " * (64 << 20)}))
    lying = bomb({"mimetype": b"application/epub+zip", "META-INF/container.xml": spaces}, said=10)
    with pytest.raises(ReadError, match="damaged file"):
        document_of(tmp_path, "b.epub", lying)
