"""Conversations on the sample corpus with the real model: follow-ups carry what they need, other subjects nothing.

The thresholds stand a little below what was measured, so that only a loss of quality fails them.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from index.analysis import terms
from qa import Corpus, Turn

LINES = (Path(__file__).parent / "conversations.jsonl").read_text("utf-8").splitlines()
CONVERSATIONS = [json.loads(line) for line in LINES]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory, indexed_sample):
    opened = Corpus(indexed_sample(tmp_path_factory.mktemp("conversations") / "corpus"))
    assert not opened.sync().failed
    return opened


@pytest.fixture(scope="module")
def answers(corpus):
    return {spoken["id"]: corpus.ask(spoken["question"], history=turns(spoken)) for spoken in CONVERSATIONS}


def turns(spoken):
    return [Turn(said["question"], said["answer"]) for said in spoken["history"]]


def share(values):
    values = list(values)
    return sum(values) / len(values)


def having(name, value=None):
    return [spoken for spoken in CONVERSATIONS if (spoken[name] if value is None else spoken[name] == value)]


def carries(answer, words):
    """Whether all of the words are among those carried, in whatever form."""
    return set(terms(" ".join(words))) <= set(terms(" ".join(answer.carried)))


def test_the_conversations_are_of_all_kinds():
    kinds = {spoken["kind"] for spoken in CONVERSATIONS}
    assert kinds == {"replaced", "pronoun", "ellipsis", "ordinal", "comparative", "change"}
    assert len({spoken["id"] for spoken in CONVERSATIONS}) == len(CONVERSATIONS) == 55


def test_follow_ups_carry_what_they_need(answers):
    assert share(carries(answers[s["id"]], s["carried"]) for s in having("carried")) >= 0.90


def test_follow_ups_leave_what_a_new_name_replaces(answers):
    kept = [word for s in having("dropped") for word in s["dropped"] if carries(answers[s["id"]], [word])]
    assert kept == []


def test_follow_ups_carry_something(answers):
    assert share(bool(answers[s["id"]].carried) for s in having("carries", value=True)) >= 0.90


def test_a_change_of_topic_carries_nothing(answers):
    assert share(not answers[s["id"]].carried for s in having("carries", value=False)) >= 0.93


def is_right(spoken, text):
    return any(gold.casefold() in " ".join(text.split()).casefold() for gold in spoken["answers"])


def test_follow_ups_are_answered(answers):
    asked = [s for s in having("answers") if s["carries"]]
    quoted = {s["id"]: " ".join(f"{c.lead} {c.quote}" for c in answers[s["id"]].citations) for s in asked}
    assert share(is_right(s, answers[s["id"]].text) for s in asked) >= 0.65
    assert share(is_right(s, quoted[s["id"]]) for s in asked) >= 0.85


def test_the_conversation_is_what_helps(corpus, answers):
    asked = [s for s in having("answers") if s["carries"]]
    without = {s["id"]: corpus.ask(s["question"], carry=()) for s in asked}
    right = share(is_right(s, answers[s["id"]].text) for s in asked)
    assert right >= share(is_right(s, without[s["id"]].text) for s in asked) + 0.10


def test_no_clear_follow_up_is_asked_back(answers):
    assert [s["question"] for s in CONVERSATIONS if answers[s["id"]].clarify and s["kind"] != "ellipsis"] == []
