"""The index follows the folder, embeds only what is new, and equals a fresh build after any history."""

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index import Index, State
from index.errors import CorpusError, IndexLocked, IndexMismatch, IndexMissing, IndexNotWritable
from qa import Corpus
from tests.fake_embedder import CountingEmbedder

ARMY = "# The purge\n\nThe president told the army to purge traitors in Carabobo.\n"
AID = "# Aid\n\nColombia hosts 1.3 million migrants. About 2,500 more arrive each day.\n"
OIL = "# Oil\n\nExports of crude fell by a third after the sanctions of January.\n"
FILES = {"army.md": ARMY, "aid/colombia.md": AID, "oil.txt": OIL}


@pytest.fixture
def embedder():
    return CountingEmbedder()


def synced(folder, embedder):
    index = Index(folder, embedder=embedder)
    return index, index.sync()


def state_of(folder, index=None):
    """Everything that can be found, without the numbers that depend on history."""
    index = index or Index(folder, embedder=CountingEmbedder())
    questions = ["Who purges the army?", "migrants arrive each day", "oil exports", "carabobo crude 2500"]
    corpus = Corpus(folder, embedder=CountingEmbedder(), index=index.folder)
    with index.snapshot() as snapshot:
        documents = [(d.path, d.state, d.reason, d.title, d.format, d.passages) for d in snapshot.documents()]
    hits = [[(h.path, h.start, h.end, round(h.score, 4)) for h in corpus.search(q, 50)] for q in questions]
    answers = [(a.text, round(a.confidence, 4)) for a in map(corpus.ask, questions)]
    return documents, [sorted(found, key=lambda h: (-h[3], h)) for found in hits], answers


def fresh_state(folder, tmp_path):
    elsewhere = Path(tmp_path) / "fresh-index"
    shutil.rmtree(elsewhere, ignore_errors=True)
    index = Index(folder, index=elsewhere, embedder=CountingEmbedder())
    index.sync()
    return state_of(folder, index)


def test_a_first_sync_embeds_everything_and_says_so(make_corpus, embedder):
    index, report = synced(make_corpus(FILES), embedder)
    assert report.new == ("aid/colombia.md", "army.md", "oil.txt")
    assert report.embedded == report.passages == 3
    passages, sentences = embedder.embedded[:3], embedder.embedded[3:]
    assert sorted(text.split("\n")[-1].split()[0] for text in passages) == ["Colombia", "Exports", "The"]
    assert sorted(text.split()[0] for text in sentences) == ["#", "About", "Aid", "Colombia", "Exports", "The", "The"]
    assert (report.documents, report.failed, report.changed) == (3, (), ())
    with index.snapshot() as snapshot:
        assert len(snapshot) == report.passages


def test_an_unchanged_folder_embeds_nothing(make_corpus, embedder):
    folder = make_corpus(FILES)
    synced(folder, embedder)
    before = len(embedder.embedded)
    _, report = synced(folder, embedder)
    assert len(embedder.embedded) == before
    assert report.unchanged == ("aid/colombia.md", "army.md", "oil.txt")
    assert not report.did_something


def test_a_rename_embeds_nothing_and_is_found_under_its_new_name(make_corpus, embedder):
    folder = make_corpus(FILES)
    synced(folder, embedder)
    before = len(embedder.embedded)
    (folder / "oil.txt").rename(folder / "aid" / "crude.txt")
    _, report = synced(folder, embedder)
    assert report.renamed == (("oil.txt", "aid/crude.txt"),)
    assert (report.new, report.removed, report.changed, report.embedded) == ((), (), (), 0)
    assert len(embedder.embedded) == before
    assert Corpus(folder, embedder=embedder).search("crude exports")[0].path == "aid/crude.txt"


def test_a_rename_equals_a_fresh_build(make_corpus, embedder, tmp_path):
    folder = make_corpus(FILES)
    synced(folder, embedder)
    (folder / "oil.txt").rename(folder / "crude-exports.txt")
    synced(folder, embedder)
    assert state_of(folder) == fresh_state(folder, tmp_path)


def test_an_edit_embeds_only_its_new_passages_and_their_sentences(make_corpus, embedder):
    folder = make_corpus({"a.md": "# One\n\nFirst text here.\n\n# Two\n\nSecond text there.\n"})
    synced(folder, embedder)
    embedder.embedded.clear()
    make_corpus({"a.md": "# One\n\nFirst text here.\n\n# Two\n\nSecond text is another now.\n"})
    _, report = synced(folder, embedder)
    assert report.changed == ("a.md",)
    assert report.embedded == 1
    assert embedder.embedded == [
        "One › Two\nTwo\n\nSecond text is another now.",
        "Two",
        "Second text is another now.",
    ]


def test_an_edit_that_keeps_size_and_time_is_noticed(make_corpus, embedder):
    folder = make_corpus({"a.txt": "The answer is seven."})
    synced(folder, embedder)
    times = (folder / "a.txt").stat()
    make_corpus({"a.txt": "The answer is eight."})
    os.utime(folder / "a.txt", ns=(times.st_atime_ns, times.st_mtime_ns))
    _, report = synced(folder, embedder)
    assert report.changed == ("a.txt",)


def test_a_copy_embeds_nothing(make_corpus, embedder):
    folder = make_corpus(FILES)
    synced(folder, embedder)
    before = len(embedder.embedded)
    shutil.copy(folder / "army.md", folder / "copy of army.md")
    _, report = synced(folder, embedder)
    assert (report.new, report.embedded) == (("copy of army.md",), 0)
    assert len(embedder.embedded) == before


def test_a_deleted_document_is_found_no_more_and_its_vectors_go(make_corpus, embedder):
    folder = make_corpus(FILES)
    synced(folder, embedder)
    (folder / "army.md").unlink()
    _, report = synced(folder, embedder)
    assert report.removed == ("army.md",)
    assert all(hit.path != "army.md" for hit in Corpus(folder, embedder=embedder).search("army purge", 50))
    embedder.embedded.clear()
    make_corpus({"army.md": ARMY})
    synced(folder, embedder)
    assert embedder.embedded, "nothing of a deleted document is kept"


def test_one_bad_file_stops_nothing(make_corpus, embedder):
    folder = make_corpus({**FILES, "bad.pdf": b"%PDF-1.7 broken", "empty.txt": "", "noise.docx": bytes(range(256))})
    _, report = synced(folder, embedder)
    assert report.documents == 3
    assert [path for path, _ in report.failed] == ["bad.pdf", "empty.txt", "noise.docx"]
    assert all(reason and "\n" not in reason for _, reason in report.failed)
    _, again = synced(folder, embedder)
    assert [path for path, _ in again.failed] == ["bad.pdf", "empty.txt", "noise.docx"]


def test_a_document_that_breaks_is_no_longer_quoted(make_corpus, embedder):
    folder = make_corpus(FILES)
    synced(folder, embedder)
    make_corpus({"army.md": b"\x00\x01\x02\x00 not text any more \x00"})
    _, report = synced(folder, embedder)
    assert [path for path, _ in report.failed] == ["army.md"]
    records = Corpus(folder, embedder=embedder).documents()
    assert [d.path for d in records if d.state == State.FAILED] == ["army.md"]
    assert all(hit.path != "army.md" for hit in Corpus(folder, embedder=embedder).search("army purge", 50))


def test_links_and_unknown_kinds_are_listed_not_read(make_corpus, embedder):
    folder = make_corpus({**FILES, "photo.jpg": b"\xff\xd8\xff", ".hidden/secret.txt": "hidden"})
    (folder / "loop").symlink_to(folder)
    (folder / "link.txt").symlink_to(folder / "oil.txt")
    os.mkfifo(folder / "pipe.txt")
    _, report = synced(folder, embedder)
    assert report.documents == 3
    assert [path for path, _ in report.skipped] == ["link.txt", "loop", "photo.jpg", "pipe.txt"]


def test_an_index_in_sight_inside_the_folder_is_no_document(make_corpus, embedder):
    folder = make_corpus(FILES)
    index = Index(folder, index=folder / "aid" / "index", embedder=embedder)
    (folder / "aid" / "index").mkdir()
    (folder / "aid" / "index" / "note.txt").write_text("Conversations may stand here.\n")
    for _ in range(2):
        report = index.sync()
        assert (sorted(report.new) or sorted(report.unchanged)) == sorted(FILES)


def test_a_name_that_is_not_utf8_is_indexed(make_corpus, embedder):
    folder = make_corpus(FILES)
    (Path(os.fsdecode(os.fsencode(folder) + b"/caf\xe9.txt"))).write_text("The café opens at nine.")
    _, report = synced(folder, embedder)
    assert "caf\\xe9.txt" in report.new
    assert Corpus(folder, embedder=embedder).search("café opens")[0].path == "caf\\xe9.txt"


def test_another_model_builds_anew_and_says_why(make_corpus, embedder):
    folder = make_corpus(FILES)
    synced(folder, embedder)
    other = CountingEmbedder(name="other")
    with pytest.raises(IndexMismatch, match="--model"):
        Corpus(folder, embedder=other).search("army")
    _, report = synced(folder, other)
    assert report.rebuilt
    assert report.embedded == report.passages
    assert len(other.embedded) == len(embedder.embedded)
    assert Corpus(folder, embedder=other).search("army purge")[0].path == "army.md"


def test_damaged_derived_files_cost_no_answer(make_corpus, embedder, tmp_path):
    folder = make_corpus({**FILES, **{f"more/{n}.txt": f"Note {n} on matter {n * 7}." for n in range(400)}})
    synced(folder, embedder)
    expected = state_of(folder)
    derived = sorted((folder / ".footnote").glob("*.fn"))
    assert {path.name.split("-")[0] for path in derived} == {"vectors.fn", "vectors", "lexical.fn", "lexical"}
    for damage in (lambda p: p.write_bytes(p.read_bytes()[:-7]), lambda p: p.write_bytes(b"junk"), Path.unlink):
        for path in derived:
            damage(path)
        assert state_of(folder) == expected
    synced(folder, embedder)
    assert sorted((folder / ".footnote").glob("*.fn")) == derived, "the next sync writes anew what was damaged"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda p: p / "nowhere", "there is no folder"),
        (lambda p: (p / "file.txt").write_text("x") and p / "file.txt", "is a file"),
    ],
)
def test_a_corpus_that_is_no_folder_gets_a_clear_line(tmp_path, embedder, make, message):
    with pytest.raises(CorpusError, match=message):
        Index(make(tmp_path), embedder=embedder).sync()


def test_an_empty_folder_is_an_empty_index(tmp_path, embedder):
    _, report = synced(tmp_path, embedder)
    assert (report.documents, report.passages) == (0, 0)
    corpus = Corpus(tmp_path, embedder=embedder)
    assert corpus.search("anything") == []
    assert not corpus.ask("Anything at all?").found


def test_asking_before_the_first_sync_says_what_to_run(tmp_path, embedder):
    with pytest.raises(IndexMissing, match="footnote sync"):
        Corpus(tmp_path, embedder=embedder).search("anything")


def test_an_index_that_cannot_be_kept_says_where_else(make_corpus, embedder, tmp_path):
    (tmp_path / "blocked").write_text("a file, where the index's folder would be")
    with pytest.raises(IndexNotWritable, match="--index"):
        Index(make_corpus(FILES), index=tmp_path / "blocked" / "index", embedder=embedder).sync()


def test_a_second_writer_is_told_who_holds_the_lock(make_corpus, embedder, monkeypatch):
    monkeypatch.setattr("index.writer.LOCK_SECONDS", 0.1)
    folder = make_corpus(FILES)
    first, second = Index(folder, embedder=embedder), Index(folder, embedder=embedder)
    told = []

    def sync_again(_progress):
        if not told:
            with pytest.raises(IndexLocked, match=str(os.getpid())) as error:
                second.sync()
            told.append(str(error.value))

    first.sync(sync_again)
    assert told


TEXTS = st.sampled_from([ARMY, AID, OIL, "Short note on Brazil.\n", "", "# Only a heading\n"])
NAMES = st.sampled_from(["a.md", "b.txt", "c/d.md"])
STEPS = st.one_of(
    st.tuples(st.just("write"), NAMES, TEXTS),
    st.tuples(st.just("delete"), NAMES, st.none()),
    st.tuples(st.just("rename"), NAMES, NAMES),
    st.tuples(st.just("sync"), st.none(), st.none()),
    st.tuples(st.just("follow"), st.none(), st.none()),
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, min_size=1, max_size=10))
def test_any_history_equals_a_fresh_build(tmp_path_factory, steps):
    root = tmp_path_factory.mktemp("history")
    folder = root / "corpus"
    folder.mkdir()
    index, touched = Index(folder, embedder=CountingEmbedder()), set()
    index.sync()
    for kind, name, value in steps:
        path = folder / (name or "")
        touched |= {name for name in (name, value if kind == "rename" else None) if name}
        if kind == "write":
            path.parent.mkdir(exist_ok=True)
            path.write_text(value)
        elif kind == "delete":
            path.unlink(missing_ok=True)
        elif kind == "rename" and path.exists():
            (folder / value).parent.mkdir(exist_ok=True)
            path.replace(folder / value)
        elif kind == "sync":
            index.sync()
        elif kind == "follow":
            index.sync(only=touched)
    index.sync(only=touched)  # all that was ever touched: a sync of the whole folder would find nothing else
    assert state_of(folder, index) == fresh_state(folder, root)
