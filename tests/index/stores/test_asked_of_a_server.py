"""What a server is asked for: no more than is needed, and what whoever asks must see of what others wrote."""

import pytest

from index.errors import NothingWithin
from index.milvus.collections import Collections
from index.milvus.connection import Connection
from index.milvus.searching import of_documents
from index.milvus.standing import facts_of
from tests.index.stores.recorded import calls_of
from tests.index.stores.states import AID, ARMY, FILES, OIL

MOMENT = 453_000_000_000_000_000
"""Of a server's clock."""

MORE = {
    "reports/2019.md": OIL,
    "reports/2020.md": AID,
    "reports/old/a_b.txt": ARMY,
    "reports2/c.md": OIL.replace("third", "half"),
    "report [1].md": AID.replace("2,500", "2,600"),
    "caf\xe9/menu.md": "# Menu\n\nCrude oil is not on it.\n",
    "empty.txt": "",
}


@pytest.fixture
def folder(make_corpus):
    return make_corpus(FILES | MORE)


@pytest.fixture
def server_with_clock(monkeypatch):
    """A server that tells its time, as Milvus does and Milvus Lite does not."""
    told = []

    def now(connection):
        told.append(MOMENT + len(told))
        return told[-1]

    monkeypatch.setattr(Connection, "now", now)
    return told


PATTERNS = (
    *(["reports/"], ["reports"], ["reports/*.md"], ["*.md"], ["reports*"], ["*/a_b.txt"], ["report [1].md"]),
    *(["cafe\u0301/menu.md"], ["caf\xe9"], ["*"], ["r?ports/2*", "army.md"], ["empty.txt"], ['"'], ["100%"], ["\\"]),
)


def within(corpus, patterns):
    try:
        return [
            (hit.path, round(hit.score, 4)) for hit in corpus.search("crude oil army migrants", 20, within=patterns)
        ]
    except NothingWithin:
        return None


def test_documents_within_patterns_are_those_of_a_folder(folder, in_folder, on_server):
    in_folder.index(folder).sync()
    on_server.index(folder).sync()
    one, other = in_folder.corpus(folder), on_server.corpus(folder)
    for patterns in PATTERNS:
        assert within(one, patterns) == within(other, patterns), patterns


def test_only_documents_are_fetched_that_may_be_meant(folder, on_server):
    on_server.index(folder).sync()
    corpus = on_server.corpus(folder)
    corpus.search("oil")
    calls = calls_of(corpus._index)
    corpus.search("oil", within=["reports/"])
    fetched = [call for call in calls if call.name == "query" and "path" in call.options["output_fields"]]
    assert sorted(row["path"] for call in fetched for row in call.found) == [
        *("reports/2019.md", "reports/2020.md", "reports/old/a_b.txt")
    ]
    before = len(calls)
    corpus.search("army", within=["reports/"])
    assert not [call for call in calls[before:] if call.name == "query" and "path" in call.options["output_fields"]]


def test_many_documents_are_named_by_the_ends_of_their_numbers(monkeypatch):
    import numpy as np

    monkeypatch.setattr("index.milvus.searching.MOST_RUNS", 2)
    monkeypatch.setattr("index.milvus.searching.MOST_OTHERS", 3)
    ids = [*range(100, 120), 200, 202, *range(300, 330), 400, 402, 404, *range(500, 516)]
    filters = list(of_documents(np.array(ids, np.int64)))
    assert len(filters) == 2
    assert "(document >= 100 and document <= 119)" in filters[0]

    def lets_through(document):
        return any(eval(filter_, {"document": document}) for filter_ in filters)

    assert [document for document in range(600) if lets_through(document)] == ids
    assert list(of_documents(np.zeros(0, np.int64))) == []


def readings(calls):
    """(collection, consistency, moment) of every call that reads rows."""
    return {
        (call.collection, call.options.get("consistency_level"), call.options.get("guarantee_timestamp"))
        for call in calls
        if call.name in {"get", "query", "search"}
    }


def test_a_reader_sees_all_that_the_standing_it_has_read_tells_of(folder, on_server, server_with_clock):
    on_server.index(folder).sync()
    corpus = on_server.corpus(folder)
    calls = calls_of(corpus._index)
    corpus.ask("Who purges the army?")
    corpus.search("oil", within=["reports/"])
    corpus.documents()
    last = server_with_clock[-1]
    seen = readings(calls)
    assert {each for each in seen if each[0] != "kept"} == {(k, "Customized", last) for k in ("passages", "documents")}
    # The standing itself is read before anything is known; once more for each new state, and for each list of paths.
    assert {each for each in seen if each[0] == "kept"} <= {
        ("kept", "Bounded", None), ("kept", "Strong", None), ("kept", "Customized", last)
    }  # fmt: skip
    before = len(calls)
    corpus.search("army")
    assert ("kept", "Strong", None) not in readings(calls[before:]), "a question waits for nothing"


def test_the_moment_is_later_than_every_write_before_it(folder, on_server, monkeypatch):
    index, done = on_server.index(folder), []

    def now(connection):
        done.append(len(calls))
        return len(calls)

    monkeypatch.setattr(Connection, "now", now)
    calls = calls_of(index)
    index.sync()
    names = Collections.of(index.address.collection, index.address.partition(folder))
    written = facts_of(index._connection, names, "Strong")[1].written
    writes = [
        at
        for at, call in enumerate(calls)
        if call.name == "delete" or (call.name == "upsert" and call.collection in {"passages", "documents"})
    ]
    assert writes
    assert max(writes) < written


def test_of_a_server_that_tells_no_time_everything_is_read_as_of_now(folder, on_server, monkeypatch):
    monkeypatch.setattr(Connection, "now", lambda _: 0)
    on_server.index(folder).sync()
    corpus = on_server.corpus(folder)
    calls = calls_of(corpus._index)
    corpus.ask("Who purges the army?")
    assert {each for each in readings(calls) if each[0] != "kept"} == {
        (kind, "Strong", None) for kind in ("passages", "documents")
    }


def test_a_writer_sees_what_the_one_before_it_wrote(folder, on_server, server_with_clock):
    on_server.index(folder).sync()
    (folder / "army.md").write_text(ARMY.replace("Carabobo", "Zulia"))
    index = on_server.index(folder)
    calls = calls_of(index)
    moment = server_with_clock[-1]
    index.sync()
    known = [call for call in calls if call.collection == "documents" and call.name == "query"]
    assert known[0].options["guarantee_timestamp"] == moment
    assert all(call.options["consistency_level"] in {"Strong", "Customized"} for call in known)
    moments = [call.options["guarantee_timestamp"] for call in known]
    assert moments == sorted(moments)


def test_who_reads_an_old_standing_asks_again_for_the_new_one(folder, on_server, monkeypatch):
    """As on a cluster, where the row that tells of a change may be seen later than what the change took away."""
    on_server.index(folder).sync()
    corpus = on_server.corpus(folder)
    corpus.search("oil")
    old = facts_of(corpus._index._connection, corpus._index._names, "Strong")

    def lagging(connection, names, consistency):
        return old if consistency == "Bounded" else facts_of(connection, names, consistency)

    (folder / "oil.txt").write_text(OIL.replace("third", "tenth"))
    (folder / "reports/2019.md").unlink()
    on_server.index(folder).sync()
    monkeypatch.setattr("index.milvus.states.facts_of", lagging)
    hits = corpus.search("exports of crude oil fell by a third after the sanctions", 20)
    assert ["tenth" in hit.passage for hit in hits if hit.path == "oil.txt"] == [True]
    assert "reports/2019.md" not in [hit.path for hit in hits]
    fresh = on_server.corpus(folder)
    assert fresh.document_text("oil.txt") == OIL.replace("third", "tenth")


def test_who_synced_or_begins_sees_what_was_written_however_late_others_do(folder, on_server, monkeypatch):
    corpus = on_server.corpus(folder)
    corpus.sync()
    corpus.search("oil")
    old = facts_of(corpus._index._connection, corpus._index._names, "Strong")

    def lagging(connection, names, consistency):
        return old if consistency == "Bounded" else facts_of(connection, names, consistency)

    monkeypatch.setattr("index.milvus.states.facts_of", lagging)
    (folder / "new.txt").write_text("The lighthouse of Macuro was lit again.\n")
    corpus.sync()
    for asked in (corpus, on_server.corpus(folder)):
        assert "new.txt" in [document.path for document in asked.documents()]
        assert asked.search("lighthouse", 1)[0].path == "new.txt"
