"""A conversation as a file that is read without Footnote: Markdown or HTML, every answer with its footnotes.

exported("html", "Migration to Colombia", exchanges, corpus="reports").name
    -> "migration-to-colombia-2026-11-25.html"
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from qa.exporting.facts import facts
from qa.exporting.html import conversation_page
from qa.exporting.markdown import conversation_markdown
from qa.web.conversation import Exchange

__all__ = ["ExportedFile", "exported", "file_name"]

LONGEST_STEM_BYTES = 80
"""File systems take names of 255 bytes; people, and archives, fewer."""


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """A text file to save."""

    name: str
    """Safe on every system."""
    type: str
    """Its media type."""
    text: str


def exported(form: str, name: str, exchanges: Sequence[Exchange], *, corpus: str) -> ExportedFile:
    """The conversation as "html", or as Markdown. `corpus`: the name of the folder that was asked."""
    conversation = facts(name, exchanges, corpus)
    if form == "html":
        page = conversation_page(conversation)
        return ExportedFile(file_name(name, conversation.date, "html"), "text/html;charset=utf-8", page)
    text = conversation_markdown(conversation)
    return ExportedFile(file_name(name, conversation.date, "md"), "text/markdown;charset=utf-8", text)


def file_name(name: str, date: str, ending: str) -> str:
    """Letters and digits of the name, and the date: 'What "now"?' -> "what-now-2026-11-25.md"."""
    words = re.findall(r"[^\W_]+", unicodedata.normalize("NFC", name).casefold())
    stem = "-".join(words).encode("utf-8", "ignore")[:LONGEST_STEM_BYTES].decode("utf-8", "ignore").rstrip("-")
    return "-".join(filter(None, [stem or "conversation", date])) + f".{ending}"
