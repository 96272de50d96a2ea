"""Options that mean the same in every command of the shell."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = [
    "CorpusOption",
    "DeviceOption",
    "IndexOption",
    "JsonOption",
    "ModelOption",
    "RepairOption",
    "RerankerOption",
    "SyncOption",
    "WithinOption",
]

CorpusOption = Annotated[Path, typer.Option("--corpus", "-c", help="Folder of the documents.")]
IndexOption = Annotated[
    Path | None, typer.Option("--index", help="Where to keep the index (default: .footnote in the folder).")
]
ModelOption = Annotated[
    str | None, typer.Option("--model", help="A sentence-transformers model by name or folder (default: embedded).")
]
DeviceOption = Annotated[
    str | None,
    typer.Option("--device", help="Where the model runs: cpu, or one of torch such as cuda (asking needs the same)."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
RepairOption = Annotated[
    bool, typer.Option("--repair", help="Mend what is damaged first; documents are only read, a damaged file is kept.")
]
RerankerOption = Annotated[
    str | None,
    typer.Option("--reranker", help="A cross-encoder by name or folder, to read the best passages once more."),
]
WithinOption = Annotated[
    list[str] | None, typer.Option("--within", help='Only these documents: a path, folder or pattern ("reports/*").')
]
SyncOption = Annotated[bool, typer.Option("--sync/--no-sync", help="Look for new and changed documents first.")]
