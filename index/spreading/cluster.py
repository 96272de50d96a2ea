"""A Ray cluster: one of this machine that ends with the sync, or one that runs already."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.errors import ClusterError, SettingError
from index.spreading.bench import Bench
from index.spreading.own_cluster import QUIET, SILENT, environment, forget_token, kept_signals, start

__all__ = ["Cluster", "joined", "refusal"]

CONNECT_SECONDS = 5.0
"""Until something must have answered at an address."""

PROBE_SECONDS = 45.0
"""Until that must have turned out to be a cluster that takes this process."""

_FEW_TRIES = {"RAY_NUM_REDIS_GET_RETRIES": "5"}
"""One a second, of 20: what answers refuses at once."""

_ADDRESS = re.compile(r"(?P<host>[^\s:/]+|\[[0-9a-fA-F:.]+\]):(?P<port>\d{1,5})")
_PACKAGES = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Cluster:
    """A cluster that this process has joined."""

    where: str
    """As errors name it."""

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
        return options(Bench).remote()

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
            start(ray, leaving, cores)
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
            f"the Ray cluster at {address} does not take this token: set RAY_AUTH_MODE=token and RAY_AUTH_TOKEN as "
            "they are on its nodes"
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
        with environment(QUIET):
            import ray
    except ImportError as error:
        raise SettingError(
            "Ray is not installed: pip install 'footnote-qa[ray]' here and on every node, or sync without --ray"
        ) from error
    return ray


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
    leaving.enter_context(environment(QUIET))
    forget_token()
    try:
        leaving.callback(ray.shutdown)
        with kept_signals():
            ray.init(address, **SILENT)
    except Exception as error:
        raise refusal(address, str(error)) from error


def _probe(address: str) -> None:
    """Join in a process of its own first: where no cluster answers, Ray ends the process that asks."""
    places = os.pathsep.join(filter(None, [os.environ.get("PYTHONPATH"), str(_PACKAGES), *sys.path]))
    command = [sys.executable, "-P", "-W", "ignore", "-m", "index.spreading.probing", address]
    variables = {**os.environ, **QUIET, **_FEW_TRIES, "PYTHONPATH": places}
    try:
        done = subprocess.run(
            command, env=variables, stdin=subprocess.DEVNULL, capture_output=True, timeout=PROBE_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise refusal(address, f"nothing for {PROBE_SECONDS:.0f} s") from error
    try:
        said = json.loads(done.stdout.decode(errors="replace").splitlines()[-1])
    except (IndexError, ValueError):
        said = {"error": "what listens there does not speak as a Ray cluster does"}
    if "error" in said:
        logged = done.stderr.decode(errors="replace").strip().splitlines()  # a token that is wrong is told there only
        raise refusal(address, " ".join([str(said["error"]), *logged[-1:]]))
