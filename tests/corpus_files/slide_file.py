"""PPTX files: a title, bullets and speaker notes on each slide."""

from __future__ import annotations

import io
from datetime import datetime

from pptx import Presentation

from tests.corpus_files.fixed_zip import FIXED_DATE, with_fixed_dates
from tests.corpus_files.source_text import Block, Note, sections

_TITLE_LAYOUT, _CONTENT_LAYOUT = 0, 1


def slide_file(blocks: list[Block], *, author: str) -> bytes:
    """A PPTX with one slide for each heading; the first one is the title slide."""
    deck = Presentation()
    slides = list(sections(blocks))
    deck.core_properties.author = author
    deck.core_properties.title = slides[0][0]
    deck.core_properties.created = deck.core_properties.modified = datetime(*FIXED_DATE)
    for number, (title, body) in enumerate(slides):
        layout = deck.slide_layouts[_CONTENT_LAYOUT if number else _TITLE_LAYOUT]
        slide = deck.slides.add_slide(layout)
        slide.shapes.title.text = title
        lines = [block.text for block in body if not isinstance(block, Note)]
        slide.placeholders[1].text = "\n".join(lines)
        slide.notes_slide.notes_text_frame.text = "\n".join(b.text for b in body if isinstance(b, Note))
    buffer = io.BytesIO()
    deck.save(buffer)
    return with_fixed_dates(buffer.getvalue())
