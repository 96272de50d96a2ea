"""`footnote mcp` as clients start it: the real server over standard input and output, on the sample corpus."""

import asyncio
import json
import os
import signal
import subprocess
import sys

import pytest
from mcp import Client, StdioServerParameters

from tests.apart import run_apart
from tests.sources import ROOT

COMMAND = [sys.executable, "-c", "from qa.cli import main; main()", "mcp"]
INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    },
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory, indexed_sample):
    return indexed_sample(tmp_path_factory.mktemp("assistant") / "corpus")


def environment():
    return {**os.environ, "PYTHONPATH": os.pathsep.join([os.environ["PYTHONPATH"], str(ROOT)])}


def converse(folder, talk):
    """What `talk` makes of a client of a server on the folder."""

    async def speak():
        [command, *arguments] = [*COMMAND, "--corpus", str(folder)]
        server = StdioServerParameters(command=command, args=arguments, env=environment())
        async with Client(server, read_timeout_seconds=60) as client:
            return await talk(client)

    return run_apart(speak)


def started(*arguments, cwd=None):
    """The server as a process that leads a group of its own."""
    pipe = subprocess.PIPE
    command = [*COMMAND, *map(str, arguments)]
    return subprocess.Popen(
        command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, env=environment(), cwd=cwd, start_new_session=True
    )


def test_a_conversation_is_quoted_to_the_letter(folder):
    async def talk(client):
        names = {tool.name for tool in (await client.list_tools()).tools}
        asked = await client.call_tool("ask", {"question": "How many migrants reach Colombia each day?"})
        slices = [
            await client.call_tool("read_passage", {"path": c["path"], "start": c["start"], "end": c["end"]})
            for c in asked.structured_content["citations"]
        ]
        return names, asked, slices

    names, asked, slices = converse(folder, talk)
    answer = asked.structured_content
    assert names == {"ask", "search", "read_passage", "list_documents"}
    assert answer["found"]
    assert "2,500" in answer["text"]
    assert json.loads(asked.content[0].text) == answer
    assert [read.structured_content["quote"] for read in slices] == [c["quote"] for c in answer["citations"]]
    assert [read.structured_content["place"] for read in slices] == [c["place"] for c in answer["citations"]]


def test_questions_asked_at_once_follow_up_stay_within_and_are_refused(folder):
    async def talk(client):
        return await asyncio.gather(
            client.call_tool("ask", {"question": "Who won the football world cup of 2018?"}),
            client.call_tool("ask", {"question": "And Peru?", "history": ["How many migrants does Colombia host?"]}),
            client.call_tool("search", {"query": "aid pledged by Canada", "k": 4, "within": ["reports/*"]}),
            client.call_tool("ask", {"question": "Who?", "within": ["nowhere/*"]}),
        )

    refused, follow_up, found, wrong = converse(folder, talk)
    assert (refused.structured_content["found"], refused.structured_content["text"]) == (False, "")
    assert "migrants" in follow_up.structured_content["carried"]
    paths = [hit["path"] for hit in found.structured_content["hits"]]
    assert len(paths) == 4
    assert all(path.startswith("reports/") for path in paths)
    assert wrong.is_error


def test_the_first_start_answers_the_handshake_before_the_documents_are_read(make_corpus):
    folder = make_corpus({"aid.md": "# Aid\n\nAbout 2,500 migrants arrive in Colombia each day.\n"})

    async def talk(client):
        return await client.call_tool("ask", {"question": "How many migrants arrive each day?"})

    assert converse(folder, talk).structured_content["found"]


@pytest.mark.parametrize("built", [True, False])
def test_the_server_ends_when_its_input_does_and_says_nothing_but_the_protocol(folder, sample_corpus, built):
    server = started("--corpus", folder if built else sample_corpus)
    server.stdin.write(json.dumps(INITIALIZE) + "\n")
    server.stdin.flush()
    first = json.loads(server.stdout.readline())
    rest, errors = server.communicate(timeout=20)  # closes its input
    assert first["result"]["serverInfo"]["name"] == "footnote"
    assert (server.returncode, rest, errors) == (0, "", "")
    with pytest.raises(ProcessLookupError):
        os.killpg(server.pid, 0)


def test_an_interrupt_ends_the_server(folder):
    with started("--corpus", folder) as server:
        server.stdin.write(json.dumps(INITIALIZE) + "\n")
        server.stdin.flush()
        server.stdout.readline()
        server.send_signal(signal.SIGINT)
        assert server.wait(timeout=20) == -signal.SIGINT


def test_a_folder_that_is_not_there_is_one_line_and_status_2(tmp_path):
    server = started("--corpus", "nowhere", cwd=tmp_path)
    output, errors = server.communicate(timeout=60)
    assert (server.returncode, output) == (2, "")
    assert errors.startswith("footnote: there is no folder")
    assert errors.count("\n") == 1
