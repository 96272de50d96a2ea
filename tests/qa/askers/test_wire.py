"""What goes through a pipe comes back as it was."""

import json
import math
from dataclasses import replace

import pytest

from index import errors
from index.documents import Span
from index.errors import FootnoteError
from qa.answers import Answer, Choice, Citation, Elsewhere, Hit, as_json
from qa.askers.pool import AskedInVain
from qa.askers.wire import answer_of, encoded, error_of, for_programs, hits_of
from qa.results import AnswerResult, HitResult

HIT = Hit(
    path="a\\xff b/ü.csv",
    title="\u202eTitle\x00 </script>",
    page=4,
    page_label="iv",
    heading=("One", "Two, [NaN]"),
    sheet="Sheet",
    row=3,
    slide=None,
    line=9,
    start=10,
    end=20,
    passage='"quoted"\n\u2028line',
    passage_start=5,
    also=(Elsewhere("b.md", "B", "line 3", 1, 2),),
    score=0.1 + 0.2,
)
CITATION = Citation(
    **{name: getattr(HIT, name) for name in Hit.__dataclass_fields__ if name != "quote"},
    quote="said",
    marks=(Span(1, 2), Span(3, 5)),
    lead="lead",
)
ANSWER = Answer(
    question="Who?",
    text="said",
    found=True,
    confidence=1 / 3,
    citations=(CITATION, replace(CITATION, marks=(), also=())),
    carried=("Colombia",),
    clarify="Which?",
    choices=(Choice("A", "a.md"),),
    read_as=(("worm", "warm"),),
    seconds=0.5,
)


def test_answers_and_passages_come_back_equal_to_the_last_bit():
    found = answer_of(encoded(ANSWER))
    assert found == ANSWER
    assert found.seconds == ANSWER.seconds
    assert hits_of(encoded([HIT, HIT])) == [HIT, HIT]
    assert answer_of(encoded(replace(ANSWER, citations=(), choices=(), read_as=(), carried=()))).citations == ()


def test_it_is_what_the_shell_prints_and_the_schema_says():
    told = json.loads(encoded(ANSWER))
    assert told == json.loads(json.dumps(as_json(ANSWER)))
    assert AnswerResult.model_validate(told).model_dump(mode="json") == told
    [hit] = json.loads(encoded([HIT]))
    assert HitResult.model_validate(hit).model_dump(mode="json") == hit


@pytest.mark.parametrize("score", [math.nan, math.inf, -math.inf])
def test_a_score_that_is_no_number_comes_back_and_programs_get_null(score):
    data = encoded(replace(ANSWER, confidence=score, citations=(replace(CITATION, score=score),)))
    back = answer_of(data)
    assert repr(back.citations[0].score) == repr(back.confidence) == repr(score)
    told = json.loads(for_programs(data), parse_constant=pytest.fail)
    assert told["citations"][0]["score"] is told["confidence"] is None
    assert told["citations"][0]["heading"] == ["One", "Two, [NaN]"]


def test_nothing_else_is_written_anew_for_programs():
    data = encoded(replace(ANSWER, citations=()))
    assert for_programs(data) is data
    assert for_programs(encoded(ANSWER)) == encoded(ANSWER)  # [NaN] is only said there


def test_half_characters_do_not_hinder_an_answer():
    assert answer_of(encoded(replace(ANSWER, text="half \ud83d"))).text == "half ?"


def every(kind):
    return [kind, *(each for below in kind.__subclasses__() for each in every(below))]


@pytest.mark.parametrize("kind", [getattr(errors, name) for name in errors.__all__] + [AskedInVain])
def test_an_error_comes_back_as_the_same_class_with_the_same_line(kind):
    error = error_of(kind.__name__, "no document matches “\ud800” [1]\n")
    assert type(error) is kind
    assert str(error) == "no document matches “\ud800” [1]\n"


def test_every_error_of_ours_can_be_made_of_its_line():
    """Those that need more than that would not come back from another process."""
    assert [each for each in every(FootnoteError) if str(error_of(each.__name__, "line")) != "line"] == []


def test_an_error_that_is_not_known_here_is_still_ours():
    assert type(error_of("OfALaterVersion", "line")) is FootnoteError
