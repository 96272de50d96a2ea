"""A sync to a server is broken off before each of its writes: nobody sees half a document, nothing is left behind."""

import pytest

from tests.index.stores.breaking import WRITES, Ended, before_write, broken_off_everywhere, changed, end, rows
from tests.index.stores.states import AID, ARMY, FILES, OIL, state_of


@pytest.fixture
def folder(make_corpus):
    return make_corpus(FILES)


def whole(folder, place):
    """Every document is wholly one of its versions, in its text and in what is found of it."""
    corpus = place.corpus(folder)
    texts = {path: corpus.document_text(path) for path in (d.path for d in corpus.documents())}
    for path, text in texts.items():
        passages = [hit for question in ("army", "oil", "migrants", "shelters") for hit in corpus.search(question, 20)]
        assert all(text[hit.start : hit.end] == hit.passage for hit in passages if hit.path == path)
    assert set(texts.values()) <= {
        *(ARMY, AID, OIL, "# New\n\nRoraima has shelters for 6,000 people.\n"),
        ARMY.replace("Carabobo", "Zulia") + "\nA second paragraph, of Guayana.\n",
    }


def test_broken_off_before_any_write_it_goes_on_as_if_nothing_had_been(folder, on_server, another_on_server):
    on_server.index(folder).sync()
    changed(folder)
    another_on_server.index(folder).sync()
    expected, count = state_of(folder, another_on_server), rows(another_on_server.index(folder))
    ends = broken_off_everywhere(lambda: on_server.index(folder), lambda: whole(folder, on_server))
    assert ends > 5
    assert state_of(folder, on_server) == expected
    assert rows(on_server.index(folder)) == count


@pytest.mark.parametrize("at", [1, 3, 5, 7])
def test_broken_off_once_the_next_sync_is_right(folder, on_server, another_on_server, at):
    on_server.index(folder).sync()
    changed(folder)
    index = on_server.index(folder)
    before_write(index, at, end)
    with pytest.raises(Ended):
        index.sync()
    on_server.index(folder).sync()
    another_on_server.index(folder).sync()
    assert state_of(folder, on_server) == state_of(folder, another_on_server)
    assert rows(on_server.index(folder)) == rows(another_on_server.index(folder))
    assert not on_server.index(folder).sync().did_something


def test_a_reader_never_sees_half_a_document(folder, on_server):
    on_server.index(folder).sync()
    changed(folder)
    index = on_server.index(folder)
    looked = []
    call = type(index._connection).call

    def watched(name, *arguments, **options):
        found = call(index._connection, name, *arguments, **options)
        if name in WRITES and looked[-1:] != ["looking"]:
            looked.append("looking")
            whole(folder, on_server)
            looked[-1] = name
        return found

    index._connection.call = watched
    index.sync()
    assert len(looked) > 8
