"""Tiny real models, and code run in a process of its own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.index.embedding.tiny_models import made_tiny_models

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="session")
def tiny_models(tmp_path_factory):
    """Folders of models by kind."""
    return made_tiny_models(tmp_path_factory)


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
