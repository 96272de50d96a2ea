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
    "OcrLanguagesOption",
    "OcrOption",
    "RayOption",
    "RepairOption",
    "RerankerOption",
    "StoreOption",
    "SyncOption",
    "WatchOption",
    "WithinOption",
    "recognised",
]

CorpusOption = Annotated[
    str,
    typer.Option(
        "--corpus",
        "-c",
        metavar="FOLDER|s3://...",
        help="Folder of the documents, or the address of a bucket or prefix.",
    ),
]
IndexOption = Annotated[
    Path | None, typer.Option("--index", help="Where to keep the index (default: .footnote in the folder).")
]
StoreOption = Annotated[
    str | None,
    typer.Option(
        "--store",
        metavar="milvus://HOST:PORT/COLLECTION",
        help="Keep the index on a Milvus server (default: what FOOTNOTE_STORE says, else in the folder).",
    ),
]
ModelOption = Annotated[
    str | None, typer.Option("--model", help="A sentence-transformers model by name or folder (default: embedded).")
]
DeviceOption = Annotated[
    str | None,
    typer.Option("--device", help="Where the model runs: cpu, or one of torch such as cuda (asking needs the same)."),
]
OcrOption = Annotated[
    bool | None,
    typer.Option("--ocr/--no-ocr", help="Recognise the text of scanned pages, by Tesseract (default: as before)."),
]
OcrLanguagesOption = Annotated[
    str,
    typer.Option(
        "--ocr-languages",
        metavar="LANGUAGES",
        help='As Tesseract names them ("deu+eng"; default: as before, else eng).',
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
RayOption = Annotated[
    str | None,
    typer.Option(
        "--ray",
        metavar="auto|ADDRESS",
        help="Spread the work over a Ray cluster: one of this machine, or at HOST:PORT.",
    ),
]
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
WatchOption = Annotated[bool, typer.Option("--watch", help="Stay, and sync whenever documents change, until Ctrl-C.")]
SyncOption = Annotated[bool, typer.Option("--sync/--no-sync", help="Look for new and changed documents first.")]


def recognised(ocr: bool | None, languages: str) -> str | bool | None:
    """What is recognised as `Corpus` takes it: languages, True for those of the last time, False, None as last time."""
    return languages if languages and ocr is not False else ocr
