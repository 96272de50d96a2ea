"""What stands in a conversation that is kept: its lines, as exchanges and a name (see `index.conversations`)."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from index.lines import opened

__all__ = ["HEAD", "KeptConversation", "KeptSummary", "read_content", "summary_of"]

VERSION = 1

HEAD = json.dumps({"conversation": VERSION}).encode() + b"\n"
_KEY = re.compile(rb'^\{"exchange": \{"key": "([^"\\]{1,64})"', re.MULTILINE)
_OF_A_NAME = b'{"name": '


@dataclass(frozen=True, slots=True)
class KeptConversation:
    """What was read of one conversation."""

    exchanges: tuple[dict[str, Any], ...] = ()
    """Oldest first."""
    name: str = ""
    """As it was given; "" before that."""
    earlier: int = 0
    """Exchanges before those that were read."""
    damaged: int = 0
    """Lines that could not be read and were passed over."""


@dataclass(frozen=True, slots=True)
class KeptSummary:
    """One conversation in a list."""

    conversation: str
    name: str
    """As it was given; "" before that."""
    question: str
    """The first one."""
    at: str
    """When the last one was asked, as it is kept; "" when that is not known."""
    count: int
    """Exchanges."""


def read_content(content: bytes, last: int | None) -> KeptConversation:
    """What stands in the file of a conversation."""
    name, damaged = "", 0
    exchanges: dict[str, dict[str, Any]] = {}
    lines = content.removeprefix(HEAD).split(b"\n")
    keys = _distinct(content)
    wanted = set(keys[-last:]) if last else None
    for line in lines:
        if not line or line == HEAD.rstrip():  # two processes may have begun the file
            continue
        found = _KEY.match(line)
        if wanted is not None and found and found[1] not in wanted:
            continue
        entry = _entry(line)
        if isinstance(said := entry.get("name"), str):
            name = said
        elif found and isinstance(exchange := entry.get("exchange"), dict):
            exchanges[str(exchange["key"])] = exchange
        else:
            damaged += 1
    earlier = max(0, len(keys) - last) if last else 0
    return KeptConversation(tuple(exchanges.values()), name, earlier, damaged)


def summary_of(conversation: str, content: bytes) -> KeptSummary | None:
    """What a list shows of a conversation; None when it holds no question."""
    lines = content.split(b"\n")
    exchanges = (line for line in lines if _KEY.match(line))
    first = next((entry["exchange"] for line in exchanges if (entry := _entry(line))), None)
    backwards = (line for line in reversed(lines) if _KEY.match(line))
    last = next((entry["exchange"] for line in backwards if (entry := _entry(line))), None)
    if not isinstance(first, dict) or not isinstance(last, dict):
        return None
    names = (_entry(line).get("name") for line in reversed(lines) if line.startswith(_OF_A_NAME))
    name = next((name for name in names if isinstance(name, str)), "")
    return KeptSummary(
        conversation, name, str(first.get("question", "")), str(last.get("at", "")), len(_distinct(content))
    )


def _distinct(content: bytes) -> list[bytes]:
    """The keys of the exchanges, each once, in the order in which they began."""
    return list(dict.fromkeys(_KEY.findall(content)))


def _entry(line: bytes) -> dict[str, Any]:
    """The entry of a line; an empty one when it is damaged."""
    return opened(line) or {}
