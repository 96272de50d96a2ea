"""Questions back: only when a question points at something it does not name and the documents leave it open."""

import time
from dataclasses import dataclass, replace

import numpy as np
import pytest

from index.documents import Place
from index.schema import DocumentRecord, PassageRecord, State
from qa import Choice, Corpus, Turn
from qa.clarify import CHOICES, NEAR, NEAR_CALLED, NOTHING_ASKED, Pointer, choices_among, pointer
from tests.fake_embedder import CountingEmbedder


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What does the briefing say about soldiers?", Pointer("briefing", is_demonstrative=False)),
        ("Tell me more about this report", Pointer("report", is_demonstrative=True)),
        ("Who wrote these yearly reports?", Pointer("reports", is_demonstrative=True)),
        ("Where was the actor?", Pointer("actor", is_demonstrative=False)),
        ("What does this report say about Colombia?", Pointer("report", is_demonstrative=True)),
        ("Why?", Pointer("", is_demonstrative=True)),
        ("who is it", Pointer("", is_demonstrative=True)),
        ("What does the briefing say about Colombia?", None),
        ("What does the Donor Briefing say about soldiers?", None),
        ("In Colombia, what does this report say?", None),
        ("How long is the frontier between two states?", None),
        ("How many migrants come each day?", None),
        ("What is Citgo?", None),
    ],
)
def test_what_a_question_points_at(question, expected):
    assert pointer(question, [], []) == expected


@pytest.mark.parametrize(
    ("history", "carried"),
    [
        ([], ["Colombia"]),
        ([Turn("Is there a briefing on the border?")], []),
        ([Turn("What is there?", "The briefings of May say so.")], []),
    ],
)
def test_what_the_conversation_explains_is_not_asked_back(history, carried):
    assert pointer("What does the briefing say about soldiers?", history, carried) is None


def test_the_longest_question_takes_no_time():
    begun = time.perf_counter()
    for unit in ["the ", "this a-", "the a", "these reports ", "x"]:
        pointer(unit * (4_000 // len(unit)), [], [])
    assert time.perf_counter() - begun < 5


@dataclass
class Found:
    """What of `Retrieved` choices are made from."""

    passages: list[PassageRecord]
    scores: np.ndarray


def retrieved(*found):
    """Passages of documents (title, text, score), best first; the path is the title with underscores."""
    passages = []
    for at, (title, text, _) in enumerate(found):
        document = DocumentRecord(at, f"{title.replace(' ', '_')}.md", State.INDEXED, "", title, "md", None, 1, 1, 0.0)
        passages.append(PassageRecord(at, document, 0, len(text), text, title, Place(), (), ()))
    return Found(passages, np.array([score for *_, score in found], dtype=np.float32))


def labels(noun, demonstrative, *found):
    return [choice.label for choice in choices_among(Pointer(noun, demonstrative), retrieved(*found))]


def test_documents_called_so_are_the_choices_best_first():
    found = [("Donor briefing", "Soldiers.", 3.0), ("Oil", "A briefing.", 2.5), ("Regional briefing", "Soldiers.", 2.0)]
    assert labels("briefing", False, *found) == ["Donor briefing", "Regional briefing"]
    assert labels("briefings", False, *found) == ["Donor briefing", "Regional briefing"]


def test_one_document_called_so_leaves_nothing_open():
    assert labels("briefing", False, ("Donor briefing", "a", 3.0), ("Oil", "The briefing.", 3.0)) == []


def test_documents_far_below_the_best_are_not_meant():
    near = [("Briefing one", "a", 3.0), ("Briefing two", "b", 3.1 - NEAR_CALLED)]
    far = [("Briefing one", "a", 3.0), ("Briefing two", "b", 2.9 - NEAR_CALLED)]
    assert labels("briefing", False, *near) == ["Briefing one", "Briefing two"]
    assert labels("briefing", False, *far) == []


def test_this_actor_is_open_between_three_documents_that_speak_of_one():
    speaking = [("Paris", "An actor came.", 2.0), ("Rome", "The actors left.", 1.8), ("Oslo", "Actor!", 1.5)]
    assert labels("actor", True, *speaking) == ["Paris", "Rome", "Oslo"]
    assert labels("actor", False, *speaking) == []
    assert labels("actor", True, *speaking[:2], ("Oslo", "Nobody.", 1.5)) == []
    assert labels("actor", True, *speaking[:2], ("Oslo", "Actor!", 1.9 - NEAR)) == []


def test_a_question_without_words_is_open_between_all_that_score_alike():
    assert labels("", True, ("A", "a", 2.0), ("B", "b", 2.0), ("C", "c", 2.0)) == ["A", "B", "C"]
    assert labels("", True, ("A", "a", 2.0), ("A", "b", 2.0), ("C", "c", 0.0)) == []
    assert labels("", True) == []


def test_choices_are_few_and_those_of_one_title_are_told_by_path():
    many = [(f"Report {number}", "a", 2.0) for number in range(CHOICES + 3)]
    assert labels("report", True, *many) == [f"Report {number}" for number in range(CHOICES)]
    same = retrieved(("Report", "a", 2.0), ("Report", "b", 2.0), ("Other report", "c", 2.0))
    paths = iter(["first.md", "second.md", "third.md"])
    same.passages = [replace(p, document=replace(p.document, path=next(paths))) for p in same.passages]
    assert choices_among(Pointer("report", is_demonstrative=True), same) == (
        Choice("first.md", within="first.md"),
        Choice("second.md", within="second.md"),
        Choice("Other report", within="third.md"),
    )


FILES = {
    "donors.md": "# Donor briefing\n\nNorway pays for the soldiers who left their units.\n",
    "region.md": "# Regional briefing\n\nA thousand soldiers crossed the river.\n",
    "oil.md": "# Oil\n\nExports of crude fell by a third.\n",
}


@pytest.fixture
def corpus(make_corpus):
    opened = Corpus(make_corpus(FILES), embedder=CountingEmbedder(dimension=512))
    opened.sync()
    return opened


def test_a_vague_question_is_answered_and_asked_back(corpus):
    answer = corpus.ask("What does the briefing say about soldiers?")
    assert answer.citations
    assert {(choice.label, choice.within) for choice in answer.choices} == {
        ("Donor briefing", "donors.md"),
        ("Regional briefing", "region.md"),
    }
    first, second = (choice.label for choice in answer.choices)
    assert answer.clarify == f"Which of these do you mean: “{first}”, “{second}”?"
    again = corpus.ask(answer.question, within=[answer.choices[0].within])
    assert (again.clarify, again.choices) == ("", ())
    assert {cited.path for cited in again.citations} == {answer.choices[0].within}


def test_a_question_without_words_says_so(corpus):
    answer = corpus.ask("And why?")
    assert answer.clarify == NOTHING_ASKED
    assert {choice.within for choice in answer.choices} == set(FILES)


@pytest.mark.parametrize("question", ["Who pays for the soldiers?", "What does Norway pay for?", "Exports of crude?"])
def test_a_question_that_says_what_it_means_is_not_asked_back(corpus, question):
    answer = corpus.ask(question)
    assert (answer.clarify, answer.choices) == ("", ())


def test_words_carried_over_explain_a_question(corpus):
    assert corpus.ask("What does the briefing say about soldiers?", carry=["Norway"]).clarify == ""
    history = [Turn("What is in the regional briefing?")]
    assert corpus.ask("What does the briefing say about soldiers?", history=history).clarify == ""
