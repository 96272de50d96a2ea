"""A sound index passes; each kind of damage is named, with the command that mends it."""

import numpy as np
import pytest

from index import Index
from index.arrays import read_arrays, write_arrays
from index.checking import Verdict
from index.errors import CorpusError, IndexMissing
from index.sentence_vectors import packed
from tests.fake_embedder import CountingEmbedder
from tests.index.altered import alter

FILES = {
    "army.md": "# The purge\n\nThe president told the army to purge traitors in Carabobo. He spoke on Tuesday.\n",
    "aid/colombia.md": "# Aid\n\nColombia hosts 1.3 million migrants.\n\n- About 2,500 more arrive each day.\n",
    "copy.md": "# Aid\n\nColombia hosts 1.3 million migrants.\n\n- About 2,500 more arrive each day.\n",
    "pledges.csv": "donor,amount\nNorway,12\nCanada,40\n",
}


@pytest.fixture
def index(make_corpus):
    made = Index(make_corpus(FILES), embedder=CountingEmbedder())
    made.sync()
    return made


def findings(index, **others):
    again = Index(index.corpus, index=index.folder, embedder=others.pop("embedder", CountingEmbedder()))
    return {finding.name: finding for finding in again.check(100, **others)}


def verdicts(index):
    return {name: finding.verdict for name, finding in findings(index).items() if finding.verdict != Verdict.OK}


def run_sql(index, *statements):
    alter(index.folder / "index.db", *statements)


def test_a_sound_index_passes_with_its_figures(index):
    found = findings(index)
    names = [
        "store",
        "rows",
        "model",
        "counts",
        "passages",
        "vectors",
        "sentences",
        "derived",
        "files",
        "folder",
        "kept",
    ]
    assert list(found) == names
    assert {f.verdict for name, f in found.items() if name != "folder"} == {Verdict.OK}
    counts = found["counts"].facts
    assert (counts["documents"], counts["failed"], counts["texts"]) == (4, 0, 4)
    assert counts["passages"] > counts["keys"] == counts["vectors"]
    assert found["derived"].facts["faiss"] == found["derived"].facts["bm25"] == counts["passages"]
    assert (found["folder"].verdict, found["folder"].said) == (Verdict.NOTE, "in step: 4 documents as indexed")


def test_checking_changes_nothing(index):
    before = {path: path.read_bytes() for path in index.folder.iterdir() if path.suffix in {".fn", ".db"}}
    findings(index)
    assert {path: path.read_bytes() for path in before} == before


def test_a_document_that_could_not_be_read_is_counted_and_no_damage(make_corpus):
    made = Index(make_corpus({**FILES, "broken.pdf": b"%PDF-1.4 nothing"}), embedder=CountingEmbedder())
    made.sync()
    assert verdicts(made) == {"folder": Verdict.NOTE}
    assert findings(made)["counts"].facts["failed"] == 1


def test_progress_is_told(index):
    told = []
    findings(index, on_check=told.append)
    assert {at.stage for at in told} > {"reading the whole index", "looking at the vectors"}
    assert all(0 <= at.share <= 1 for at in told)


@pytest.mark.parametrize(
    ("statement", "name", "said"),
    [
        ("UPDATE passages SET text = replace(text, 'army', 'navy')", "passages", "army.md is not the text at its char"),
        ("UPDATE passages SET start = start + 1", "passages", "is not the text at its characters"),
        ("UPDATE passages SET context = 'Other'", "passages", "was embedded with another text or context"),
        ("UPDATE passages SET layout = replace(layout, '[[0,', '[[-9,')", "passages", "has a sentence outside it"),
        ("UPDATE passages SET layout = replace(layout, '\"line\":', '\"page\":')", "passages", "place is not the doc"),
        ("UPDATE passages SET layout = 'junk'", "passages", "the layout of one of its passages cannot be read"),
        ("UPDATE texts SET text = x'00'", "passages", "its stored text cannot be read"),
        ("DELETE FROM texts WHERE document = (SELECT min(document) FROM texts)", "counts", "the text of "),
        ("DELETE FROM passages WHERE id = (SELECT min(id) FROM passages)", "counts", "should have"),
        ("UPDATE documents SET passages = passages + 1 WHERE path = 'army.md'", "counts", "army.md should have"),
        ("DELETE FROM vectors WHERE key = (SELECT key FROM passages LIMIT 1)", "counts", "1 of 3 different passages"),
        ("INSERT INTO vectors VALUES (x'00', x'00', 0)", "counts", "1 vectors belong to no passage"),
        ("UPDATE vectors SET vector = x'0000'", "vectors", "has no whole vector, and "),
        ("UPDATE vectors SET vector = zeroblob(128)", "vectors", "has a vector not of length 1"),
        ("INSERT INTO sentences VALUES (x'00', x'00', 0)", "counts", "1 vectors belong to no passage"),
        ("DELETE FROM sentences", "sentences", "the sentences of 4 passages are not embedded"),
        ("UPDATE sentences SET vectors = x'00'", "sentences", "sentences and 0 vectors of sentences, and "),
        ("UPDATE sentences SET vectors = zeroblob(length(vectors))", "sentences", "a sentence whose vector is not of"),
        ("UPDATE documents SET id = 99 WHERE path = 'army.md'", "store", "refers to a row of documents that is not"),
    ],
)
def test_damage_in_the_store_is_named_with_what_mends_it(index, statement, name, said):
    run_sql(index, statement)
    finding = findings(index)[name]
    assert finding.verdict == Verdict.WRONG
    assert said in finding.said
    assert "footnote check --repair" in finding.remedy


def test_an_index_of_a_later_version_is_no_damage_to_be_repaired(index):
    run_sql(index, "UPDATE meta SET value = '999' WHERE name = 'format'")
    finding = findings(index)["store"]
    assert (finding.verdict, finding.said.startswith("the index is of format 999")) == (Verdict.WRONG, True)
    assert finding.remedy.startswith("update Footnote, or run `footnote sync --rebuild`")


def test_a_vector_of_another_text_is_noticed(index):
    wrong = CountingEmbedder().embed_passages(["something else entirely"])[0].astype(np.float16).tobytes()
    run_sql(index, ("UPDATE vectors SET vector = ? WHERE key = (SELECT key FROM passages LIMIT 1)", wrong))
    found = findings(index)
    assert "is not what the model gives (cosine " in found["vectors"].said
    assert "FAISS has another vector for passage" in found["derived"].said


def test_a_vector_of_another_sentence_is_noticed(index):
    wrong = [packed(CountingEmbedder().embed_passages(["something else entirely"] * count)) for count in range(1, 9)]
    run_sql(index, *(("UPDATE sentences SET vectors = ? WHERE length(vectors) = ?", w, len(w)) for w in wrong))
    sentences = findings(index)["sentences"]
    assert sentences.verdict == Verdict.WRONG
    assert "is another's (cosine " in sentences.said


def test_sentences_that_an_interrupted_sync_left_waiting_are_no_damage(index):
    run_sql(index, ("DELETE FROM sentences",), ("UPDATE meta SET value = 'yes' WHERE name = 'under_way'",))
    sentences = findings(index)["sentences"]
    assert sentences.verdict == Verdict.OK
    assert "4 passages wait for a sync" in sentences.said


def test_vectors_left_by_an_interrupted_sync_are_no_damage(index):
    run_sql(
        index,
        ("INSERT INTO vectors VALUES (x'00', x'00', 0)",),
        ("UPDATE meta SET value = 'yes' WHERE name = 'under_way'",),
    )
    counts = findings(index)["counts"]
    assert counts.verdict == Verdict.OK
    assert "1 vectors wait for a sync" in counts.said


@pytest.mark.parametrize("damage", [lambda raw: b"junk", lambda raw: b"", lambda raw: raw[:4096] + b"\xff" * 4096])
def test_a_damaged_file_leaves_the_rest_unchecked(index, damage):
    database = index.folder / "index.db"
    database.write_bytes(damage(database.read_bytes()))
    for more in ("index.db-wal", "index.db-shm"):
        (index.folder / more).unlink(missing_ok=True)
    found = findings(index)
    assert found["store"].verdict == Verdict.WRONG
    assert "footnote check --repair" in found["store"].remedy
    assert {f.verdict for name, f in found.items() if name not in {"store", "kept"}} == {Verdict.NOT_CHECKED}


def with_a_bit_flipped(raw):
    """In the first byte of the first array, or of the header of a file whose arrays are empty."""
    begin = -(-(16 + int.from_bytes(raw[8:12], "little")) // 64) * 64
    at = begin if begin < len(raw) else 16
    return raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]


@pytest.mark.parametrize("damage", [lambda raw: raw[:-7], lambda raw: b"junk", with_a_bit_flipped])
def test_a_damaged_derived_file_is_named_and_the_next_sync_writes_it_anew(index, damage):
    names = sorted(path.name for path in index.folder.glob("*.fn"))
    assert [name.split("-")[0] for name in names] == ["lexical", "lexical.fn", "vectors", "vectors.fn"]
    for name in names:
        path = index.folder / name
        path.write_bytes(damage(path.read_bytes()))
        assert verdicts(index) == {"files": Verdict.WRONG, "folder": Verdict.NOTE}
        finding = findings(index)["files"]
        assert name in finding.said
        assert "footnote sync" in finding.remedy
        Index(index.corpus, embedder=CountingEmbedder()).sync()
        assert verdicts(index) == {"folder": Verdict.NOTE}


def test_a_missing_derived_file_is_made_again(index):
    (index.folder / "vectors.fn").unlink()
    found = findings(index)
    assert (found["files"].verdict, found["derived"].verdict) == (Verdict.NOTE, Verdict.OK)
    assert "vectors.fn missing" in found["files"].said


@pytest.mark.parametrize("name", ["posting_tfs", "posting_rows", "lengths", "terms"])
def test_whole_postings_that_disagree_with_the_texts_are_noticed(index, name):
    [path] = index.folder.glob("lexical-*.fn")
    arrays, facts = read_arrays(path)
    changed = {key: np.array(values) for key, values in arrays.items()}
    changed[name] = changed[name][::-1].copy() if name == "posting_rows" else changed[name] + 1
    write_arrays(path, changed, facts)
    finding = findings(index)["derived"]
    assert finding.verdict == Verdict.WRONG
    assert "BM25 has other terms for passage" in finding.said


def test_whole_vectors_that_disagree_with_the_store_are_noticed(index):
    [path] = index.folder.glob("vectors-*.fn")
    arrays, facts = read_arrays(path)
    ids = np.array(arrays["ids"])
    write_arrays(path, {**arrays, "ids": np.append(ids[:-1], ids[-1] + 5)}, facts)
    assert "FAISS holds" in findings(index)["derived"].said


def test_another_model_is_named_and_its_vectors_left_alone(index):
    found = findings(index, embedder=CountingEmbedder(name="other"))
    assert found["model"].verdict == Verdict.WRONG
    assert "--model counting" in found["model"].remedy
    assert (found["vectors"].verdict, found["derived"].verdict) == (Verdict.NOT_CHECKED, Verdict.NOT_CHECKED)


def test_what_the_folder_has_since_is_told_and_nothing_wrong(index, make_corpus):
    make_corpus({"new.txt": "A new note.", "army.md": "Another army."})
    (index.corpus / "copy.md").unlink()
    folder = findings(index)["folder"]
    assert (folder.verdict, folder.said) == (Verdict.NOTE, "1 new, 1 changed, 1 removed since the last sync")
    assert folder.remedy == "run `footnote sync`"


def test_without_an_index_or_a_folder_nothing_can_be_checked(tmp_path):
    with pytest.raises(IndexMissing, match="footnote sync"):
        Index(tmp_path, embedder=CountingEmbedder()).check(10)
    with pytest.raises(CorpusError, match="there is no folder"):
        Index(tmp_path / "nowhere", embedder=CountingEmbedder()).check(10)
