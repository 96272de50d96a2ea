"""What a system that is compared has to do, and the setting it is made in."""

from __future__ import annotations

import importlib
import platform
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, cast

DEPTH = 100
"""Candidates that each retriever of a hybrid gives, at best settings: enough that ten more would change nothing."""


@dataclass(frozen=True, slots=True)
class Setting:
    """Where a system works and with what."""

    folder: Path
    """Its own, empty at the start; what it writes there is its index."""
    documents: Path
    """A folder of text files, one for each document, for a system that reads files itself."""
    model: Path
    """The folder of the embedding model, in the form of sentence-transformers."""
    exported: Path
    """The same model as ONNX, whole and int8; see `peers_environments.export`."""
    best: bool
    """Whether the best settings are taken instead of the system's defaults."""


class System(Protocol):
    """A library that finds documents, behind the five things that are measured."""

    def start(self) -> None:
        """Import what is needed and load the model."""

    def index(self, documents: Mapping[str, str]) -> None:
        """Make all documents, text by name, searchable."""

    def add(self, name: str, text: str) -> None:
        """Make one more document searchable."""

    def save(self) -> None:
        """Bring what is not there yet to the disk."""

    def search(self, query: str, k: int) -> list[str]:
        """Names of the `k` best documents, best first."""


def made(kind: str, setting: Setting) -> System:
    """The system of the module `benchmarks.peers_<kind>`."""
    return cast("System", importlib.import_module(f"benchmarks.peers_{kind}").system(setting))


def int8_file() -> str:
    """The int8 form of an exported model that is made for this processor, as sentence-transformers names it."""
    if platform.machine() in {"aarch64", "arm64"}:
        return "model_qint8_arm64.onnx"
    cpu = Path("/proc/cpuinfo")
    flags = cpu.read_text() if cpu.exists() else ""
    has_vnni = re.search(r"\bavx512_vnni\b", flags)
    return "model_qint8_avx512_vnni.onnx" if has_vnni else "model_quint8_avx2.onnx"
