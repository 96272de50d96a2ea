"""The whole product in a network of its own without a way out, each connection written down by the system itself.

Audit events of Python (`tests/guarded`) do not see what libraries in C and Rust do; the kernel does.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.sources import ROOT

WHOLE_PRODUCT = Path(__file__).with_name("whole_product.py")
ALONE = ["unshare", "--map-root-user", "--net", "--fork", "--kill-child"]
CALLS = "connect,sendto,sendmsg,sendmmsg"
LOCAL = re.compile(r'sin_addr=inet_addr\("(127\.|0\.0\.0\.0")|inet_pton\(AF_INET6, "(::1|::)"')
PROBE = """
import socket
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
    try:
        sock.connect(("192.0.2.1", 53))
    except OSError:
        pass
"""


def alone(tmp_path, *command):
    """Run a command there, with an environment that a user has; what went abroad, and what it printed."""
    trace = tmp_path / "trace.txt"
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(ROOT),
        "FOOTNOTE_CACHE": os.environ["FOOTNOTE_CACHE"],
    }
    traced = ["strace", "-f", "--seccomp-bpf", "-qq", "-e", f"trace={CALLS}", "-o", str(trace), *command]
    run = [*ALONE, "sh", "-c", 'ip link set lo up && exec "$@"', "sh", *traced]
    done = subprocess.run(run, env=environment, capture_output=True, text=True, check=False, timeout=280, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    return abroad(trace.read_text(errors="replace")), done.stdout.split()


def abroad(trace):
    """The calls that name an address of the network other than this machine's own."""
    named = [line for line in trace.splitlines() if "sa_family=AF_INET" in line]
    return [line for line in named if not LOCAL.search(line)]


@pytest.fixture(autouse=True)
def a_network_of_its_own(tmp_path):
    missing = [tool for tool in ("unshare", "strace", "ip") if not shutil.which(tool)]
    if missing:
        pytest.skip(f"needs {', '.join(missing)}")
    tried = subprocess.run(
        [*ALONE, "strace", "-f", "--seccomp-bpf", "-o", str(tmp_path / "tried"), "ip", "link", "set", "lo", "up"],
        capture_output=True,
        text=True,
        check=False,
    )
    if tried.returncode:
        pytest.skip(f"this machine allows no network of its own, or no tracing: {tried.stderr.strip()}")


def test_the_tracer_sees_what_it_is_to_see(tmp_path):
    [seen], _ = alone(tmp_path, sys.executable, "-c", PROBE)
    assert '"192.0.2.1"' in seen


@pytest.mark.slow
def test_nothing_that_footnote_does_tries_to_leave_this_machine(tmp_path, footnote_cache):
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "aid.md").write_text("# Aid\n\nThe aid waits in a warehouse in Cucuta.\n")
    tried, done = alone(tmp_path, sys.executable, str(WHOLE_PRODUCT), str(corpus))
    assert tried == []
    assert done == ["in_the_shell", "on_the_page", "for_an_assistant"]


@pytest.mark.slow
def test_documents_in_object_storage_are_asked_of_their_server_alone(tmp_path, footnote_cache):
    tried, done = alone(tmp_path, sys.executable, "-m", "tests.security.from_a_bucket")
    assert tried == []
    assert done == ["2", "documents"]


@pytest.mark.torture
def test_nor_does_the_first_start_that_compiles_the_model(tmp_path, monkeypatch):
    monkeypatch.setenv("FOOTNOTE_CACHE", str(tmp_path / "cache"))
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "aid.md").write_text("# Aid\n\nThe aid waits in a warehouse in Cucuta.\n")
    tried, done = alone(tmp_path, sys.executable, str(WHOLE_PRODUCT), str(corpus))
    assert tried == []
    assert len(done) == 3
