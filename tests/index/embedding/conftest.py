"""Tiny real models: a BERT of two layers over a vocabulary written here, saved as sentence-transformers saves it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
MAKE_MODEL = Path(__file__).with_name("make_model.py")


@pytest.fixture(scope="session")
def tiny_models(tmp_path_factory):
    """Folders of models by kind, made in one process so that torch is not needed in this one."""
    folder = tmp_path_factory.mktemp("models")
    subprocess.run([sys.executable, "-W", "ignore", MAKE_MODEL, folder], check=True, capture_output=True)
    return folder


@pytest.fixture
def tiny_model(tiny_models, tmp_path):
    """A copy of the plain tiny model that a test may damage."""
    return Path(shutil.copytree(tiny_models / "mean", tmp_path / "mean"))


@pytest.fixture(scope="session")
def run_python():
    """Run code in a fresh interpreter at the root of the repository; gives what it printed."""

    def run(code, *arguments, **environment):
        command = [sys.executable, "-W", "ignore", "-c", code, *map(str, arguments)]
        done = subprocess.run(
            command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run
