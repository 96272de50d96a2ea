"""What people said of answers: appended, never lost, and told when it cannot be kept."""

import threading

import pytest

from index import Index
from index.errors import IndexNotWritable
from index.judgements import JUDGEMENTS_FILE, Judgements
from tests.fake_embedder import CountingEmbedder


def test_entries_come_back_in_their_order(tmp_path):
    judgements = Judgements(tmp_path)
    assert (judgements.entries(), judgements.is_writable) == ([], True)
    judgements.append({"rating": "up", "question": "Où?\n\u2028"})
    judgements.append({"rating": "down", "question": "\ud800"})
    again = Judgements(tmp_path).entries()
    assert [entry["question"] for entry in again] == ["Où?\n\u2028", "?"]
    assert (tmp_path / JUDGEMENTS_FILE).read_bytes().count(b"\n") == 2


def test_a_torn_line_is_passed_over_and_nothing_is_glued_to_it(tmp_path):
    path = tmp_path / JUDGEMENTS_FILE
    path.write_bytes(b'{"a": 1}\n{"a": 2, "te')
    Judgements(tmp_path).append({"a": 3})
    assert Judgements(tmp_path).entries() == [{"a": 1}, {"a": 3}]


def test_many_at_once_are_each_a_line(tmp_path):
    judgements = Judgements(tmp_path)
    threads = [threading.Thread(target=judgements.append, args=({"n": n, "text": "x" * 9_000},)) for n in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(entry["n"] for entry in judgements.entries()) == list(range(16))


def test_where_nothing_can_be_written_it_says_so(tmp_path):
    (tmp_path / JUDGEMENTS_FILE).mkdir()
    judgements = Judgements(tmp_path)
    assert not judgements.is_writable
    with pytest.raises(IndexNotWritable, match=r"the judgement cannot be kept in .*--index PATH"):
        judgements.append({})
    assert not Judgements(tmp_path / "nowhere").is_writable


def test_a_rebuild_keeps_them(make_corpus):
    folder = make_corpus({"a.md": "# A\n\nText of the document.\n"})
    index = Index(folder, embedder=CountingEmbedder())
    index.sync()
    index.judgements.append({"rating": "up"})
    index.sync(rebuild=True)
    assert Index(folder, embedder=CountingEmbedder()).judgements.entries() == [{"rating": "up"}]
