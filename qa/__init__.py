"""The read side: a question to an answer with citations.

from qa import ask
ask("Who was told to purge the army?").text
"""

from __future__ import annotations

from index.errors import FootnoteError
from qa.answers import Answer, Choice, Citation, Hit, Turn
from qa.asking import ask
from qa.corpus import Corpus

__all__ = ["Answer", "Choice", "Citation", "Corpus", "FootnoteError", "Hit", "Turn", "ask"]
