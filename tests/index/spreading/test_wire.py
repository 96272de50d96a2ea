"""What a worker made of a file is the same at the other end."""

import pytest

from index.crew import read_ahead
from index.errors import ReadError
from index.hands import prepared
from index.scanning import scan
from index.splitting import SplitSettings
from index.spreading.job import Job
from index.spreading.wire import prepared_from_bytes, prepared_to_bytes
from index.sync import is_readable
from tests.fake_embedder import CountingEmbedder


def test_every_document_of_the_sample_corpus_comes_back_as_it_was(sample_corpus):
    (sample_corpus / "broken.pdf").write_bytes(b"%PDF-1.4 and no more")
    (sample_corpus / "surrogate.json").write_text('{"a": "half of a pair: \\ud83d, and text behind it"}')
    files = list(scan(sample_corpus, is_readable, None).files.values())
    # Small passages, so that tables go on in others, and sections are cut.
    settings, outcomes = SplitSettings(target=30, overlap=1), []
    for read in filter(None, read_ahead(sample_corpus, files)):
        item = prepared(read, CountingEmbedder(max_tokens=60), settings)
        facts = next(facts for facts in files if facts.name == read.facts.name)
        again = prepared_from_bytes(prepared_to_bytes(item), facts)
        outcomes.append(item.read.outcome)
        if isinstance(item.read.outcome, ReadError):
            assert str(again.read.outcome) == str(item.read.outcome)
            assert again.read._replace(outcome=None) == item.read._replace(outcome=None)
        else:
            assert again == item
    assert len(outcomes) == len(files)
    assert any(isinstance(outcome, ReadError) for outcome in outcomes)


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b'{"times": [1, 2], "digest": "", "hindered": 0, "document": 3}'])
def test_what_is_none_of_it_is_refused(data, sample_corpus):
    facts = next(iter(scan(sample_corpus, is_readable, None).files.values()))
    with pytest.raises((KeyError, TypeError, ValueError)):
        prepared_from_bytes(data, facts)


def test_an_order_names_folders_so_that_other_processes_find_them(sample_corpus, tmp_path, monkeypatch):
    (tmp_path / "model").mkdir()
    monkeypatch.chdir(tmp_path)
    order = Job(sample_corpus.relative_to(tmp_path), SplitSettings(), "model").order("cpu")
    assert (order["corpus"], order["model"]) == (str(sample_corpus), str(tmp_path / "model"))
    assert order["witnesses"] == sorted(path.name for path in sample_corpus.iterdir())[:3]
    assert Job(sample_corpus, SplitSettings(), "owner/name").order("cpu")["model"] == "owner/name"
