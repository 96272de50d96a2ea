"""`footnote check`: the index tested, and with `--repair` mended."""

from __future__ import annotations

from typing import Annotated

import typer

from qa.checking import SAMPLE, check_as_json
from qa.cli_options import (
    CorpusOption,
    DeviceOption,
    IndexOption,
    JsonOption,
    ModelOption,
    RepairOption,
    StoreOption,
)
from qa.corpus import Corpus
from qa.escaping import json_text
from qa.printing import print_check, print_mended

__all__ = ["check"]


def check(
    corpus: CorpusOption = "corpus",
    index: IndexOption = None,
    store: StoreOption = None,
    model: ModelOption = None,
    device: DeviceOption = None,
    sample: Annotated[
        int, typer.Option("--sample", min=1, help="Passages looked at where looking at all would take long.")
    ] = SAMPLE,
    repair: RepairOption = False,
    as_json_: JsonOption = False,
) -> None:
    """Test the index: is it sound, is every passage found by its own words, is every citation a slice?

    With --repair, what is damaged is mended first, and said line by line. Ends with status 1 when something is wrong.
    """
    from qa.progress import TerminalProgress

    mended: list[str] = []
    try:
        with TerminalProgress() as progress:
            report = Corpus(corpus, index=index, store=store, model=model, device=device).check(
                sample=sample,
                on_check=lambda at: progress.show(f"{at.stage}: {at.done:,} of {at.total:,}", at.share),
                repair=repair,
                on_mend=mended.append,
            )
    except BaseException:  # what was mended until then stays so
        print_mended(mended, to_errors=as_json_)
        raise
    typer.echo(json_text(check_as_json(report), indent=2)) if as_json_ else print_check(report)
    if not report.well:
        raise typer.Exit(1)
