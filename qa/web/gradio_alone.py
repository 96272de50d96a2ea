"""Gradio imported without what only its developers need, which is half of the time that it takes."""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

__all__ = ["import_gradio"]


def import_gradio() -> None:
    """Import Gradio for the first time; later it is there already.

    Left out are the type stubs that it writes beside each of its components whenever it is imported (a source file
    parsed, a template compiled and a stub compared for each: a third of the time, and a program that is served has no
    business in the folder of its packages), and the `mcp` package, which it takes where it finds it for a server of its
    own that is not started here. Where a later version does neither, nothing is left out.
    """
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read when it is imported
    if "gradio" in sys.modules:
        return
    with _without_mcp(), _without_stubs():
        import gradio  # noqa: F401


@contextmanager
def _without_mcp() -> Iterator[None]:
    """`import mcp` fails, as where it is not installed, unless it was imported before."""
    if "mcp" in sys.modules:
        yield
        return
    sys.modules["mcp"] = None  # type: ignore[assignment]  # how Python is told that there is none
    try:
        yield
    finally:
        del sys.modules["mcp"]


@contextmanager
def _without_stubs() -> Iterator[None]:
    """Gradio's components have no source file, as for it those have that are made at runtime; they get no stub."""
    found = inspect.getfile

    def getfile(thing: Any) -> str:
        if inspect.isclass(thing) and thing.__module__.startswith("gradio."):
            raise OSError("no stub is wanted")
        return found(thing)

    inspect.getfile = getfile  # type: ignore[assignment]  # it takes anything
    try:
        yield
    finally:
        inspect.getfile = found
