"""A small corpus to be asked, and files of questions about it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from qa import Corpus
from tests.fake_embedder import CountingEmbedder

FILES = {
    "news/army.md": "# The purge\n\nIn Carabobo the president spoke. He told the army to purge traitors at once.\n",
    "news/aid.md": "# Aid\n\n## Colombia\n\nColombia hosts 1.3 million migrants. About 2,500 more arrive each day.\n",
    "data/pledges.csv": "donor,amount\nNorway,12\nCanada,40\n",
}


@pytest.fixture
def corpus(make_corpus: Callable[[dict[str, str]], Path]) -> Corpus:
    opened = Corpus(make_corpus(FILES), embedder=CountingEmbedder(dimension=512))
    opened.sync()
    return opened


@pytest.fixture
def question_file(tmp_path: Path) -> Callable[[Sequence[Any]], Path]:
    """Write questions, one a line; a text stands as it is."""

    def write(lines: Sequence[Any], name: str = "questions.jsonl") -> Path:
        path = tmp_path / name
        path.write_text("".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines))
        return path

    return write
