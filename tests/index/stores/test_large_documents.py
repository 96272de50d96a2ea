"""Documents that do not fit one row of a server, and the like in a folder."""

import random

import pytest

from index.milvus import writing
from index.milvus.encoding import MOST_BYTES
from index.opening import _kept, moved_to
from tests.fake_embedder import CountingEmbedder
from tests.index.stores.conftest import Place
from tests.index.stores.states import AID


def words(count, seed):
    """Text that cannot be compressed much."""
    letters = random.Random(seed)
    return ["".join(letters.choices("abcdefghijklmnopqrstuvwxyzàéß", k=letters.randint(3, 11))) for _ in range(count)]


def test_a_text_longer_than_a_row_comes_back_as_it_was(make_corpus, place):
    text = "\n\n".join(" ".join(words(60, seed)) + "." for seed in range(500))
    assert len(text) > 3 * MOST_BYTES
    folder = make_corpus({"long.txt": text, "aid.md": AID})
    index = place.index(folder)
    index.sync()
    corpus = place.corpus(folder)
    assert corpus.document_text("long.txt") == text
    wanted = words(60, 321)
    (best,) = corpus.search(" ".join(wanted[10:16]), 1)
    assert wanted[12] in best.passage
    assert text[best.start : best.end] == best.passage
    assert "wrong" not in {finding.verdict for finding in index.check(200)}
    (folder / "long.txt").write_text("Short now.\n")
    index.sync()
    assert [(each.path, each.passages) for each in corpus.documents()] == [("aid.md", 1), ("long.txt", 1)]


@pytest.mark.torture
def test_a_document_of_thousands_of_passages(make_corpus, place):
    text = "".join(f"# Part {number}\n\nItem {number} costs {number * 7} pesos.\n\n" for number in range(3000))
    folder = make_corpus({"many.md": text})
    place.index(folder).sync()
    corpus = place.corpus(folder)
    assert corpus.documents()[0].passages == 3000
    assert "Item 2345 " in corpus.ask("What does item 2345 cost?").citations[0].passage
    assert corpus.document_text("many.md") == text


def test_vectors_of_very_many_sentences_stay_through_moves_and_changes(
    make_corpus, in_folder, on_server, tmp_path, monkeypatch
):
    monkeypatch.setattr(writing, "MOST_OF_SENTENCES", 300)
    folder = make_corpus({"short.txt": " ".join(f"A{number}." for number in range(240)) + "\n", "aid.md": AID})
    embedder = CountingEmbedder()
    beside, there = in_folder.index(folder, embedder), on_server.index(folder, embedder)
    beside.sync()
    moved_to(beside, there, lambda *_: None)
    with _kept(beside).source() as ours, there.source() as theirs:
        assert packed_of(theirs, "short.txt") == packed_of(ours, "short.txt")
        assert max(map(len, packed_of(ours, "short.txt"))) > 300
    (folder / "short.txt").rename(folder / "renamed.txt")
    (folder / "second.txt").write_bytes((folder / "renamed.txt").read_bytes())
    embedder.embedded.clear()
    for index in (beside, there):
        index.sync()
    assert embedder.embedded == []
    with _kept(beside).source() as ours, there.source() as theirs:
        assert packed_of(theirs, "second.txt") == packed_of(ours, "second.txt")
    back = Place("", tmp_path / "back").index(folder, embedder)
    moved_to(there, back, lambda *_: None)
    with _kept(back).source() as ours, there.source() as theirs:
        assert packed_of(theirs, "renamed.txt") == packed_of(ours, "renamed.txt")
    for name in ("renamed.txt", "second.txt"):
        (folder / name).unlink()
    there.sync()
    kept = there._fetched().query(there._names.kept, 'id like "sentences%"', ["id"])
    assert kept == []


def packed_of(source, path):
    """The vectors of the sentences of each passage of a document."""
    ids = source.passage_ids([source.record(path).id]).tolist()
    found = source.packed_sentences(ids)
    return [found.get(id_) for id_ in ids]


def test_a_passage_of_very_many_sentences(make_corpus, in_folder, on_server):
    folder = make_corpus({"short.txt": " ".join(f"A{number}." for number in range(240)) + "\n", "aid.md": AID})
    found = []
    for place in (in_folder, on_server):
        place.index(folder).sync()
        answer = place.corpus(folder).ask("What is A77?")
        found.append((answer.text, [(c.path, c.start, c.end) for c in answer.citations]))
    assert found[0] == found[1]
