"""Passages: where they begin and end, what they carry, and what holds for every document."""

import re
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.documents import Block, BlockKind, Document, Place, Span
from index.splitting import DEFAULT, Passage, SplitSettings, embedding_text, split

SMALL = SplitSettings(target=30)


class Words:
    """A tokenizer: each run of up to eight letters is a token, and each other sign."""

    def __init__(self, max_tokens: int = 60) -> None:
        self.max_tokens = max_tokens
        self.calls = 0

    def token_spans(self, texts):
        self.calls += 1
        return [[match.span() for match in re.finditer(r"\w{1,8}|[^\w\s]", text)] for text in texts]


def written(*parts, title="Report", **place) -> Document:
    """A document of (kind, text) or (kind, text, heading path) parts, a line apart."""
    text, blocks, header = "", [], None
    for kind, words, *heading in parts:
        span = Span(len(text), len(text) + len(words))
        where = Place(heading=tuple(heading[0]) if heading else (), **place)
        blocks.append(Block(kind, *span, where, header if kind is BlockKind.ROW else None))
        header = (header or span) if kind is BlockKind.ROW else None
        text += words + "\n"
    return Document(title, "md", text, tuple(blocks))


def sentence(number: int, words: int = 8) -> str:
    return f"Sentence {number} " + "is long " * ((words - 3) // 2) + "now."


def paragraph(*numbers: int) -> str:
    return " ".join(sentence(number) for number in numbers)


P, H, L, R, C = BlockKind.PARAGRAPH, BlockKind.HEADING, BlockKind.LIST_ITEM, BlockKind.ROW, BlockKind.CODE


def test_a_short_document_is_one_passage():
    (passage,) = split(written((P, "One fact. Another fact."), (P, "A third.")), Words())
    assert passage.text == "One fact. Another fact.\nA third."
    assert passage.context == "Report"
    assert [passage.text[start:end] for start, end in passage.sentences] == ["One fact.", "Another fact.", "A third."]
    assert embedding_text(passage) == "Report\nOne fact. Another fact.\nA third."


def test_an_empty_document_has_no_passages():
    assert split(Document("", "txt", "", ()), Words()) == []


def test_a_heading_opens_the_passage_of_its_section_and_is_its_context():
    document = written((H, "Migration", ["Migration"]), (P, "Many left.", ["Migration"]), title="Report")
    (passage,) = split(document, Words())
    assert passage.text == "Migration\nMany left."
    assert passage.context == "Report › Migration"
    assert passage.place.heading == ("Migration",)


def test_a_heading_without_a_body_goes_with_the_first_section_below_it():
    below, chapter = ["Part one"], ["Part one", "Chapter"]
    document = written((H, "Part one", below), (H, "Chapter", chapter), (P, "Text.", chapter), (H, "End", ["End"]))
    first, last = split(document, Words())
    assert (first.text, first.context) == ("Part one\nChapter\nText.", "Report › Part one › Chapter")
    assert first.place.heading == ("Part one", "Chapter")
    assert (last.text, last.context) == ("End", "Report › End")


def test_a_heading_with_nothing_below_it_is_its_own_passage():
    document = written((H, "Part one", ["Part one"]), (H, "Part two", ["Part two"]), (P, "Text.", ["Part two"]))
    assert [passage.text for passage in split(document, Words())] == ["Part one", "Part two\nText."]


def test_a_heading_at_the_end_of_a_page_stands_in_the_context_of_the_next():
    blocks = (Block(H, 0, 4, Place(page=1, heading=("Peru",))), Block(P, 5, 9, Place(page=2, heading=("Peru",))))
    passages = split(Document("", "x", "Peru\nText.", blocks), Words())
    assert [(passage.text, passage.context) for passage in passages] == [("Text", "Peru")]


def test_a_title_that_is_the_first_heading_stands_once():
    document = written((H, "report", ["report"]), (P, "Text.", ["report", "Aims"]))
    assert [passage.context for passage in split(document, Words())] == ["Report › Aims"]


@pytest.mark.parametrize("field", ["page", "sheet", "slide", "page_label"])
def test_no_passage_crosses_a_page_sheet_or_slide(field):
    blocks = (Block(P, 0, 4, Place(**{field: "1"})), Block(P, 5, 9, Place(**{field: "2"})))
    passages = split(Document("", "x", "One.\nTwo.", blocks), Words())
    assert [passage.text for passage in passages] == ["One.", "Two."]


def test_a_section_is_cut_in_equal_parts_and_leaves_no_crumb():
    document = written(*((P, sentence(number)) for number in range(10)))  # 90 tokens
    assert [len(passage.blocks) for passage in split(document, Words(), SMALL)] in ([3, 3, 4], [3, 4, 3], [4, 3, 3])


def test_paragraph_ends_are_preferred():
    document = written((P, paragraph(0, 1)), (P, paragraph(2, 3, 4, 5)), (P, paragraph(6, 7)))
    passages = split(document, Words(), SMALL)
    ends = {block.end for block in document.blocks}
    assert sum(passage.end in ends for passage in passages) == len(passages) - 1


def test_a_lead_in_stays_with_its_list():
    items = [(L, f"- item number {number}") for number in range(5)]
    document = written((P, paragraph(0, 1, 2)), (P, "These are the conditions:"), *items)
    passages = split(document, Words(), SMALL)
    assert [passage.text.split("\n")[0] for passage in passages][1] == "These are the conditions:"


def test_rows_without_their_header_have_it_as_context():
    rows = [(R, f"Colombia | 2019 | {number} thousand | from the state of Tachira") for number in range(12)]
    first, *others = split(written((R, "Country | Year | People | Origin"), *rows), Words(), SMALL)
    assert first.context == "Report"
    assert first.text.startswith("Country | Year")
    assert others
    assert {passage.context for passage in others} == {"Report\nCountry | Year | People | Origin"}
    assert all(passage.text.startswith("Colombia") for passage in others)


def test_the_second_half_of_a_passage_that_was_too_long_has_the_header_as_context():
    class Fused(Words):
        """Reads more tokens in a text than in its parts."""

        def token_spans(self, texts):
            return [
                spans + spans * ("\n" in text) for text, spans in zip(texts, super().token_spans(texts), strict=True)
            ]

    rows = [(R, f"Colombia | {number} thousand") for number in range(8)]
    first, *others = split(written((R, "Country | People"), *rows), Fused(), SplitSettings(target=60))
    assert (first.context, first.text[:7]) == ("Report", "Country")
    assert {passage.context for passage in others} == {"Report\nCountry | People"}


def test_a_row_is_one_sentence():
    (passage,) = split(written((R, "Dr. No. Said. So."), (R, "Yes. No.")), Words())
    assert [passage.text[start:end] for start, end in passage.sentences] == ["Dr. No. Said. So.", "Yes. No."]


def test_code_is_cut_along_lines_and_keeps_its_indentation():
    code = "\n".join(f"    call_{number}(a, b)" for number in range(30))
    passages = split(written((C, code)), Words(), SMALL)
    assert len(passages) > 1
    assert all(line.startswith("    call_") for passage in passages for line in passage.text.split("\n"))


def test_the_line_is_that_of_the_passage_start():
    text = "\n".join(f"line {number} of the code" for number in range(1, 41))
    document = Document("", "py", text, (Block(C, 0, len(text), Place(line=1)),))
    for passage in split(document, Words(), SMALL):
        assert passage.text.startswith(f"line {passage.place.line} ")
        assert passage.blocks[0].place.line == passage.place.line


def test_a_word_without_end_is_cut_hard():
    passages = split(written((P, "x" * 5_000), (R, "y" * 5_000), (C, "z" * 5_000)), Words())
    assert sum(len(passage.text.replace("\n", "")) for passage in passages) == 15_000


def test_long_names_lose_their_middle_and_keep_title_and_heading():
    path = ["Outer " * 10, "Middle " * 20, "Inner " * 3]
    (passage,) = split(written((P, "Text.", path), title="The Title"), Words(100))
    assert passage.context == "The Title › … › Inner Inner Inner"


def test_a_name_that_alone_is_too_long_is_cut():
    (passage,) = split(written((P, "Text.", ["word " * 500]), title="name " * 500), Words(100))
    assert passage.context.startswith("name name")
    assert " › word word" in passage.context
    assert len(Words().token_spans([passage.context])[0]) <= 25


def test_no_tokens_for_context_mean_no_context():
    rows = [(R, f"Colombia | {number} thousand | from the state of Tachira", ["A"]) for number in range(12)]
    document = written((R, "Country | People | Origin", ["A"]), *rows, title="T")
    assert {passage.context for passage in split(document, Words(), SplitSettings(target=30, context=0))} == {""}


def test_sentences_are_repeated_only_within_a_section():
    parts = [(P, sentence(number), ["A"]) for number in range(9)] + [(P, sentence(10), ["B"])]
    passages = split(written(*parts), Words(), SplitSettings(target=30, overlap=1))
    inside = [(before, after) for before, after in pairwise(passages) if before.place == after.place]
    assert inside
    assert all(after.sentences[0] == before.sentences[-1] for before, after in inside)
    assert passages[-1].text == sentence(10)


def test_a_document_is_tokenized_in_two_calls_whatever_its_length():
    words = Words()
    split(written(*((P, paragraph(number)) for number in range(300))), words)
    assert words.calls == 2


def test_settings_that_mean_nothing_are_refused():
    with pytest.raises(ValueError, match="target=0"):
        SplitSettings(target=0)
    with pytest.raises(ValueError, match="overlap=-1"):
        SplitSettings(overlap=-1)


# Properties -----------------------------------------------------------------------------------------------------

TEXTS = (
    st.lists(
        st.sampled_from(
            [
                "Colombia",
                "said",
                "U.S.",
                "1.",
                "it.",
                "(e.g.",
                "no?)",
                "“Yes.”",
                "x" * 90,
                ":",
                "中文。",
                "\n",
                "é😀",
                "|",
            ]
        ),
        min_size=1,
        max_size=60,
    )
    .map(" ".join)
    .filter(str.strip)
)
HEADINGS = st.lists(st.sampled_from(["Report", "Migration", "A long heading " * 9]), max_size=3)
PARTS = st.lists(st.tuples(st.sampled_from(list(BlockKind)), TEXTS, HEADINGS), max_size=12)
SETTINGS = st.builds(SplitSettings, target=st.integers(1, 200), overlap=st.integers(0, 3), context=st.integers(0, 60))


def holds(document: Document, passages: list[Passage], max_tokens: int) -> None:
    """What every passage of every document must hold."""
    covered: set[int] = set()
    for passage in passages:
        assert passage.text == document.text[passage.start : passage.end]
        heading = passage.blocks[-1].place.heading
        assert passage.place == replace(document.place(passage.start), heading=heading)
        assert len(Words().token_spans([embedding_text(passage)])[0]) <= max_tokens
        assert (passage.sentences[0].start, passage.sentences[-1].end) == (passage.start, passage.end)
        assert all(before.end <= after.start for before, after in pairwise(passage.sentences))
        for start, end in passage.sentences:
            assert document.text[start:end].strip()
            assert [block for block in passage.blocks if block.start <= start and end <= block.end]
            covered.update(range(start, end))
        for block in passage.blocks:
            assert passage.start <= block.start < block.end <= passage.end
            assert block.place.heading == heading[: len(block.place.heading)]
            assert block.place.page == passage.place.page
    for block in document.blocks:
        white_left_out = {at for at in range(block.start, block.end) if not document.text[at].isspace()}
        assert white_left_out <= covered


@settings(deadline=None)
@given(PARTS, SETTINGS, st.integers(8, 80))
def test_nothing_is_lost_changed_or_too_long(parts, chosen, max_tokens):
    document = written(*parts, page=3)
    holds(document, split(document, Words(max_tokens), chosen), max_tokens)


class Moody(Words):
    """A tokenizer that finds more tokens in a text than in its parts, as some do at the edges."""

    def token_spans(self, texts):
        return [spans * 2 if len(spans) > 10 else spans for spans in super().token_spans(texts)]


@settings(deadline=None, max_examples=40)
@given(PARTS)
def test_a_tokenizer_that_does_not_add_up_is_not_trusted(parts):
    document = written(*parts)
    tokenizer = Moody(24)
    passages = split(document, tokenizer, DEFAULT)
    assert all(len(tokenizer.token_spans([embedding_text(passage)])[0]) <= 24 for passage in passages)
    holds(document, passages, 24)
