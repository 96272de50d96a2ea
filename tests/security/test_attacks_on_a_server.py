"""A started server, and what nobody would send who means it: it refuses in a line, goes on, and grows no larger."""

import json
import resource
import socket
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from qa.web.access.limits import MAX_FILES_AT_ONCE
from qa.web.patience import MOST_CONNECTIONS
from tests.qa.web.page_server import started_page

pytestmark = pytest.mark.slow

JSON = b"Content-Type: application/json\r\n"
FORM = b"Content-Type: multipart/form-data; boundary=b\r\n"
FIELD = b'--b\r\nContent-Disposition: form-data; name="x%d"\r\n\r\nv\r\n'
FILE = b'--b\r\nContent-Disposition: form-data; name="files"; filename="%s"\r\n\r\nv\r\n'


class Server:
    """What is sent to it byte by byte, and what it takes of the machine."""

    def __init__(self, process, address, log):
        self.process, self.address, self.log = process, urlsplit(address), log
        self.place = (self.address.hostname, self.address.port)
        self.host = b"Host: " + self.address.netloc.encode() + b"\r\n"

    def connect(self):
        return socket.create_connection(self.place, timeout=60)

    def say(self, raw):
        """Status and body of the answer, until the server closes; (0, b"") when it only closes."""
        with self.connect() as connection:
            arrived = b""
            try:
                connection.sendall(raw)
                while piece := connection.recv(65_536):
                    arrived += piece
            except OSError:
                pass
        head, _, body = arrived.partition(b"\r\n\r\n")
        return int(head.split()[1]) if head else 0, body

    def request(self, method, path, headers=b"", body=b""):
        origin = b"Origin: http://" + self.address.netloc.encode() + b"\r\n"
        length = b"Content-Length: %d\r\n" % len(body)
        start = f"{method} {path} HTTP/1.1\r\n".encode() + self.host + b"Connection: close\r\n"
        return self.say(start + origin + headers + length + b"\r\n" + body)

    def is_well(self):
        status, body = self.request("GET", "/api/health")
        return status == 200 and json.loads(body)["corpus"] == "corpus"

    @property
    def megabytes(self):
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) >> 10

    @property
    def files(self):
        return len(list(Path(f"/proc/{self.process.pid}/fd").iterdir()))


@pytest.fixture(scope="module")
def server(tmp_path_factory, footnote_cache, guarded_processes):
    place = tmp_path_factory.mktemp("attacked")
    (place / "corpus").mkdir()
    (place / "corpus/aid.md").write_text("# Aid\n\nThe aid waits in a warehouse in Cucuta.\n")
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (1_024, before[1]))  # as most systems have it
    try:
        with started_page(place / "corpus", place / "server.log") as (process, address):
            resource.setrlimit(resource.RLIMIT_NOFILE, before)
            server = Server(process, address, place / "server.log")
            while json.loads(server.request("GET", "/api/health")[1])["status"] != "ready":
                time.sleep(0.2)
            yield server
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 900_000,
        b'{"a":' * 180_000,
        b'{"question":' + b"[" * 400_000 + b"]" * 400_000 + b"}",
        b'{"question":"x","history":' + b"[" * 20_000 + b"]" * 20_000 + b"}",
        b'{"query":"x","k":' + b"9" * 900_000 + b"}",
        b'{"query":"x","k":NaN}',
        b'{"query":"x","k":1e999}',
        b'{"query":"x","k":-1}',
        b'{"question":"\\ud800"}',
        b'{"question":"' + b"a b " * 200_000 + b'"}',
        b"\xff\xfe\x00\x01",
        b"",
    ],
)
def test_a_program_is_told_what_is_wrong_with_what_it_sent(server, body):
    for path in ("/api/ask", "/api/search"):
        status, told = server.request("POST", path, JSON, body)
        assert status in {400, 413, 422}, told
        assert "\n" not in json.loads(told)["error"]


@pytest.mark.parametrize("body", [b"[" * 900_000, b'{"fn_index":0,"data":' + b"[" * 90_000 + b"]" * 90_000 + b"}", b""])
def test_an_event_that_is_nested_too_deeply_is_refused(server, body):
    assert server.request("POST", "/gradio_api/run/predict", JSON, body)[0] in {400, 422}
    assert server.is_well()


def test_a_form_of_ten_thousand_parts_is_refused(server):
    before = server.megabytes, server.files
    for parts in ([FIELD % n for n in range(10_000)], [FILE % b"a%d.txt" % n for n in range(10_000)]):
        status, told = server.request("POST", "/gradio_api/upload", FORM, b"".join(parts) + b"--b--\r\n")
        assert status == 400
        assert b"Too many f" in told
    assert server.files <= before[1] + 2
    assert server.megabytes < before[0] + 50
    assert MAX_FILES_AT_ONCE == 1_000


def test_an_upload_says_no_path_of_its_own(server, tmp_path):
    names = [
        b"../../../../../.." + str(tmp_path / "evil.txt").encode(),
        b"a" * 3_000 + b".txt",
        b"..\\..\\evil.txt",
        b"\0.txt",
    ]
    status, told = server.request("POST", "/gradio_api/upload", FORM, b"".join(FILE % n for n in names) + b"--b--\r\n")
    assert status in {200, 400}
    for path in json.loads(told) if status == 200 else ():
        assert "footnote-" in path
        assert ".." not in Path(path).parts
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_request_is_refused(server):
    ours = server.host
    for raw in (
        b"GET / HTTP/1.1\r\n" + ours + ours + b"\r\n",
        b"GET / HTTP/1.1\r\n" + ours + b"X: " + b"a" * 1_000_000 + b"\r\n\r\n",
        b"GET /" + b"a" * 1_000_000 + b" HTTP/1.1\r\n" + ours + b"\r\n",
        b"GET /\0 HTTP/1.1\r\n" + ours + b"\r\n",
        b"POST /api/ask HTTP/1.1\r\n" + ours + b"Content-Length: -5\r\n\r\n",
        b"POST /api/ask HTTP/1.1\r\n" + ours + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n",
        b"POST /api/ask HTTP/1.1\r\n" + ours + b"Transfer-Encoding: x, chunked\r\n\r\n",
        b"GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 200,  # TLS
    ):
        status, told = server.say(raw)
        assert status in {0, 400, 404, 413, 414, 431, 501}, (raw[:80], told)
    assert server.is_well()


def test_a_length_and_pieces_are_not_taken_for_two_requests(server):
    """Where a proxy in front believes the one and we the other, a second request is smuggled in."""
    hidden = b"GET /api/health HTTP/1.1\r\n" + server.host + b"\r\n"
    raw = (
        b"POST /api/ask HTTP/1.1\r\n" + server.host + JSON + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    status, told = server.say(raw + b"0\r\n\r\n" + hidden)
    assert status in {0, 400, 422}
    assert b'"corpus"' not in told


def test_two_thousand_connections_that_say_nothing_leave_room_for_documents(server):
    """The process holds its files open for as long as it takes: what was indexed is asked, not an error told."""
    before, held = server.files, []
    for _ in range(2_000):
        try:
            held.append(server.connect())
        except OSError:
            break
    assert len(held) > MOST_CONNECTIONS
    time.sleep(1)
    assert server.files < 1_000
    for connection in held:
        connection.close()
    ends = time.monotonic() + 30
    while server.files > before + 5 and time.monotonic() < ends:
        time.sleep(0.2)
    status, told = server.request("POST", "/api/ask", JSON, b'{"question": "Where does the aid wait?"}')
    assert (status, json.loads(told)["found"]) == (200, True)


def test_slow_heads_are_closed_and_keep_nobody_waiting(server):
    held = [server.connect() for _ in range(100)]
    stop = threading.Event()

    def drip():
        while not stop.wait(0.5):
            for connection in held:
                try:
                    connection.sendall(b"X")
                except OSError:
                    continue

    for connection in held:
        connection.sendall(b"GET / HTTP/1.1\r\n" + server.host + b"X-Slow: ")
    thread = threading.Thread(target=drip)
    thread.start()
    try:
        for _ in range(5):
            began = time.monotonic()
            assert server.is_well()
            assert time.monotonic() - began < 5
    finally:
        stop.set()
        thread.join()
        for connection in held:
            connection.close()


def test_the_shell_was_told_of_nothing_that_went_wrong_on_our_side(server):
    """The last one here."""
    said = server.log.read_text()
    assert "Too many open files" not in said
    assert "MemoryError" not in said
    assert "RecursionError" not in said
