"""Whether a worker fits the process that syncs: versions, the folder it sees, and its model."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, NamedTuple

from index.spreading.job import versions

__all__ = ["Facts", "facts_of", "misfit"]


class Facts(NamedTuple):
    """What an embedder is, without the embedder."""

    name: str
    fingerprint: str
    dimension: int
    max_tokens: int


def facts_of(said: dict[str, Any]) -> Facts:
    """What a worker tells of its model once it is loaded."""
    return Facts(str(said["name"]), str(said["fingerprint"]), int(said["dimension"]), int(said["max_tokens"]))


def misfit(said: dict[str, Any], order: dict[str, Any], expected: Facts | None) -> str:
    """One line that says why a worker that said this cannot be used; "" when it can."""
    where = f"the Ray worker on {said['node']}"
    if "error" in said:
        return f"{where} could not load the model: {said['error']}"
    if "versions" in said:
        ours, theirs = versions(), said["versions"]
        if differing := [name for name in ours if theirs.get(name) != ours[name]]:
            told = ", ".join(f"{name} {theirs.get(name)} instead of {ours[name]}" for name in differing)
            return f"{where} has {told}: install the same versions on every node"
        missing = [name for name in said["missing"] if os.path.lexists(Path(order["corpus"]) / name)]
        if missing or not said["sees"]:
            what = f"misses {missing[0]!r} in" if said["sees"] else "does not see"
            if order.get("copy_of"):
                return (
                    f"{where} {what} the copy of {order['copy_of']} in {order['corpus']}: name a folder in "
                    "FOOTNOTE_MIRROR that every node has under the same path"
                )
            return (
                f"{where} {what} the folder {order['corpus']}: mount the same folder under the same path on every node"
            )
        return ""
    if expected and said["fingerprint"] != expected.fingerprint:
        return (
            f"{where} has another model: {said['name']} ({said['fingerprint']}) instead of {expected.name} "
            f"({expected.fingerprint}): give every node the same model files, packages and --device"
        )
    return ""
