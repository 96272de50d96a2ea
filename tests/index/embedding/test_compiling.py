from index.embedding.compiling import calibration_texts

PRECISION = """
import sys
from pathlib import Path
sys.modules["openvino_telemetry"] = None
from index.embedding import compiling
if sys.argv[3] == "f32":
    compiling.AGREEMENT["int8"] = (2.0, 2.0)  # more than a cosine can be
sys.stdout = sys.stderr
manifest = compiling.compile_model(Path(sys.argv[1]), Path(sys.argv[2]))
print(manifest.precision, manifest.cosine_mean > 0.9999, file=sys.__stdout__)
"""


def test_calibration_texts_are_varied():
    texts = calibration_texts()
    assert len(texts) >= 64
    assert len(set(texts)) == len(texts)
    assert max(len(text.split()) for text in texts) <= 150


def test_a_model_that_int8_would_change_stays_in_full_precision(tiny_models, tmp_path, run_python):
    assert run_python(PRECISION, tiny_models / "mean", tmp_path, "f32").splitlines()[-1] == "f32 True"
    assert (tmp_path / "model.bin").stat().st_size > 4 * 10_000
