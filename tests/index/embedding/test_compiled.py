import json
import subprocess
import sys
import time

import numpy as np
import pytest

from index.embedding import compiled, load_embedder
from index.embedding.compiled import BATCH_TOKENS, batches
from index.embedding.recipe import Manifest, padded_length
from tests.sources import ROOT

TEXTS = ["The army crossed the river.", "a", "", "Water is in the council's border. " * 5, "people of the army"]


@pytest.fixture(scope="module", params=["mean", "prompts"])
def kind(request):
    return request.param


@pytest.fixture(scope="module")
def embedder(tiny_models, kind):
    return load_embedder(str(tiny_models / kind), device="cpu")


@pytest.fixture(scope="module")
def expected(tiny_models):
    return json.loads((tiny_models / "expected.json").read_text())


def test_vectors_are_those_of_sentence_transformers_with_its_prompts(embedder, expected, kind):
    passages = embedder.embed_passages(expected["texts"])
    questions = np.concatenate([embedder.embed_question(text) for text in expected["texts"]])
    assert (passages * expected[kind]["passages"]).sum(axis=1).min() > 0.998
    assert (questions * expected[kind]["questions"]).sum(axis=1).min() > 0.998
    assert np.array_equal(passages, questions) is (kind == "mean")


def test_vectors_are_unit_rows_of_float32_in_the_order_given(embedder):
    vectors = embedder.embed_passages(TEXTS)
    assert vectors.dtype == np.float32
    assert vectors.shape == (len(TEXTS), embedder.dimension) == (len(TEXTS), 32)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
    assert np.array_equal(embedder.embed_passages(TEXTS[::-1]), vectors[::-1])


def test_no_texts_give_no_rows(embedder):
    assert embedder.embed_passages([]).shape == (0, 32)
    assert embedder.token_spans([]) == []


def test_a_vector_is_the_same_alone_and_in_any_batch(embedder):
    rng = np.random.default_rng(5)
    texts = [" ".join(rng.choice(["army", "river", "of", "x"], size=size)) for size in rng.integers(1, 40, size=60)]
    alone = np.concatenate([embedder.embed_passages([text]) for text in texts])
    order = rng.permutation(len(texts))
    assert np.array_equal(embedder.embed_passages([texts[at] for at in order]), alone[order])


def test_the_model_for_many_texts_is_loaded_when_there_are_many_and_gives_the_same(tiny_models, kind, monkeypatch):
    monkeypatch.setattr(compiled, "WORTH_LOADING_TOKENS", 400)
    monkeypatch.setattr(compiled, "IDLE_SECONDS", 2.0)
    embedder = load_embedder(str(tiny_models / kind), device="cpu")
    texts = [f"The army of {'river ' * size}" for size in range(1, 13)]
    few = embedder.embed_passages(texts)
    assert not embedder._for_many.is_loaded
    many = embedder.embed_passages(texts * 3)
    assert embedder._for_many.is_loaded
    assert np.array_equal(many, np.concatenate([few] * 3))
    deadline = time.monotonic() + 20
    while embedder._for_many.is_loaded:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert np.array_equal(embedder.embed_passages(texts), few)


def test_token_spans_are_the_tokens_places_and_nothing_is_truncated(embedder):
    first, second = embedder.token_spans(["The army!", "river " * 100])
    assert first == [(0, 3), (4, 8), (8, 9)]
    assert len(second) == 100


def test_max_tokens_are_what_a_text_may_have_before_it_is_cut(embedder, kind):
    assert embedder.max_tokens == {"mean": 32 - 2, "prompts": 32 - 2 - 2}[kind]
    words = ["river", "army"] * embedder.max_tokens
    full, cut, short = (" ".join(words[: embedder.max_tokens + more]) for more in (0, 1, -1))
    vectors = embedder.embed_passages([full, cut, short])
    assert np.array_equal(vectors[0], vectors[1])
    assert not np.array_equal(vectors[0], vectors[2])


def test_identity_says_the_weights_the_runtime_and_the_precision(embedder, tiny_models, kind):
    again = load_embedder(str(tiny_models / kind), device="cpu")
    assert again.fingerprint == embedder.fingerprint
    assert "openvino-int8" in embedder.fingerprint
    assert embedder.name == str(tiny_models / kind)


def test_padding_depends_on_the_text_alone():
    assert [padded_length(tokens, 30) for tokens in (1, 8, 9, 25, 30)] == [8, 8, 16, 30, 30]


def test_batches_hold_texts_of_one_length_longest_first():
    ids = [[7] * size for size in (3, 20, 5, 17)]
    made = list(batches(ids, Manifest(precision="int8", max_length=256, pad_id=9)))
    assert [rows for rows, _ in made] == [[1, 3], [0, 2]]
    padded, mask = made[1][1]
    assert padded[0].tolist() == [7] * 3 + [9] * 5
    assert mask.sum(axis=1).tolist() == [3, 5]


def test_batches_are_bounded():
    ids = [[7] * 256] * 100
    sizes = [len(rows) for rows, _ in batches(ids, Manifest(precision="int8", max_length=256))]
    assert max(sizes) * 256 <= BATCH_TOKENS
    assert sum(sizes) == 100


FIRST_AT_ONCE = """
import sys, threading
from index.embedding import load_embedder
sys.setswitchinterval(1e-6)
embedder, begin = load_embedder(sys.argv[1], device="cpu"), threading.Barrier(8)
def ask():
    begin.wait()
    embedder.embed_question("The army crossed the river.")
asking = [threading.Thread(target=ask) for _ in range(8)]
for thread in asking: thread.start()
for thread in asking: thread.join()
"""


def test_the_first_questions_of_a_process_may_come_at_once(embedder, tiny_models, kind):
    command = [sys.executable, "-W", "ignore", "-c", FIRST_AT_ONCE, str(tiny_models / kind)]
    tries = [subprocess.Popen(command, cwd=ROOT) for _ in range(4)]  # one in six used to wait forever
    try:
        assert [each.wait(120) for each in tries] == [0] * len(tries)
    finally:
        for each in tries:
            each.kill()
