"""Vectors of sentences: small, near the model's, one for each sentence, and in step with the passages."""

import numpy as np
import pytest

from index import Index
from index.checking import Verdict
from index.documents import Block, BlockKind, Place, Span
from index.sentence_vectors import PackedSentences, header_of, packed, sentence_texts, unpacked
from index.splitting import Passage, SplitSettings
from index.store import Store
from index.writing import passage_key
from qa import Corpus
from tests.fake_embedder import CountingEmbedder
from tests.small_steps import SMALL_STEPS

FILES = {
    "army.md": "# The purge\n\nThe president told the army to purge traitors. He spoke in Carabobo.\n",
    "aid.md": "# Aid\n\nColombia hosts 1.3 million migrants. About 2,500 more arrive each day.\n",
    "oil.txt": "Exports of crude fell by a third.\n",
}
SENTENCES = [
    "The purge",
    "The president told the army to purge traitors.",
    "He spoke in Carabobo.",
    "Aid",
    "Colombia hosts 1.3 million migrants.",
    "About 2,500 more arrive each day.",
    "Exports of crude fell by a third.",
]


def unit_rows(count, dimension):
    rows = np.random.default_rng(count).normal(size=(count, dimension)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.mark.parametrize(("count", "dimension"), [(0, 384), (1, 384), (30, 384), (7, 3)])
def test_what_was_packed_comes_back_nearly_the_same(count, dimension):
    vectors = unit_rows(count, dimension)
    data = packed(vectors)
    assert len(data) == count * (4 + dimension)
    again = unpacked(data, dimension)
    assert (again.shape, again.dtype) == (vectors.shape, np.float32)
    assert np.abs(again - vectors).max(initial=0) <= 0.004
    assert np.sum(again * vectors, axis=1) == pytest.approx(np.ones(count), abs=0.005)


def test_the_bytes_are_scales_and_then_steps():
    # The largest component is 127 steps of 1/127; 0.25 is 31.75 of them, -0.1 is -12.7.
    data = packed(np.array([[1.0, 0.25, -0.1]], dtype=np.float32))
    assert data == np.float32(1 / 127).tobytes() + bytes([127, 32, 256 - 13])
    assert unpacked(data, 3)[0].tolist() == pytest.approx([1.0, 32 / 127, -13 / 127])


def test_a_vector_of_nothing_stays_nothing():
    assert unpacked(packed(np.zeros((2, 4), np.float32)), 4).tolist() == [[0.0] * 4] * 2


def test_each_passage_gets_the_cosine_of_its_nearest_sentence():
    question = np.array([[0.6, 0.8]], dtype=np.float32)
    both = packed(np.array([[1, 0], [0, 1]], dtype=np.float32))
    away = packed(np.array([[-1, 0]], dtype=np.float32))
    found = PackedSentences.of([b"", both, b"", away], 2).best_cosines(question)
    assert found[[1, 3]].tolist() == pytest.approx([0.8, -0.6])
    assert np.isnan(found[[0, 2]]).all()
    assert np.isnan(PackedSentences.of([b""], 2).best_cosines(question)).all()
    assert PackedSentences.of([], 2).best_cosines(question).tolist() == []


def test_the_best_cosines_are_those_of_the_unpacked_vectors():
    passages = [packed(unit_rows(count, 384)) for count in (3, 1, 0, 12)]
    question = unit_rows(5, 384)[:1]
    found = PackedSentences.of(passages, 384).best_cosines(question)
    expected = [(unpacked(data, 384) @ question[0]).max() if data else np.nan for data in passages]
    assert found == pytest.approx(expected, abs=1e-6, nan_ok=True)


HEADER = Span(10, 22)


def table(start, text, context, *blocks):
    """A passage whose blocks (kind, start, end, header) are its sentences too."""
    made = tuple(Block(kind, first, last, Place(), header) for kind, first, last, header in blocks)
    sentences = tuple(Span(block.start, block.end) for block in made)
    return Passage(start, start + len(text), text, context, Place(), sentences, made)


def test_a_row_is_embedded_below_its_header_and_the_header_by_itself():
    text = "donor,amount\nNorway,12\nA remark."
    rows = [(BlockKind.ROW, *HEADER, HEADER), (BlockKind.ROW, 23, 32, HEADER), (BlockKind.PARAGRAPH, 33, 42, None)]
    assert sentence_texts(table(10, text, "Pledges", *rows)) == ["donor,amount", "donor,amount\nNorway,12", "A remark."]


def test_where_a_table_goes_on_the_header_is_in_the_context():
    row = (BlockKind.ROW, 90, 99, HEADER)
    assert sentence_texts(table(90, "Canada,40", "Pledges\ndonor,amount", row)) == ["donor,amount\nCanada,40"]
    assert sentence_texts(table(90, "Canada,40", "donor,amount", row)) == ["donor,amount\nCanada,40"]
    assert sentence_texts(table(90, "Canada,40", "", row)) == ["Canada,40"]
    assert sentence_texts(table(90, "Canada,40", "Pledges\nx", (BlockKind.ROW, 90, 99, None))) == ["Canada,40"]


def test_a_row_of_no_header_has_none():
    passage = table(90, "Canada,40", "Pledges\ndonor,amount", (BlockKind.ROW, 90, 99, None))
    assert header_of(passage, passage.blocks[0]) == ""


def test_the_key_is_that_of_all_that_is_embedded():
    rows = [(BlockKind.ROW, *HEADER, None), (BlockKind.ROW, 23, 32, HEADER)]
    lines = [(BlockKind.PARAGRAPH, *HEADER, None), (BlockKind.PARAGRAPH, 23, 32, None)]
    text = "donor,amount\nNorway,12"
    key = passage_key(table(10, text, "", *rows))
    later = [(kind, first + 70, last + 70, header and Span(80, 92)) for kind, first, last, header in rows]
    assert passage_key(table(80, text, "", *later)) == key
    others = [table(10, text, "", *lines), table(10, text, "Pledges", *rows), table(10, text, "", lines[0])]
    assert len({key, *map(passage_key, others)}) == 4


def kept(made):
    """The stored vectors of every passage's sentences by path and start, as lists."""
    with made.snapshot() as snapshot:
        ids = snapshot.passages_within(["*"])
        records = snapshot.passages(ids.tolist())
        found = snapshot.sentence_vectors(ids)
        return {(p.document.path, p.start): v.tolist() for p, v in zip(records, found, strict=True)}


def damage(made):
    return {finding.name: finding.said for finding in made.check(100) if finding.verdict == Verdict.WRONG}


def test_a_sync_keeps_what_the_model_says_of_each_sentence(make_corpus):
    embedder = CountingEmbedder()
    made = Index(make_corpus(FILES), embedder=embedder)
    made.sync()
    vectors = np.array(kept(made)["army.md", 2])
    assert vectors == pytest.approx(embedder.embed_passages(SENTENCES[:3]), abs=0.004)


def test_the_same_words_in_a_table_and_in_a_note_are_embedded_as_each_needs(make_corpus):
    text = "Donor, sum.\nNorway gave, 12.\n"
    made = Index(make_corpus({"pledges.csv": text, "note.txt": text}), embedder=CountingEmbedder())
    made.sync()
    found = kept(made)
    assert found["pledges.csv", 0][0] == found["note.txt", 0][0]
    assert found["pledges.csv", 0][1] != found["note.txt", 0][1]
    assert damage(made) == {}


def test_rows_that_were_embedded_without_their_header_are_embedded_again_and_nothing_else_is(make_corpus, monkeypatch):
    rows = "".join(f"Canada,{number} tents for families at the border\n" for number in range(60))
    folder = make_corpus({"pledges.csv": "donor,amount\n" + rows, **FILES})
    made = Index(folder, embedder=CountingEmbedder(), settings=SplitSettings(version=2))
    with monkeypatch.context() as before:
        before.setattr("index.sentence_vectors.header_of", lambda passage, _: passage.context.partition("\n")[2])
        made.sync()
        old = kept(made)
    embedder = CountingEmbedder()
    made = Index(folder, embedder=embedder)
    made.sync()
    fresh = Index(folder, index=folder.parent / "fresh", embedder=CountingEmbedder())
    fresh.sync()
    assert kept(made) == kept(fresh) != old
    assert all(text.startswith(("donor,amount", "Canada,")) for text in embedder.embedded)
    assert damage(made) == {}


class Stopping(CountingEmbedder):
    """Is stopped by its user at the call numbered `at`, counted from 1, and for good."""

    def __init__(self, at):
        super().__init__()
        self.calls_left = at

    def embed_passages(self, texts):
        self.calls_left -= 1
        if self.calls_left <= 0:
            raise KeyboardInterrupt
        return super().embed_passages(texts)


def test_an_interrupted_sync_goes_on_with_the_sentences_that_are_missing(make_corpus, monkeypatch):
    for module, name, value in SMALL_STEPS:
        monkeypatch.setattr(module, name, value)
    folder, first, second = make_corpus(FILES), Stopping(at=5), CountingEmbedder()
    with pytest.raises(KeyboardInterrupt):
        Index(folder, embedder=first).sync()
    done = first.embedded[3:]
    assert done
    assert Corpus(folder, embedder=CountingEmbedder()).ask("Who told the army to purge traitors?").citations
    made = Index(folder, embedder=second)
    assert sorted(map(len, kept(made).values())) == [0, 0, len(done)]
    assert made.sync().embedded == 0
    assert sorted(done + second.embedded) == sorted(SENTENCES)
    fresh = Index(folder, index=folder.parent / "fresh", embedder=CountingEmbedder())
    fresh.sync()
    assert kept(made) == kept(fresh)
    assert damage(made) == {}


def test_after_any_changes_the_vectors_are_those_of_a_fresh_index(make_corpus):
    folder = make_corpus(FILES)
    made = Index(folder, embedder=CountingEmbedder())
    made.sync()
    make_corpus({"aid.md": FILES["aid.md"] + "\nNorway gave 12 million.\n", "new/copy.txt": FILES["oil.txt"]})
    (folder / "army.md").rename(folder / "new" / "purge.md")
    made.sync()
    (folder / "oil.txt").unlink()
    make_corpus({"aid.md": FILES["aid.md"]})
    made.sync()
    fresh = Index(folder, index=folder.parent / "fresh", embedder=CountingEmbedder())
    fresh.sync()
    assert kept(made) == kept(fresh)
    assert {path for path, _ in kept(made)} == {"aid.md", "new/copy.txt", "new/purge.md"}
    assert damage(made) == {}


def test_what_was_foreseen_is_not_read_again_and_is_the_same(make_corpus, monkeypatch):
    made = Index(make_corpus(FILES), embedder=CountingEmbedder())
    made.sync()
    read = []
    before = Store.packed_sentences
    monkeypatch.setattr(Store, "packed_sentences", lambda store, ids: [read.extend(ids), before(store, ids)][1])
    with made.snapshot() as snapshot:
        ids = snapshot.passages_within(["*"])
        question = snapshot.embed_question("Who was told to purge the army?")
        expected = snapshot.best_sentences(question, ids)
    read.clear()
    with made.snapshot() as snapshot:
        snapshot.foresee(ids[1:])
        found = snapshot.best_sentences(question, ids)
    assert found.tolist() == expected.tolist()
    assert sorted(read) == sorted(ids.tolist())
