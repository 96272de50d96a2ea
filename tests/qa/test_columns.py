"""Cells and the names of their columns: what stands where in the row, and when nothing may be paired."""

import pytest

from qa.columns import cells, columns, separator_of


@pytest.mark.parametrize(
    ("header", "row", "shown"),
    [
        ("Country | May 2019", "Peru | 768,000", [("Country", "Peru"), ("May 2019", "768,000")]),
        ("| Country | May |", "| Peru | 768 |", [("Country", "Peru"), ("May", "768")]),
        ("country,stay_permit", "Peru,PTP", [("country", "Peru"), ("stay permit", "PTP")]),
        ("a\tb", "1, 2\t3", [("a", "1, 2"), ("b", "3")]),
        ('a;"b;c"', '"x;y" ; z', [("a", "x;y"), ("b;c", "z")]),
        ("a,b", '"say ""no""",2', [("a", 'say ""no""'), ("b", "2")]),
        ("a,b", '"never closed,2', [("a", '"never closed'), ("b", "2")]),
        ("a | b | c", "1 |  | 3", [("a", "1"), ("c", "3")]),
        (" | b", "1 | 2", [("", "1"), ("b", "2")]),
    ],
)
def test_each_cell_has_its_name_and_its_characters(header, row, shown):
    assert [(name, row[cell.start : cell.end]) for name, cell in columns(header, row)] == shown


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("", "Peru | 768,000"),
        ("Country | May 2019 | Note", "Peru | 768,000"),
        ("Country", "Peru"),
        ("Country | May 2019", "Peru | 1\nChile | 2"),
        ("a,b", '"1,2",3,4'),
        ("Country | May", ""),
    ],
)
def test_what_does_not_fit_is_not_paired(header, row):
    assert columns(header, row) == []


def test_a_long_hostile_row_is_quick():
    assert columns("a,b", '"' * 50_001) == []
    assert len(columns(" |" * 9_999, "x|" * 9_999)) == 9_999


@pytest.mark.parametrize(
    ("rows", "separator"),
    [
        (["a | b", "1, 2 | 3, 4"], "|"),
        (["a,b", "1,2"], ","),
        (["a;b", "1,5;2,5"], ";"),
        (['a,"x;y"', 'b,"z;w"'], ","),
        (["one", "two"], ""),
        (["a,b"], ""),
        (["a,b", "one two", "1,2"], ","),
    ],
)
def test_the_separator_is_what_cuts_the_rows_alike(rows, separator):
    assert separator_of(rows) == separator


def test_every_cell_has_its_place_also_the_empty_ones_and_those_of_several_lines():
    row = '1,,"a\n,b",'
    assert [row[start:end] for start, end in cells(row, ",")] == ["1", "", "a\n,b", ""]
