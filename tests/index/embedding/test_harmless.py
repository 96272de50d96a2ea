"""Model folders that carry code: refused in one line, and nothing of them is run, imported or unpickled."""

import json
import os
import pickle
import shutil
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from index.embedding import load_embedder
from index.embedding.crossencoder import load_reranker
from index.embedding.harmless import why_harmful
from index.errors import ModelError


@pytest.fixture
def trap(tmp_path, monkeypatch):
    """A file that exists once code of a model was run."""
    monkeypatch.setenv("TRAP", str(tmp_path / "sprung"))
    return tmp_path / "sprung"


CODE = """
import os, pathlib, torch
pathlib.Path(os.environ["TRAP"]).touch()
class Own(torch.nn.Module):
    pass
"""


class Bomb:
    def __reduce__(self):
        return os.system, ("touch $TRAP",)


def with_code(folder):
    (folder / "own.py").write_text(CODE)
    (folder / "modeling_own.py").write_text(CODE)


def changed(path: Path, change):
    facts = json.loads(path.read_text())
    change(facts)
    path.write_text(json.dumps(facts))


def other_module(named):
    def change(folder):
        with_code(folder)
        changed(folder / "modules.json", lambda modules: modules[-1].update(type=named))

    return change


def auto_map(folder):
    with_code(folder)
    own = {"AutoModel": "modeling_own.Own", "AutoConfig": "modeling_own.Own"}
    changed(folder / "config.json", lambda facts: facts.update(auto_map=own, model_type="own"))


def tokenizer_of_its_own(folder):
    with_code(folder)
    own = {"AutoTokenizer": ["modeling_own.Own", None]}
    changed(folder / "tokenizer_config.json", lambda facts: facts.update(auto_map=own, tokenizer_class="Own"))


def pickled_weights(folder):
    """One file of safetensors elsewhere, so that the folder as a whole seems to have them."""
    (folder / "more").mkdir()
    shutil.move(folder / "model.safetensors", folder / "more" / "model.safetensors")
    (folder / "pytorch_model.bin").write_bytes(pickle.dumps(Bomb()))


def pickled_part(folder):
    (folder / "3_Dense").mkdir()
    config = {"in_features": 32, "out_features": 32, "bias": True, "activation_function": "torch.nn.Identity"}
    (folder / "3_Dense" / "config.json").write_text(json.dumps(config))
    (folder / "3_Dense" / "pytorch_model.bin").write_bytes(pickle.dumps(Bomb()))
    dense = {"idx": 3, "name": "3", "path": "3_Dense", "type": "sentence_transformers.models.Dense"}
    changed(folder / "modules.json", lambda modules: modules.append(dense))


def other_activation(folder):
    with_code(folder)
    (folder / "3_Dense").mkdir()
    (folder / "3_Dense" / "config.json").write_text(json.dumps({"activation_function": "own.Own"}))


HARMFUL = {
    "a module of its own": other_module("own.Own"),
    "a module of its own, far away": other_module("someone/else--own.Own"),
    "a function of the system": other_module("os.system"),
    "pickled weights": pickled_weights,
    "a pickled part": pickled_part,
    "an activation of its own": other_activation,
}


@pytest.mark.parametrize("harm", HARMFUL.values(), ids=HARMFUL)
def test_a_model_that_carries_code_is_refused_before_any_of_it_runs(tiny_model, trap, harm):
    harm(tiny_model)
    sys.path.insert(0, str(tiny_model))  # as if it were the folder that Python was started in
    try:
        with pytest.raises(ModelError, match=r"is not opened .*(code of its own|is pickled)"):
            load_embedder(str(tiny_model), device="cpu")
    finally:
        sys.path.remove(str(tiny_model))
    assert not trap.exists()


@pytest.mark.slow
@pytest.mark.parametrize("harm", [auto_map, tokenizer_of_its_own])
def test_what_only_code_of_its_own_could_load_is_not_loaded(tiny_model, trap, harm, tmp_path, monkeypatch):
    monkeypatch.setenv("FOOTNOTE_CACHE", str(tmp_path / "cache"))
    harm(tiny_model)
    with suppress(ModelError):  # or the library has a class of its own for it
        load_embedder(str(tiny_model), device="cpu")
    assert not trap.exists()


def test_a_reranker_that_carries_code_is_refused(tiny_models, tmp_path, trap):
    folder = Path(shutil.copytree(tiny_models / "cross", tmp_path / "cross"))
    auto_map(folder)
    with pytest.raises(ModelError, match="cannot be loaded"):
        load_reranker(str(folder), device="cpu")
    pickled_weights(folder)
    with pytest.raises(ModelError, match="is pickled"):
        load_reranker(str(folder), device="cpu")
    assert not trap.exists()


@pytest.mark.parametrize("kind", ["mean", "prompts", "static"])
def test_plain_models_are_opened(tiny_models, kind):
    folder = tiny_models / kind

    assert why_harmful(folder) == ""


def test_settings_that_cannot_be_read_are_left_to_the_library(tiny_model):

    for broken in (b"{", b"\xff", b"[" * 100_000, b"null", b'"x"', b"[1, [2]]"):
        (tiny_model / "modules.json").write_bytes(broken)
        assert why_harmful(tiny_model) == ""
