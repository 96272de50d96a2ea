"""A model that is loaded when there is enough for it to do, and let go when nothing has come for a while."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

__all__ = ["Occasional"]

T = TypeVar("T")

_log = logging.getLogger(__name__)


class Occasional(Generic[T]):
    """Threads may share it: all use the same model, and it stays while one does."""

    def __init__(self, load: Callable[[], T], *, worth: int, idle_seconds: float) -> None:
        """`load` takes as long as work of size `worth` does without it; `idle_seconds` after the last use it goes."""
        self._load, self._worth, self._idle_seconds = load, worth, idle_seconds
        self._lock = threading.Lock()
        self._model: T | None = None
        self._size, self._users, self._used = 0, 0, 0.0
        self._timer: threading.Timer | None = None
        self._has_been_there = self._is_missed = False

    @property
    def is_loaded(self) -> bool:
        """Whether it takes memory now."""
        return self._model is not None

    @contextmanager
    def used(self, size: int) -> Iterator[T | None]:
        """The model, for work of a size; None while all that came without a pause is not worth loading it.

        None as well when it cannot be loaded again, since its files went meanwhile. The first time that is an error.
        """
        with self._lock:
            if time.monotonic() - self._used > self._idle_seconds and not self._users:
                self._size = 0
            self._size += size
            if self._model is None and self._size > self._worth:
                self._model = self._loaded()
            model, self._used = self._model, time.monotonic()
            self._users += 1
        try:
            yield model
        finally:
            with self._lock:
                self._users -= 1
                self._used = time.monotonic()
                if self._model is not None and self._timer is None:
                    self._look_after(self._idle_seconds)

    def _loaded(self) -> T | None:
        try:
            model = self._load()
        except (OSError, RuntimeError) as error:
            if not self._has_been_there:
                raise
            if not self._is_missed:
                _log.warning("the model for many texts cannot be loaded again, the other is used: %s", error)
            self._size, self._is_missed = 0, True
            return None
        self._has_been_there, self._is_missed = True, False
        return model

    def _look_after(self, seconds: float) -> None:
        timer = threading.Timer(seconds, self._look)
        timer.daemon = True
        timer.start()
        self._timer = timer

    def _look(self) -> None:
        """Let it go, or look again later."""
        with self._lock:
            left = self._idle_seconds if self._users else self._used + self._idle_seconds - time.monotonic()
            if left > 0:
                self._look_after(left)
            else:
                self._model = self._timer = None
