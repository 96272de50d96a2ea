"""What the PDF files share: paragraph styles, hyphenation and the outline."""

from __future__ import annotations

import re

from reportlab.lib.enums import TA_JUSTIFY
from reportlab.lib.styles import ParagraphStyle

from tests.corpus_files.source_text import SOURCES

SOFT_HYPHEN = "\u00ad"

_WORDS = (SOURCES / "hyphenation.txt").read_text(encoding="utf-8").split()
_BREAKS = {word.replace("-", ""): word.replace("-", SOFT_HYPHEN) for word in _WORDS}


def hyphenated(text: str) -> str:
    """`text` with soft hyphens where a known word may be broken at the end of a line."""
    return re.sub(r"[A-Za-z]+", lambda match: _BREAKS.get(match[0], match[0]), text)


def body_style(*, size: float, leading: float) -> ParagraphStyle:
    """Justified running text that is broken at soft hyphens."""
    return ParagraphStyle(
        "body",
        fontName="Times-Roman",
        fontSize=size,
        leading=leading,
        alignment=TA_JUSTIFY,
        spaceAfter=leading / 2,
        embeddedHyphenation=1,
        allowWidows=0,
        allowOrphans=0,
    )


def heading_style(name: str, *, size: float, before: float, after: float) -> ParagraphStyle:
    """A bold heading that stays with the paragraph below it."""
    return ParagraphStyle(
        name,
        fontName="Helvetica-Bold",
        fontSize=size,
        leading=size * 1.2,
        spaceBefore=before,
        spaceAfter=after,
        keepWithNext=1,
    )
