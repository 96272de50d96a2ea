"""What is known of a sync in the background: whether it is the first one, and whether its report tells something."""

from index import Index
from qa import Corpus
from qa.syncing import BackgroundSync
from tests.fake_embedder import CountingEmbedder
from tests.index.test_formats import make_older

PATIENCE_SECONDS = 30
ARMY = {"army.md": "The army marched to the river."}


def is_first(folder):
    """Of the next sync of that folder, by a process that has just begun."""
    corpus, told = Corpus(folder, embedder=CountingEmbedder()), []
    sync = BackgroundSync(corpus)
    synced = corpus.sync
    corpus.sync = lambda tell, **named: (told.append(sync.state.is_first), synced(tell, **named))[1]
    for _ in range(2):
        sync.start()
        assert sync.wait(PATIENCE_SECONDS)
        assert sync.state.report
    return told


def sync_of(folder):
    Index(folder, embedder=CountingEmbedder()).sync()
    return folder


def test_it_is_the_first_without_an_index_and_not_once_there_are_documents_in_one(make_corpus):
    assert is_first(make_corpus(ARMY)) == [True, False]
    assert is_first(make_corpus({})) == [False, False]


def test_it_is_the_first_when_the_index_holds_no_document_as_one_that_was_stopped_early(make_corpus):
    sync_of(make_corpus({}))
    assert is_first(make_corpus(ARMY)) == [True, False]


def test_it_is_the_first_when_the_index_is_of_an_older_format(make_corpus):
    make_older(sync_of(make_corpus(ARMY)))
    assert is_first(make_corpus({})) == [True, False]


def test_a_sync_that_finds_only_a_document_that_it_cannot_read_tells_so_once(make_corpus):
    sync = BackgroundSync(Corpus(make_corpus(ARMY), embedder=CountingEmbedder()))
    sync.start()
    assert sync.wait(PATIENCE_SECONDS)

    def told_after(**named):
        sync.start(**named)
        assert sync.wait(PATIENCE_SECONDS)
        return sync.state.told and (sync.state.told.new, [path for path, _ in sync.state.told.failed])

    make_corpus({"b.pdf": "no PDF", "c.txt": "The aid came by ship."})
    assert told_after() == (("c.txt",), ["b.pdf"])
    make_corpus({"d.pdf": "no PDF"})
    assert told_after() == ((), ["b.pdf", "d.pdf"])
    assert told_after(only=frozenset({"c.txt"})) == ((), ["b.pdf", "d.pdf"])
    make_corpus({"e.txt": "The bridge is closed."})
    assert told_after() == (("e.txt",), ["b.pdf", "d.pdf"])
