"""Asking through `Corpus` and `ask`: the contracts, and questions nobody should ask."""

import json

import pytest

from qa import Citation, Corpus, Hit, Turn
from qa.answers import as_json
from qa.corpus import CITATIONS, MAX_QUESTION_CHARACTERS, QuestionError
from tests.fake_embedder import CountingEmbedder

FILES = {
    "news/army.md": "# The purge\n\nIn Carabobo the president spoke. He told the army to purge traitors at once.\n",
    "news/aid.md": "# Aid\n\n## Colombia\n\nColombia hosts 1.3 million migrants. About 2,500 more arrive each day.\n",
    "data/pledges.csv": "donor,amount\nNorway,12\nCanada,40\n",
    "copy.txt": "About 2,500 more arrive each day.\n",
}


@pytest.fixture
def corpus(make_corpus):
    opened = Corpus(make_corpus(FILES), embedder=CountingEmbedder(dimension=512))
    opened.sync()
    return opened


def test_an_answer_is_a_sentence_of_a_document_with_its_place(corpus):
    answer = corpus.ask("Who told the army to purge traitors?")
    assert answer.found
    assert answer.text == "He told the army to purge traitors at once."
    first = answer.citations[0]
    assert (first.path, first.title, first.heading, first.line) == ("news/army.md", "The purge", ("The purge",), 3)
    assert first.place == "The purge, line 3"
    assert first.quote == answer.text


@pytest.mark.parametrize("question", ["Who told the army?", "2,500 arrive", "What did Norway give?", "zebra?", "日本"])
def test_every_citation_is_a_slice_of_its_document(corpus, question):
    for cited in corpus.ask(question).citations:
        text = corpus.document_text(cited.path)
        assert text[cited.start : cited.end] == cited.quote != ""
        assert text[cited.passage_start :].startswith(cited.passage)


def test_what_is_not_there_is_not_found(corpus):
    answer = corpus.ask("Which zebra won the olympic medal?")
    assert (answer.found, answer.text) == (False, "")
    assert 0 <= answer.confidence < 0.5


def test_citations_are_few_and_of_different_passages(corpus):
    answer = corpus.ask("How many arrive each day?")
    assert len(answer.citations) <= CITATIONS
    assert len({(c.path, c.passage_start) for c in answer.citations}) == len(answer.citations)
    assert len({c.quote for c in answer.citations}) == len(answer.citations)


def test_search_gives_passages_best_first(corpus):
    hits = corpus.search("migrants Colombia", k=3)
    assert hits[0].path == "news/aid.md"
    assert all(isinstance(hit, Hit) and isinstance(hit.score, float) for hit in hits)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert all(corpus.document_text(h.path)[h.start : h.end] == h.passage for h in hits)
    assert len(corpus.search("migrants", k=1)) == 1


@pytest.mark.parametrize("k", [0, -1, -50])
def test_fewer_than_one_passage_cannot_be_asked_for(corpus, k):
    with pytest.raises(QuestionError, match=rf"^{k} passages were asked for \(k\): ask for at least 1$"):
        corpus.search("migrants", k)


@pytest.mark.parametrize(
    ("within", "paths"),
    [
        (["news/*"], {"news/army.md", "news/aid.md"}),
        (["news"], {"news/army.md", "news/aid.md"}),
        (["copy.txt", "data/"], {"copy.txt", "data/pledges.csv"}),
        (["*.csv"], {"data/pledges.csv"}),
    ],
)
def test_within_limits_the_documents_asked(corpus, within, paths):
    assert {hit.path for hit in corpus.search("arrive Norway army", 50, within=within)} == paths


def test_within_nothing_says_what_to_give(corpus):
    with pytest.raises(QuestionError, match="no indexed document matches reports/"):
        corpus.ask("Who?", within=["reports/*"])


@pytest.mark.parametrize("question", ["", "   ", "?!", "…"])
def test_an_empty_question_is_refused_with_an_example(corpus, question):
    with pytest.raises(QuestionError, match=r"(is empty|has no words): ask, for example"):
        corpus.ask(question)


def test_a_question_too_long_is_refused_with_the_limit(corpus):
    with pytest.raises(QuestionError, match=r"100,000 characters, at most 4,000"):
        corpus.ask("x" * 100_000)
    assert corpus.ask("army " * (MAX_QUESTION_CHARACTERS // 5)).citations


@pytest.mark.parametrize("question", ["the of and", "что это?", "ما هذا", "\ud800 what", "a\x00b", "army' OR 1=1 --"])
def test_odd_questions_get_an_answer_or_an_honest_no(corpus, question):
    assert 0 <= corpus.ask(question).confidence <= 1


def test_a_follow_up_is_understood_from_the_conversation(corpus):
    answer = corpus.ask("And how many more each day?", history=[Turn("How many migrants does Colombia host?")])
    assert answer.carried == ("migrants", "Colombia", "host")
    assert answer.citations[0].path in {"news/aid.md", "copy.txt"}


def test_the_words_to_carry_may_be_given(corpus):
    history = [Turn("How many migrants does Colombia host?")]
    given = corpus.ask("And how many?", history=history, carry=["army", "army", "the", "\ud800 purge"])
    assert given.carried == ("army", "? purge")
    assert given.citations[0].path == "news/army.md"
    assert corpus.ask("And how many?", history=history, carry=()).carried == ()
    assert corpus.search("And the others?", 1, carry=["army"])[0].path == "news/army.md"


def test_an_answer_is_json(corpus):
    answer = corpus.ask("Who told the army to purge traitors?")
    read = json.loads(json.dumps(as_json(answer)))
    assert read["text"] == answer.text
    assert read["citations"][0]["heading"] == ["The purge"]
    assert set(Citation.__dataclass_fields__) <= set(read["citations"][0])


def test_a_text_alone_is_one_pattern_and_one_word(corpus):
    assert {hit.path for hit in corpus.search("army migrants", within="news/*")} == {"news/army.md", "news/aid.md"}
    assert corpus.ask("How many?", carry="migrants").carried == ("migrants",)


def test_too_much_to_carry_is_refused(corpus):
    with pytest.raises(QuestionError, match="name fewer words"):
        corpus.ask("How many?", carry=["word"] * 2_000)


def test_the_row_of_a_long_table_is_cited_with_its_header(make_corpus):
    rows = "".join(f"Tent of kind {number},made of canvas for families,{number} thousand\n" for number in range(90))
    corpus = Corpus(make_corpus({"tents.csv": "name,what it is,pieces\n" + rows}), embedder=CountingEmbedder())
    corpus.sync()
    first = corpus.ask("How many pieces of the tent of kind 77?").citations[0]
    assert (first.quote[:16], first.lead) == ("Tent of kind 77,", "name,what it is,pieces")
