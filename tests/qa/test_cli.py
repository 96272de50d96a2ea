"""The shell command, run as users run it."""

import json
import os
import queue
import re
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest
from filelock import FileLock

HEAVY = ("torch", "transformers", "sentence_transformers", "gradio", "mcp")


HARDLY_WAITING = """
import index.writer, qa.watching
from qa.cli import main
index.writer.LOCK_SECONDS, qa.watching.RETRY_SECONDS = 0.5, 0.2
main()
"""
"""The shell command, which waits for another sync for half a minute otherwise before it tries again."""

ALL_OF_THEM = """
import contextlib, io, json, sys
from qa.cli import main
told = []
for arguments in json.loads(sys.argv[1]):
    with contextlib.redirect_stderr(io.StringIO()) as said:
        try:
            main(arguments)
            status = 0
        except SystemExit as ended:
            status = ended.code
    told.append([status, said.getvalue()])
print(json.dumps(told))
"""
"""Several commands in one process, as starting torch takes seconds."""

ROOT = Path(__file__).resolve().parent.parent.parent


def run(code, *arguments, cwd=None):
    command = [sys.executable, "-c", code, *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, env=environment, check=False, timeout=240)


def footnote(*arguments, cwd=None):
    return run("from qa.cli import main; main()", *arguments, cwd=cwd)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("shell") / "corpus"
    made.mkdir()
    (made / "aid.md").write_text("# Aid\n\nAbout 2,500 migrants arrive in Colombia each day.\n")
    (made / "broken.pdf").write_bytes(b"%PDF-1.4 nothing")
    result = footnote("sync", "--corpus", made)
    assert result.returncode == 0, result.stderr
    return made


def test_sync_reports_counts_and_failures(folder):
    result = footnote("sync", "--corpus", folder)
    assert "1 unchanged" in result.stdout
    assert "broken.pdf: " in result.stdout
    report = json.loads(footnote("sync", "--corpus", folder, "--json").stdout)
    assert report["unchanged"] == ["aid.md"]
    assert report["failed"][0][0] == "broken.pdf"


def test_ask_prints_the_sentence_and_its_place(folder):
    result = footnote("ask", "How many migrants arrive each day?", "--corpus", folder)
    assert result.returncode == 0, result.stderr
    assert "“About 2,500 migrants arrive in Colombia each day.” [1]" in result.stdout
    assert "[1] aid.md · Aid, line 3" in result.stdout


def test_ask_says_when_it_is_not_there(folder):
    result = footnote("ask", "Who won the chess tournament in Baku?", "--corpus", folder)
    assert (result.returncode, result.stdout.splitlines()[0]) == (0, "Not in these documents. The closest passages:")


def test_ask_as_json(folder):
    answer = json.loads(footnote("ask", "How many migrants arrive each day?", "-c", folder, "--json").stdout)
    assert answer["found"] is True
    assert answer["citations"][0]["line"] == 3


def test_search_lists_passages(folder):
    assert "[1] aid.md · Aid" in footnote("search", "migrants", "--corpus", folder, "-k", 1).stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("ask", "x?", "--corpus", "nowhere"), "footnote: there is no folder nowhere"),
        (("ask", " ", "--corpus", "."), "footnote: the question is empty"),
        (("sync", "--corpus", "."), ""),
        (("ask", "Who?", "--corpus", ".", "--within", "x/*"), "footnote: no indexed document matches x/*"),
        (("ask", "Who?", "--corpus", ".", "--model", "./no-model"), "footnote: "),
    ],
)
def test_errors_are_one_line_that_says_what_to_do(folder, arguments, said):
    result = footnote(*arguments, cwd=folder)
    assert result.stderr.strip().count("\n") == 0
    assert result.stderr.startswith(said)
    assert result.returncode == (2 if said else 0)
    assert "Traceback" not in result.stderr


def test_a_device_that_is_not_there_is_said(folder):
    commands = (("ask", "who?"), ("search", "aid"), ("sync",), ("check",))
    given = [[*command, "--corpus", str(folder), "--device", "cuda:77"] for command in commands]
    done = run(ALL_OF_THEM, json.dumps(given))
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert len(told) == len(commands)
    for status, said in told:
        assert status not in {0, None}
        assert "Device 'cuda:77' was asked for" in said


def test_asking_imports_nothing_heavy(folder):
    code = (
        "import sys\nfrom qa.cli import main\n"
        "try:\n    main()\nexcept SystemExit: pass\n"
        f"print([name for name in {HEAVY} if name in sys.modules])"
    )
    result = run(code, "ask", "How many migrants?", "-c", folder)
    assert result.stdout.splitlines()[-1] == "[]"


@contextmanager
def watching(folder, *options):
    """`footnote sync --watch` on a folder, and what waits for its next line of output."""
    command = [sys.executable, "-c", HARDLY_WAITING, "sync", "--watch", "--corpus", folder, *options]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, text=True, env=environment, start_new_session=True, **pipes) as process:
        lines = {name: queue.Queue() for name in pipes}
        readers = [Thread(target=lambda n=name: [lines[n].put(line) for line in getattr(process, n)]) for name in pipes]
        for reader in readers:
            reader.start()
        try:
            yield process, lambda name="stdout": lines[name].get(timeout=120).rstrip("\n")
        finally:
            process.kill()
            for reader in readers:
                reader.join(20)


def test_sync_that_watches_says_a_line_for_each_sync_and_ends_with_ctrl_c(make_corpus):
    folder = make_corpus({"aid.md": "# Aid\n\nAbout 2,500 migrants arrive in Colombia each day.\n"})
    with watching(folder) as (process, next_line):
        assert re.fullmatch(r"\d\d:\d\d:\d\d  1 documents, .*\(1 new, .*", next_line())
        (folder / "oil.txt").write_text("Exports of crude fell by a third.\n")
        assert re.fullmatch(r"\d\d:\d\d:\d\d  2 documents, .*\(1 new, .*", next_line())
        (folder / "oil.txt").unlink()
        assert "1 removed" in next_line()
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130
        assert next_line("stderr") == "footnote: stopped; what was committed is kept"


def test_sync_that_watches_waits_for_another_sync_and_says_so_once(make_corpus):
    folder = make_corpus({"aid.md": "# Aid\n\nAbout 2,500 migrants arrive in Colombia each day.\n"})
    (folder / ".footnote").mkdir()
    with FileLock(folder / ".footnote" / "writer.lock") as lock, watching(folder, "--json") as (_, next_line):
        said = next_line("stderr")
        assert re.fullmatch(r"footnote: another sync of .* is under way \(.*\): waiting until it ends", said)
        lock.release()
        assert json.loads(next_line())["new"] == ["aid.md"]


def test_sync_that_watches_says_a_wrong_folder_at_once(tmp_path):
    done = footnote("sync", "--watch", "--corpus", tmp_path / "nowhere")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "there is no folder" in done.stderr
