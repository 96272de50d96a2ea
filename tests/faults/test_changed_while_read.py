"""Documents that change while they are read: none is stored half old and half new, and the next sync is right."""

from __future__ import annotations

import os

import pytest

import index.crew
import index.reading.regular
from index import Index, State
from index.errors import IndexNotWritable
from tests.fake_embedder import CountingEmbedder
from tests.faults.tasks import AtOnce

OLD = "# Harbour\n\n" + "The old ship lies in the harbour. " * 400
NEW = "# Harbour\n\n" + "The new crane stands on the quay. " * 400
OTHER = "# Other\n\nThis document stays as it is.\n"


def rewritten(path):
    path.write_text(NEW)


def replaced(path):
    path.with_name("new.tmp").write_text(NEW)
    path.with_name("new.tmp").replace(path)


def half_written(path):
    text = path.read_text()
    path.write_text(NEW[: len(NEW) // 2] + text[len(NEW) // 2 :])


def truncated(path):
    os.truncate(path, len(OLD) // 3)


def grown(path):
    with path.open("a") as file:
        file.write("\nA line more. ")


def emptied(path):
    os.truncate(path, 0)


def deleted(path):
    path.unlink(missing_ok=True)


def made_a_folder(path):
    path.unlink(missing_ok=True)
    path.mkdir(exist_ok=True)


def made_a_pipe(path):
    path.unlink(missing_ok=True)
    os.mkfifo(path)


def made_a_link(path):
    path.unlink(missing_ok=True)
    path.symlink_to("/etc/hostname")


CHANGES = [
    rewritten,
    replaced,
    half_written,
    truncated,
    grown,
    emptied,
    deleted,
    made_a_folder,
    made_a_pipe,
    made_a_link,
]
MOMENTS = ["before it is opened", "before its digest", "before its text", "after its text"]


@pytest.fixture
def disturbed(monkeypatch):
    """Make something happen to files, each at a moment of its readings, at most so many times."""

    def disturb(folder, change, moments, times=1):
        left = dict.fromkeys(moments, times)

        def happen(at, name):
            if moments.get(name) == at and left[name]:
                left[name] -= 1
                change(folder / name)

        opened = index.crew.opened

        def open_(file, **where):
            happen("before it is opened", file.name)
            found = opened(file, **where)
            happen("before its digest", file.name)
            return found

        class Disturbed(AtOnce):
            def read_open(self, file):
                happen("before its text", file.path.name)
                try:
                    return super().read_open(file)
                finally:
                    happen("after its text", file.path.name)

        monkeypatch.setattr(index.crew, "opened", open_)
        monkeypatch.setattr(index.crew, "Reader", Disturbed)
        monkeypatch.setattr(index.crew, "RETRY_SECONDS", 0.0)

    return disturb


def state_of(folder, where=None):
    made = Index(folder, index=where, embedder=CountingEmbedder())
    report = made.sync()
    with made.snapshot() as snapshot:
        records = snapshot.documents()
        texts = {r.path: snapshot.document(r.path).text for r in records if r.state == State.INDEXED}
    return texts, sorted(report.failed), [(r.path, r.state, r.reason, r.passages) for r in records]


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("were_known", [False, True])
def test_a_document_that_changes_is_stored_as_it_was_or_as_it_is(
    change, were_known, disturbed, make_corpus, tmp_path, monkeypatch
):
    monkeypatch.setattr(index.crew, "Reader", AtOnce)
    moments = {f"{number}.md": moment for number, moment in enumerate(MOMENTS)}
    folder = make_corpus({"b.md": OTHER, **{name: f"{OTHER}At first {name}." for name in moments if were_known}})
    if were_known:
        state_of(folder)
    old = {name: f"{OLD}{name}" for name in moments}
    make_corpus(old)
    disturbed(folder, change, moments)
    texts, failed, _ = state_of(folder)
    assert texts["b.md"] == OTHER
    for name in moments:
        after = (folder / name).read_text() if (folder / name).is_file() else ""
        assert texts.get(name, after) in {old[name], after}, f"neither the old text nor the new: {name}"
        assert name in texts or name in dict(failed), f"neither stored nor listed: {name}"
    assert state_of(folder) == state_of(folder, tmp_path / "fresh")


def test_a_document_that_was_another_only_while_it_was_read_is_stored_as_it_is(make_corpus, monkeypatch):
    class Between(AtOnce):
        def read_open(self, file):
            file.path.write_text(next(contents, OLD))
            try:
                return super().read_open(file)
            finally:
                file.path.write_text(OLD)

    monkeypatch.setattr(index.crew, "Reader", Between)
    contents = iter([NEW])
    folder = make_corpus({"a.md": OLD, "b.md": OTHER})
    texts, failed, _ = state_of(folder)
    assert (texts["a.md"], failed) == (OLD, [])


def test_a_document_that_never_holds_still_is_listed_with_its_reason_and_read_later(
    disturbed, make_corpus, tmp_path, monkeypatch
):
    folder = make_corpus({"a.md": OLD, "b.md": OTHER})
    numbers = iter(range(100))
    disturbed(folder, lambda path: path.write_text(f"{next(numbers)} times.\n"), {"a.md": "before its text"}, times=50)
    texts, failed, _ = state_of(folder)
    assert texts == {"b.md": OTHER}
    assert failed == [("a.md", index.crew._CHANGING)]
    monkeypatch.setattr(index.crew, "Reader", AtOnce)
    texts, failed, _ = state_of(folder)
    assert (texts["a.md"], failed) == ("2 times.\n", [])


def test_a_document_that_only_grows_is_read_although_it_never_holds_still(disturbed, make_corpus):
    folder = make_corpus({"log.md": OLD, "b.md": OTHER})
    disturbed(folder, grown, {"log.md": "before its text"}, times=50)
    texts, failed, _ = state_of(folder)
    assert texts["log.md"].startswith(OLD)
    assert failed == []


def test_a_document_that_cannot_be_read_any_more_is_listed_and_comes_back(make_corpus, tmp_path, monkeypatch):
    monkeypatch.setattr(index.crew, "Reader", AtOnce)
    folder = make_corpus({"a.md": OLD, "b.md": OTHER})
    state_of(folder)
    (folder / "a.md").write_text(NEW)
    with monkeypatch.context() as patch:
        descriptor = index.reading.regular._descriptor

        def refusing(path, below):
            if path.name == "a.md":
                raise PermissionError(13, "Permission denied")
            return descriptor(path, below)

        patch.setattr(index.reading.regular, "_descriptor", refusing)  # root reads whatever its permissions are
        texts, failed, _ = state_of(folder)
    assert texts == {"b.md": OTHER}
    assert [(path, "permission denied" in reason) for path, reason in failed] == [("a.md", True)]
    (folder / "a.md").chmod(0o644)
    assert state_of(folder) == state_of(folder, tmp_path / "fresh")


def test_an_index_folder_that_takes_no_writes_says_so_and_still_answers(make_corpus, monkeypatch):
    monkeypatch.setattr(index.crew, "Reader", AtOnce)
    folder = make_corpus({"a.md": OLD})
    made = Index(folder, embedder=CountingEmbedder())
    made.sync()
    lock = made.folder / "writer.lock"
    lock.unlink()
    lock.mkdir()  # root writes whatever the permissions are, but no file where a folder is
    with pytest.raises(IndexNotWritable, match=f"{made.folder} cannot be written .*--index PATH"):
        made.sync()
    with made.snapshot() as snapshot:
        assert snapshot.document("a.md").text == OLD
