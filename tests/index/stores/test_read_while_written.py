"""A sync falls between any two reads of a reader: it gives what was there before, or what is there after."""

from contextlib import suppress

import pytest

from index.errors import ChangedMeanwhile
from index.milvus.connection import Connection
from tests.index.stores.breaking import Ended, before_write, end
from tests.index.stores.states import AID, ARMY, FILES, OIL

QUESTION = "army oil migrants purge crude"


@pytest.fixture
def folder(make_corpus):
    return make_corpus(FILES)


def change(folder):
    """Every document is replaced, renamed or gone."""
    (folder / "army.md").write_text(ARMY.replace("Carabobo", "Zulia") + "\n# More\n\nA second one, of Guayana.\n")
    (folder / "aid" / "colombia.md").write_text(AID.replace("2,500", "3,000"))
    (folder / "oil.txt").unlink()
    (folder / "crude.txt").write_text(OIL.replace("third", "half"))


READS = {
    "documents": lambda corpus: [(d.path, d.passages) for d in corpus.documents()],
    "search": lambda corpus: [(hit.path, hit.start, hit.passage) for hit in corpus.search(QUESTION, 20)],
    "search within": lambda corpus: [(hit.path, hit.passage) for hit in corpus.search(QUESTION, within=["aid/"])],
    "ask": lambda corpus: [(c.path, c.start, c.quote, c.passage) for c in corpus.ask("How many migrants?").citations],
    "document": lambda corpus: corpus.document_text("army.md"),
    "excerpt": lambda corpus: str(corpus.excerpt("army.md", 3, 9)),
    "files": lambda corpus: [(each.path, each.passages) for each in corpus.holdings.listing().documents],
}


QUICK = ("search", "document")


@pytest.mark.parametrize(
    "read", [read if read in QUICK else pytest.param(read, marks=pytest.mark.torture) for read in READS]
)
def test_it_gives_what_was_before_or_what_is_after(folder, on_server, monkeypatch, read):
    index, asked = on_server.index(folder), READS[read]
    index.sync()
    before = asked(on_server.corpus(folder))
    call, at, found = Connection.call, 0, []
    while True:
        at += 1
        corpus, count = on_server.corpus(folder), 0

        def counted(connection, *arguments, reader=corpus._index._connection, at=at, **options):
            nonlocal count
            if connection is reader:
                count += 1
                if count == at:
                    change(folder)
                    index.sync()
            return call(connection, *arguments, **options)

        monkeypatch.setattr(Connection, "call", counted)
        found.append(asked(corpus))
        monkeypatch.setattr(Connection, "call", call)
        if count < at:
            break
        after = asked(on_server.corpus(folder))
        restore(folder)
        index.sync()
    assert at > 4
    assert after != before
    assert [each for each in found if each not in (before, after)] == []


def test_a_reader_that_holds_still_never_has_two_versions_of_a_document(folder, on_server):
    index = on_server.index(folder)
    index.sync()
    before = texts_of(on_server.corpus(folder))
    change(folder)
    index.sync()
    after = texts_of(on_server.corpus(folder))
    restore(folder)
    index.sync()
    change(folder)
    reader = on_server.index(folder)
    at, seen = 0, 0
    while True:
        at += 1
        writer = on_server.index(folder)
        with reader.snapshot() as snapshot:
            count = before_write(writer, at, end)
            with suppress(Ended):
                writer.sync()
            with suppress(ChangedMeanwhile):
                documents = snapshot.documents()
                assert len(documents) == len({document.path for document in documents})
                texts = {document.path: snapshot.document(document.path).text for document in documents}
                assert texts.items() <= before.items() | after.items()
                seen += 1
        restore(folder)
        on_server.index(folder).sync()
        change(folder)
        if count() < at:
            break
    assert at > 5
    assert seen


def texts_of(corpus):
    """Of every document, by path."""
    return {document.path: corpus.document_text(document.path) for document in corpus.documents()}


def restore(folder):
    """As it was."""
    (folder / "crude.txt").unlink()
    for name, text in FILES.items():
        (folder / name).write_text(text)
