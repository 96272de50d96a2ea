"""What a browser may send as the value of a part of the page: text and numbers, and files that it uploaded itself.

Gradio copies whatever file a value names to where the browser can fetch it, before any of our functions sees the value.
It asks whether the file may be read only where it runs the server itself, which it does not here, and fetches addresses
as well. So without this, whoever reaches the page would read every file that the account can read.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextvars import ContextVar
from copy import copy
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

import gradio as gr

if TYPE_CHECKING:
    from gradio.blocks import BlocksConfig
    from gradio.state_holder import SessionState

__all__ = ["Page", "is_text", "is_uploads"]

REFUSED = "This is nothing that the page itself would send."

MOST_CHARACTERS = 200_000
"""Of a text: far more than can be asked, so that a pasted document is told so. Gradio keeps the latest of each tab."""

TABS = 1_000
"""Whose values Gradio keeps, closed ones among them; beyond them it forgets those of the one that asked longest ago.
Each reload is another tab to it."""

_CHANGED: ContextVar[dict[int, Any] | None] = ContextVar("changed", default=None)
"""Parts as the event has changed them that is being answered."""

_OF_A_FILE = {"path", "url", "orig_name", "size", "mime_type", "meta"}


class Page(gr.Blocks):
    """Blocks that look at each value before Gradio does, and keep the values of so many tabs only."""

    def __init__(self, *, title: str) -> None:
        """An empty page; `title`: of the browser's tab."""
        super().__init__(title=title, analytics_enabled=False, fill_width=True)
        self.state_session_capacity = TABS

    async def preprocess_data(
        self, block_fn: Any, inputs: list[Any], state: SessionState | None, explicit_call: bool = False
    ) -> Any:
        """The values as the function takes them. Raises `gr.Error` for what the page itself would not send."""
        for part, value in zip(block_fn.inputs, inputs, strict=False):  # Gradio says when there are too few
            if part.stateful or value is None:  # what is kept here does not come from the browser
                continue
            is_file = isinstance(part, gr.File)
            if not (is_uploads(value, cast(Collection[str], self.upload_file_set)) if is_file else is_text(value)):
                raise gr.Error(REFUSED, print_exception=False)
        if state:
            state.config_values = _Unkept()
            state.blocks_config = self._laid_out
            _CHANGED.set({})
        return await super().preprocess_data(block_fn, inputs, state, explicit_call)

    @cached_property
    def _laid_out(self) -> BlocksConfig:
        """The parts of the page, one for all tabs."""
        laid_out = copy(self.default_config)
        laid_out.blocks = _AsLaidOut(laid_out.blocks)
        return laid_out


class _Unkept(dict[int, Any]):
    """In the place of what Gradio keeps of each tab for its deep links, which are closed (`access/needed.py`).

    That is a description of every part of the page, and the texts that were drawn last: a sixth of a megabyte of an
    empty page, twice that with a conversation. Gradio writes into it and reads nothing else of it.
    """

    def __contains__(self, part: object) -> bool:
        return True

    def __getitem__(self, part: int) -> dict[str, Any]:
        return {}

    def __setitem__(self, part: int, description: Any) -> None:
        pass


class _AsLaidOut(dict[int, Any]):
    """In the place of what Gradio keeps of each tab's parts: another one of each that an event has changed.

    Its options would be those by which the part's next value is read. Our events change how a part looks, which the
    browser knows, and never what it takes: so each value is read by the part as it was laid out. With parts of its
    own, a tab held 27 kilobytes here, with them shared 1.4.

    Until its event is answered, a changed part is as that has made it: Gradio tells the browser what stands there.
    """

    def __getitem__(self, part: int) -> Any:
        changed = _CHANGED.get()
        return changed[part] if changed and part in changed else super().__getitem__(part)

    def __setitem__(self, part: int, changed: Any) -> None:
        mine = _CHANGED.get()
        if mine is not None:
            mine[part] = changed


def is_text(value: Any) -> bool:
    """Whether it is text, a number, yes or no: it may be the name of a file, but Gradio takes none of them for one."""
    return len(value) <= MOST_CHARACTERS if isinstance(value, str) else isinstance(value, int | float)


def is_uploads(value: Any, uploaded: Collection[str]) -> bool:
    """Whether it is a list of files as Gradio's page sends it, each with the very path that its upload was given."""
    return isinstance(value, list) and all(_is_upload(file, uploaded) for file in value)


def _is_upload(file: Any, uploaded: Collection[str]) -> bool:
    return (
        isinstance(file, Mapping)
        and set(file) <= _OF_A_FILE
        and file.get("meta") == {"_type": "gradio.FileData"}
        and isinstance(file.get("path"), str)
        and file["path"] in uploaded
    )
