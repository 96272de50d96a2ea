"""The cage that a worker shuts itself into before it meets the first file.

    memory, processor time, open files     limits of the process, wherever the system has them
    writing, programs, network             seccomp (Linux on x86_64 and aarch64)
    reading other files than libraries     Landlock (Linux 5.13 and later)
    secrets                                an environment without any

What the system lacks is left out in silence, and the rest holds: `docs/reading.md` says what that means where.
"""

from __future__ import annotations

import ctypes
import math
import os
import sys
import time
from collections.abc import Mapping

from index.reading.landlock import see_libraries_only
from index.reading.limits import ReadingLimits
from index.reading.seccomp import refuse_calls

__all__ = ["allow_time", "environment_for_worker", "shut"]

_NEEDED = frozenset(
    "PYTHONPATH PYTHONHOME LD_LIBRARY_PATH DYLD_LIBRARY_PATH DYLD_FALLBACK_LIBRARY_PATH LANG LC_ALL LC_CTYPE TZ"
    " SYSTEMROOT WINDIR".split()
)
"""What Python and the system's libraries need to start. Tokens, keys and the names of homes are not among it."""
_MOST_FILES = 128
"""Open at once: the pipes, the document, libraries while they are loaded, the event loop of an extractor."""
_PR_SET_NO_NEW_PRIVS = 38
_TAKE_ME_FIRST = "500"
"""Of 1000: when memory runs out, the system ends a worker before the process that owns the index."""


def environment_for_worker(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The variables that a worker gets: those that Python needs, and one that keeps threads from taking much memory."""
    kept = {name: value for name, value in environment.items() if name.upper() in _NEEDED}
    return {**kept, "MALLOC_ARENA_MAX": "2", "PYTHONDONTWRITEBYTECODE": "1"}


def shut(limits: ReadingLimits) -> frozenset[str]:
    """Shut the cage around this process, for good; the names of the parts that this system has."""
    if sys.platform == "win32":  # the owner's clock remains
        return frozenset()
    import resource

    _be_taken_first()
    for what, most in (
        (resource.RLIMIT_AS, limits.memory_bytes),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, _MOST_FILES),
    ):
        _, highest = resource.getrlimit(what)
        most = most if highest == resource.RLIM_INFINITY else min(most, highest)
        try:
            resource.setrlimit(what, (most, most))
        except (OSError, ValueError):  # macOS takes no limit of address space
            continue
    return frozenset({"limits"}) | (_confined() if sys.platform == "linux" else frozenset())


def allow_time(limits: ReadingLimits, size_bytes: int) -> None:
    """Let the next file take its processor time, counted from now; SIGXCPU ends the worker after it."""
    if sys.platform == "win32":
        return
    import resource

    _, highest = resource.getrlimit(resource.RLIMIT_CPU)
    soft = math.ceil(time.process_time() + limits.timeout_for(size_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (soft if highest < 0 else min(soft, highest), highest))


def _confined() -> frozenset[str]:
    """What Linux adds, as far as this kernel has it and lets us."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        return frozenset()
    parts = {"landlock": see_libraries_only(libc), "seccomp": refuse_calls(libc)}
    return frozenset(name for name, taken in parts.items() if taken)


def _be_taken_first() -> None:
    try:
        with open("/proc/self/oom_score_adj", "w") as file:  # noqa: PTH123 (no document)
            file.write(_TAKE_ME_FIRST)
    except OSError:
        return
