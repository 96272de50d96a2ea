"""What some models think aloud before they answer, left out: "<think>Hm.</think>Aid waits." -> "Aid waits."."""

from __future__ import annotations

import re

__all__ = ["Thoughts"]

_OPENS = re.compile(r"\s*<(think|thinking|thought|reasoning)>", re.IGNORECASE)
_LONGEST_TAG = len("</reasoning>")


class Thoughts:
    """Give it the pieces of one answer; it gives back what is not thought."""

    def __init__(self) -> None:
        self._held = ""
        self._tag = ""
        self._begun = False

    def aloud(self, piece: str) -> str:
        """What of `piece`, and of what was held back before it, is said to the reader."""
        self._held += piece
        if self._tag:
            return self._after_thoughts()
        if self._begun:
            return self._release()
        if opens := _OPENS.match(self._held):
            self._tag = f"</{opens.group(1).lower()}>"
            return self._after_thoughts()
        begin = self._held.lstrip()
        if not begin or (begin[0] == "<" and ">" not in begin and len(begin) < _LONGEST_TAG):
            return ""
        return self._release()

    def _after_thoughts(self) -> str:
        at = self._held.lower().find(self._tag)
        if at < 0:
            self._held = self._held[-_LONGEST_TAG:]
            return ""
        self._held = self._held[at + len(self._tag) :]
        self._tag = ""
        return self._release()

    def _release(self) -> str:
        said, self._held, self._begun = self._held, "", True
        return said
