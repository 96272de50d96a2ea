"""System calls that a parser has no business with are refused by the kernel: a seccomp filter, for Linux.

What is refused comes back as EPERM, so that a library that only tries (to make a cache folder, say) goes on without.
Refused are: every socket but a pair within the process, other programs and processes, every change to the file system,
files opened for writing, and what reaches into other processes or into the kernel.
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct
import sys

__all__ = ["refuse_calls"]

_ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
"""The kernel's own numbers for them (linux/audit.h)."""

_REFUSED = """
accept 43 202               accept4 288 242             add_key 248 217             bind 49 200
bpf 321 280                 chmod 90 -                  chown 92 -                  chroot 161 51
connect 42 203              creat 85 -                  execve 59 221               execveat 322 281
fchmod 91 52                fchmodat 268 53             fchmodat2 452 452           fchown 93 55
fchownat 260 54             finit_module 313 273        fork 57 -                   fsetxattr 190 7
fsmount 432 432             fsopen 430 430              futimesat 261 -             init_module 175 105
io_uring_enter 426 426      io_uring_register 427 427   io_uring_setup 425 425      kcmp 312 272
keyctl 250 219              kill 62 129                 lchown 94 -                 link 86 -
linkat 265 37               listen 50 201               lsetxattr 189 6             mkdir 83 -
mkdirat 258 34              mknod 133 -                 mknodat 259 33              mount 165 40
move_mount 429 429          name_to_handle_at 303 264   open_by_handle_at 304 265   open_tree 428 428
perf_event_open 298 241     pidfd_getfd 438 438         pidfd_open 434 434          pidfd_send_signal 424 424
pivot_root 155 41           process_vm_readv 310 270    process_vm_writev 311 271   ptrace 101 117
rename 82 -                 renameat 264 38             renameat2 316 276           request_key 249 218
rmdir 84 -                  rt_sigqueueinfo 129 138     rt_tgsigqueueinfo 297 240   sendmmsg 307 269
sendmsg 46 211              setns 308 268               setrlimit 160 164           setxattr 188 5
socket 41 198
symlink 88 -                symlinkat 266 36            tkill 200 130               truncate 76 45
umount2 166 39              unlink 87 -                 unlinkat 263 35             unshare 272 97
userfaultfd 323 282         utime 132 -                 utimensat 280 88            utimes 235 -
vfork 58 -
"""
"""Name and number on x86_64 and on aarch64, which lacks some."""

_UNKNOWN = {"clone3": (435, 435), "openat2": (437, 437)}
"""Their arguments cannot be looked at: "no such call" (ENOSYS) makes the C library take the older one."""
_CLONE, _SENDTO, _OPENAT, _TGKILL, _PRLIMIT = (56, 220), (44, 206), (257, 56), (234, 131), (302, 261)
_OPEN: tuple[int, None] = (2, None)
_RLIMIT_CPU = 0
_CLONE_THREAD = 0x10000
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
_X32 = 0x40000000

_EPERM, _ENOSYS = 1, 38
_ALLOW, _ERRNO, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_LOAD, _EQUAL, _ANY_BIT, _AT_LEAST, _RETURN = 0x20, 0x15, 0x45, 0x35, 0x06
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16
"""Offsets in struct seccomp_data."""
_PR_SET_SECCOMP, _MODE_FILTER = 22, 2


class _Program(ctypes.Structure):
    """What the kernel calls struct sock_fprog."""

    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def refuse_calls(libc: ctypes.CDLL) -> bool:
    """Take the filter for this process and all its threads to come; False where the kernel or processor has none.

    The process must have given up new privileges (PR_SET_NO_NEW_PRIVS) before.
    """
    if platform.machine() not in _ARCHITECTURES or sys.maxsize < 1 << 32:
        return False
    code = _program(list(_ARCHITECTURES).index(platform.machine()), os.getpid())
    buffer = ctypes.create_string_buffer(code, len(code))
    program = _Program(len(code) // 8, ctypes.addressof(buffer))
    return bool(libc.prctl(_PR_SET_SECCOMP, _MODE_FILTER, ctypes.byref(program), 0, 0) == 0)


def _program(column: int, pid: int) -> bytes:
    """The filter as instructions of the packet filter's language, 8 bytes each."""
    architecture = list(_ARCHITECTURES.values())[column]
    lines = [_op(_LOAD, _ARCHITECTURE), _op(_EQUAL, architecture, yes=1), _op(_RETURN, _KILL), _op(_LOAD, _NUMBER)]
    lines += [_op(_AT_LEAST, _X32, no=1), _op(_RETURN, _ERRNO | _EPERM)]
    for refused in _refused_numbers(column):
        lines += [_op(_EQUAL, refused, no=1), _op(_RETURN, _ERRNO | _EPERM)]
    for numbers in _UNKNOWN.values():
        lines += [_op(_EQUAL, numbers[column], no=1), _op(_RETURN, _ERRNO | _ENOSYS)]
    lines += _unless(_CLONE[column], [(0, _ANY_BIT, _CLONE_THREAD)])  # threads, no processes
    lines += _unless(_TGKILL[column], [(0, _EQUAL, pid)])  # what abort() sends to itself
    lines += _unless(_PRLIMIT[column], [(1, _EQUAL, _RLIMIT_CPU)])  # set anew for each file
    lines += _unless(_SENDTO[column], [(4, _EQUAL, 0), (4.5, _EQUAL, 0)])  # within a pair, to no address
    for number, flags in ((_OPEN[column], 1), (_OPENAT[column], 2)):
        lines += _unless(number, [(flags, _ANY_BIT, _WRITES)], refused=True)
    return b"".join([*lines, _op(_RETURN, _ALLOW)])


def _unless(number: int | None, tests: list[tuple[float, int, int]], *, refused: bool = False) -> list[bytes]:
    """One call that is allowed when all its tests hold; with `refused` when they do not.

    A test: which argument (x.5: its upper half), how it is compared, and with what.
    """
    if number is None:
        return []
    verdicts = (_ALLOW, _ERRNO | _EPERM)
    holds, fails = reversed(verdicts) if refused else verdicts
    body: list[bytes] = []
    for left, (argument, compared, value) in zip(range(len(tests) - 1, -1, -1), tests, strict=True):
        body += [_op(_LOAD, _ARGUMENTS + int(8 * argument)), _op(compared, value, no=2 * left + 1)]
    body += [_op(_RETURN, holds), _op(_RETURN, fails)]
    return [_op(_EQUAL, number, no=len(body)), *body]


def _refused_numbers(column: int) -> list[int]:
    words = _REFUSED.split()
    columns = words[1::3], words[2::3]
    return [int(number) for number in columns[column] if number != "-"]


def _op(code: int, value: int, *, yes: int = 0, no: int = 0) -> bytes:
    """Struct sock_filter: what to do, how many instructions to skip if true and if not, and its value."""
    return struct.pack("=HBBI", code, yes, no, value)
