"""A virtual environment for each peer, and the model in the forms that they take.

The peers' versions are pinned in full in `peers_requirements/`, one file each: they exclude one another and some of our
own. Only this part uses the network, and only to install.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from benchmarks.peers_system import int8_file

REQUIREMENTS = Path(__file__).parent / "peers_requirements"
EXPORTER = "langchain"
"""Any of those that have sentence-transformers with ONNX."""

EXPORT = """
import shutil, sys
from pathlib import Path
from sentence_transformers import SentenceTransformer, export_dynamic_quantized_onnx_model

source, target, processor = sys.argv[1:]
model = SentenceTransformer(source, device="cpu", backend="onnx", model_kwargs={"export": True})
model.save_pretrained(target)
export_dynamic_quantized_onnx_model(model, processor, target)
for path in Path(target).glob("*.*"):  # Chroma's own function looks for them beside the model
    shutil.copy(path, Path(target) / "onnx")
"""


def python_of(kind: str, work: Path) -> Path:
    """The Python that runs a system: our own for Footnote, else that of an environment, which is made if need be."""
    if kind == "footnote":
        return Path(sys.executable)
    requirements = (REQUIREMENTS / f"{kind}.txt").read_text()
    folder = work / "environments" / kind
    python, stamp = folder / "bin" / "python", folder / "installed.txt"
    if not stamp.exists() or stamp.read_text() != requirements:
        print(f"setting up {folder}: some minutes the first time", flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        install = ["install", "--quiet", "--disable-pip-version-check", "-r", str(REQUIREMENTS / f"{kind}.txt")]
        subprocess.run([str(python), "-m", "pip", *install], check=True)
        stamp.write_text(requirements)
    return python


def exported(model: Path, work: Path, environment: dict[str, str]) -> Path:
    """The model as ONNX, whole and int8, made by sentence-transformers' own export.

    Made once, before anything is timed, as Footnote compiles its model once per user.
    """
    folder = work / "exported"
    if not (folder / "onnx" / "vocab.txt").exists():
        print(f"exporting {model.name} to {folder}", flush=True)
        processor = int8_file().removesuffix(".onnx").partition("int8_")[2]
        command = [str(python_of(EXPORTER, work)), "-c", EXPORT, str(model), str(folder), processor]
        subprocess.run(command, check=True, env=environment)
    return folder
