"""An index that came along with somebody's documents: its links lead nowhere, and its pipes hold nothing up."""

import os

import pytest

from index import Index
from index.errors import IndexNotWritable
from tests.fake_embedder import CountingEmbedder

WRITTEN = (".gitignore", "writer.json", "feedback.jsonl")


@pytest.fixture
def index(make_corpus):
    made = Index(make_corpus({"army.md": "The army marched.\n"}), embedder=CountingEmbedder())
    made.folder.mkdir()
    return made


def judge(index):
    try:
        index.judgements.append({"rating": "up"})
    except IndexNotWritable as error:
        return str(error)
    return ""


@pytest.mark.parametrize("content", [b"mine", b"", None])
def test_no_file_elsewhere_is_written_through_a_link(index, tmp_path, content):
    for name in WRITTEN:
        if content is not None:
            (tmp_path / name).write_bytes(content)
        (index.folder / name).symlink_to(tmp_path / name)
    assert index.sync().documents == 1
    assert "the judgement cannot be kept" in judge(index)
    for name in WRITTEN:
        assert ((tmp_path / name).read_bytes() if (tmp_path / name).exists() else None) == content


@pytest.mark.timeout(60)
def test_no_pipe_is_waited_for(index):
    for name in WRITTEN:
        os.mkfifo(index.folder / name)
    assert index.sync().documents == 1
    assert "the judgement cannot be kept" in judge(index)
