"""Two parts of one question at the same time: a thread beside the one that asks.

Only for work that spends its time outside the interpreter (the model, FAISS): what runs beside it goes on undisturbed.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cached_property
from typing import TypeVar

__all__ = ["meanwhile", "stay_in_one_thread"]

T = TypeVar("T")

MOST = 64
"""Threads at most; they are started when they are needed, and wait for the next question."""


class _Beside:
    """How this process does two things at once, if it does."""

    in_turn = False

    @cached_property
    def threads(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(MOST, thread_name_prefix="footnote-meanwhile")


_beside = _Beside()


def meanwhile(work: Callable[[], T]) -> Future[T]:
    """Begin `work` in another thread; `result()` waits for it, and raises what it raised."""
    if _beside.in_turn:
        done: Future[T] = Future()
        done.set_result(work())
        return done
    begun = _beside.threads.submit(work)
    time.sleep(0)  # lets go of the interpreter, or the other thread would wait for it up to 5 ms
    return begun


def stay_in_one_thread() -> None:
    """From now on, work in this process is done at once, where it is asked for: other processes have the other cores.

    It costs 3 to 5 % of the processor's time to use two.
    """
    _beside.in_turn = True
