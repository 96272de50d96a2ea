"""A folder with its index, and two processes that answer from it."""

import pytest

from qa import Corpus
from qa.askers import Askers, SharedCorpus, pool
from tests.qa.askers.mills import FILES, ready


@pytest.fixture(scope="module")
def folder(tmp_path_factory, footnote_cache):
    folder = tmp_path_factory.mktemp("mills")
    for name, text in FILES.items():
        (folder / name).write_text(text)
    Corpus(folder).sync()
    return folder


@pytest.fixture
def askers(monkeypatch):
    monkeypatch.setattr(pool, "OVERLAPS", 1)
    made = Askers(2)
    made._overlaps = type(made._overlaps)(maxlen=1)
    yield made
    made.close()


@pytest.fixture
def shared(folder, askers):
    """A corpus whose two processes are ready."""
    corpus = SharedCorpus(folder, askers=askers)
    ready(corpus, askers)
    return corpus
