"""What every worker must know before it is given a file or a text."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from index.reading import READER_VERSION, ReadingLimits
from index.splitting import SplitSettings

__all__ = ["Job", "versions"]

WITNESSES = 3
"""Names of the folder that a worker must see, so that it is the same folder and not another of that name."""


@dataclass(frozen=True, slots=True)
class Job:
    """One sync: which folder, and how its documents are read, split and embedded."""

    corpus: Path
    settings: SplitSettings
    model: str | None = None
    """As `load_embedder` takes it."""
    device: str | None = None
    has_own_embedder: bool = False
    """Whether an embedder was given as an object, which no other process can have."""
    copy_of: str = ""
    """Address that the folder is a copy of."""

    def order(self, device: str) -> dict[str, Any]:
        """The job for other processes, of this machine or another one: strings and numbers only."""
        corpus = Path(os.path.abspath(self.corpus))
        return {
            "corpus": str(corpus),
            "copy_of": self.copy_of,
            "witnesses": sorted(path.name for path in corpus.iterdir())[:WITNESSES],
            "settings": asdict(self.settings),
            "limits": asdict(ReadingLimits.from_environment()),
            "model": os.path.abspath(self.model)
            if self.model and Path(self.model).expanduser().is_dir()
            else self.model,
            "device": device,
        }


def versions() -> dict[str, str]:
    """What must be the same wherever a job is done; Ray sees to its own version and Python's."""
    return {"Footnote": version("footnote-qa"), "reader": str(READER_VERSION)}
