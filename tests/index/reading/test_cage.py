"""The cage, attacked from inside: what a parser could try that was taken over by the file it reads."""

import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from index.errors import SettingError
from index.reading import Reader, ReadingLimits
from index.reading.cage import environment_for_worker
from index.reading.limits import SETTINGS

linux = pytest.mark.skipif(sys.platform != "linux", reason="the cage of Linux")
ROOT = Path(__file__).resolve().parents[3]

INSIDE = """
import ctypes, errno, json, os, signal, socket, subprocess, sys, threading, time
import index.reading.office, index.reading.pdf  # what stands in memory when a parser is taken over
from index.reading.cage import shut
from index.reading.limits import ReadingLimits

kept = os.open(sys.argv[1], os.O_RDONLY)
parts = shut(ReadingLimits())
libc = ctypes.CDLL(None, use_errno=True)
outcomes = {}

def called(name, *arguments):
    if getattr(libc, name)(*arguments) < 0:
        raise OSError(ctypes.get_errno(), name)

def tried(name, attack):
    try:
        attack()
        outcomes[name] = "done"
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        outcomes[name] = errno.errorcode.get(getattr(error, "errno", 0) or 0, "refused")

secret, folder, port = sys.argv[1], sys.argv[2], int(sys.argv[3])
tried("read another file", lambda: open(secret).read())
tried("list a folder", lambda: os.listdir(folder))
tried("read the owner's environment", lambda: open(f"/proc/{os.getppid()}/environ", "rb").read())
tried("write a new file", lambda: open(os.path.join(folder, "new"), "w"))
tried("append to a file", lambda: open(secret, "a"))
tried("remove a file", lambda: os.unlink(secret))
tried("rename a file", lambda: os.rename(secret, secret + "2"))
tried("make a folder", lambda: os.mkdir(os.path.join(folder, "made")))
tried("make a link", lambda: os.symlink("/etc/passwd", os.path.join(folder, "link")))
tried("run a program", lambda: os.execv("/bin/true", ["true"]))
tried("start a program", lambda: subprocess.run(["/bin/true"]))
tried("fork", lambda: os._exit(0) if os.fork() == 0 else None)
tried("kill the owner", lambda: os.kill(os.getppid(), 0))
tried("kill the owner's thread", lambda: called("tgkill", os.getppid(), os.getppid(), 0))
tried("open a TCP socket", lambda: socket.create_connection(("127.0.0.1", port), 1))
tried("open a UDP socket", lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
tried("open a Unix socket", lambda: socket.socket(socket.AF_UNIX))
pair = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
tried("send to a Unix address", lambda: pair[0].sendto(b"x", os.path.join(folder, "socket")))
tried("trace the owner", lambda: called("ptrace", 16, os.getppid(), 0, 0))
tried("read the owner's memory", lambda: called("process_vm_readv", os.getppid(), 0, 0, 0, 0, 0))
tried("leave for a new namespace", lambda: called("unshare", 0x10000000))
tried("io_uring", lambda: called("syscall", 425, 1, 0))
tried("write to memory files", lambda: os.write(os.memfd_create("x"), b"x"))
tried("make a process by clone3", lambda: called("syscall", 435, 0, 0))
tried("raise its own limit", lambda: __import__("resource").setrlimit(1, (1 << 20, 1 << 20)))

tried("read the file that it was given", lambda: os.read(kept, 10))
tried("talk within itself", lambda: pair[0].send(b"x"))
ran = []
thread = threading.Thread(target=lambda: ran.append(1)); thread.start(); thread.join()
tried("start a thread", lambda: None if ran else 1 / 0)
tried("load a library", lambda: __import__("sqlite3"))
signal.signal(signal.SIGABRT, signal.SIG_IGN)
tried("signal itself", lambda: signal.raise_signal(signal.SIGABRT))
print(json.dumps([sorted(parts), outcomes]))
"""
ALLOWED = {
    "read the file that it was given",
    "talk within itself",
    "start a thread",
    "load a library",
    "signal itself",
}
"""All else that the attack tries has to be refused. What is needed must go on to work, or the refusals say nothing."""


@pytest.fixture(scope="module")
def attack(tmp_path_factory):
    """The parts of the cage that this kernel has, and the outcome of each attempt."""
    folder = tmp_path_factory.mktemp("attack")
    secret = folder / "secret.txt"
    secret.write_text("a key")
    with socket.create_server(("127.0.0.1", 0)) as server:
        command = [sys.executable, "-c", INSIDE, str(secret), str(folder), str(server.getsockname()[1])]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(command, check=False, capture_output=True, text=True, env=environment, timeout=60)
    assert done.returncode == 0, done.stderr
    parts, outcomes = json.loads(done.stdout)
    assert secret.read_text() == "a key"
    assert sorted(folder.iterdir()) == [secret]
    return set(parts), outcomes


@linux
def test_nothing_gets_out_of_the_cage(attack):
    parts, outcomes = attack
    if not {"seccomp", "landlock"} <= parts:
        pytest.skip(f"this kernel has only {sorted(parts)}")
    got_through = {name for name, outcome in outcomes.items() if outcome == "done"}
    assert got_through == ALLOWED


@linux
def test_the_limits_of_the_process_hold(reader_process):
    lines = Path(f"/proc/{reader_process}/limits").read_text().splitlines()[1:]
    limits = {line[:26].strip(): line[26:47].strip() for line in lines}
    assert limits["Max file size"] == "0"
    assert limits["Max core file size"] == "0"
    assert limits["Max open files"] == "128"
    assert limits["Max address space"] == str(4 << 30)
    assert 60 <= int(limits["Max cpu time"]) < 70


@linux
def test_the_worker_knows_no_secrets(reader_process):
    environment = Path(f"/proc/{reader_process}/environ").read_bytes()
    assert b"FOOTNOTE_TEST_SECRET" not in environment
    assert b"HOME=" not in environment


@linux
def test_the_worker_keeps_the_cage_on(reader_process):
    status = Path(f"/proc/{reader_process}/status").read_text()
    assert "NoNewPrivs:\t1" in status


@pytest.fixture(scope="module")
def reader_process(tmp_path_factory):
    path = tmp_path_factory.mktemp("read") / "a.txt"
    path.write_text("words")
    with pytest.MonkeyPatch.context() as patch, Reader(ReadingLimits()) as reader:
        patch.setenv("FOOTNOTE_TEST_SECRET", "a key")
        assert reader.read(path).text == "words"
        yield reader._worker.process.pid


def test_only_what_python_needs_is_in_the_environment():
    given = {"OPENAI_API_KEY": "x", "FOOTNOTE_AUTH": "a:b", "HOME": "/home/ana", "PYTHONPATH": "/lib", "Path": "C:\\"}
    assert environment_for_worker(given).keys() == {"PYTHONPATH", "MALLOC_ARENA_MAX", "PYTHONDONTWRITEBYTECODE"}


def test_limits_come_from_the_environment():
    limits = ReadingLimits.from_environment({"FOOTNOTE_READ_PAGES": " 12 ", "FOOTNOTE_READ_MEMORY_MB": "100"})
    assert (limits.pages, limits.memory_bytes) == (12, 100 << 20)
    assert str(limits) == "memory_bytes 104857600, pages 12"
    assert str(ReadingLimits.from_environment({})) == ""


@pytest.mark.parametrize("value", ["0", "-1", "1.5", "ten", "1" * 30, "٣"])
def test_a_setting_that_cannot_be_used_says_so(value):
    for variable in SETTINGS:
        with pytest.raises(SettingError, match=f"{variable} is .*give a whole number above 0"):
            ReadingLimits.from_environment({variable: value})


def test_the_settings_are_documented_with_their_defaults():
    table = re.findall(r"^\| `(FOOTNOTE_READ_\w+)` \| (\d+) \|", (ROOT / "docs/reading.md").read_text("utf-8"), re.M)
    plain = ReadingLimits()
    defaults = {variable: getattr(plain, setting.field) // setting.unit for variable, setting in SETTINGS.items()}
    assert {variable: int(value) for variable, value in table} == defaults
