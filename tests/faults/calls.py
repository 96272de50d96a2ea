"""A process whose every call that writes a file is seen before it is made: to count, to refuse, to cut short, to kill.

The kernel stops the process at such a call and asks a supervisor what shall become of it (seccomp's user notification,
Linux 5.5). So SQLite's own writes are met as well as Python's, and a full disk needs no disk.

    with watched(process) as calls:      # in the supervisor; the process called `be_watched` before it began
        for call in calls:
            calls.go_on(call)            # or refuse(call, errno.ENOSPC), cut(call), kill()
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import platform
import select
import signal
import socket
import struct
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Call", "Calls", "adopt_orphans", "be_watched", "can_watch"]

_NUMBERS = {
    "x86_64": (0xC000003E, 0),
    "aarch64": (0xC00000B7, 1),
}
_CALLS = {
    "write": (1, 64),
    "pwrite64": (18, 68),
    "writev": (20, 66),
    "pwritev": (296, 70),
    "ftruncate": (77, 46),
    "fallocate": (285, 47),
    "fsync": (74, 82),
    "fdatasync": (75, 83),
    "open": (2, None),
    "openat": (257, 56),
    "rename": (82, None),
    "renameat": (264, 38),
    "renameat2": (316, 276),
    "link": (86, None),
    "linkat": (265, 37),
    "unlink": (87, None),
    "unlinkat": (263, 35),
    "mkdir": (83, None),
    "mkdirat": (258, 34),
    "rmdir": (84, None),
}
"""Number on x86_64 and on aarch64."""

_OF_DESCRIPTORS = {"write", "pwrite64", "writev", "pwritev", "ftruncate", "fallocate", "fsync", "fdatasync"}
_PATH_ARGUMENT = {"openat": 1, "renameat": 1, "renameat2": 1, "linkat": 3, "link": 1, "unlinkat": 1, "mkdirat": 1}
"""Which argument names the file; 0 for the others."""
GROWING = {
    "write",
    "pwrite64",
    "writev",
    "pwritev",
    "fallocate",
    "open",
    "openat",
    "link",
    "linkat",
    "mkdir",
    "mkdirat",
}
"""What needs room on the disk: a full one goes on to delete, to rename and to shorten."""
_OPENS = {"open": 1, "openat": 2}
_CREATES = os.O_CREAT | os.O_TRUNC

_SECCOMP, _PIDFD_GETFD = (317, 277), 438
_SET_FILTER, _NEW_LISTENER, _NO_NEW_PRIVILEGES = 1, 8, 38
_CHILD_SUBREAPER = 36
_RECEIVE, _SEND = 0xC0502100, 0xC0182101
_CONTINUE = 1
_ALLOW, _NOTIFY = 0x7FFF0000, 0x7FC00000
_LOAD, _EQUAL, _ANY_BIT, _RETURN = 0x20, 0x15, 0x45, 0x06

_libc = ctypes.CDLL(None, use_errno=True)


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


@dataclass(frozen=True, slots=True)
class Call:
    """A call that waits to be made."""

    name: str
    path: str
    """Of the file it is about."""
    identity: int
    thread: int
    arguments: tuple[int, ...]

    @property
    def grows(self) -> bool:
        """Whether it needs room on the disk."""
        return self.name in GROWING

    @property
    def can_be_cut(self) -> bool:
        """Whether it writes several bytes, of which some may be written."""
        return self.name in {"write", "pwrite64"} and self.arguments[2] > 1


def adopt_orphans() -> None:
    """From now on, children of children that die are this process's own: it can wait for them."""
    if sys.platform == "linux":
        _libc.prctl(_CHILD_SUBREAPER, 1, 0, 0, 0)


def can_watch() -> bool:
    """Whether the system lets a process watch its children's calls: tried out."""
    if sys.platform != "linux" or platform.machine() not in _NUMBERS:
        return False
    child = os.fork()
    if not child:
        os._exit(0 if _listener() >= 0 else 1)
    return os.waitpid(child, 0)[1] == 0


def be_watched(supervisor: socket.socket) -> None:
    """In the process itself, while it has one thread: ask `supervisor` before each call from now on."""
    listener = _listener()
    if listener < 0:
        raise OSError(ctypes.get_errno(), "the system lets no process watch its children's calls")
    socket.send_fds(supervisor, [b"listener"], [listener])
    os.close(listener)


class Calls:
    """The supervisor's side: the calls of one process, each to be answered."""

    def __init__(self, process: int, supervisor: socket.socket, below: str) -> None:
        """`below`: calls about files elsewhere are let through unseen."""
        _, (self._listener, *_), _, _ = socket.recv_fds(supervisor, 16, 1)
        self._process, self._below = process, below

    def __enter__(self) -> Calls:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._listener)

    def __iter__(self) -> Iterator[Call]:
        """Every call about a file below the folder, until the process and its children have ended."""
        poll = select.poll()
        poll.register(self._listener, select.POLLIN)
        while True:
            ((_, happened),) = poll.poll()
            if not happened & select.POLLIN:
                return
            buffer = bytearray(80)
            try:
                fcntl.ioctl(self._listener, _RECEIVE, buffer)
            except FileNotFoundError:
                continue  # killed since
            identity, thread, _, number, _, _, *arguments = struct.unpack("=QIIiIQ6Q", buffer)
            name = _NAMES[number]
            try:
                path = _path(name, thread, arguments)
            except OSError:
                path = ""
            call = Call(name, path, identity, thread, tuple(arguments))
            if path == self._below or path.startswith(self._below + "/"):
                yield call
            else:
                self.go_on(call)

    def go_on(self, call: Call) -> None:
        """The call is made."""
        self._answer(call, 0, 0, _CONTINUE)

    def refuse(self, call: Call, error: int) -> None:
        """The call is not made, and fails with this `errno`."""
        self._answer(call, 0, -error, 0)

    def cut(self, call: Call) -> None:
        """Half of the bytes are written."""
        descriptor, address, count, offset, *_ = call.arguments
        with Path(f"/proc/{call.thread}/mem").open("rb", buffering=0) as memory:
            memory.seek(address)
            half = memory.read(count // 2)
        process = os.pidfd_open(self._process)
        shared = _libc.syscall(_PIDFD_GETFD, process, descriptor, 0)
        os.close(process)
        if shared < 0:
            raise OSError(ctypes.get_errno(), "the descriptor of the process cannot be shared")
        written = os.pwrite(shared, half, offset) if call.name == "pwrite64" else os.write(shared, half)
        os.close(shared)
        self._answer(call, written, 0, 0)

    def kill(self) -> None:
        """`kill -9`: the call that waits is never made."""
        os.kill(self._process, signal.SIGKILL)

    def _answer(self, call: Call, value: int, error: int, flags: int) -> None:
        try:
            fcntl.ioctl(self._listener, _SEND, struct.pack("=QqiI", call.identity, value, error, flags))
        except FileNotFoundError:
            return  # killed since


def _path(name: str, thread: int, arguments: list[int]) -> str:
    if name in _OF_DESCRIPTORS:
        return str(Path(f"/proc/{thread}/fd/{arguments[0]}").readlink())
    at = _PATH_ARGUMENT.get(name, 0)
    with Path(f"/proc/{thread}/mem").open("rb", buffering=0) as memory:
        memory.seek(arguments[at])
        given = os.fsdecode(memory.read(4096 - arguments[at] % 4096).split(b"\0")[0])
    if given.startswith("/"):
        return given
    folder = arguments[at - 1] if name.endswith(("at", "at2")) else -100
    is_open = 0 <= folder < 1 << 31
    return str(Path(f"/proc/{thread}/fd/{folder}" if is_open else f"/proc/{thread}/cwd").readlink() / given)


def _listener() -> int:
    """Take the filter, for this thread and all that come of it; the descriptor that calls are told on, or -1."""
    column = _NUMBERS[platform.machine()][1]
    _libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    code = _filter(column)
    buffer = ctypes.create_string_buffer(code, len(code))
    program = _Program(len(code) // 8, ctypes.addressof(buffer))
    return int(_libc.syscall(_SECCOMP[column], _SET_FILTER, _NEW_LISTENER, ctypes.byref(program)))


def _filter(column: int) -> bytes:
    lines = [_line(_LOAD, 0)]
    for name, numbers in _CALLS.items():
        if (number := numbers[column]) is None:
            continue
        if name in _OPENS:
            flags = _line(_LOAD, 16 + 8 * _OPENS[name]) + _line(_ANY_BIT, _CREATES, no=1)
            lines.append(_line(_EQUAL, number, no=4) + flags + _line(_RETURN, _NOTIFY) + _line(_RETURN, _ALLOW))
        else:
            lines.append(_line(_EQUAL, number, no=1) + _line(_RETURN, _NOTIFY))
    return b"".join([*lines, _line(_RETURN, _ALLOW)])


def _line(code: int, value: int, *, yes: int = 0, no: int = 0) -> bytes:
    return struct.pack("=HBBI", code, yes, no, value)


_NAMES = {numbers[_NUMBERS.get(platform.machine(), (0, 0))[1]]: name for name, numbers in _CALLS.items()}
