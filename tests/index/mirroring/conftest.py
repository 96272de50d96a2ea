"""A bucket on a real server: the one of `s3_server.py`, and that of moto where it is installed."""

from __future__ import annotations

import http.client
import itertools
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.index.mirroring.s3_server import KEY, SECRET

SERVER = Path(__file__).with_name("s3_server.py")
MOTO = shutil.which(os.environ.get("FOOTNOTE_MOTO_SERVER", "moto_server"))
UNCHECKED = {"Authorization": "AWS4-HMAC-SHA256 Credential=owner/20261130/us-east-1/s3/aws4_request"}
"""Of the owner's own requests; moto wants to see some, and checks none."""

LONG_AGO = 1_700_000_000
_numbers = itertools.count(1)


@dataclass
class Bucket:
    """One bucket, as its owner sees it."""

    port: int
    name: str
    is_moto: bool
    times: itertools.count = field(default_factory=lambda: itertools.count(LONG_AGO))

    @property
    def address(self):
        return f"s3://{self.name}/reports"

    def put(self, key, text, *, modified=None):
        """Store an object, each some time after the one before."""
        data = text.encode() if isinstance(text, str) else text
        headers = {"x-test-modified": str(next(self.times) if modified is None else modified)}
        self._ask("PUT", f"/{self.name}/{quote(key, safe='')}", data, headers | UNCHECKED)

    def fill(self, objects):
        for key, text in objects.items():
            self.put(f"reports/{key}", text)

    def delete(self, key):
        self._ask("DELETE", f"/{self.name}/{quote(key, safe='')}", headers=UNCHECKED)

    def faults(self, **faults):
        self._ask("POST", "/-/faults", json.dumps(faults).encode())

    def fetched(self):
        """How often each object was downloaded."""
        begin = f"GET {self.name}/reports/"
        log = json.loads(self._ask("GET", "/-/log"))
        return Counter(line.removeprefix(begin) for line in log if line.startswith(begin))

    def listings(self):
        return sum(line == f"GET {self.name}/" for line in json.loads(self._ask("GET", "/-/log")))

    def _ask(self, method, path, data=b"", headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, data, headers or {})
            answer = connection.getresponse()
            said = answer.read()
            assert answer.status < 300, said
            return said
        finally:
            connection.close()


@contextmanager
def started():
    """The server of `s3_server.py`, in a process of its own: its port."""
    process = subprocess.Popen([sys.executable, str(SERVER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        yield int(process.stdout.readline())
    finally:
        process.stdin.close()  # which ends it
        process.stdout.close()
        process.wait(30)


@pytest.fixture(scope="module")
def own_server():
    with started() as port:
        yield port


@pytest.fixture(scope="module")
def moto_server():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    process = subprocess.Popen(
        [MOTO, "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment,
    )
    while process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            break
        except OSError:
            time.sleep(0.1)
    yield port
    process.terminate()
    process.wait(30)


@pytest.fixture
def storage(monkeypatch, tmp_path):
    """The environment of somebody who has keys."""

    def of(port):
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            monkeypatch.delenv(name)
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
        monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")  # which would be another machine
        monkeypatch.setenv("HOME", str(tmp_path))
        monkeypatch.setenv("FOOTNOTE_MIRROR", str(tmp_path / "mirrors"))

    return of


@pytest.fixture
def bucket(own_server, storage):
    storage(own_server)
    made = Bucket(own_server, f"bucket-{next(_numbers)}", is_moto=False)
    made._ask("PUT", f"/{made.name}/")
    yield made
    made.faults()


@pytest.fixture(
    params=["own", pytest.param("moto", marks=pytest.mark.skipif(not MOTO, reason="moto is not installed"))]
)
def any_bucket(request, storage):
    port = request.getfixturevalue(f"{request.param}_server")
    storage(port)
    made = Bucket(port, f"bucket-{next(_numbers)}", is_moto=request.param == "moto")
    made._ask("PUT", f"/{made.name}/")
    return made
