"""Which sentence of the passages is chosen."""

import pytest

from index.analysis import terms
from qa import Corpus, pick
from qa.retrieve import retrieve
from tests.fake_embedder import CountingEmbedder


def first(make_corpus, question, **files):
    corpus = Corpus(make_corpus(files), embedder=CountingEmbedder(dimension=512))
    corpus.sync()
    return corpus.ask(question).citations[0].quote


def test_a_first_row_of_two_cells_may_answer_and_one_of_more_does_not(make_corpus):
    table = "# Viewer\n\n| Type | PDF viewer |\n| --- | --- |\n| License | Apache |\n"
    wide = "# Viewer\n\n| Type | PDF viewer | License |\n| --- | --- | --- |\n| Other | Another | Apache |\n"
    assert first(make_corpus, "What type of viewer is it?", **{"a.md": table}) == "Type | PDF viewer"
    assert first(make_corpus, "What type of viewer is it?", **{"a.md": wide}) != "Type | PDF viewer | License"


def test_what_denies_the_same_comes_before_what_affirms_it(make_corpus):
    text = (
        "# Paying\n\nMethods of payment accepted: Visa, PayPal and cash. We do not accept cheques for payment here.\n"
    )
    quote = first(make_corpus, "Which payment methods are not accepted?", **{"faq.md": text})
    assert "do not accept cheques" in quote


def test_the_header_speaks_for_every_row_below_it_and_not_for_the_first_alone(make_corpus):
    rows = ["2018-12,1148,sold", "2019-01,1106,sold", "2019-02,1008,sold"]
    table = "\n".join(["month,output_of_oil_thousand_barrels,state", *rows])
    quote = first(make_corpus, "Which month had an output of 1106 thousand barrels of oil?", **{"oil.csv": table})
    assert quote == rows[1]


@pytest.mark.parametrize(("columns", "speaks"), [(2, "the row before"), (3, "the header")])
def test_before_a_row_speaks_its_header_or_of_two_cells_the_row_before(make_corpus, columns, speaks):
    rows = [["zebra", "lemon", "state"], ["harbour", "12", "sold"], ["windmill", "34", "sold"]]
    text = "\n".join(f"| {' | '.join(row[:columns])} |" for row in [rows[0], ["---"] * 3, *rows[1:]])
    corpus = Corpus(make_corpus({"a.md": f"# Goods\n\n{text}\n"}), embedder=CountingEmbedder(dimension=512))
    corpus.sync()
    for word, of in (("lemon", "the header"), ("harbour", "the row before")):
        question = f"Which {word} of the windmill?"
        with corpus._index.snapshot() as snapshot:
            found = pick.pick(snapshot, retrieve(snapshot, question, k=10), question)
        row = next(picked for picked in found if "windmill" in picked.text)
        assert (row.evidence.words_before > 0) == (of == speaks)


def test_the_header_of_many_rows_is_looked_up_once_each(make_corpus, monkeypatch):
    cut = []
    monkeypatch.setattr(pick, "terms", lambda text: cut.append(text) or terms(text))
    table = "\n".join(["month,barrels,state", *(f"2018-{month:02},1148,sold" for month in range(1, 13))])
    assert first(make_corpus, "Which month had 1148 barrels?", **{"oil.csv": table})
    assert cut.count("month,barrels,state") <= 2  # its own sentence, and for all rows
