"""The shell's options for written answers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

import typer

from qa.answers import Answer, as_json
from qa.written.endpoint import KEY_VARIABLE, LanguageModel, language_model
from qa.written.writing import Written, written_as_json

__all__ = ["LlmModelOption", "LlmOption", "LlmSecondsOption", "llm_named", "with_written"]

LlmOption = Annotated[
    str | None,
    typer.Option(
        "--llm",
        metavar="URL",
        help="Have an OpenAI-compatible server write a short answer from the cited passages, which are sent to it; a "
        f"key, if it needs one, in {KEY_VARIABLE}.",
    ),
]
LlmModelOption = Annotated[
    str, typer.Option("--llm-model", metavar="NAME", help="The model to ask there (default: the only one it offers).")
]
LlmSecondsOption = Annotated[float, typer.Option("--llm-seconds", help="How long the model may say nothing.")]


def llm_named(url: str | None, name: str, seconds: float) -> LanguageModel | None:
    """The language model that the options name; a line of warning when what it is sent can be read on the way.

    Raises `WriterError` for an address or key that cannot be used.
    """
    if url is None:
        return None
    llm = language_model(url, name, seconds=seconds)
    if llm.is_exposed:
        typer.echo(
            f"footnote: questions and passages go to {llm.host} unencrypted, for all on the way to read: use https://",
            err=True,
        )
    return llm


def with_written(answer: Answer, growing: Iterable[Written]) -> dict[str, Any]:
    """The answer as JSON with what was written in the end: None under "written" when it was not found."""
    *_, last = [None, *growing]
    return {**as_json(answer), "written": written_as_json(last)}
