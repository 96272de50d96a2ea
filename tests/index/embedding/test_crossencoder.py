"""Cross-encoders: a tiny real one, and what is none."""

import json

import numpy as np
import pytest

from index.embedding.crossencoder import load_reranker
from index.embedding.locate import locate_reranker
from index.errors import ModelError

QUESTION = "Who crossed the river?"


@pytest.mark.parametrize("kind", ["cross", "cross-saved"])
def test_scores_are_those_of_sentence_transformers(tiny_models, kind):
    expected = json.loads((tiny_models / "expected.json").read_text())
    reranker = load_reranker(str(tiny_models / kind), device="cpu")
    scores = reranker.scores(QUESTION, expected["texts"])
    assert scores.dtype == np.float32
    assert scores == pytest.approx(np.array(expected["cross"]), abs=1e-5)
    assert len(set(scores.round(3).tolist())) == 3
    assert reranker.scores(QUESTION, []).shape == (0,)


def test_a_score_does_not_depend_on_its_neighbours(tiny_models):
    reranker = load_reranker(str(tiny_models / "cross"), device="cpu")
    texts = ["The army.", "A council of the people of the border " * 5]
    together = reranker.scores(QUESTION, texts)
    assert together == pytest.approx([float(reranker.scores(QUESTION, [text])[0]) for text in texts], abs=1e-5)


def test_a_model_with_several_scores_is_refused(tiny_models):
    with pytest.raises(ModelError, match="gives several scores for one passage"):
        load_reranker(str(tiny_models / "cross-three"), device="cpu")


def test_an_embedding_model_is_refused_before_it_gets_random_weights(tiny_models):
    with pytest.raises(ModelError, match=r"not a cross-encoder .*BertModel.*--model"):
        load_reranker(str(tiny_models / "mean"), device="cpu")


def test_damaged_weights_are_an_error_that_says_so(tiny_models, tmp_path):
    (tmp_path / "config.json").write_bytes((tiny_models / "cross" / "config.json").read_bytes())
    (tmp_path / "model.safetensors").write_bytes(b"junk")
    with pytest.raises(ModelError, match=r"Reranker .* cannot be loaded from .*Expected a sentence-transformers cross"):
        load_reranker(str(tmp_path), device="cpu")


@pytest.mark.parametrize("name", ["./nowhere", "", "a/b/c"])
def test_what_is_neither_folder_nor_name_is_refused(name):
    with pytest.raises(ModelError, match=r"Reranker .* not a folder, and not a name: expected the folder of a cross"):
        load_reranker(name)


def test_a_folder_without_a_model_is_refused(tmp_path):
    with pytest.raises(ModelError, match=r"no config\.json.*CrossEncoder\.save_pretrained"):
        load_reranker(str(tmp_path))


def test_a_hub_name_that_cannot_be_had_says_how_to_go_on_without(tmp_path, monkeypatch, network_attempts):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)
    told = []
    with pytest.raises(ModelError, match=r"could not be downloaded .*or leave --reranker out"):
        locate_reranker("tiny-reranker", on_progress=told.append)
    assert told == ["Downloading cross-encoder/tiny-reranker"]
    assert network_attempts.take() != []  # the user who names a hub model asks for its download
