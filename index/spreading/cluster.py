"""A Ray cluster: one of this machine that ends with the sync, or one that runs already.

Whoever reaches a Ray cluster can run programs on its nodes (SECURITY.md). So one of ours listens on the loopback
interface only and asks for a token that nobody else has.
"""

from __future__ import annotations

import functools
import json
import logging
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.errors import ClusterError, SettingError
from index.spreading.bench import Bench

__all__ = ["Cluster", "joined", "refusal"]

CONNECT_SECONDS = 5.0
"""Until something must have answered at an address."""

PROBE_SECONDS = 45.0
"""Until that must have turned out to be a cluster that takes this process."""

STORE_BYTES = 512 << 20
"""Shared memory for results that wait, of a cluster of ours; more of them go to its folder on the disk."""

_ADDRESS = re.compile(r"(?P<host>[^\s:/]+|\[[0-9a-fA-F:.]+\]):(?P<port>\d{1,5})")
_PACKAGES = Path(__file__).resolve().parents[2]
_QUIET = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_DEDUP_LOGS": "0",
}
_LOOPBACK = {"RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0"}
"""Ray's word for "this machine only"; it is asked when Ray is imported, and by the processes that Ray starts."""


@dataclass(frozen=True)
class Cluster:
    """A cluster that this process has joined."""

    where: str
    """As errors name it."""
    kind: type = Bench
    """What its workers are."""

    def count(self, *, gpus: bool) -> int:
        """Workers it has room for: one a core, or one a GPU. Raises `ClusterError` for none."""
        import ray

        resources = ray.cluster_resources()
        cores, cards = int(resources.get("CPU", 0)), int(resources.get("GPU", 0))
        if not cores:
            raise ClusterError(f"{self.where} has no processors for workers: start its nodes without --num-cpus 0")
        if gpus and not cards:
            raise ClusterError(
                f"--device cuda was asked for, but no node of {self.where} has a GPU that Ray sees: add one, or leave "
                "--device out"
            )
        return min(cores, cards) if gpus else cores

    def start(self, *, gpus: bool) -> Any:
        """Start a worker somewhere."""
        import ray

        options = ray.remote(
            num_cpus=1, num_gpus=int(gpus), max_restarts=0, max_task_retries=0, scheduling_strategy="SPREAD"
        )
        return options(self.kind).remote()

    def stop(self, actor: Any) -> None:
        """End a worker at once."""
        import ray

        ray.kill(actor)

    def is_loss(self, error: BaseException) -> bool:
        """Whether the error says that a worker, or what it gave, is gone."""
        from ray.exceptions import RayError, RayTaskError

        return isinstance(error, RayError) and not isinstance(error, RayTaskError)


@contextmanager
def joined(address: str, tell: Callable[[str], None], *, cores: int | None = None) -> Iterator[Cluster]:
    """Join the cluster at `address`, or start one on this machine ("auto") that ends with the `with` block.

    "auto" takes the cluster that this process has joined, or that RAY_ADDRESS names, before it starts one, with as many
    workers as this process has `cores`. Raises `ClusterError`, `SettingError`.
    """
    ray = _ray()
    if address == "auto":
        address = os.environ.get("RAY_ADDRESS", "") or "auto"
    if address in {"auto", "local"} and ray.is_initialized():
        yield Cluster("the Ray cluster of this process")
        return
    with ExitStack() as leaving:
        if address in {"auto", "local"}:
            tell("starting a Ray cluster on this machine")
            _start(ray, leaving, cores or _cores())
            yield Cluster("the Ray cluster of this machine")
        else:
            tell(f"joining the Ray cluster at {address}")
            _join(ray, leaving, address)
            yield Cluster(f"the Ray cluster at {address}")


def refusal(address: str, said: str) -> ClusterError:
    """What to say when Ray does not let this process join, for the reason `said`."""
    said = " ".join(said.split())
    lower = said.lower()
    if "authentication" in lower or "unauthenticated" in lower or "token" in lower:
        return ClusterError(
            f"the Ray cluster at {address} does not take this token: set RAY_AUTH_MODE=token and RAY_AUTH_TOKEN to those of "
            "the cluster"
        )
    if "version mismatch" in lower:
        return ClusterError(
            f"the Ray cluster at {address} runs other versions: install the same here. Ray says: {said[:400]}"
        )
    if "node_ip_address" in lower or "raylet" in lower:
        return ClusterError(
            f"this machine is no node of the Ray cluster at {address}: run `ray start --address={address}` here first"
        )
    return ClusterError(
        f"no Ray cluster answers at {address}: start one with `ray start --head`, or use --ray auto. It was said: "
        f"{said[:400] or 'nothing'}"
    )


def _ray() -> Any:
    try:
        with _environment(_QUIET):
            import ray
    except ImportError as error:
        raise SettingError(
            "Ray is not installed: pip install 'footnote-qa[ray]' here and on every node, or sync without --ray"
        ) from error
    return ray


def _start(ray: Any, leaving: ExitStack, cores: int) -> None:
    """A cluster of this machine, for this process and no other."""
    leaving.enter_context(_environment({**_QUIET, **_LOOPBACK, "RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": _token()}))
    leaving.enter_context(_loopback_only(ray))
    _forget_token()
    folder = tempfile.mkdtemp(prefix="footnote-ray-")
    leaving.callback(shutil.rmtree, folder, ignore_errors=True)
    try:
        leaving.callback(ray.shutdown)
        _init(
            ray,
            address="local",
            num_cpus=cores,
            include_dashboard=False,
            object_store_memory=STORE_BYTES,
            _temp_dir=folder,
        )
    except Exception as error:
        raise ClusterError(
            f"no Ray cluster could be started on this machine: sync without --ray. Ray says: {' '.join(str(error).split())[:400]}"
        ) from error


def _join(ray: Any, leaving: ExitStack, address: str) -> None:
    match = _ADDRESS.fullmatch(address)
    if address.startswith("ray://"):
        raise SettingError(
            f"--ray {address}: Ray Client is not used here; give the head's own address, such as 10.0.0.1:6379, on a "
            "machine that is a node of the cluster"
        )
    if not match:
        raise SettingError(f'--ray {address}: expected "auto" or the address of a cluster, such as 10.0.0.1:6379')
    if ray.is_initialized():
        raise SettingError(
            f"--ray {address}: this process has joined a Ray cluster already; use ray='auto' for that one"
        )
    try:
        socket.create_connection((match["host"].strip("[]"), int(match["port"])), CONNECT_SECONDS).close()
    except (OSError, OverflowError) as error:
        raise refusal(address, str(error)) from error
    _probe(address)
    leaving.enter_context(_environment(_QUIET))
    _forget_token()
    try:
        leaving.callback(ray.shutdown)
        _init(ray, address=address)
    except Exception as error:
        raise refusal(address, str(error)) from error


def _init(ray: Any, **settings: Any) -> None:
    # Its workers' words are in its own folder; ours are for people.
    ray.init(log_to_driver=False, configure_logging=False, logging_level=logging.ERROR, **settings)


def _probe(address: str) -> None:
    """Join in a process of its own first: where no cluster answers, Ray ends the process that asks."""
    places = os.pathsep.join(filter(None, [os.environ.get("PYTHONPATH"), str(_PACKAGES), *sys.path]))
    command = [sys.executable, "-P", "-W", "ignore", "-m", "index.spreading.probing", address]
    environment = {**os.environ, **_QUIET, "PYTHONPATH": places}
    try:
        done = subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=PROBE_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise refusal(address, f"nothing for {PROBE_SECONDS:.0f} s") from error
    try:
        said = json.loads(done.stdout.decode(errors="replace").splitlines()[-1])
    except (IndexError, ValueError):
        said = {"error": "what listens there does not speak as a Ray cluster does"}
    if "error" in said:
        raise refusal(address, str(said["error"]))


@functools.cache
def _token() -> str:
    """One for the life of this process: Ray reads it once."""
    return secrets.token_hex(32)


def _forget_token() -> None:
    """Have Ray read mode and token again, where an earlier sync of this process had others."""
    with suppress(ImportError, AttributeError):
        from ray._raylet import AuthenticationTokenLoader, Config

        Config.initialize("")
        AuthenticationTokenLoader.instance().reset_cache()


@contextmanager
def _loopback_only(ray: Any) -> Iterator[None]:
    """The same as `_LOOPBACK` in this process, which may have imported Ray before."""
    constants = getattr(ray._private, "ray_constants", None)
    before = getattr(constants, "ENABLE_RAY_CLUSTER", None)
    if constants is not None:
        constants.ENABLE_RAY_CLUSTER = False
    try:
        yield
    finally:
        if constants is not None:
            constants.ENABLE_RAY_CLUSTER = before


@contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
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
