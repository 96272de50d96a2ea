"""What is read from the one SQLite file, a statement at a time."""

from contextlib import closing

import pytest

from index import Index
from index.errors import StoreError
from index.store import Store, connect
from tests.fake_embedder import CountingEmbedder


class Told:
    """A connection that tells what was asked of it."""

    def __init__(self, connection):
        self.connection, self.statements = connection, []

    def execute(self, statement, *values):
        self.statements.append(statement)
        return self.connection.execute(statement, *values)


@pytest.fixture
def told(make_corpus):
    folder = make_corpus({f"note{n}.txt": f"Note {n} is about subject{n}." for n in range(70)})
    Index(folder, embedder=CountingEmbedder()).sync()
    with closing(connect(folder / ".footnote" / "index.db", "ro")) as connection:
        yield Told(connection)


def test_many_numbers_of_passages_need_few_statements(told):
    """Each is kept with each connection: with one for every number they took some thirty megabytes of a server."""
    store = Store(told)
    ids = [int(each) for each in store.passage_ids(identity for identity, _ in store.paths())]
    assert len(ids) == 70
    told.statements.clear()
    for count in range(1, 71):
        wanted = ids[-count:][::-1]
        assert [passage.id for passage in store.passages(wanted)] == wanted
        assert sorted(store.packed_sentences(wanted)) == sorted(wanted)
    assert len(told.statements) == 140
    assert len(set(told.statements)) == 2 * 8  # 1, 2, 4, ... 128


def test_one_passage_that_is_not_there_is_told(told):
    store = Store(told)
    ids = [int(each) for each in store.passage_ids(identity for identity, _ in store.paths())]
    with pytest.raises(StoreError, match="lacks passage 9999"):
        store.passages([*ids[:4], 9999])
    assert store.passages([]) == []
    assert store.passage_ids([]).tolist() == []
