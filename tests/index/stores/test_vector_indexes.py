"""Whatever a server finds vectors by, the answers are the folder's."""

import pytest

from index.opening import moved_to, opened
from qa import Corpus
from tests.fake_embedder import CountingEmbedder
from tests.index.stores.states import FILES


@pytest.fixture
def folder(make_corpus):
    return make_corpus(FILES)


@pytest.mark.parametrize("how", ["sync", "move"])
def test_an_index_of_one_byte_a_number_finds_what_the_folder_finds(how, folder, in_folder, milvus, tmp_path):
    beside = in_folder.index(folder)
    beside.sync()
    store = f"{milvus.address(f'bytes_{how}')}?vectors=sq8"
    on_server = opened(folder, store=store, index=tmp_path / "state", embedder=CountingEmbedder())
    if how == "sync":
        on_server.sync()
    else:
        moved_to(beside, on_server, lambda *_: None)
    with beside.snapshot() as here, on_server.snapshot() as there:
        assert there._searched.vectors.fetched.vector_index().name == "sq8"
        question = here.embed_question("the army purges crude oil")
        assert there.nearest(question, 50).tolist()
        assert len(there.nearest(question, 50)) == len(here.nearest(question, 50))
    found = [
        [(hit.path, hit.start, round(hit.score, 4)) for hit in place.search("the army purges crude oil", 9)]
        for place in (in_folder.corpus(folder), _corpus(folder, store, tmp_path))
    ]
    assert found[0] == found[1]
    assert found[0]


def _corpus(folder, store, tmp_path):
    return Corpus(folder, store=store, index=tmp_path / "state", embedder=CountingEmbedder())
