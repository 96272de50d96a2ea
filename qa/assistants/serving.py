"""The server that an assistant starts and speaks to over standard input and output, in the Model Context Protocol."""

from __future__ import annotations

import inspect
import os
import signal
import threading
from importlib.metadata import version
from pathlib import Path
from typing import Any

from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import CallToolResult, InputRequiredResult, ToolAnnotations
from pydantic import ValidationError

from index.errors import FootnoteError
from index.opening import named
from index.scanning import check_corpus
from qa.assistants.readiness import Readiness
from qa.assistants.tools import Tools
from qa.corpus import Corpus

__all__ = ["mcp_server", "serve"]

STOPPED_WITHIN_SECONDS = 1.0
"""Clients end a server by force two seconds after they closed its input."""

INSTRUCTIONS = """\
Footnote answers from the user's own documents, the folder "{name}", verbatim and with the exact place. Use `ask` for
one fact, `search` for a survey, `read_passage` for the context of a citation, `list_documents` for what there is. Quote
what they give to the letter, and name path and place with it. "Not found" is an answer: pass it on."""

READS_ONLY = ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False)
TITLES = {
    "ask": "Ask the documents",
    "search": "Search the documents",
    "read_passage": "Read a passage",
    "list_documents": "List the documents",
}


def serve(
    corpus: str | Path = "corpus",
    *,
    index: str | Path | None = None,
    store: str | None = None,
    model: str | None = None,
    sync: bool = True,
) -> None:
    """Serve the documents to one assistant until it closes standard input.

    `sync`: look for new and changed documents, now and while it is asked. Raises `CorpusError`.
    """
    place = named(corpus)  # no shell stands between a client's settings and us
    opened = Corpus(place, index=index, store=store, model=model)
    if not opened.source:
        check_corpus(Path(place))
    readiness = Readiness(opened, sync=sync)
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # reading standard input cannot be interrupted otherwise
    readiness.look()
    try:
        mcp_server(opened, readiness).run("stdio")
    finally:
        if not readiness.stop(STOPPED_WITHIN_SECONDS):
            os._exit(0)  # a model at work cannot be interrupted; what was committed is kept


def mcp_server(corpus: Corpus, readiness: Readiness) -> MCPServer[Any]:
    """The server with its tools, not running yet."""
    tools = Tools(corpus, readiness)
    server = _Server(
        "footnote",
        title="Footnote",
        version=version("footnote-qa"),
        instructions=INSTRUCTIONS.format(name=corpus.name),
        log_level="WARNING",
    )
    for tool in (tools.ask, tools.search, tools.read_passage, tools.list_documents):
        name = tool.__name__
        server.add_tool(tool, title=TITLES[name], description=inspect.getdoc(tool), annotations=READS_ONLY)
    return server


class _Server(MCPServer[Any]):
    """Says in one line what is wrong with a call; the library's own words are several, and withhold ours."""

    async def call_tool(
        self, name: str, arguments: dict[str, Any], context: Context[Any, Any] | None = None
    ) -> CallToolResult | InputRequiredResult:
        await self._check_names(name, arguments)
        try:
            return await super().call_tool(name, arguments, context)
        except ToolError as error:
            if isinstance(error.__cause__, FootnoteError):
                raise ToolError(str(error.__cause__)) from error.__cause__
            if isinstance(error.__cause__, ValidationError):
                raise ToolError(f"{name}: {_in_one_line(error.__cause__)}") from error.__cause__
            raise

    async def _check_names(self, name: str, arguments: dict[str, Any]) -> None:
        """Raise `ToolError` for arguments that the tool does not have, which would be passed over in silence."""
        for tool in await self.list_tools():
            known = tool.input_schema["properties"]
            unknown = [argument for argument in arguments if argument not in known]
            if tool.name == name and unknown:
                raise ToolError(f"{name} has no argument {', '.join(unknown)}: it takes {', '.join(known)}")


def _in_one_line(error: ValidationError) -> str:
    """What is wrong with each argument: "k: Input should be greater than or equal to 1; query: Field required"."""
    return "; ".join(f"{'.'.join(map(str, found['loc']))}: {found['msg']}" for found in error.errors())
