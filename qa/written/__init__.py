"""Written answers: a language model puts the cited passages into words, and each sentence is checked against them.

    llm = language_model("http://localhost:8080/v1")
    for written in corpus.write(answer, llm): ...

Nothing here runs, and nothing is sent, unless a language model was named.
"""

from __future__ import annotations

from qa.written.endpoint import LanguageModel, language_model
from qa.written.errors import WriterError
from qa.written.sentences import Draft
from qa.written.writing import Written, WrittenSentence, write

__all__ = ["Draft", "LanguageModel", "WriterError", "Written", "WrittenSentence", "language_model", "write"]
