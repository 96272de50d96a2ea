"""Nothing of a document commands the terminal of whoever asks: neither its text, nor its name, nor why it failed."""

import json
import os
import pty
import subprocess
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.escaping import flat, json_text
from tests.security import hostile_folder
from tests.sources import ROOT

FOOTNOTE = [sys.executable, "-c", "from qa.cli import main; main()"]
OURS = {"\n", "\r"}
"""What a terminal gets from us beside what can be seen; it adds the second itself."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("terminal") / "corpus"
    hostile_folder.write(made)
    return made


def shown(*arguments, cwd=None):
    """What stands on a terminal, errors among it: whatever Footnote itself sends as a command is asked away by TERM."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "dumb", "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ["PYTHONPATH"]])}
    started = subprocess.Popen(
        [*FOOTNOTE, *map(str, arguments)],
        stdout=theirs,
        stderr=theirs,
        stdin=subprocess.DEVNULL,
        env=environment,
        cwd=cwd,
    )
    os.close(theirs)
    said = b""
    try:
        while piece := os.read(ours, 65_536):
            said += piece
    except OSError:  # the other side has ended
        pass
    os.close(ours)
    assert started.wait(60) in {0, 1, 2}
    return said.decode("utf-8")


def commands(said):
    """Characters that a terminal does something with, or that turn what stands around them."""
    return {c for c in said if unicodedata.category(c) in {"Cc", "Cf", "Zl", "Zp"} and c not in OURS}


@pytest.mark.slow
def test_no_command_shows_what_commands_a_terminal(folder):
    said = {"sync": shown("sync", "-c", folder), "check": shown("check", "-c", folder)}
    assert "failed  broken [31m fdp.pdf: " in said["sync"]
    for question in ("Who mended the bridge?", "When is the lamp lit?", "When is the gate shut?"):
        for command in ("ask", "search"):
            for form in ((), ("--json",)):
                said[f"{command} {form} {question}"] = shown(command, question, "-c", folder, "--no-sync", *form)
    for name, text in said.items():
        assert commands(text) == set(), f"{name}: {text!r}"
    answer = json.loads(said["ask ('--json',) Who mended the bridge?"])
    assert answer["text"].startswith("Old Tobias mended the bridge")
    assert hostile_folder.ESC in answer["citations"][0]["path"]  # a program still gets the very name


def test_what_is_named_wrongly_is_said_in_one_line_without_commands(tmp_path):
    said = shown("ask", "x?", "--corpus", tmp_path / "no\x1b[31m\u202ewhere")
    assert "there is no folder" in said
    assert commands(said) == set()


@given(st.text(st.characters()))
def test_a_line_for_a_terminal_is_one_line_that_can_be_seen(text):
    line = flat(text)
    assert line.isprintable()
    assert [c for c in text if c.isprintable() and c != " "] == [c for c in line if c != " "]


@given(st.recursive(st.none() | st.integers() | st.text(st.characters()), st.lists))
def test_json_means_the_same_and_can_be_seen(value):
    written = json_text({"value": value}, indent=2)
    assert json.loads(written) == {"value": value}
    assert written.replace("\n", "").isprintable()
    written.encode()  # halves of characters too
