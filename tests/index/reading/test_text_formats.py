"""Text formats: the stored text is the file's text, and blocks stand where a reader would point."""

import pytest

from index.documents import BlockKind, Span
from index.errors import ReadError
from tests.index.reading.samples import document_of, place_of, texts

HEADING, ITEM, ROW, CODE = BlockKind.HEADING, BlockKind.LIST_ITEM, BlockKind.ROW, BlockKind.CODE


def test_markdown(tmp_path):
    text = (
        "---\ntitle: 'Aid, in short'\n---\nIntro\n=====\n\nA line\nand another.\n\n## Colombia ##\n- one\n  goes on\n"
        "* [ ] two\n1. three\n\n| Who | Many |\n|---|:-:|\n| a b | 2 |\n\n> said so\n\n```py\nx = 1\n\ny\n"
        "```\n<!-- no -->\n***\nlast\n"
    )
    document = document_of(tmp_path, "a.md", text)
    assert document.text == text
    assert document.title == "Aid, in short"
    assert texts(document, HEADING) == ["Intro", "Colombia"]
    assert texts(document, ITEM) == ["one\n  goes on", "two", "three"]
    assert texts(document, ROW) == ["Who | Many", "a b | 2"]
    assert texts(document, CODE) == ["title: 'Aid, in short'", "x = 1\n\ny"]
    assert texts(document, BlockKind.PARAGRAPH) == ["A line\nand another.", "said so", "last"]
    assert place_of(document, "two").heading == ("Intro", "Colombia")
    row = document.block_at(text.index("a b"))
    assert row.place.row == 2
    assert document.text[row.header.start : row.header.end] == "Who | Many"


def test_plain_text_headings_are_few_and_clear(tmp_path):
    text = (
        "REPORT ON AID\n\nIt was a long year, and aid came late.\n\n1.2 Costs of transport\n\n"
        "They were high, as a rule.\n\nResults\n-------\nNone so far, they said.\n\nSee you soon\n\n"
        "This is not a heading above, although it is short.\n"
    )
    document = document_of(tmp_path, "a.txt", text)
    assert texts(document, HEADING) == ["REPORT ON AID", "1.2 Costs of transport", "Results"]
    assert place_of(document, "None so far").line == 11


def test_numbered_lines_right_above_their_texts_are_headings(tmp_path):
    text = (
        "Riverside Garden Club\nMinutes of 8 October\n\n1. Report\nThe balance is 80 pounds. It was 70.\n\n"
        "2. Bees\nRuth asked for two hives.\nNobody objected to them.\n\n"
        "3.1 Next year\n- a fence\n- a gate that closes\n\n4. Rent\n   4.1 The rent is paid in May.\n"
    )
    document = document_of(tmp_path, "club.txt", text)
    assert texts(document, HEADING) == ["1. Report", "2. Bees", "3.1 Next year", "4. Rent"]
    assert texts(document, ITEM) == ["a fence", "a gate that closes"]
    assert place_of(document, "Nobody objected").heading == ("2. Bees",)
    assert document.title == ""  # it is called by its file


@pytest.mark.parametrize(
    "text",
    [
        "1. Report\nThe balance is 80 pounds.\n\nNo other line has a number.\n",
        "1. Report\nThe balance is 80 pounds.\n\n2. Bees and other animals of the\ngarden were not spoken of.\n",
        "1. Bring a tent.\nIt may rain at night.\n\n2. Bring a rope.\nYou may need it by day.\n",
        "1. Bread\nFlour\n\n2. Soup\nPeas\n",
        "12 March 2019\nThe council approved the budget.\n\n20 April 2019\nThe council closed the library.\n",
        "1. Bread\n2. Flour and water\n\n3. Soup\n4. Peas and carrots\n",
    ],
    ids=["one alone", "lines that were full", "sentences", "no longer text below", "dates", "items"],
)
def test_numbered_lines_that_may_be_items_are_no_headings(tmp_path, text):
    assert texts(document_of(tmp_path, "a.txt", text), HEADING) == []


def test_a_dialogue_and_few_labels_stay_together(tmp_path):
    text = "Anna: Where is it?\nBen: Under the pot.\nAnna: Thank you.\n\nNote: it is blue.\nAnd: it is old.\n"
    assert len(texts(document_of(tmp_path, "a.txt", text), BlockKind.PARAGRAPH)) == 2


def test_lines_with_labels_stand_for_themselves(tmp_path):
    text = (
        "Invoice no.: 2025-0417\nDue date: 2 April 2025\nDeliver to: the harbour office,\nsecond door\n\n"
        "Note: the lamps are fragile and should be\nunpacked on a table, as the makers have\nsaid. Others: see below.\n"
    )
    document = document_of(tmp_path, "a.txt", text)
    assert texts(document, BlockKind.PARAGRAPH) == [
        "Invoice no.: 2025-0417",
        "Due date: 2 April 2025",
        "Deliver to: the harbour office,\nsecond door",
        "Note: the lamps are fragile and should be\nunpacked on a table, as the makers have\nsaid. Others: see below.",
    ]


def test_capitals_are_no_headings_where_all_is_capitals(tmp_path):
    document = document_of(tmp_path, "a.txt", "THE ALLIES\n\nTHE ALLIES MET IN PARIS AND DID NOT AGREE.\n")
    assert texts(document, HEADING) == []


def test_a_list_of_questions_and_answers(tmp_path):
    text = "".join(f"What is {word}?\n\nIt is what it is, and {word}.\n\n" for word in ("this", "that", "it"))
    document = document_of(tmp_path, "a.txt", text)
    assert texts(document, HEADING) == ["What is this?", "What is that?", "What is it?"]


def test_separated_values(tmp_path):
    text = 'Aid;;\nCountry;Said by;Quote\nColombia;Trujillo;"We need\nhelp; now"\n;;\nPeru;;5" disk\nChile;"un""q";x'
    document = document_of(tmp_path, "a.csv", text)
    assert texts(document) == [
        "Aid;;",
        "Country;Said by;Quote",
        'Colombia;Trujillo;"We need\nhelp; now"',
        'Peru;;5" disk',
        'Chile;"un""q";x',
    ]
    assert [(b.place.row, b.place.line) for b in document.blocks] == [(1, 1), (2, 2), (3, 3), (5, 6), (6, 7)]
    header = Span(6, 27)
    assert [b.header for b in document.blocks] == [None, None, header, header, header]


def test_json_records(tmp_path):
    text = '{"title": "Figures", "rows": [{"c": "Col\\u00f3mbia"}, {"c": "Peru"}],\n "note": "x"}'
    document = document_of(tmp_path, "a.json", text)
    assert texts(document) == ['"title": "Figures"', '{"c": "Col\\u00f3mbia"}', '{"c": "Peru"}', '"note": "x"']
    assert document.title == "Figures"
    assert place_of(document, "Peru").heading == ("rows",)
    assert place_of(document, '"note"').line == 2


@pytest.mark.parametrize("text", ['{"a": 1,', "[" * 100_000, '{"a": 1} trailing', "[]"])
def test_odd_json_is_text_all_the_same(tmp_path, text):
    assert document_of(tmp_path, "a.json", text).text == text


def test_json_lines(tmp_path):
    document = document_of(tmp_path, "a.jsonl", '{"a": 1}\n\n{"a": 2}\n')
    assert [(b.place.line, t) for b, t in zip(document.blocks, texts(document), strict=True)] == [
        (1, '{"a": 1}'),
        (3, '{"a": 2}'),
    ]


def test_xml(tmp_path):
    text = (
        '<?xml version="1.0"?>\n<!DOCTYPE b [<!ENTITY a "b">]>\n<b><title>Aid</title><c n=">"><title>Costs</title>'
        "<p>The <i>minister</i> said.</p><p/><x><![CDATA[raw <t>]]></x></c><!-- no --></b>"
    )
    document = document_of(tmp_path, "a.xml", text)
    assert texts(document) == ["Aid", "Costs", "The <i>minister</i> said.", "raw <t>"]
    assert place_of(document, "raw").heading == ("Aid", "Costs")


def test_restructured_text(tmp_path):
    text = (
        "=====\nTitle\n=====\n\nAid\n---\nText\nhere.\n\n- one\n- two\n  more\n\n.. note:: Be careful\n\n"
        ".. code-block:: python\n\n   x = 1\n\n.. a comment\n   goes on\n\nSo::\n\n  y\n\nEnd\n---\nlast\n"
    )
    document = document_of(tmp_path, "a.rst", text)
    assert texts(document, HEADING) == ["Title", "Aid", "End"]
    assert texts(document, ITEM) == ["one", "two\n  more"]
    assert texts(document, CODE) == ["x = 1", "y"]
    assert texts(document, BlockKind.PARAGRAPH) == ["Text\nhere.", "Be careful", "So::", "last"]
    assert place_of(document, "last").heading == ("Title", "End")


def test_org(tmp_path):
    text = (
        "#+TITLE: Org aid\n* TODO Head :tag:\n:PROPERTIES:\n:ID: 5\n:END:\nText\nhere.\n- one\n- two\n  more\n"
        "| a | b |\n|---+---|\n| 1 | 2 |\n** Sub\n#+BEGIN_SRC py\nx\n\ny\n#+END_SRC\nlast\n"
    )
    document = document_of(tmp_path, "a.org", text)
    assert document.title == "Org aid"
    assert texts(document, HEADING) == ["Head", "Sub"]
    assert texts(document, ITEM) == ["one", "two\n  more"]
    assert texts(document, ROW) == ["a | b", "1 | 2"]
    assert texts(document, CODE) == ["x\n\ny"]
    assert texts(document, BlockKind.PARAGRAPH) == ["Text\nhere.", "last"]


def test_tex(tmp_path):
    text = (
        "\\title{The \\emph{Aid} report}\n\\begin{document}\n\\maketitle\n\\section{Costs}\\label{c}\nAbout "
        "\\textbf{2,500}\na day.\n% no\n\\begin{itemize}\n\\item One\n  more\n\\end{itemize}\n\\subsection*{Sub}\n"
        "\\begin{verbatim}\nx\n\\end{verbatim}\nlast\n\\end{document}\nnever\n"
    )
    document = document_of(tmp_path, "a.tex", text)
    assert document.title == "The Aid report"
    assert texts(document, HEADING) == ["Costs", "Sub"]
    assert texts(document, BlockKind.PARAGRAPH) == ["About \\textbf{2,500}\na day.", "last"]
    assert texts(document, ITEM) == ["One\n  more"]
    assert texts(document, CODE) == ["x"]


def test_code_is_read_as_it_stands(tmp_path):
    document = document_of(tmp_path, "a.py", "import os\n\n\ndef f():\n    return 1\n")
    assert texts(document, CODE) == ["import os", "def f():\n    return 1"]


@pytest.mark.parametrize("data", [b" \n\t\n", b"\xef\xbb\xbf"])
def test_nothing_but_white_space_is_no_document(tmp_path, data):
    with pytest.raises(ReadError, match="no text in this file"):
        document_of(tmp_path, "a.txt", data)
