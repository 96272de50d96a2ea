"""What of the file system a parser can see: libraries, and nothing else. Landlock, for Linux 5.13 and later.

Documents are not among it: they come as open files. Folders that programs stand in can be read; homes, mounted disks,
temporary files, other processes and the corpus itself cannot, and nothing can be written or run.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

__all__ = ["see_libraries_only"]

_CREATE, _ADD, _RESTRICT = 444, 445, 446
"""System calls; the same numbers on every architecture."""
_VERSION_FLAG, _BENEATH = 1, 1
_READ_FILE, _READ_FOLDER = 1 << 2, 1 << 3
_RIGHTS = {1: (1 << 13) - 1, 2: 1 << 13, 3: 1 << 14, 5: 1 << 15}
"""Rights over files by the version that brought them: reading, writing, making, removing; linking; cutting; devices."""
_NETWORK_SINCE, _NETWORK = 4, 0b11
_SCOPES_SINCE, _SCOPES = 6, 0b11
"""TCP, and sockets and signals beyond the process."""
_PRIVATE = frozenset("boot dev home lost+found media mnt proc root run srv sys tmp var".split())
"""Folders of the root that hold what belongs to somebody, not programs."""
_ALSO = ("/dev/null", "/dev/urandom", "/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/sys/devices/system/cpu")
_OPEN_PATH = 0o10000000
"""O_PATH, which Python names on Linux only."""


def see_libraries_only(libc: ctypes.CDLL) -> bool:
    """Take the rules for this process and all its threads to come; False where the kernel has no Landlock.

    The process must have given up new privileges (PR_SET_NO_NEW_PRIVS) before.
    """
    version = libc.syscall(_CREATE, None, 0, _VERSION_FLAG)
    if version < 1:
        return False
    handled = sum(rights for since, rights in _RIGHTS.items() if since <= version)
    attributes = struct.pack("=Q", handled)
    if version >= _NETWORK_SINCE:
        attributes += struct.pack("=Q", _NETWORK)
    if version >= _SCOPES_SINCE:
        attributes += struct.pack("=Q", _SCOPES)
    rules = libc.syscall(_CREATE, attributes, len(attributes), 0)
    if rules < 0:
        return False
    try:
        for place in _places():
            _allow(libc, rules, place)
        return bool(libc.syscall(_RESTRICT, rules, 0) == 0)
    finally:
        os.close(rules)


def _places() -> Iterator[str]:
    """Where programs and libraries stand, and the little that they ask of the system."""
    yield from (entry.path for entry in os.scandir("/") if entry.name not in _PRIVATE)
    yield from _ALSO
    yield from (sys.prefix, sys.base_prefix, sys.exec_prefix, str(Path(__file__).resolve().parent.parent))
    yield from filter(None, sys.path)
    yield from filter(None, os.environ.get("LD_LIBRARY_PATH", "").split(":"))


def _allow(libc: ctypes.CDLL, rules: int, place: str) -> None:
    """Let what stands at or below a place be read; a place that is not there is left out."""
    try:
        descriptor = os.open(place, _OPEN_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        is_folder = Path(place).is_dir()
        rights = _READ_FILE | _READ_FOLDER if is_folder else _READ_FILE
        libc.syscall(_ADD, rules, _BENEATH, struct.pack("=Qi", rights, descriptor), 0)
    finally:
        os.close(descriptor)
