import json

import numpy as np
import pytest

from index.embedding import load_embedder
from index.embedding.batching import planned
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


@pytest.mark.parametrize("kind", ["mean", "prompts"])
def test_half_precision_reads_the_same_in_batches_of_one_length(tiny_models, expected, kind, monkeypatch):
    monkeypatch.setattr("index.embedding.transformer.GPU_BATCH_TOKENS", 32)
    monkeypatch.setattr("index.embedding.transformer.CHUNK_TEXTS", 3)
    embedder = TransformerEmbedder(tiny_models / kind, name=kind, digest="d", device="cpu", half=True)
    found, plain = embedder.embed_passages(expected["texts"]), np.array(expected[kind]["passages"])
    assert found.dtype == np.float32
    assert np.linalg.norm(found, axis=1) == pytest.approx(1.0, abs=1e-3)
    assert (found * plain).sum(axis=1) == pytest.approx(1.0, abs=2e-3)
    assert embedder.fingerprint == "d/sentence-transformers-f16"
    alone = np.concatenate([embedder.embed_passages([text]) for text in expected["texts"]])
    assert (alone * found).sum(axis=1) == pytest.approx(1.0, abs=1e-4)


@pytest.mark.parametrize(
    ("device", "said"),
    [
        ("cuda:99", "'cuda:99' was asked for, but there "),
        ("mps:3", "'mps:3' was asked for, but there is"),
        ("gpu", "none that Footnote knows: expected cpu, cuda, cuda:1"),
        ("cuda:first", "none that Footnote knows"),
    ],
)
def test_a_device_that_is_not_there_is_an_error_that_says_so(tiny_model, device, said):
    with pytest.raises(ModelError, match=said):
        load_embedder(str(tiny_model), device=device)


def test_texts_are_read_together_when_they_are_of_one_length():
    plan = planned([7, 30, 8, 31, 300, 0], step=8, most_tokens=64, most_length=256)
    assert plan == [(256, (4,)), (32, (1, 3)), (8, (0, 2, 5))]
    assert [batch.rows for batch in planned([5] * 5, step=8, most_tokens=16, most_length=256)] == [(0, 1), (2, 3), (4,)]
