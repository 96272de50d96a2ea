"""Exchanges become plain JSON and come back exactly; what was altered does not come back as something else."""

import json
from dataclasses import fields
from typing import get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.answers import Answer, Choice, Citation, Elsewhere
from qa.web.conversation import Asking, Exchange
from qa.web.kept import exchange_of, plain
from tests.qa.web.exchanges import HOSTILE, answered, cited

WORDS = st.text(st.characters(exclude_categories=()), max_size=20)  # halves of characters, too


def whole(kind, **given_fields):
    """Any instance with every field set, whether it has a default or not."""
    hints = get_type_hints(kind)
    chosen = {field.name: st.from_type(hints[field.name]) for field in fields(kind)}
    return st.builds(kind, **{**chosen, **given_fields})


st.register_type_strategy(str, WORDS)
st.register_type_strategy(float, st.floats(allow_nan=False))
for noun in (Elsewhere, Citation, Choice, Answer, Asking):
    st.register_type_strategy(noun, whole(noun))
EXCHANGES = whole(Exchange, key=st.uuids().map(lambda key: key.hex))


def everything(exchange):
    """Also what the equality of exchanges and answers leaves out."""
    return exchange, exchange.key, exchange.at, exchange.answer and exchange.answer.seconds, repr(exchange)


@given(EXCHANGES)
@settings(max_examples=150)
def test_an_exchange_comes_back_exactly(exchange):
    line = json.dumps(plain(exchange), ensure_ascii=False).encode("utf-8", "surrogatepass")
    assert everything(exchange_of(json.loads(line))) == everything(exchange)


def test_an_older_record_gets_the_defaults_and_a_newer_one_loses_what_is_not_known():
    kept = plain(Exchange("Who?", answered(cited("He said so. She left.", "She left."))))
    del kept["asking"], kept["answer"]["read_as"]
    kept["answer"]["citations"][0]["colour"] = "blue"
    again = exchange_of(kept)
    assert (again.asking, again.answer.read_as, again.answer.text) == (Asking(), (), "She left.")


@pytest.mark.parametrize(
    "change",
    [
        {"question": None},
        {"question": ["Who?"]},
        {"key": 'x" onload="alert(1)'},
        {"answer": "She left."},
        {"answer": {}},
        {"asking": {"carry": "army", "left_out": [], "within": [], "label": ""}},
        {"asking": {"left_out": [1]}},
        {"notice": 3},
    ],
)
def test_what_was_altered_is_no_exchange(change):
    kept = plain(Exchange(HOSTILE[0], answered(cited("She left.", "She left."))))
    with pytest.raises(ValueError, match=r"expected|lacks|digits"):
        exchange_of(json.loads(json.dumps({**kept, **change})))


def test_a_number_is_not_a_truth():
    kept = plain(Exchange("Who?", answered(cited("She left.", "She left."))))
    kept["answer"]["found"] = 1
    with pytest.raises(ValueError, match="expected"):
        exchange_of(kept)
