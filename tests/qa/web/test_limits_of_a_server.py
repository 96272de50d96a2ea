"""A started server and what is sent to it over a plain connection: limits, wrong passwords, addresses."""

import base64
import http.client
import json
import os
import pty
import re
import signal
import subprocess
import sys
from urllib.parse import urlsplit

import pytest

from qa.web.access.attempts import FREE
from qa.web.access.limits import MAX_API_BYTES, MAX_FILES_AT_ONCE, MAX_UPLOADS_BYTES
from qa.web.access.logins import logins_from_file
from qa.web.access.passwords import matches
from qa.web.serving import PortTaken, listening_socket
from tests.qa.web.page_server import started_server

pytestmark = pytest.mark.slow

PASSWORD = "correct horse"
FOOTNOTE = [sys.executable, "-c", "from qa.cli import main; main()"]


@pytest.fixture(scope="module")
def address(tmp_path_factory, footnote_cache, guarded_processes):
    """A folder behind the password of a login file, as `footnote password` wrote it."""
    place = tmp_path_factory.mktemp("served")
    (place / "corpus").mkdir()
    (place / "corpus/aid.md").write_text("# Aid\n\nThe aid waits in a warehouse in Cucuta.\n")
    command = [*FOOTNOTE, "password", "ann", "--login-file", str(place / "logins")]
    subprocess.run(command, input=f"{PASSWORD}\n", text=True, check=True, timeout=60)
    arguments = [str(place / "corpus"), "--login-file", str(place / "logins")]
    with started_server(place / "server.log", *arguments) as (_, started):
        yield started
    assert "Traceback" not in (place / "server.log").read_text()


class Client:
    """One connection for each request; headers as a program of one's own sends them."""

    def __init__(self, address):
        self.address = urlsplit(address)
        login = base64.b64encode(f"ann:{PASSWORD}".encode()).decode()
        self.headers = {"Authorization": f"Basic {login}", "Content-Type": "application/json"}
        self.page = {**self.headers, "Origin": f"http://{self.address.netloc}"}

    def send(self, method, path, *, headers=None, body=None):
        connection = http.client.HTTPConnection(self.address.hostname, self.address.port, timeout=60)
        connection.request(method, path, body=body, headers=headers or self.headers)
        answer = connection.getresponse()
        answer.text = answer.read().decode()
        connection.close()
        return answer


@pytest.fixture
def client(address):
    return Client(address)


def test_nothing_is_served_without_a_password_and_with_it_all_is(client):
    for path in ("/gradio_api/info", "/config", "/assets/index.js", "/theme.css", "/gradio_api/file=x", "/api/health"):
        assert client.send("GET", path, headers={"Accept": "*/*"}).status == 401, path
    assert client.send("GET", "/", headers={"Accept": "*/*"}).status == 303
    assert client.send("GET", "/").status == 200
    assert json.loads(client.send("GET", "/api/health").text)["corpus"] == "corpus"


def test_what_is_too_large_is_refused_before_it_is_sent_and_while_it_is(client):
    connection = http.client.HTTPConnection(client.address.hostname, client.address.port, timeout=60)
    connection.putrequest("POST", "/gradio_api/upload")
    for name, value in {**client.page, "Content-Length": str(MAX_UPLOADS_BYTES + 1)}.items():
        connection.putheader(name, value)
    connection.endheaders(b"only the beginning")
    answer = connection.getresponse()
    assert answer.status == 413
    assert b"at most 1000 MB" in answer.read(200)
    connection.close()
    pieces = (b"x" * 65_536 for _ in range(MAX_API_BYTES // 65_536 + 4))
    streamed = client.send("POST", "/api/ask", body=pieces)
    assert streamed.status == 413
    assert json.loads(streamed.text)["error"].startswith("This is too large")
    assert client.send("POST", "/gradio_api/upload", headers=client.page, body=iter([b"x"])).status == 411


def test_too_many_files_of_one_upload_are_refused(client):
    part = '--b\r\nContent-Disposition: form-data; name="files"; filename="{}.txt"\r\n\r\ntext\r\n'
    headers = {**client.page, "Content-Type": "multipart/form-data; boundary=b"}

    def upload(count):
        body = "".join(part.format(number) for number in range(count)) + "--b--\r\n"
        return client.send("POST", "/gradio_api/upload", headers=headers, body=body.encode())

    taken = upload(500)
    assert taken.status == 200
    assert len(json.loads(taken.text)) == 500
    refused = upload(MAX_FILES_AT_ONCE + 1)
    assert (refused.status, refused.text) == (400, f"Too many files. Maximum number of files is {MAX_FILES_AT_ONCE}.")


def test_the_page_is_not_framed_nor_read_by_others(client):
    headers = client.send("GET", "/").headers
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["cache-control"] == "no-store"
    assert not [name for name in headers if name.lower().startswith("access-control-")]
    assert "server" not in headers


def test_guessing_is_slowed_down_and_the_name_stays_a_secret(client):
    """The last one here: it shuts this address out for a moment."""

    def guess(name):
        login = base64.b64encode(f"{name}:wrong horse".encode()).decode()
        return client.send("GET", "/api/health", headers={"Authorization": f"Basic {login}"})

    answers = [guess(name) for name in ("ann", "nobody", "ann", "nobody", "ann")]
    assert {(answer.status, answer.text) for answer in answers} == {
        (401, '{"error":"The name or the password is not right."}')
    }
    assert len(answers) == FREE
    refused = guess("ann")
    assert refused.status == 429
    assert refused.headers["retry-after"] == "1"
    assert client.send("GET", "/api/health").status == 200  # what was right a while ago is not looked at again


def test_an_address_is_that_address():
    with listening_socket(0, "127.0.0.2") as listening:
        assert listening.getsockname()[0] == "127.0.0.2"
    with pytest.raises(PortTaken, match=r"192\.0\.2\.1"):  # nobody's
        listening_socket(0, "192.0.2.1")


def typed(answers, *arguments):
    """`footnote password` at a terminal of its own; what stands on it, and the exit status."""
    child, terminal = pty.fork()
    if not child:
        os.execv(sys.executable, [*FOOTNOTE, "password", *arguments])
    shown = b""
    try:
        for answer in answers:
            while not shown.endswith(b": "):  # only then it is not shown
                shown += os.read(terminal, 1024)
            os.write(terminal, answer.encode() + b"\n")
            shown += b"\n"
        while True:
            shown += os.read(terminal, 1024)
    except OSError:  # the other side has ended
        pass
    finally:
        os.close(terminal)
        _, status = os.waitpid(child, 0)
    return shown.decode(), os.waitstatus_to_exitcode(status)


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="needs a Unix terminal")
def test_a_password_is_asked_for_twice_and_never_shown(tmp_path):
    file = tmp_path / "logins"
    shown, status = typed([PASSWORD, PASSWORD], "ann", "--login-file", str(file))
    assert status == 0
    assert PASSWORD not in shown
    assert "a login for ann" in shown
    assert matches(PASSWORD, logins_from_file(file)["ann"])
    shown, status = typed(["short", "short"], "ann")
    assert status == 2
    assert "at least 8" in shown
    assert "Traceback" not in shown


def test_a_login_is_printed_for_a_file_of_ones_own():
    command = [*FOOTNOTE, "password", "ann"]
    done = subprocess.run(command, input=f"{PASSWORD}\n", capture_output=True, text=True, check=True, timeout=60)
    assert re.fullmatch(r"ann:scrypt\$32768\$8\$3\$[\w+/=]{24}\$[\w+/=]{44}\n", done.stdout)
    refused = subprocess.run(
        [*FOOTNOTE, "password", "a:b"], input="x\n", capture_output=True, text=True, check=False, timeout=60
    )
    assert refused.returncode == 2
    assert refused.stderr.startswith("footnote: 'a:b' cannot be a name")
