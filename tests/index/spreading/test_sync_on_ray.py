"""A sync on a real Ray cluster gives the index that a sync of this machine gives, whatever happens to its workers."""

import os
import shutil
import signal

import pytest

from index import Index
from index.errors import ClusterError, SettingError
from qa import Corpus
from tests.fake_embedder import CountingEmbedder
from tests.index.spreading import benches
from tests.index.spreading.looking import content_of, found_in, workers_of

pytest.importorskip("ray", reason="the extra [ray] is not installed")

TEXTS = {
    f"{number:02}.md": f"# Report {number}\n\nThe council met in week {number}. It sent {7 * number} boats upriver.\n"
    for number in range(40)
}


@pytest.fixture
def local(tmp_path):
    """Sync a folder on this machine alone, into an index of its own."""

    def sync(folder, name="local"):
        shutil.rmtree(tmp_path / name, ignore_errors=True)
        Index(folder, index=tmp_path / name).sync()
        return tmp_path / name

    return sync


@pytest.fixture
def workers_are(cluster, monkeypatch):
    """Have workers of another kind started."""
    return lambda kind: monkeypatch.setattr("index.spreading.cluster.Bench", kind)


def test_the_index_is_the_same_to_the_last_row(cluster, sample_corpus, tmp_path, local):
    (sample_corpus / "broken.docx").write_bytes(b"PK\x03\x04 and nothing else")
    (sample_corpus / "empty.txt").write_bytes(b"")
    (sample_corpus / os.fsdecode(b"caf\xe9.txt")).write_text("A name that is not UTF-8.")
    seen = []
    index = Index(sample_corpus, index=tmp_path / "ray")
    report = index.sync(seen.append, ray="auto")
    assert content_of(tmp_path / "ray") == content_of(local(sample_corpus))
    assert [path for path, _ in report.failed] == ["broken.docx", "empty.txt"]
    stages = list(dict.fromkeys(progress.stage for progress in seen))
    assert "loading the model on 2 Ray workers" in stages
    assert stages.index("reading") < stages.index("embedding the sentences") == len(stages) - 1
    assert max(progress.rate for progress in seen) > 0
    question = "How many migrants arrive in Colombia each day?"
    answers = [Corpus(sample_corpus, index=tmp_path / name).ask(question) for name in ("ray", "local")]
    assert answers[0].found
    assert answers[0].citations == answers[1].citations


def test_only_what_is_new_is_embedded(cluster, make_corpus, tmp_path, local):
    folder = make_corpus(TEXTS)
    index = Index(folder, index=local(folder, "followed"))
    assert index.sync(ray="auto").embedded == 0
    (folder / "00.md").rename(folder / "renamed.md")
    (folder / "01.md").unlink()
    make_corpus({"02.md": "# Changed\n\nNobody was sent anywhere.\n", "new.md": "# New\n\nA bridge was built.\n"})
    report = index.sync(ray="auto")
    assert (report.new, report.changed, report.removed) == (("new.md",), ("02.md",), ("01.md",))
    assert (report.renamed, report.embedded) == ((("00.md", "renamed.md"),), 2)
    assert found_in(tmp_path / "followed") == found_in(local(folder))


def test_a_killed_worker_costs_nothing(make_corpus, tmp_path, local, workers_are):
    workers_are(benches.Slow)
    folder, killed = make_corpus(TEXTS), []

    def kill_one(progress):
        if progress.documents and not killed:
            killed.extend(workers_of(os.getpid(), "Slow")[:1])
            os.kill(killed[0], signal.SIGKILL)

    report = Index(folder, index=tmp_path / "ray").sync(kill_one, ray="auto")
    assert killed
    assert (len(report.new), report.failed) == (len(TEXTS), ())
    assert content_of(tmp_path / "ray") == content_of(local(folder))


def test_texts_of_a_worker_that_is_killed_are_embedded_by_another(make_corpus, tmp_path, local, workers_are):
    workers_are(benches.KilledOnce)
    folder, mark = make_corpus(TEXTS), tmp_path / benches.MARK
    mark.touch()
    Index(folder, index=tmp_path / "ray").sync(ray="auto")
    assert not mark.exists(), "no worker was killed"
    assert content_of(tmp_path / "ray") == content_of(local(folder))


def test_a_file_that_kills_its_workers_is_listed_and_tried_again(make_corpus, tmp_path, workers_are):
    workers_are(benches.Poisoned)
    folder = make_corpus({**dict(list(TEXTS.items())[:6]), "poison.md": "# Poison\n\nDo not drink.\n"})
    index = Index(folder, index=tmp_path / "ray")
    report = index.sync(ray="auto")
    assert len(report.new) == 6
    assert [path for path, _ in report.failed] == ["poison.md"]
    assert report.failed[0][1].startswith("3 Ray workers were lost one after the other at this file")
    assert index.sync().changed == ("poison.md",), "here it does no harm"


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (benches.OfAnotherModel, "has another model: all-MiniLM-L6-v2 (weights of yesterday"),
        (benches.Elsewhere, "does not see the folder"),
        (benches.Ending, "the workers of the Ray cluster end as they start"),
    ],
)
def test_a_worker_that_does_not_fit_is_refused_in_one_line(kind, said, make_corpus, tmp_path, workers_are, local):
    folder = make_corpus(dict(list(TEXTS.items())[:2]))
    before = content_of(local(folder))
    workers_are(kind)
    with pytest.raises(ClusterError) as refused:
        Index(folder, index=tmp_path / "local").sync(ray="auto", rebuild=True)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)
    assert content_of(tmp_path / "local") == before, "an index that was there is not touched"


def test_a_gpu_that_no_node_has_is_said(cluster, make_corpus):
    with pytest.raises(ClusterError, match="no node of the Ray cluster of this process has a GPU"):
        Index(make_corpus(TEXTS), device="cuda").sync(ray="auto")


def test_an_embedder_of_ones_own_is_not_sent(cluster, make_corpus):
    with pytest.raises(SettingError, match="name a model"):
        Index(make_corpus(TEXTS), embedder=CountingEmbedder()).sync(ray="auto")
