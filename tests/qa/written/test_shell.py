"""`footnote ask --llm`, run as users run it, against a real server."""

import json
import os
import subprocess
import sys

import pytest

from tests.qa.written.llm_server import Says, Status, running
from tests.sources import ROOT

QUESTION = "How many migrants arrive each day?"
SAID = "About 2,500 migrants arrive in Colombia each day [1]. About 3,500 leave\x1b[31m [1]."


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("shell") / "corpus"
    made.mkdir()
    (made / "aid.md").write_text("# Aid\n\nAbout 2,500 migrants arrive in Colombia each day.\n")
    return made


def footnote(*arguments, **environment):
    command = [sys.executable, "-c", "from qa.cli import main; main()", *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{os.environ['PYTHONPATH']}", **environment}
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False, timeout=240)


def test_a_written_answer_stands_below_the_quoted_one(folder):
    with running({"m": Says(SAID)}) as server:
        result = footnote("ask", QUESTION, "--corpus", folder, "--llm", server.url, FOOTNOTE_LLM_KEY="sk-1")
        assert server.asked()[0]["headers"]["authorization"] == "Bearer sk-1"
    assert result.returncode == 0, result.stderr
    quoted, written = result.stdout.split("Written by m from the passages above")
    assert "“About 2,500 migrants arrive in Colombia each day.” [1]" in quoted
    assert "    About 2,500 migrants arrive in Colombia each day. [1]\n" in written
    assert "    ~~About 3,500 leave [31m.~~ [1] (struck out: the passage does not say 3,500)" in written


def test_the_json_has_what_was_written(folder):
    with running({"m": Says(SAID), "n": Says("")}) as server:
        asked = ("ask", QUESTION, "--corpus", folder, "--json")
        found = json.loads(footnote(*asked, "--llm", server.url, "--llm-model", "m").stdout)
        assert "written" not in json.loads(footnote(*asked).stdout)
    assert (found["found"], found["written"]["model"], found["written"]["problem"]) == (True, "m", "")
    assert [s["supported"] for s in found["written"]["sentences"]] == [True, False]


def test_nothing_is_written_where_nothing_is_found(folder):
    with running({"m": Says(SAID)}) as server:
        result = footnote("ask", "Who won the cup?", "--corpus", folder, "--llm", server.url, "--json")
        assert server.requests == []
    assert json.loads(result.stdout)["written"] is None


def test_a_server_in_trouble_leaves_the_quotation_and_says_so(folder):
    with running({"m": Status(500, {"error": {"message": "out of memory"}})}) as server:
        result = footnote("ask", QUESTION, "--corpus", folder, "--llm", server.url)
    assert result.returncode == 0
    assert "“About 2,500 migrants" in result.stdout
    assert "out of memory" in result.stderr


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--llm", "localhost"], "give one such as"),
        (["--llm", "http://localhost", "--llm-seconds", "0"], "more than 0"),
    ],
)
def test_an_address_that_is_none_ends_with_one_line(folder, options, told):
    result = footnote("ask", QUESTION, "--corpus", folder, *options)
    assert (result.returncode, result.stderr.count("\n")) == (2, 1)
    assert told in result.stderr


def test_what_goes_over_a_public_network_in_the_clear_is_said_once(folder):
    """Nothing is found, so nothing is sent: the guard of the network would see it."""
    result = footnote("ask", "Who won the cup?", "--corpus", folder, "--llm", "http://llm.example.org")
    assert result.stderr.count("unencrypted") == 1
