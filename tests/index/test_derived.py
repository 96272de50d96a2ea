"""What is derived follows the store: in steps or at once, from files or from the store, the same comes out."""

import numpy as np
import pytest

from index import Index, derived, runs
from index.writing import WritableStore
from tests.fake_embedder import CountingEmbedder

FILES = {f"{at:03d}.txt": f"Report {at}.\n\nThe mill number {at} ground {at * 7} sacks of rye." for at in range(40)}


@pytest.fixture
def embedder():
    return CountingEmbedder()


@pytest.fixture
def index(make_corpus, embedder, monkeypatch):
    monkeypatch.setattr(runs, "UNSAVED_PASSAGES", 1)
    index = Index(make_corpus(FILES), embedder=embedder)
    index.sync()
    return index


@pytest.fixture
def store(index):
    store = WritableStore.create(index.folder / "index.db")
    yield store
    store.close()


def found(state):
    """What a state holds and says: ids, and the scores of a question."""
    ids = state.vectors.living_ids()
    scores = state.lexical.score(["mill", "rye", "7"])
    question = state.vectors.of_passages(ids[:1])
    return (
        ids.tolist(),
        state.lexical.of_passages(scores, ids).tolist(),
        state.vectors.cosines(question, ids).tolist(),
    )


def names(index):
    return sorted(path.name for path in index.folder.glob("*.fn"))


def begun_anew_in_small_steps(index, monkeypatch):
    """Delete what was derived, and let it be made a few passages at a time."""
    for path in index.folder.glob("*.fn"):
        path.unlink()
    monkeypatch.setattr(derived, "STEP_PASSAGES", 7)
    monkeypatch.setattr(derived, "VECTORS_AT_ONCE", 5)
    monkeypatch.setattr(derived, "SEGMENT_PASSAGES", 4)


def test_in_steps_as_at_once(index, store, monkeypatch):
    whole = found(derived.load(index.folder, store, index.embedder.dimension))
    begun_anew_in_small_steps(index, monkeypatch)
    stepwise, _ = derived.saved(derived.empty(index.embedder.dimension), store, index.folder)
    assert found(stepwise) == whole
    assert found(derived.load(index.folder, store, index.embedder.dimension)) == whole


def test_a_step_that_was_the_last_before_a_crash_is_gone_on_from(index, store, monkeypatch):
    whole = found(derived.load(index.folder, store, index.embedder.dimension))
    begun_anew_in_small_steps(index, monkeypatch)
    saving = derived._save

    def killed(state, *rest):
        saving(state, *rest)
        raise KeyboardInterrupt

    monkeypatch.setattr(derived, "_save", killed)
    with pytest.raises(KeyboardInterrupt):
        derived.saved(derived.empty(index.embedder.dimension), store, index.folder)
    assert len(names(index)) == 4
    assert found(derived.load(index.folder, store, index.embedder.dimension)) == whole


def test_an_open_reader_takes_over_what_the_writer_merged(index, embedder):
    reader = Index(index.corpus, embedder=embedder)
    for at in range(6):
        (index.corpus / f"new-{at}.txt").write_text("\n\n".join(f"Mill {at} has {n} wheels." for n in range(5)))
        index.sync()
        with reader.snapshot():
            pass
    with reader.snapshot() as snapshot:
        state = snapshot._searched
    on_disk = {name for name in names(index) if "-" in name}
    assert {runs.run_name(derived.VECTORS, run) for run in state.vectors.segments} <= on_disk
    fresh = derived.load(index.folder, reader._store(), embedder.dimension)
    assert found(state) == found(fresh)


def test_files_of_a_later_change_than_the_view_wait(index, embedder):
    reader = Index(index.corpus, embedder=embedder)
    store = reader._store()
    with store.reading():
        before = derived.caught_up(derived.empty(embedder.dimension), store, index.folder)
        (index.corpus / "new.txt").write_text("\n\n".join(f"Mill {n} has {n} wheels." for n in range(9)))
        index.sync()
        assert derived.caught_up(derived.empty(embedder.dimension), store, index.folder).behind
        assert found(derived.caught_up(before, store, index.folder)) == found(before)
    after = derived.caught_up(before, store, index.folder)
    assert len(after.vectors) > len(before.vectors)


def test_runs_of_vectors_of_another_dimension_are_not_used(index, store):
    state = derived.load(index.folder, store, index.embedder.dimension)
    assert state.damaged is False
    ids, keys = np.arange(1, 4), np.arange(3, dtype=np.uint64)
    other = derived.VectorIndex.empty(3).extended(ids, keys, np.eye(3, dtype=np.float16))
    held = runs.Held(other.segments, other.alive, store.change(), 3)
    runs.save(index.folder, derived.VECTORS, held, store.identity(), anew=True)
    again = derived.load(index.folder, store, index.embedder.dimension)
    assert again.damaged
    assert found(again) == found(state)
