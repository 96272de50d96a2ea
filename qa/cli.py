"""The shell command: `footnote ask|search|sync|serve|password|mcp|eval|check`.

Answers go to standard output, progress and errors to standard error. A wrong use or a folder that cannot be asked ends
with status 2 and one line that says what to do.
"""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from index.errors import CorpusAway, FootnoteError, IndexLocked, IndexNotWritable, SettingError
from qa.answers import as_json
from qa.cli_checking import check
from qa.cli_moving import move
from qa.cli_options import (
    CorpusOption,
    DeviceOption,
    IndexOption,
    JsonOption,
    ModelOption,
    OcrLanguagesOption,
    OcrOption,
    RayOption,
    RerankerOption,
    StoreOption,
    SyncOption,
    WatchOption,
    WithinOption,
    recognised,
)
from qa.cli_serving import password, serve
from qa.corpus import Corpus
from qa.escaping import flat, json_text
from qa.printing import print_answer, print_hits, print_report, print_written
from qa.written.endpoint import SECONDS
from qa.written.options import LlmModelOption, LlmOption, LlmSecondsOption, llm_named, with_written

__all__ = ["main"]

INTERRUPTED = 128 + signal.SIGINT
"""What Typer ends with after Ctrl-C."""

app = typer.Typer(
    name="footnote",
    help="Ask your documents. Every answer carries its footnote.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def footnote(
    version_: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=lambda wanted: _say_version() if wanted else None,
            is_eager=True,
            help="Say which version this is.",
        ),
    ] = False,
) -> None:
    """Ask your documents. Every answer carries its footnote."""


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="The question, in quotation marks.")],
    corpus: CorpusOption = "corpus",
    index: IndexOption = None,
    store: StoreOption = None,
    model: ModelOption = None,
    device: DeviceOption = None,
    within: WithinOption = None,
    reranker: RerankerOption = None,
    llm: LlmOption = None,
    llm_model: LlmModelOption = "",
    llm_seconds: LlmSecondsOption = SECONDS,
    sync: SyncOption = True,
    as_json_: JsonOption = False,
) -> None:
    """Answer a question with the sentence that says it, and where it stands."""
    writer = llm_named(llm, llm_model, llm_seconds)
    opened = _opened(corpus, index, store, model, reranker, device, sync=sync)
    answer = opened.ask(question, within=within or ())
    if as_json_:
        _json(with_written(answer, opened.write(answer, writer)) if writer else answer)
        return
    print_answer(answer)
    if writer:
        print_written(opened.write(answer, writer))


@app.command()
def search(
    query: Annotated[str, typer.Argument(help="What to look for.")],
    corpus: CorpusOption = "corpus",
    index: IndexOption = None,
    store: StoreOption = None,
    model: ModelOption = None,
    device: DeviceOption = None,
    k: Annotated[int, typer.Option("-k", min=1, max=1000, help="How many passages.")] = 10,
    within: WithinOption = None,
    reranker: RerankerOption = None,
    sync: SyncOption = True,
    as_json_: JsonOption = False,
) -> None:
    """List the best passages for some words, best first."""
    hits = _opened(corpus, index, store, model, reranker, device, sync=sync).search(query, k, within=within or ())
    _json(hits) if as_json_ else print_hits(hits)


@app.command(name="sync")
def sync_(
    corpus: CorpusOption = "corpus",
    index: IndexOption = None,
    store: StoreOption = None,
    model: ModelOption = None,
    device: DeviceOption = None,
    ocr: OcrOption = None,
    ocr_languages: OcrLanguagesOption = "",
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Forget the index and build it from nothing.")] = False,
    watch: WatchOption = False,
    ray: RayOption = None,
    as_json_: JsonOption = False,
) -> None:
    """Bring the index in step with the folder; only what is new or changed is embedded."""
    opened = Corpus(corpus, index=index, store=store, model=model, device=device, ocr=recognised(ocr, ocr_languages))
    if watch:
        if ray:
            raise SettingError(
                "--watch and --ray do not go together: small changes take a cluster longer than this machine"
            )
        _watch(opened, rebuild=rebuild, as_json_=as_json_)
        return
    report = _synced(opened, rebuild=rebuild, ray=ray)
    if as_json_:
        _json(asdict(report))
    else:
        print_report(report)


@app.command(name="eval")
def eval_(
    questions: Annotated[
        Path, typer.Argument(help='JSON Lines of questions, a BEIR-style folder, or "feedback": the page\'s thumbs.')
    ],
    corpus: Annotated[str | None, typer.Option("--corpus", "-c", help="Folder or address of the documents.")] = None,
    index: IndexOption = None,
    store: StoreOption = None,
    model: ModelOption = None,
    reranker: RerankerOption = None,
    against: Annotated[
        Path | None, typer.Option("--against", help="An earlier report (.json): show what changed.")
    ] = None,
    report: Annotated[
        list[Path] | None, typer.Option("--report", help="Write the report to a .json or .html file; may be repeated.")
    ] = None,
    work: Annotated[
        Path | None, typer.Option("--work", help="Keep the documents and index of a BEIR-style folder here.")
    ] = None,
    queries: Annotated[
        str, typer.Option("--queries", help="The file of queries in a BEIR-style folder.")
    ] = "queries.jsonl",
    sync: SyncOption = True,
    as_json_: JsonOption = False,
) -> None:
    """Ask many questions whose answers are known, and report how well it went."""
    from qa.evaluation.command import Settings, as_plain, evaluated
    from qa.evaluation.table import print_comparison, print_evaluation

    settings = Settings(
        questions=questions,
        corpus=corpus,
        work=work,
        queries=queries,
        reranker=reranker,
        against=against,
        reports=tuple(report or ()),
    )
    found = evaluated(settings, lambda folder: _opened(folder, index, store, model, reranker, sync=sync))
    if as_json_:
        _json(as_plain(found.report, found.comparison))
        return
    print_evaluation(found.report)
    if found.comparison:
        print_comparison(found.comparison)


app.command()(serve)
app.command()(password)


@app.command()
def mcp(
    corpus: CorpusOption = "corpus",
    index: IndexOption = None,
    store: StoreOption = None,
    model: ModelOption = None,
    sync: SyncOption = True,
) -> None:
    """Let an assistant ask: a server for the Model Context Protocol (MCP) on standard input and output."""
    from qa.assistants import serve as serve_assistant

    serve_assistant(corpus, index=index, store=store, model=model, sync=sync)


app.command()(check)
app.command()(move)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command; an error of ours becomes one line on standard error and status 2.

    `arguments`: what stands after the name of the command (default: what the shell gave).
    """
    try:
        app(args=arguments)
    except FootnoteError as error:
        typer.echo(f"footnote: {flat(str(error))}", err=True)
        sys.exit(2)
    except SystemExit as ended:
        if ended.code == INTERRUPTED:
            typer.echo("footnote: stopped; what was committed is kept", err=True)
        raise


def _say_version() -> None:
    from importlib.metadata import version

    typer.echo(f"footnote {version('footnote-qa')}")
    raise typer.Exit


def _opened(
    corpus: str | Path,
    index: Path | None,
    store: str | None,
    model: str | None,
    reranker: str | None = None,
    device: str | None = None,
    *,
    sync: bool,
) -> Corpus:
    """The corpus, in step with its folder where that is possible."""
    opened = Corpus(corpus, index=index, store=store, model=model, device=device, reranker=reranker)
    if sync or not opened.is_built:
        try:
            _synced(opened)
        except (CorpusAway, IndexLocked, IndexNotWritable) as error:
            if not opened.is_built:
                raise
            typer.echo(f"footnote: answering from the index as it is: {flat(str(error))}", err=True)
    return opened


def _synced(
    corpus: Corpus, *, rebuild: bool = False, only: frozenset[str] | None = None, ray: str | None = None
) -> Any:
    from qa.progress import TerminalProgress

    with TerminalProgress() as progress:
        report = corpus.sync(progress, rebuild=rebuild, only=only, ray=ray)
    if corpus.warning:
        typer.echo(f"footnote: {flat(corpus.warning)}", err=True)
    return report


def _watch(corpus: Corpus, *, rebuild: bool, as_json_: bool) -> None:
    """One line for each sync, until it is interrupted."""
    from qa.watching import kept_in_step

    is_first = True
    reports = kept_in_step(
        corpus,
        lambda only: _synced(corpus, rebuild=rebuild and is_first, only=only),
        stop=threading.Event(),
        say=lambda line: typer.echo(f"footnote: {flat(line)}", err=True),
    )
    for report in reports:
        is_first = False
        typer.echo(json_text(asdict(report)) if as_json_ else f"{datetime.now():%H:%M:%S}  {report}")
        sys.stdout.flush()


def _json(value: Any) -> None:
    plain = value if isinstance(value, dict) else as_json(value)
    typer.echo(json_text(plain, indent=2))
