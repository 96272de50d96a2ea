"""Any encoding to the text that `Path.read_text` would give."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import ReadError
from index.reading.decoding import decoded, is_binary

RUSSIAN = "Министр сказал, что помощь пришла слишком поздно и её было мало. " * 5
CHINESE = "部长说，援助来得太晚，而且数量太少。他要求国际社会加强合作。" * 5
TAIWANESE = "部長說，援助來得太晚，而且數量太少。他要求國際社會加強合作。" * 5
JAPANESE = "大臣は、援助は遅すぎ、少なすぎたと述べた。ひらがなとカタカナ。" * 5
FRENCH = "Le ministre a déclaré que l'aide était arrivée très tard, à l'été. " * 5


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (RUSSIAN, "koi8-r"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "utf-16"),
        (FRENCH, "cp1252"),
        (FRENCH, "utf-16-le"),
        (FRENCH, "utf-16-be"),
        (FRENCH, "utf-32-le"),
        (FRENCH, "utf-32-be"),
        (CHINESE, "gb18030"),
        (TAIWANESE, "big5"),
        (JAPANESE, "shift_jis"),
        (JAPANESE, "euc_jp"),
        (FRENCH, "utf-8-sig"),
    ],
)
def test_encodings(text, encoding):
    assert decoded(text.encode(encoding)) == text


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_utf8_reads_as_read_text_does(tmp_path_factory, text):
    path = tmp_path_factory.getbasetemp() / "text"
    path.write_bytes(text.encode())
    if not text.startswith("\ufeff"):
        assert decoded(text.encode()) == path.read_text("utf-8")


@given(st.binary())
def test_any_bytes_are_text_or_refused(data):
    if not is_binary(data):
        decoded(data).encode("utf-8")
        return
    with pytest.raises(ReadError, match="binary file"):
        decoded(data)


def test_a_damaged_byte_costs_one_character():
    assert decoded("äöü ".encode() * 100 + b"\xff") == "äöü " * 100 + "\N{REPLACEMENT CHARACTER}"


def test_every_line_end_becomes_a_newline():
    assert decoded(b"a\r\nb\rc\n") == "a\nb\nc\n"


def test_text_that_is_cut_within_a_character_keeps_its_encoding():
    data = "Cúcuta, España 🙂".encode()
    for cut in (1, 2, 3):
        assert decoded(data[:-cut]).startswith("Cúcuta, España")


def test_surrogates_in_utf8_are_joined_where_they_are_two():
    assert decoded("Cúcuta ".encode() + b"\xed\xa0\xbd\xed\xb9\x82") == "Cúcuta 🙂"
    assert decoded("Cúcuta ".encode() + b"\xed\xa0\xbd.") == "Cúcuta \N{REPLACEMENT CHARACTER}."
