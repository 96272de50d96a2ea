"""PDF files whose pages are pictures of text, as a scanner makes them: drawn here, with a font that Pillow carries."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT, MARGIN = 1275, 1650, 120  # a letter page at 150 dots per inch
LETTER, LINE = 26, 40


def scanned(pages: Sequence[str]) -> bytes:
    """A PDF with a picture of each text; an empty text is an empty sheet."""
    first, *others = [_sheet(text) for text in pages]
    file = io.BytesIO()
    first.save(file, "PDF", save_all=True, append_images=others, resolution=150)
    return file.getvalue()


def write_scanned(path: Path, pages: Sequence[str]) -> Path:
    """Write such a file, and return its path."""
    path.write_bytes(scanned(pages))
    return path


def _sheet(text: str) -> Image.Image:
    sheet = Image.new("L", (WIDTH, HEIGHT), 250)
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(LETTER)
    for number, line in enumerate(text.split("\n")):
        pen.text((MARGIN, MARGIN + number * LINE), line, fill=20, font=font)
    return sheet
