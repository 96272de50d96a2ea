"""PDF: paragraphs, divided words, headings, tables, labels, and the way back to the page's characters."""

import pypdfium2
import pytest

from index.documents import BlockKind
from index.errors import ReadError
from tests.index.reading.minimal_pdf import BODY, BOLD, SCAN, lines, pdf
from tests.index.reading.samples import document_of, place_of, texts


def read(tmp_path, *pages, **options):
    return document_of(tmp_path, "file.pdf", pdf(pages, **options))


def test_lines_of_a_paragraph_are_joined_and_paragraphs_kept_apart(tmp_path):
    first = lines("The ministers met in Lima on a cold", "day in June, and they did not", "agree on a thing.")
    second = lines("Nobody was surprised at that, as the", "host had said so before.", top=630)
    document = read(tmp_path, first + second)
    assert texts(document) == [
        "The ministers met in Lima on a cold day in June, and they did not agree on a thing.",
        "Nobody was surprised at that, as the host had said so before.",
    ]


def test_an_indent_begins_a_paragraph(tmp_path):
    page = lines("The first one goes on for long enough and", "it ends here, at about full width of line.")
    page += [
        (70, 672, 12, BODY, "The second one is indented and follows"),
        (50, 658, 12, BODY, "at the same distance."),
    ]
    assert len(read(tmp_path, page).blocks) == 2


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (("as the min-", "ister said"), "as the minister said"),
        (("a well-", "known man"), "a well-known man"),
        (("in the year of COVID-", "19 they came"), "in the year of COVID-19 they came"),
        (("an ex-president and an ex-", "president"), "an ex-president and an ex-president"),
        (("the Franco-", "German border"), "the Franco-German border"),
    ],
)
def test_words_divided_at_the_end_of_a_line_are_whole_again(tmp_path, rows, expected):
    assert read(tmp_path, lines(*rows)).text == expected


def test_every_run_names_the_characters_of_the_page(tmp_path):
    data = pdf(
        [
            [*lines("A word di-", "vided, and  two spaces", "  and an indent."), (50, 600, 9, BODY, "note")],
            [(x, y, 12, BODY, t) for y in (700, 686) for x, t in ((50, "Name"), (200, "12"), (300, "34"))],
        ]
    )
    document = document_of(tmp_path, "file.pdf", data)
    assert " | " in document.text
    file = pypdfium2.PdfDocument(data)
    covered = 0
    for run in document.runs:
        page = file[run.page - 1].get_textpage()
        on_page = "".join(chr(pypdfium2.raw.FPDFText_GetUnicode(page, run.char + i)) for i in range(run.length))
        assert document.text[run.start : run.start + run.length] == on_page
        assert document.place(run.start).page == run.page
        covered += run.length
    file.close()
    assert covered >= sum(not character.isspace() and character != "|" for character in document.text)


def test_pages_are_never_glued_together_and_carry_their_labels(tmp_path):
    labels = "0 << /S /r >> 2 << /S /D >>"
    document = read(tmp_path, lines("one goes on"), lines("and on"), lines("to here"), labels=labels)
    assert texts(document) == ["one goes on", "and on", "to here"]
    assert [(b.place.page, b.place.page_label) for b in document.blocks] == [(1, "i"), (2, "ii"), (3, "1")]
    assert document.pages == 3


def test_running_headers_and_page_numbers_are_left_out(tmp_path):
    pages = [
        [(50, 780, 9, BODY, "Report on aid"), *lines(f"Text number {word} is here."), (300, 30, 9, BODY, str(number))]
        for number, word in enumerate(("one", "two", "three", "four"), start=1)
    ]
    document = read(tmp_path, *pages)
    assert texts(document) == [f"Text number {word} is here." for word in ("one", "two", "three", "four")]


def test_contents_pages_are_left_out(tmp_path):
    contents = lines("Summary . . . . . . . . 1", "Aid . . . . . . . . . . 2", "Costs . . . . . . . . . 2")
    document = read(tmp_path, contents, lines("Aid came late."))
    assert texts(document) == ["Aid came late."]


def test_headings_by_size_and_by_weight(tmp_path):
    page = [
        (50, 740, 20, BODY, "Open border"),
        (50, 700, 12, BOLD, "Who pays"),
        *lines("The state pays most of it, and the rest is", "paid by nobody at all, they say.", top=684),
    ]
    document = read(tmp_path, page)
    assert texts(document, BlockKind.HEADING) == ["Open border", "Who pays"]
    assert place_of(document, "The state").heading == ("Open border", "Who pays")
    assert document.title == "Open border"


def test_headings_by_the_outline(tmp_path):
    pages = [lines("1. Costs"), lines("Costs are high.", "1. Aid is low.")]
    pages[0] += lines("They rose.", top=600)
    document = read(tmp_path, *pages, outline=[("Costs", 0)])
    assert texts(document, BlockKind.HEADING) == ["1. Costs"]
    assert place_of(document, "Costs are").heading == ("1. Costs",)


def test_a_title_over_two_lines_is_one_heading(tmp_path):
    page = lines("Open border,", "empty purse", size=20, leading=26) + lines("The body is set in twelve.", top=600)
    assert texts(read(tmp_path, page))[0] == "Open border, empty purse"


def test_a_raised_mark_does_not_end_its_paragraph(tmp_path):
    page = [(50, 700, 12, BODY, "This was said by him"), (165, 705, 7, BODY, "1")]
    page += lines("and by others as well.", top=686)
    assert len(read(tmp_path, page).blocks) == 1


def test_pages_that_say_much_the_same_keep_their_words(tmp_path):
    cards = [
        [(50, 760, 12, BODY, f"Card number {number} of the game"), (300, 20, 9, BODY, str(number))]
        for number in range(1, 5)
    ]
    document = read(tmp_path, *cards)
    assert texts(document) == [f"Card number {number} of the game" for number in range(1, 5)]
    assert [block.place.page for block in document.blocks] == [1, 2, 3, 4]


def test_a_file_without_its_end_gives_what_is_left(tmp_path):
    data = pdf([lines("The first page."), lines("The second page.")])
    lost = b"%PDF-1.7\n" + data[data.index(b"3 0 obj") : data.index(b"xref")]  # its catalog and its list of pages
    document = document_of(tmp_path, "file.pdf", lost)
    assert "The first page." in document.text
    assert document.note.startswith("damaged PDF")
    assert document.blocks[0].place.page is None


def test_rows_of_a_table_know_their_header(tmp_path):
    cells = (("Country", "Arrivals"), ("Colombia", "1,300,000"), ("Peru", "768,000"))
    page = [(x, 700 - 16 * n, 12, BODY, t) for n, row in enumerate(cells) for x, t in zip((50, 250), row, strict=True)]
    document = read(tmp_path, page)
    assert texts(document, BlockKind.ROW) == ["Country | Arrivals", "Colombia | 1,300,000", "Peru | 768,000"]
    assert [b.place.row for b in document.blocks] == [1, 2, 3]
    assert document.blocks[2].header == (document.blocks[0].start, document.blocks[0].end)


def test_pages_without_text_are_noted(tmp_path):
    assert read(tmp_path, lines("Words."), SCAN).note == "1 of 2 pages have no text (scanned image)"
    assert read(tmp_path, lines("Words."), []).note == "1 of 2 pages have no text"


def test_a_scan_is_refused(tmp_path):
    with pytest.raises(ReadError, match=r"no text in this file \(scanned image\).*OCR"):
        read(tmp_path, [], SCAN)
    with pytest.raises(ReadError, match="no text in this file: its pages are empty"):
        read(tmp_path, [], [])


def test_a_damaged_file_is_refused(tmp_path):
    with pytest.raises(ReadError, match="damaged PDF"):
        document_of(tmp_path, "file.pdf", b"%PDF-1.7\n" + b"noise " * 50)


def test_a_protected_file_is_refused(tmp_path):
    owner, user = "ab" * 32, "cd" * 32
    encrypt = f"/Encrypt << /Filter /Standard /V 1 /R 2 /O <{owner}> /U <{user}> /P -44 >> /ID [<00><00>]"
    with pytest.raises(ReadError, match=r"encrypted PDF.*password"):
        read(tmp_path, lines("Secret."), extra=encrypt)
