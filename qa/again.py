"""What was changed by another process just while it was read is read again."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import ParamSpec, TypeVar

from index.errors import ChangedMeanwhile

__all__ = ["again_if_changed"]

TRIES = 4

P = ParamSpec("P")
T = TypeVar("T")


def again_if_changed(method: Callable[P, T]) -> Callable[P, T]:
    """The same, begun again when a document was changed by another process just while it was read."""

    @wraps(method)
    def again(*arguments: P.args, **named: P.kwargs) -> T:
        for _ in range(TRIES - 1):
            with suppress(ChangedMeanwhile):
                return method(*arguments, **named)
        return method(*arguments, **named)

    return again
