"""What stands before a quote for its reader."""

import pytest

from qa import Corpus
from tests.fake_embedder import CountingEmbedder


@pytest.mark.parametrize(
    ("first_row", "lead"),
    [
        (("Name:", "Universal Studios"), ""),
        (("Field", "Entry"), "Field | Entry"),
        (("Field:", "Entry:"), "Field: | Entry:"),
    ],
)
def test_the_first_line_of_a_form_is_no_header_of_the_others(make_corpus, first_row, lead):
    rows = [first_row, ("Category:", "Film distributor"), ("Seats:", "1,300")]
    table = "".join(f"<tr><td>{name}</td><td>{value}</td></tr>" for name, value in rows)
    html = f"<html><body><h1>Booking order</h1><p>This is the order.</p><table>{table}</table></body></html>"
    corpus = Corpus(make_corpus({"form.html": html}), embedder=CountingEmbedder(dimension=512))
    corpus.sync()
    cited = corpus.ask("Which category is the film distributor?").citations[0]
    assert (cited.quote, cited.lead) == ("Category: | Film distributor", lead)


@pytest.mark.parametrize(
    ("name", "text", "lead"),
    [
        (
            "a.md",
            "# Fair\n\n| Item: | Price |\n| --- | --- |\n| Oranges | 3 euros |\n| Lemons | 4 |\n",
            "Item: | Price",
        ),
        ("a.csv", "item,price:\nOranges,3 euros\nLemons,4\n", "item,price:"),
    ],
)
def test_the_header_of_a_table_may_have_a_colon(make_corpus, name, text, lead):
    corpus = Corpus(make_corpus({name: text}), embedder=CountingEmbedder(dimension=512))
    corpus.sync()
    cited = corpus.ask("How many euros are the oranges?").citations[0]
    assert cited.quote.startswith("Oranges")
    assert cited.lead == lead
