"""Places of a document: lines are counted to the very character, whatever the size of a block."""

import time

import pytest

from index import Block, BlockKind, Document, Place, Span
from index.splitting import split
from tests.fake_embedder import CountingEmbedder

TEXT = "One\r\ntwo\u2028still two\n\n\nthree\nfour\n"


def document(text, *spans):
    """A text whose blocks stand on the lines they begin at."""
    blocks = (Block(BlockKind.CODE, *span, Place(line=text[: span[0]].count("\n") + 1)) for span in spans)
    return Document("", "txt", text, tuple(blocks))


@pytest.mark.parametrize("spans", [(Span(0, 32),), (Span(0, 3), Span(5, 22)), (Span(5, 18), Span(21, 26))])
def test_lines_are_counted_by_line_feeds_from_the_start_of_the_block(spans):
    made, first = document(TEXT, *spans), spans[0].start
    lines = [made.place(offset).line for offset in range(first, len(TEXT) + 3)]
    assert lines == [1 + TEXT.count("\n", 0, offset) for offset in range(first, len(TEXT) + 3)]
    assert {made.place(offset) for offset in range(first)} <= {Place()}


def test_lines_are_counted_on_from_what_the_block_says():
    made = Document("", "txt", "a\nb\nc\n", (Block(BlockKind.CODE, 2, 5, Place(line=40)),))
    assert [made.place(offset).line for offset in (2, 3, 4, 5)] == [40, 40, 41, 41]


def test_a_place_without_a_line_gets_none():
    made = Document("", "pdf", "a\nb", (Block(BlockKind.PARAGRAPH, 0, 3, Place(page=4)),))
    assert made.place(2) == Place(page=4)


def test_many_places_of_one_long_line_take_no_time():
    text = "Nothing else happened on that day. " * 200_000  # 7 MB; counting anew: 10,000 times half of it, 15 s or more
    made = document(text, Span(0, len(text)))
    started = time.perf_counter()
    assert {made.place(offset).line for offset in range(0, len(text), len(text) // 10_000)} == {1}
    assert time.perf_counter() - started < 3


def test_a_file_of_one_line_is_split_like_any_other():
    passages = split(document(sentences := "It rained. " * 2_000, Span(0, len(sentences))), CountingEmbedder())
    assert {passage.place.line for passage in passages} == {1}
