"""What holds for whatever stands in a file."""

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.documents import BlockKind
from index.errors import ReadError
from index.reading import jsontext, markdown, orgmode, plain, restructured, separated, tex, xmltext
from index.reading.html import read as read_html
from tests.index.reading.minimal_pdf import lines, pdf
from tests.index.reading.samples import check, document_of, source_of, texts

MARKUP = (
    "# ", "## ", "- ", "* ", "1. ", "| a | b |", "|---|---|", "```", "===", "---", "> ", "    ", "\\section{", "}", "%",
    "\\item ", "<p>", "</p>", "<title>", "<!--", "-->", "<![CDATA[", "]]>", ".. note:: ", "::",
    "#+BEGIN_SRC", "#+END_SRC",
    ":PROPERTIES:", ":END:", '"', ";", ",", "\t", "{", "[", "]", ":", "\n", "\n\n", " ", "word", "Ünïcode 文",
    "\u2028", "1",
)  # fmt: skip
SOUP = st.lists(st.sampled_from(MARKUP)).map("".join)
READERS = {
    "a.md": markdown, "a.txt": plain, "a.py": plain, "a.rst": restructured, "a.org": orgmode, "a.tex": tex,
    "a.csv": separated, "a.tsv": separated, "a.json": jsontext, "a.jsonl": jsontext, "a.xml": xmltext,
}  # fmt: skip


@pytest.mark.parametrize("name", READERS)
@given(text=SOUP | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r")))
def test_text_formats_keep_the_text_and_cut_it_into_sound_blocks(name, text):
    if not text or text.startswith("\ufeff"):
        return
    source = source_of("a.txt", text + " ")
    document = READERS[name].read(type(source)(source.data, name, source.kind))
    assert document.text == text + " "
    check(document)


@given(st.lists(st.lists(st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1), min_size=2), min_size=1))
def test_each_record_is_one_row(rows):
    text = "\n".join(",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows)
    document = separated.read(source_of("a.csv", text))
    if any(character in text for character in ";|"):
        return  # another delimiter may explain the text as well
    check(document)
    assert len(document.blocks) <= len(rows)
    assert all(block.kind is BlockKind.ROW for block in document.blocks)


@given(st.recursive(st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_blocks_of_json_hold_every_value(value):
    text = json.dumps(value, indent=1)
    document = jsontext.read(source_of("a.json", text))
    check(document)
    blocks = texts(document)
    assert all(any(leaf in block for block in blocks) for leaf in leaves(value))


def leaves(value):
    """Every number and text, as JSON writes it."""
    if isinstance(value, dict | list):
        return [leaf for inner in (value.values() if isinstance(value, dict) else value) for leaf in leaves(inner)]
    return [json.dumps(value)]


@given(SOUP)
def test_any_html_gives_sound_blocks_or_a_reason(text):
    with contextlib.suppress(ReadError):
        check(read_html(source_of("a.html", "<html><body>" + text)))


@given(st.lists(st.text("abc -éfi.", min_size=1, max_size=30), min_size=1, max_size=8))
def test_pdf_keeps_every_letter_in_order(tmp_path_factory, rows):
    if not any(row.strip(" ") for row in rows):
        return
    document = document_of(tmp_path_factory.getbasetemp(), "a.pdf", pdf([lines(*rows, size=10)]))
    written = "".join("".join(rows).split()).replace("-", "")
    assert "".join(document.text.split()).replace("-", "").replace("|", "") == written
