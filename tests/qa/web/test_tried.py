"""Questions to begin with: made from what documents say, and answered by them."""

import pytest

from index.documents import Block, BlockKind, Document
from qa import Corpus
from qa.web.tried import Suggestions, questions_of


def document(*blocks, title=""):
    text, made = "", []
    for kind, said in blocks:
        made.append(Block(kind, len(text), len(text) + len(said)))
        text += f"{said}\n\n"
    return Document(title=title, format="md", text=text, blocks=tuple(made))


@pytest.mark.parametrize(
    ("heading", "question"),
    [
        ("3.1 How fast do consumer prices rise?", "How fast do consumer prices rise?"),
        ("When are they open?", ""),
        ("Which number is right?", ""),
        ("Measles and diphtheria", "What is said about measles and diphtheria?"),
        ("Supported File Formats", "What is said about supported file formats?"),
        ("Cucuta by month", "What is said about Cucuta by month?"),
        ("Introduction", ""),
        ("Key figures", ""),
        ("What failed", ""),
        ("CONTENTS OF THIS", ""),
        ("<b>Bold</b> move", ""),
        ("The river town turns to the army at last", ""),
    ],
)
def test_headings_that_make_a_question(heading, question):
    text = "Cases were seen, and in Cucuta too, of measles."
    assert (
        list(questions_of(document((BlockKind.HEADING, heading), (BlockKind.PARAGRAPH, text))))
        == [question][: bool(question)]
    )


@pytest.mark.parametrize(
    ("said", "question"),
    [
        ("PDVSA is the state oil company.", "What is PDVSA?"),
        ("The Orinoco Mining Arc is a zone.", "What is the Orinoco Mining Arc?"),
        ("Juan Guaido is the head of the assembly.", ""),
        ("It is a zone.", ""),
    ],
)
def test_definitions_that_make_a_question(said, question):
    assert list(questions_of(document((BlockKind.PARAGRAPH, said)))) == [question][: bool(question)]


def test_the_title_is_no_subject_of_its_own():
    assert list(questions_of(document((BlockKind.HEADING, "River towns"), title="River towns"))) == []


def test_what_is_suggested_is_answered_by_the_sample_documents(indexed_sample, tmp_path):
    corpus = Corpus(indexed_sample(tmp_path / "corpus"))
    suggestions = Suggestions(corpus)
    questions = suggestions.now(corpus.documents())
    assert len(set(questions)) == 4
    tried = [question for question in questions if not question.startswith("What do the documents say")]
    assert len(tried) >= 3
    assert all(corpus.ask(question).found for question in tried)
    assert suggestions.now(corpus.documents()) is questions
    assert all("“" in question for question in suggestions.now(corpus.documents(), still_reading=True))
