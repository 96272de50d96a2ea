"""Clauses asked for by number."""

import pytest

from index.analysis import terms
from qa import Corpus
from qa.clauses import CLAUSE, AskedClauses
from tests.fake_embedder import CountingEmbedder


@pytest.mark.parametrize(
    ("question", "numbers"),
    [
        ("What does clause 10.2 say?", ("10.2",)),
        ("Section 3.1.4 and § 5.2, again section 5.2", ("3.1.4", "5.2")),
        ("article 8.2.", ("8.2",)),
        ("What does clause 10 say?", ()),
        ("What came in version 10.2, for 10.2 million?", ()),
        ("What does rule 1.2b say of the clause?", ()),
    ],
)
def test_the_clauses_of_a_question(question, numbers):
    assert AskedClauses.of(question).numbers == numbers


@pytest.mark.parametrize(
    ("text", "is_clause"),
    [
        ("10.2 Changes must be in writing.", True),
        ("  (10.2) Changes", True),
        ("10.1 Force majeure.\n10.2. Changes", True),
        ("Clause 10.2: Changes", True),
        ("Subject to clause 10.2, nothing changes.", False),
        ("10.2.1 Changes", False),
        ("10.25 Changes", False),
        ("110.2 Changes", False),
    ],
)
def test_a_text_is_a_clause_when_a_line_begins_with_its_number(text, is_clause):
    held = set(terms(text))
    gained = AskedClauses.of("What does clause 10.2 say?").held(text, held) - held
    assert gained <= {"claus", "say", "10.2", CLAUSE}
    assert (CLAUSE in gained) is is_clause


def test_without_a_clause_in_the_question_nothing_changes():
    assert AskedClauses.of("What does it say?").held("10.2 Changes", {"chang"}) == {"chang"}


CONTRACT = """# Agreement

9.2 The clause on prices says what clause 10.2 of the other agreement says.

10.1 Neither party is in breach.

10.2 Changes must be in writing.
"""


@pytest.fixture
def corpus(make_corpus):
    other = "# Law\n\nThe clause of the constitution that says who stands in is a clause that says much.\n"
    opened = Corpus(make_corpus({"contract.md": CONTRACT, "law.md": other}), embedder=CountingEmbedder(dimension=512))
    opened.sync()
    return opened


def test_the_clause_itself_comes_before_those_that_mention_it(corpus):
    assert corpus.ask("What does clause 10.2 say?").citations[0].quote == "10.2 Changes must be in writing."


def test_a_clause_that_is_not_there_is_not_answered(corpus):
    there, missing = corpus.ask("What does clause 10.2 say?"), corpus.ask("What does clause 12.4 say?")
    assert there.found
    assert not missing.found
