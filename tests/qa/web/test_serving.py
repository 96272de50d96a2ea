"""Starting the page: ports, one-line errors, loopback only."""

import ctypes
import http.client
import os
import re
import signal
import socket
import subprocess
import sys
from urllib.parse import urlsplit

import pytest

from qa import Corpus
from qa.syncing import BackgroundSync
from qa.web import serving
from qa.web.serving import PortTaken, listening_socket
from tests.qa.web.page_server import started_page
from tests.sources import ROOT


def started(*options: str) -> subprocess.CompletedProcess[str]:
    """`python app.py` that is expected to end by itself."""
    command = [sys.executable, str(ROOT / "app.py"), "--no-open", *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, cwd=ROOT)


def test_a_corpus_that_is_not_there_is_one_line(tmp_path):
    done = started("--corpus", str(tmp_path / "nowhere"))
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(r"footnote: there is no folder .*nowhere: .*\n", done.stderr)


def test_a_corpus_that_is_a_file_is_one_line(tmp_path):
    file = tmp_path / "a.txt"
    file.write_text("text")
    done = started("--corpus", str(file))
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1


def test_a_named_port_that_is_taken_is_one_line(tmp_path):
    with listening_socket(0) as taken:
        port = taken.getsockname()[1]
        done = started("--corpus", str(tmp_path), "--port", str(port))
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(rf"footnote: port {port} cannot be used \(.*\): .*\n", done.stderr)


def test_without_a_named_port_the_next_free_one_is_taken(monkeypatch, free_port):
    monkeypatch.setattr(serving, "FIRST_PORT", free_port)
    with listening_socket(None) as first, listening_socket(None) as second:
        assert first.getsockname() == ("127.0.0.1", free_port)
        assert second.getsockname()[1] != free_port


def test_a_named_port_is_that_port(free_port):
    with listening_socket(free_port) as listening:
        assert listening.getsockname() == ("127.0.0.1", free_port)
        with pytest.raises(PortTaken, match="--port"):
            listening_socket(free_port)


def test_building_the_page_reaches_for_nothing(make_corpus, network_attempts):
    folder = make_corpus({"a.txt": "Text."})
    corpus = Corpus(folder)
    app = serving.web_app(corpus, folder, BackgroundSync(corpus))  # Gradio's warnings are errors here
    assert os.environ["GRADIO_ANALYTICS_ENABLED"] == "False"
    assert app.routes
    assert network_attempts.take() == []


@pytest.mark.slow
@pytest.mark.parametrize(("sent", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_page_that_is_told_to_end_ends_and_leaves_nothing(make_corpus, tmp_path, monkeypatch, sent, status):
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    log = tmp_path / "server.log"
    with started_page(make_corpus({"a.txt": "Text."}), log) as (server, address):
        assert address.startswith("http://127.0.0.1:")
        server.send_signal(sent)
        assert server.wait(20) == status
    assert "Traceback" not in log.read_text()
    assert list(temporary.glob("footnote-*")) == []


@pytest.mark.slow
def test_only_this_machine_is_answered_and_told_how(sample_page):
    address = urlsplit(sample_page)

    def answer(host: str) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection(address.hostname, address.port, timeout=20)
        connection.request("GET", "/", headers={"Host": host})
        response = connection.getresponse()
        response.read()
        connection.close()
        return response

    assert answer("evil.example").status == 400  # a name that was made to point here
    right = answer(address.netloc)
    assert right.status == 200
    assert "default-src 'self'" in right.headers["content-security-policy"]
    with socket.socket() as elsewhere, pytest.raises(OSError, match="refused"):
        elsewhere.connect(("127.0.0.2", address.port))  # also loopback, but not where it listens


def test_answers_are_sent_at_once():
    """asyncio sets TCP_NODELAY on connections of a socket whose protocol is named; without, answers took 40 ms more."""
    with listening_socket(0) as listening:
        assert listening.proto == socket.IPPROTO_TCP


MANY_THREADS = """
import ctypes, sys, threading
from qa.web.serving import _share_arenas
if sys.argv[1] == "shared": _share_arenas()
libc, begin, end = ctypes.CDLL(None), threading.Barrier(8), threading.Barrier(8)
libc.malloc.restype = ctypes.c_void_p
def take():
    begin.wait()
    for _ in range(100): libc.malloc(ctypes.c_size_t(1000))
    end.wait()
threads = [threading.Thread(target=take) for _ in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
libc.malloc_stats()
"""


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "malloc_stats"), reason="another allocator than glibc's")
def test_the_threads_of_a_server_share_two_arenas():
    def arenas(how):
        variables = {name: value for name, value in os.environ.items() if name != "MALLOC_ARENA_MAX"}
        command = [sys.executable, "-W", "ignore", "-c", MANY_THREADS, how]
        ended = subprocess.run(
            command, cwd=ROOT, env=variables, capture_output=True, text=True, check=True, timeout=120
        )
        return ended.stderr.count("Arena ")

    assert arenas("apart") > arenas("shared") == 2
