"""What several documents say alike is shown once, with every place; what only looks alike is shown by itself."""

import pytest

from index.documents import Span
from qa import Corpus
from qa.answers import Elsewhere
from tests.fake_embedder import CountingEmbedder

PARAGRAPH = "In Carabobo the president spoke to the officers. He told the army to purge traitors at once, and left."
TABLE = "donor,pledge\nNorway,12\nCanada,40\n"
FILES = {
    "army.md": f"# The purge\n\n{PARAGRAPH}\n",
    "copy/army.md": f"# The purge\n\n{PARAGRAPH}\n",
    "copy/army.txt": f"A copy.\n\n{'x' * 8}\n\nHe told the army to purge traitors at once, and left.\n",
    "aid.md": "# Aid\n\nThese bring their own food:\n\n- walkers of the night\n- soldiers who deserted to Cucuta\n",
    "pledges.csv": TABLE,
    "later.csv": TABLE.replace("40", "50"),
}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    folder = tmp_path_factory.mktemp("alike")
    (folder / "copy").mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(text)
    opened = Corpus(folder, embedder=CountingEmbedder(dimension=512))
    opened.sync()
    return opened


def test_a_passage_kept_twice_is_found_once_with_both_places(corpus):
    hits = corpus.search("army purge traitors Carabobo officers", 20)
    assert [hit.path for hit in hits].count("army.md") == 1
    assert hits[0].path == "army.md"
    start, end = hits[0].start, hits[0].end
    assert hits[0].also == (Elsewhere("copy/army.md", "The purge", "The purge, line 1", start, end),)
    assert corpus.document_text("copy/army.md")[start:end] == hits[0].passage
    assert "copy/army.md" not in {hit.path for hit in hits}


def test_as_many_passages_are_given_as_asked_for(corpus):
    hits = corpus.search("army purge traitors", 2)
    assert [len(hit.also) for hit in hits] == [1, 0]


def test_a_sentence_said_thrice_is_cited_once_with_all_places(corpus):
    answer = corpus.ask("Who told the army to purge traitors at once?")
    first = answer.citations[0]
    assert first.path == "army.md"
    assert {other.path for other in first.also} == {"copy/army.md", "copy/army.txt"}
    for other in first.also:
        said = corpus.document_text(other.path)[other.start : other.end]
        assert said == "He told the army to purge traitors at once, and left."
        assert other.place
    quotes = [cited.quote for cited in answer.citations]
    assert len(set(quotes)) == len(quotes)


def test_tables_of_which_a_figure_was_changed_are_no_copies(corpus):
    hits = corpus.search("donor pledge Norway Canada", 20)
    assert {hit.path for hit in hits if hit.path.endswith(".csv")} == {"pledges.csv", "later.csv"}
    assert all(hit.also == () for hit in hits if hit.path.endswith(".csv"))


def test_a_row_is_led_by_its_header_and_its_figure_is_marked(corpus):
    answer = corpus.ask("How much did Canada pledge?", within=["pledges.csv"])
    first = answer.citations[0]
    assert (first.quote, first.lead) == ("Canada,40", "donor,pledge")
    assert [corpus.document_text(first.path)[start:end] for start, end in first.marks] == ["40"]


@pytest.mark.parametrize(
    ("question", "marked"),
    [
        ("How many employees work in Lisbon?", ["27"]),
        ("What is the rent in Lisbon?", ["9200"]),
        ("How many are there in Lisbon?", ["2018", "27", "9200"]),
    ],
)
def test_of_a_row_the_figure_below_the_column_that_is_asked_for_is_marked(make_corpus, question, marked):
    table = "city,opened,employees,rent per month\nBerlin,2009,84,31000\nLisbon,2018,27,9200\n"
    corpus = Corpus(make_corpus({"offices.csv": table}), embedder=CountingEmbedder(dimension=512))
    corpus.sync()
    first = next(cited for cited in corpus.ask(question).citations if cited.quote.startswith("Lisbon"))
    assert [table[start:end] for start, end in first.marks] == marked


def test_an_item_of_a_list_is_led_by_what_the_list_is_of(corpus):
    first = corpus.ask("Which soldiers deserted to Cucuta?").citations[0]
    assert (first.quote, first.lead) == ("soldiers who deserted to Cucuta", "These bring their own food:")


def test_a_sentence_that_speaks_of_he_is_led_by_the_one_that_names_him(corpus):
    first = corpus.ask("Who told the army to purge traitors at once?", within=["army.md"]).citations[0]
    if first.quote.startswith("He told"):  # else the sentence before is quoted with it
        assert first.lead == "In Carabobo the president spoke to the officers."
    assert "the president" in f"{first.lead} {first.quote}"


@pytest.mark.parametrize(
    "question",
    [
        "Who told the army to purge traitors?",
        "How much did Canada pledge?",
        "Where did the president speak?",
        "Norway?",
    ],
)
def test_marks_and_leads_are_words_of_the_document(corpus, question):
    for cited in corpus.ask(question).citations:
        text = corpus.document_text(cited.path)
        assert cited.lead in text
        assert all(cited.start <= start < end <= cited.end for start, end in cited.marks)
        assert all(isinstance(mark, Span) and text[mark.start : mark.end] in cited.quote for mark in cited.marks)


def test_the_place_asked_for_is_marked(corpus):
    cited = corpus.ask("Where did the president speak to the officers?", within=["army.md"]).citations[0]
    marked = [corpus.document_text("army.md")[start:end] for start, end in cited.marks]
    assert marked == ["Carabobo"]
