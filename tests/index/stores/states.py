"""Everything that can be found in an index, without the numbers that depend on its history."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.index.stores.conftest import Place

__all__ = ["AID", "ARMY", "FILES", "OIL", "QUESTIONS", "state_of"]

ARMY = "# The purge\n\nThe president told the army to purge traitors in Carabobo.\n"
AID = "# Aid\n\nColombia hosts 1.3 million migrants. About 2,500 more arrive each day.\n"
OIL = "# Oil\n\nExports of crude fell by a third after the sanctions of January.\n"
FILES = {"army.md": ARMY, "aid/colombia.md": AID, "oil.txt": OIL}

QUESTIONS = ("Who purges the army?", "migrants arrive each day", "oil exports", "carabobo crude 2500", '"1.3 million"')


def state_of(folder: Path, place: Place, *, digits: int = 4) -> Any:
    """Documents, passages with their scores, and answers."""
    corpus = place.corpus(folder)
    documents = [(d.path, d.state, d.reason, d.title, d.format, d.passages) for d in corpus.documents()]
    texts = [corpus.document_text(path) for path, state, *_ in documents if state == "indexed"]
    hits = [[(h.path, h.start, h.end, round(h.score, digits)) for h in corpus.search(q, 50)] for q in QUESTIONS]
    answers = [(a.text, round(a.confidence, digits)) for a in map(corpus.ask, QUESTIONS)]
    return documents, texts, [sorted(found, key=lambda h: (-h[3], h)) for found in hits], answers
