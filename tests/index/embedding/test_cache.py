import logging
import shutil
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

from index.embedding import cache as cache_module
from index.embedding import digests, load_embedder
from index.embedding.cache import cache_folder
from index.embedding.digests import digest_model
from index.embedding.locate import ModelFolder
from index.embedding.recipe import MANIFEST, RECIPE, Manifest, read_manifest, write_manifest

TEXT = "The army crossed the river."


@pytest.fixture(scope="module")
def filled(tiny_models, tmp_path_factory):
    """A cache that holds the tiny model alone, the vector of TEXT, and what was told on the way."""
    cache, told = tmp_path_factory.mktemp("filled"), []
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FOOTNOTE_CACHE", str(cache))
        vector = load(tiny_models, told).embed_question(TEXT)
    return cache, vector, told


@pytest.fixture
def cache(filled, tmp_path, monkeypatch):
    """A copy of it that a test may damage."""
    folder = shutil.copytree(filled[0], tmp_path / "cache")
    monkeypatch.setenv("FOOTNOTE_CACHE", str(folder))
    return folder


def compiled(cache):
    (folder,) = (cache / "models").iterdir()
    return folder


def load(tiny_models, told):
    return load_embedder(str(tiny_models / "mean"), device="cpu", on_progress=told.append)


def damage(path):
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 200] = bytes(byte ^ 0xFF for byte in content[middle : middle + 200])
    path.write_bytes(content)


def test_a_warm_start_compiles_nothing_and_gives_the_same_vector(cache, filled, tiny_models):
    told = []
    assert np.array_equal(load(tiny_models, told).embed_question(TEXT), filled[1])
    assert told == []


def test_a_first_start_says_that_it_compiles_and_leaves_one_folder(filled):
    cache, _, told = filled
    assert "Compiling" in told[0]
    assert "once" in told[0]
    assert [path.name for path in (cache / "models").iterdir()] == [compiled(cache).name]


@pytest.mark.parametrize("name", ["model.xml", "model.bin", "tokenizer.json", MANIFEST])
def test_a_damaged_file_is_noticed(cache, name):
    assert read_manifest(compiled(cache), check=True)
    damage(compiled(cache) / name)
    assert read_manifest(compiled(cache), check=True) is None


def test_the_compiled_form_of_another_recipe_is_not_used(cache):
    write_manifest(compiled(cache), Manifest(precision="int8", recipe=RECIPE + 1))
    assert read_manifest(compiled(cache), check=True) is None


def test_a_damaged_form_is_made_again(cache, filled, tiny_models):
    damage(compiled(cache) / "model.bin")
    assert np.array_equal(load(tiny_models, []).embed_question(TEXT), filled[1])


def test_a_damaged_blob_costs_no_compilation(cache, filled, tiny_models):
    (blob,) = compiled(cache).glob("*.blob")
    damage(blob)
    damaged = blob.read_bytes()
    told = []
    assert np.array_equal(load(tiny_models, told).embed_question(TEXT), filled[1])
    assert told == []
    assert blob.read_bytes() != damaged


def test_changed_files_are_another_model(cache, tiny_model):
    model = ModelFolder("tiny", tiny_model)
    seen = {digest_model(model, cache=cache)}
    for name in ("model.safetensors", "tokenizer.json", "1_Pooling/config.json"):
        damage(tiny_model / name)
        seen.add(digest_model(model, cache=cache))
    assert len(seen) == 4


def test_files_are_read_once_until_they_change(cache, tiny_model, monkeypatch):
    model = ModelFolder("tiny", tiny_model)
    before = digest_model(model, cache=cache)
    read = []
    monkeypatch.setattr(digests, "sha256_file", lambda path: read.append(path.name) or "0" * 64)
    assert digest_model(model, cache=cache) == before
    assert read == []
    (tiny_model / "config.json").touch()
    assert digest_model(model, cache=cache) != before
    assert read == ["config.json"]


def test_a_cache_that_takes_no_writes_costs_one_warning(filled, tiny_models, tmp_path, monkeypatch, caplog):
    def copy(_model, draft, _tell):
        shutil.copytree(compiled(filled[0]), draft, dirs_exist_ok=True)
        return read_manifest(draft, check=True)

    monkeypatch.setattr(cache_module, "_compile", copy)
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("FOOTNOTE_CACHE", str(tmp_path / "file"))
    with caplog.at_level(logging.WARNING):
        vector = load(tiny_models, []).embed_question(TEXT)
    assert np.array_equal(vector, filled[1])
    (record,) = caplog.records
    assert "FOOTNOTE_CACHE" in record.getMessage()


def test_two_processes_may_compile_at_once(tiny_models, tmp_path, monkeypatch):
    monkeypatch.setenv("FOOTNOTE_CACHE", str(tmp_path))
    code = "import sys; from index.embedding import load_embedder; load_embedder(sys.argv[1], device='cpu')"
    command = [sys.executable, "-W", "ignore", "-c", code, str(tiny_models / "mean")]
    racers = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    assert [racer.communicate()[1] for racer in racers] == ["", ""]
    assert [path.name for path in (tmp_path / "models").iterdir()] == [compiled(tmp_path).name]
    told = []
    load(tiny_models, told)
    assert told == []


def test_two_folders_of_one_server_compile_once(cache, tiny_models, monkeypatch):
    whole, drafts = compiled(cache), []
    told, found = [[], []], []
    aside = shutil.move(whole, cache / "aside")

    def copy(model, draft, on_progress):
        drafts.append(draft)
        deadline = time.monotonic() + 30
        while max(map(len, told)) < 2:  # the other one waits, and says so again
            assert time.monotonic() < deadline, "nobody waits"
            time.sleep(0.01)
        shutil.copytree(aside, draft, dirs_exist_ok=True)
        return read_manifest(draft, check=True)

    monkeypatch.setattr(cache_module, "_compile", copy)
    threads = [threading.Thread(target=lambda of=of: found.append(load(tiny_models, of).fingerprint)) for of in told]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert (len(found), len(set(found)), len(drafts)) == (2, 1, 1)
    assert all("Compiling" in of[0] for of in told)
    assert max(map(len, told)) > 1  # of the one that waits: where a sync that is to end would end


def test_compiling_ends_with_whoever_wanted_it(tiny_models, tmp_path):
    command = [
        sys.executable,
        "-W",
        "ignore",
        "-m",
        "index.embedding.compiling",
        str(tiny_models / "mean"),
        str(tmp_path),
    ]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout.readline() == "tracing\n"
        child.stdin.close()
        assert child.wait(60) == 1
    assert read_manifest(tmp_path, check=True) is None


def test_the_cache_is_the_users_unless_told_otherwise(monkeypatch, tmp_path):
    monkeypatch.setenv("FOOTNOTE_CACHE", str(tmp_path))
    assert cache_folder() == tmp_path
    monkeypatch.delenv("FOOTNOTE_CACHE")
    assert cache_folder().name.lower() == "footnote"
