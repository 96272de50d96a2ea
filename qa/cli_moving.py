"""`footnote move`: an index to another store."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from index.errors import SettingError
from index.opening import moved_to, opened
from qa.cli_options import CorpusOption, IndexOption, JsonOption, StoreOption
from qa.escaping import json_text

__all__ = ["move"]

FOLDER = "folder"
"""The store beside the documents, by name."""

ToOption = Annotated[
    str, typer.Option("--to", metavar="STORE", help="Where to: milvus://HOST:PORT/COLLECTION, or folder.")
]


def move(
    to: ToOption,
    corpus: CorpusOption = "corpus",
    index: IndexOption = None,
    store: StoreOption = None,
    as_json_: JsonOption = False,
) -> None:
    """Copy the index to another store and compare both; nothing is read or embedded anew.

    The old one stays as it is. A move that was broken off goes on where it stopped.
    """
    from qa.progress import TerminalProgress

    source = opened(corpus, store=store, index=index)
    target = opened(corpus, store="" if to == FOLDER else to, index=index)
    if isinstance(source, type(target)) and getattr(source, "address", "") == getattr(target, "address", ""):
        raise SettingError(f"the index is in {to} already: name another store with --to, or where it is with --store")
    with TerminalProgress() as progress:
        report = moved_to(
            source,
            target,
            lambda stage, done, total: progress.show(f"{stage}: {done:,} of {total:,} documents", done / max(total, 1)),
        )
    if as_json_:
        typer.echo(json_text(asdict(report), indent=2))
        return
    typer.echo(
        f"{report.documents:,} documents with {report.passages:,} passages are in {to} as they were (SHA-256 "
        f"{report.digest[:16]}); {report.copied:,} were copied now"
    )
    typer.echo(
        "ask there with --store, or set FOOTNOTE_STORE; the old index stays until you delete it"
        if to != FOLDER
        else "ask there without --store; the old index stays until you delete it"
    )
