"""A reader that stays open sees what another one syncs: new documents, removed ones, and a rebuild."""

from index import Index
from qa import Corpus
from tests.fake_embedder import CountingEmbedder

FILES = {
    "army.md": "# The purge\n\nThe president told the army to purge traitors in Carabobo.\n",
    "aid.md": "# Aid\n\nColombia hosts 1.3 million migrants. About 2,500 more arrive each day.\n",
    "oil.txt": "Exports of crude fell by a third.\n",
}


def sync(folder, **others):
    Index(folder, embedder=CountingEmbedder(dimension=512)).sync(**others)


def opened(folder):
    return Corpus(folder, embedder=CountingEmbedder(dimension=512))


def test_new_and_removed_documents_are_seen(make_corpus):
    folder = make_corpus(FILES)
    sync(folder)
    reader = opened(folder)
    assert reader.search("hyperinflation bolivar")[0].path != "prices.txt"
    make_corpus({"prices.txt": "Hyperinflation made the bolivar worthless."})
    (folder / "army.md").unlink()
    sync(folder)
    assert reader.search("hyperinflation bolivar")[0].path == "prices.txt"
    assert all(hit.path != "army.md" for hit in reader.search("army purge", 50))


def test_a_rebuild_of_as_many_changes_is_seen(make_corpus):
    folder = make_corpus(FILES)
    sync(folder)
    reader, question = opened(folder), "army purge"
    assert reader.search(question)[0].path == "army.md"
    make_corpus(
        {
            "zoo.md": "# Zoo\n\nThe zebra ran to the river with its young, to drink there until the lions came.\n",
            "oil.txt": FILES["army.md"],
        }
    )
    (folder / "army.md").unlink()
    sync(folder, rebuild=True)
    assert reader.search(question)[0].path == "oil.txt"
    assert reader.search(question) == opened(folder).search(question)
    assert reader.ask(question).text == opened(folder).ask(question).text
