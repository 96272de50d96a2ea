"""The text of a document as it is read: tables as tables, sections by their names."""

from dataclasses import replace

import pytest

from index.documents import Block, BlockKind, Document, Place, Span
from index.reading import Reader
from qa.web.leaf import is_grid, text_html
from qa.web.marking import Marks, Other
from qa.web.tabulated import LONG_CHARACTERS, MOST_COLUMNS
from tests.qa.web.exchanges import HOSTILE, Seen
from tests.sources import ROOT

NOTHING = Marks(Span(0, 0))


@pytest.fixture(scope="module")
def sample():
    with Reader() as reader:
        return {path: reader.read(ROOT / "corpus" / path) for path in SAMPLES}


PLEDGES, OIL, SLIDES, BRIEFING = SAMPLES = (
    "data/aid-pledges.xlsx",
    "data/oil-output.csv",
    "slides/donor-briefing.pptx",
    "reports/regional-briefing.pdf",
)


def whole(document: Document, marks: Marks = NOTHING, shown: Span | None = None) -> str:
    return text_html(document, shown or Span(0, len(document.text)), marks)


def row_with(document: Document, words: str) -> Span:
    block = document.block_at(document.text.index(words))
    return Span(block.start, block.end)


def test_a_sheet_is_a_table_below_its_name_with_the_cited_row_marked(sample):
    document = sample[PLEDGES]
    canada, britain = row_with(document, "Canada"), row_with(document, "United Kingdom")
    html = whole(document, Marks(canada, (Other(3, 0, britain),)))
    assert html.startswith('<h3 class="fn-section">Sheet <bdi>Pledges</bdi></h3><table class="fn-table"><thead><tr>')
    assert "fn-heading" not in html  # the reader's own heading is the name of the sheet
    assert '<th scope="col" dir="auto">Announced by</th>' in html
    assert '<th scope="col" dir="auto" class="fn-above">Amount</th>' in html  # as its figures stand
    assert html.count('<tr class="fn-cited"><td class="fn-row-number"><span class="fn-aside">Cited: </span>4</td>') == 1
    assert html.count("<mark>") == 7
    assert '<td dir="auto" class="fn-figure"><mark>53000000</mark></td>' in html
    assert '<tr class="fn-faintly"><td class="fn-row-number">6<button type="button" class="fn-cite" data-go="3"' in html
    assert html.count("Sheet <bdi>") == 4
    assert html.count("<table") == html.count("<thead>") == 3  # the notes have one column, and are lines
    assert is_grid(document, Span(0, len(document.text)))


def test_later_rows_keep_the_names_of_their_columns(sample):
    document = sample[OIL]
    blackouts = row_with(document, "Blackouts")
    html = whole(document, Marks(blackouts), Span(blackouts.start, len(document.text)))
    assert "output thousand barrels per day</th>" in html
    assert html.count("<tr") == 4
    assert '<td class="fn-row-number"></td><th' in html  # the header stands before the window
    cut = whole(document, NOTHING, Span(blackouts.start + 9, blackouts.end))
    assert Seen(cut).text.endswith("event53240Blackouts stop pumps and upgraders")  # row 5, what is shown of 732, 40


def test_slides_and_pages_stand_under_their_names(sample):
    slides, briefing = whole(sample[SLIDES]), whole(sample[BRIEFING])
    assert slides.count('<h3 class="fn-section">Slide ') == 8
    assert '<h3 class="fn-section">Slide 3</h3><h4 class="fn-heading" dir="auto">Russia, Cuba' in slides
    assert '<p class="fn-break"><span>Page 4 (<bdi>iv</bdi>)</span></p>' in briefing
    assert briefing.index("Page 7 (") < briefing.index('<div class="fn-across"') < briefing.index("Page 8 (")


def table(*rows: str, header: bool = True) -> Document:
    """Rows as one document; the first is the header of the others."""
    blocks, at = [], 0
    for number, row in enumerate(rows, 1):
        first = Span(0, len(rows[0])) if header and number > 1 else None
        blocks.append(Block(BlockKind.ROW, at, at + len(row), Place(row=number), first))
        at += len(row) + 1
    return Document("", "csv", "\n".join(rows), tuple(blocks))


def test_rows_of_unlike_lengths_stay_in_their_columns():
    html = whole(table("a,b,c", "1,,3", "4", '5,"6\n,7",8'))
    assert "<td></td>" in html
    assert 'colspan="3">4</td>' in html
    assert ">6\n,7</td>" in html


@pytest.mark.parametrize(
    "rows", [("only one cell", "and another"), ("a,b",), ("," * (MOST_COLUMNS + 1), "," * (MOST_COLUMNS + 1))]
)
def test_what_is_no_table_is_shown_as_lines(rows):
    html = whole(table(*rows, header=False))
    assert "<table" not in html
    assert html.count("fn-table-row") == len(rows)


def test_tables_that_follow_each_other_are_told_apart():
    first, second = table("a,b", "1,2"), table("c,d", "3,4")
    moved = len(first.text) + 1
    later = (
        replace(b, start=b.start + moved, end=b.end + moved, header=b.header and Span(moved, moved + 3))
        for b in second.blocks
    )
    both = Document("", "csv", f"{first.text}\n{second.text}", (*first.blocks, *later))
    assert whole(both).count("<thead>") == 2


def test_a_figure_stands_below_the_name_of_its_column():
    html = whole(table("place;people", "Oslo;1 000", "Bergen;20", "Askim;"))
    assert html.count('class="fn-above"') == 1
    assert '<td dir="auto" class="fn-figure">1 000</td>' in html
    assert html.count('class="fn-figure"') == 2
    mixed = whole(table("place;people", "Oslo;1 000", "Bergen;some of them"))
    assert "fn-figure" not in whole(table("place;people", 'Oslo;"1\n2"'))  # one below the other
    assert ("fn-above" in mixed, mixed.count('class="fn-figure"')) == (False, 1)


def test_a_table_that_is_too_wide_is_not_searched_for_figures(monkeypatch):
    monkeypatch.setattr("qa.web.tabulated._are_figures", lambda *_: pytest.fail("searched"))
    assert "<table" not in whole(table("a" + "," * MOST_COLUMNS, "1" + ",1" * MOST_COLUMNS))


def test_a_long_cell_scrolls_in_itself():
    html = whole(table("place,note", "windmill," + "y" * 200_000))
    assert html.count('class="fn-long" role="group" aria-label="Long cell" tabindex="0"') == 1
    assert "fn-long" not in whole(table("place,note", "windmill," + "y" * LONG_CHARACTERS))


@pytest.mark.parametrize("hostile", HOSTILE)
def test_nothing_of_a_table_becomes_markup(hostile):
    quoted = hostile.replace('"', "'").replace("\0", "0")

    def shown(text: str) -> str:
        cell = f'"{text}"'
        document = table(f"a,{cell}", f"b,{cell}", f"c,{cell}")
        sheet = tuple(replace(block, place=replace(block.place, sheet=text)) for block in document.blocks)
        rows = [Span(block.start, block.end) for block in sheet]
        return whole(replace(document, blocks=sheet), Marks(rows[1], (Other(2, 0, rows[2]),)))

    html, plain = shown(quoted), shown("x y" + "x" * (len(quoted) - 3))
    assert Seen(html).elements == Seen(plain).elements
    assert Seen(html).text.count(quoted) >= 3
