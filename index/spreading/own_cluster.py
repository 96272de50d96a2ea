"""A Ray cluster of this machine, for one process and as long as that needs it.

Whoever reaches a Ray cluster can run programs on its nodes (SECURITY.md). So this one listens on the loopback interface
only, asks for a token that nobody else has, and is without the process that would ask cloud services who it is.
"""

from __future__ import annotations

import functools
import logging
import os
import secrets
import shutil
import signal
import tempfile
import threading
import traceback
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

from index.errors import ClusterError

__all__ = ["QUIET", "SILENT", "environment", "forget_token", "kept_signals", "start"]

QUIET = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_DEDUP_LOGS": "0"}
"""Variables for Ray and every process that it starts: nothing of how it is used is sent anywhere."""

SILENT = {"log_to_driver": False, "configure_logging": False, "logging_level": logging.ERROR}
"""Of `ray.init`: what its workers say stays in its own folder."""

STARTS, _LATE = 3, "timed out during startup"
"""Times that a cluster is started which Ray gives up after 30 seconds, as on a busy machine."""

STORE_BYTES = 512 << 20
"""Shared memory for results that wait, of a cluster of ours; more of them go to its folder on the disk."""

LONGEST_PLACE = 20
"""Characters of the folder of temporary files: a socket's name has 107 at most, and Ray puts some 70 behind ours."""

_SIGNALS = ("SIGTERM", "SIGSEGV", "SIGABRT", "SIGBUS", "SIGFPE", "SIGILL", "SIGTRAP")

_LOOPBACK = {"RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0"}
"""Ray's word for "this machine only"; it is asked when Ray is imported, and by the processes that Ray starts."""


def start(ray: Any, leaving: ExitStack, cores: int | None) -> None:
    """Start a cluster for this process and join it, until `leaving` ends it. Raises `ClusterError`.

    `cores`: how many workers it has room for (default: as many as this process may use).
    """
    leaving.enter_context(environment({**QUIET, **_LOOPBACK, "RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": _token()}))
    leaving.enter_context(_altered(ray, "ray_constants", "ENABLE_RAY_CLUSTER", False))
    leaving.enter_context(_altered(ray, "services", "start_api_server", lambda *_, **__: ("", None)))
    forget_token()
    folders = list[str]()
    leaving.callback(_remove, folders)
    leaving.callback(ray.shutdown)  # before they are removed
    for left in reversed(range(STARTS)):
        folders.append(_folder())
        try:
            with kept_signals():
                ray.init(
                    "local",
                    num_cpus=cores or _cores(),
                    include_dashboard=False,
                    object_store_memory=STORE_BYTES,
                    _temp_dir=folders[-1],
                    **SILENT,
                )
        except Exception as error:
            _end(error)
            if left and _LATE in str(error):
                continue
            raise ClusterError(
                "no Ray cluster could be started on this machine: sync without --ray. Ray says: "
                f"{' '.join(str(error).split())[:400]}"
            ) from error
        return


def _remove(folders: list[str]) -> None:
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


def _end(error: Exception) -> None:
    """End the processes of a cluster that did not start: Ray leaves them to the end of this process."""
    for frame, _ in traceback.walk_tb(error.__traceback__):
        end = getattr(frame.f_locals.get("self"), "kill_all_processes", None)
        if callable(end):
            with suppress(Exception):
                end(check_alive=False, allow_graceful=False)


def _folder() -> str:
    """A folder of one's own for what Ray keeps while it runs, under a name short enough for the sockets in it."""
    place = tempfile.gettempdir()
    if len(place) > LONGEST_PLACE and Path("/tmp").is_dir():  # noqa: S108
        place = "/tmp"  # noqa: S108
    return tempfile.mkdtemp(prefix="footnote-ray-", dir=place)


@functools.cache
def _token() -> str:
    """One for the life of this process: Ray reads it once."""
    return secrets.token_hex(32)


@contextmanager
def kept_signals() -> Iterator[None]:
    """Have signals end this process as before once Ray was joined.

    Ray puts handlers of its own in their place. With 2.60, a SIGTERM was seen to make them fail without end, 700,000
    lines of it on standard error, until SIGKILL. Only the main thread can put the former back.
    """
    before = {
        getattr(signal, name): signal.getsignal(getattr(signal, name)) for name in _SIGNALS if hasattr(signal, name)
    }
    try:
        yield
    finally:
        if threading.current_thread() is threading.main_thread():
            for number, handler in before.items():
                signal.signal(number, signal.SIG_DFL if handler is None else handler)


def forget_token() -> None:
    """Have Ray read mode and token again, where an earlier sync of this process had others."""
    with suppress(ImportError, AttributeError):
        from ray._raylet import AuthenticationTokenLoader, Config

        Config.initialize("")
        AuthenticationTokenLoader.instance().reset_cache()


@contextmanager
def _altered(ray: Any, module: str, name: str, value: Any) -> Iterator[None]:
    """Something of Ray's own, another way for a while, where this version of Ray has it.

    "This machine only" is asked of Ray's constants once it is imported. And without its dashboard it would still start
    that process for reports of use, which asks 169.254.169.254 and metadata.google.internal even when they are off, and
    is waited for.
    """
    owner = getattr(ray._private, module, None)
    before = getattr(owner, name, None)
    if before is not None:
        setattr(owner, name, value)
    try:
        yield
    finally:
        if before is not None:
            setattr(owner, name, before)


@contextmanager
def environment(variables: Mapping[str, str]) -> Iterator[None]:
    """Variables of the environment, for a while."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None) if value is None else os.environ.update({name: value})


def _cores() -> int:
    """Those that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
