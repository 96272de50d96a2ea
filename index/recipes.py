"""How documents are read and split: what is noted with each of them, so that a changed setting reads it again."""

from __future__ import annotations

from typing import NamedTuple

from index.embedding import EmbedsPassages
from index.reading import READER_VERSION, ReadingLimits
from index.scanning import suffix_of
from index.splitting import SplitSettings
from index.stores import Facts

__all__ = ["OCR", "Recipe"]

OCR = "ocr"
"""Under this name the index keeps the languages of text recognition; "" is none."""

_SCANNED_KINDS = frozenset({"", ".pdf"})
"""Endings of files that may hold scanned pages."""


class Recipe(NamedTuple):
    """Versions and settings; text recognition apart, which is about scanned pages only."""

    plain: str
    languages: str = ""
    """Of text recognition, as Tesseract names them; "" for none."""

    @classmethod
    def of_now(cls, store: Facts, embedder: EmbedsPassages, settings: SplitSettings, ocr: str | None = None) -> Recipe:
        """What is to be noted with documents now. `ocr`: languages, "" for none, None as the index was made."""
        limits = str(ReadingLimits.from_environment())
        plain = f"reader {READER_VERSION}, {settings}, {embedder.max_tokens} tokens" + (limits and f", {limits}")
        return cls(plain, (store.meta(OCR) or "") if ocr is None else ocr)

    def of(self, path: str, *, was_hindered: bool = False) -> str:
        """The note of one file; of a scanned one that could not be recognised, the note without recognition."""
        if not self.languages or was_hindered or suffix_of(path) not in _SCANNED_KINDS:
            return self.plain
        return f"{self.plain}, OCR {self.languages}"
