import json

import numpy as np
import pytest

from index.embedding import load_embedder
from index.embedding.transformer import TransformerEmbedder
from index.errors import ModelError


@pytest.fixture(scope="module")
def expected(tiny_models):
    return json.loads((tiny_models / "expected.json").read_text())


def test_a_model_that_cannot_be_compiled_is_run_by_sentence_transformers(tiny_models, expected):
    embedder = load_embedder(str(tiny_models / "static"), device="cpu")
    assert embedder.embed_passages(expected["texts"]) == pytest.approx(
        np.array(expected["static"]["passages"]), abs=1e-6
    )
    assert "sentence-transformers-f32" in embedder.fingerprint
    assert embedder.token_spans(["The army!"]) == [[(0, 3), (4, 8), (8, 9)]]


@pytest.mark.parametrize("kind", ["mean", "prompts"])
def test_plain_vectors_are_those_of_sentence_transformers(tiny_models, expected, kind):
    embedder = TransformerEmbedder(tiny_models / kind, name=kind, digest="d", device="cpu")
    assert embedder.embed_passages(expected["texts"]) == pytest.approx(np.array(expected[kind]["passages"]), abs=1e-5)
    assert embedder.embed_question(expected["texts"][0])[0] == pytest.approx(
        np.array(expected[kind]["questions"][0]), abs=1e-5
    )
    assert embedder.max_tokens == {"mean": 30, "prompts": 28}[kind]
    assert embedder.embed_passages([]).shape == (0, 32)


def test_files_that_are_no_model_are_an_error_that_says_so(tiny_model):
    (tiny_model / "config.json").write_text("{}")
    with pytest.raises(ModelError, match="cannot be loaded"):
        TransformerEmbedder(tiny_model, name="x", digest="d", device="cpu")
