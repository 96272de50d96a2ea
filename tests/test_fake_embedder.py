import numpy as np
import pytest

from index.embedding.protocol import Embedder
from tests.fake_embedder import CountingEmbedder


def test_it_is_an_embedder():
    embedder: Embedder = CountingEmbedder()
    assert embedder.embed_passages([]).shape == (0, 64)
    assert embedder.token_spans(["The army."]) == [[(0, 3), (4, 8)]]


def test_texts_of_the_same_words_have_the_same_unit_vector():
    embedder = CountingEmbedder()
    vectors = embedder.embed_passages(["the army", "Army, the!", ""])
    assert np.array_equal(vectors[0], vectors[1])
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1)
    assert np.array_equal(embedder.embed_question("the army"), vectors[:1])


def test_it_remembers_passages_and_not_questions():
    embedder = CountingEmbedder()
    embedder.embed_passages(["a", "b"])
    embedder.embed_question("c")
    embedder.embed_passages(["a"])
    assert embedder.embedded == ["a", "b", "a"]
