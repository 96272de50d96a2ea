"""Tiny real models: a BERT of two layers over a vocabulary written here, saved as sentence-transformers saves it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.made_once import made_once

MAKE_MODEL = Path(__file__).with_name("make_model.py")


def made_tiny_models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folders of models by kind, which nobody changes."""
    return made_once(tmp_path_factory, "models", _make)


def _make(folder: Path) -> None:
    """In a process of its own, so that torch is not needed in this one."""
    subprocess.run([sys.executable, "-W", "ignore", MAKE_MODEL, folder], check=True, capture_output=True)
