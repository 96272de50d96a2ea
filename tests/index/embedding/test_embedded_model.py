"""The embedded model itself, against figures of sentence-transformers' own `encode`."""

import numpy as np
import pytest

from index.embedding import DEFAULT_MODEL, load_embedder

QUESTION = "Who was told to purge the army?"
PASSAGES = {
    "Maduro ordered the army to purge traitors before thousands of soldiers in Carabobo.": 0.582,
    "Colombia hosts more than a million migrants.": -0.071,
    "Rice, wheat and maize give the world half of its calories.": -0.001,
}
"""Each with the cosine to QUESTION that sentence-transformers 6.2 gives."""


@pytest.fixture(scope="module")
def embedder():
    return load_embedder()


def test_cosines_are_those_of_sentence_transformers(embedder):
    cosines = embedder.embed_passages(list(PASSAGES)) @ embedder.embed_question(QUESTION)[0]
    assert cosines == pytest.approx(list(PASSAGES.values()), abs=0.03)


def test_it_is_what_it_says(embedder):
    assert embedder.name == DEFAULT_MODEL
    assert (embedder.dimension, embedder.max_tokens) == (384, 254)


def test_a_vector_is_the_same_alone_and_in_any_batch(embedder):
    texts = [" ".join(["The council of Maduro's army, 1.5 billion"] * size) for size in (1, 2, 3, 5, 8, 13)] * 3
    together = embedder.embed_passages(texts)
    assert all(
        np.array_equal(embedder.embed_passages([text])[0], row) for text, row in zip(texts, together, strict=True)
    )
    assert np.array_equal(embedder.embed_question(texts[1])[0], together[1])


def test_texts_in_any_script_or_none_get_vectors(embedder):
    texts = ["", " ", "\x00", "Москва", "委内瑞拉", "🙂" * 300, "a" * 100_000]
    assert np.isfinite(embedder.embed_passages(texts)).all()
    assert [len(text) >= span[-1][1] for text, span in zip(texts, embedder.token_spans(texts), strict=True) if span]
