"""A row's checksum is over its values, their types and its key; the store gives one to every row it writes."""

import pytest

from index import Index
from index.errors import IndexDamaged
from index.row_sums import row_sum
from qa import Corpus
from tests.fake_embedder import CountingEmbedder
from tests.index.altered import alter

FILES = {"army.md": "# The purge\n\nThe army was told to purge.\n", "aid.md": "# Aid\n\nColombia hosts migrants.\n"}


@pytest.fixture
def index(make_corpus):
    made = Index(make_corpus(FILES), embedder=CountingEmbedder())
    made.sync()
    return made


def test_the_sum_of_a_row_is_the_same_for_ever():
    assert row_sum(7, "Ägypten \ud800", b"\x00\xff", None, 1.5) == 2_176_492_284


@pytest.mark.parametrize(
    ("one", "other"),
    [((1, "a"), (2, "a")), (("5",), (5,)), ((None,), ("None",)), ((b"ab", b"c"), (b"a", b"bc")), ((1.0,), (1,))],
)
def test_other_values_and_other_types_have_another_sum(one, other):
    assert row_sum(*one) != row_sum(*other)


def test_every_row_that_is_written_has_its_sum(index, make_corpus):
    make_corpus({"army.md": "Another army.\n", "new.md": "New.\n"})
    (index.corpus / "aid.md").rename(index.corpus / "help.md")
    index.sync()
    before = (index.folder / "index.db").read_bytes()
    rows = {finding.name: finding for finding in index.check(10)}["rows"]
    assert rows.said == "every row has the checksum of its values"
    alter(index.folder / "index.db")  # the sums that SQLite computes are those that were stored
    assert (index.folder / "index.db").read_bytes() == before


CHANGES = [
    ("documents", "UPDATE documents SET title = 'Other'"),
    ("documents", "UPDATE documents SET state = 'indexeD'"),
    ("texts", "UPDATE texts SET text = (SELECT text FROM texts WHERE document != 1 LIMIT 1)"),
    ("passages", "UPDATE passages SET text = replace(text, 'army', 'navy')"),
    ("passages", "UPDATE passages SET layout = replace(layout, '0', '1')"),
    ("passages", "UPDATE passages SET text = CAST(x'ff41' AS TEXT) WHERE id = 1"),
    ("vectors", "UPDATE vectors SET vector = zeroblob(length(vector))"),
    ("sentences", "UPDATE sentences SET vectors = zeroblob(length(vectors))"),
    ("meta", "UPDATE meta SET value = '9' WHERE name = 'change'"),
    ("meta", "UPDATE meta SET name = 'chaNge' WHERE name = 'change'"),
]


@pytest.mark.parametrize(("table", "statement"), CHANGES)
def test_a_changed_row_is_never_answered_from(index, table, statement):
    alter(index.folder / "index.db", statement, sealed=())
    for path in index.folder.glob("*.fn"):
        path.unlink()
    corpus = Corpus(index.corpus, embedder=CountingEmbedder())
    uses = (
        corpus.documents,
        lambda: corpus.search("army"),
        lambda: corpus.ask("Who was told to purge?"),
        lambda: [corpus.document_text(path) for path in FILES],
    )
    refused = []
    for use in uses:
        try:
            use()
        except IndexDamaged as error:
            refused.append(str(error))
    assert refused
    assert all(said.startswith("the index file ") for said in refused)
    assert not any("\n" in said for said in refused)
    assert all("index.db is damaged (" in said and said.endswith(": run `footnote check --repair`") for said in refused)
    names = {finding.name for finding in index.check(10) if finding.verdict == "wrong"}
    assert names == ({"store"} if table == "meta" else {"rows"})
