"""A bucket as a corpus: asked, followed, checked, served and moved as a folder is."""

import json
import subprocess
import sys
import threading
from contextlib import suppress
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from index.documents import Span
from index.errors import CorpusAway, IndexMismatch, IndexMissing
from index.holdings import RemovalError
from index.mirroring import polling, s3
from index.mirroring.address import Address
from index.mirroring.mirror import Mirror
from index.opening import moved_to, opened
from index.uploads import UploadError
from index.watching import FolderNotice
from qa import Corpus, ask
from qa.asking import _opened
from qa.syncing import BackgroundSync
from qa.web.browsing import Browsing
from qa.web.record import Record
from qa.web.served import served
from qa.web.shelf import Shelf
from qa.web.tried import Suggestions
from tests.fake_embedder import CountingEmbedder
from tests.index.stores.server import Server
from tests.qa.web.page_server import started_server
from tests.sources import ROOT

AID = "About 2,500 migrants arrive in Colombia each day.\n"
OIL = "Crude oil fell to a million barrels.\n"


@pytest.fixture
def corpus(bucket):
    bucket.fill({"aid.txt": AID, "news/oil.txt": OIL})
    return Corpus(bucket.address, embedder=CountingEmbedder())


@pytest.fixture
def away(bucket, monkeypatch):
    """Take the server away: `away()`."""
    monkeypatch.setattr(s3, "TRIES", 1)
    return lambda: bucket.faults(broken_pages=0)


def footnote(*arguments):
    command = [sys.executable, "-c", "from qa.cli import main; main()", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=240)


def test_paths_of_citations_are_keys_below_the_prefix(corpus, bucket):
    report = corpus.sync()
    assert (report.new, report.documents) == (("aid.txt", "news/oil.txt"), 2)
    answer = corpus.ask("What fell to a million barrels?")
    assert answer.citations[0].path == "news/oil.txt"
    cited = answer.citations[0]
    assert corpus.document_text(cited.path)[cited.start : cited.end] == cited.quote
    assert (corpus.name, corpus.source) == ("reports", bucket.address)


def test_the_index_follows_and_embeds_only_what_is_new(corpus, bucket):
    corpus.sync()
    bucket.put("reports/oil-moved.txt", OIL)
    bucket.delete("reports/news/oil.txt")
    bucket.put("reports/new.txt", "The army was told to purge traitors.\n")
    bucket.put("reports/film.mp4", "no document")
    report = corpus.sync()
    assert report.renamed == (("news/oil.txt", "oil-moved.txt"),)
    assert (report.new, report.embedded) == (("new.txt",), 1)
    assert [path for path, _ in report.skipped] == ["film.mp4"]
    bucket.delete("reports/aid.txt")
    assert corpus.sync().removed == ("aid.txt",)


def test_while_the_bucket_is_away_the_index_answers(corpus, away):
    corpus.sync()
    before = corpus.search("crude oil")
    away()
    with pytest.raises(CorpusAway):
        corpus.sync()
    with pytest.raises(CorpusAway):
        corpus.sync(rebuild=True)
    assert corpus.search("crude oil") == before


def test_one_that_was_never_synced_is_built_by_the_first_question(bucket, away, monkeypatch):
    monkeypatch.setattr("index.hiring.load_embedder", lambda *_, **__: CountingEmbedder())
    bucket.fill({"aid.txt": AID})
    assert ask("How many migrants arrive each day?", bucket.address).citations[0].path == "aid.txt"
    _opened.cache_clear()  # as in another process
    away()
    assert ask("How many migrants arrive?", bucket.address).citations[0].path == "aid.txt"


def test_the_shell_takes_addresses_everywhere(bucket, away):
    bucket.fill({"aid.txt": AID, "empty.txt": ""})
    synced = footnote("sync", "--corpus", bucket.address, "--json")
    assert json.loads(synced.stdout)["new"] == ["aid.txt"], synced.stderr
    assert footnote("check", "--corpus", bucket.address).returncode == 0
    found = footnote("search", "migrants", "--corpus", bucket.address, "--json")
    assert json.loads(found.stdout)[0]["path"] == "aid.txt"
    bucket.put("reports/new.txt", "The bridge was closed in February.\n")
    away()
    answer = footnote("ask", "How many migrants arrive each day?", "--corpus", bucket.address)
    assert (answer.returncode, "2,500 migrants" in answer.stdout) == (0, True)
    [line] = [line for line in answer.stderr.splitlines() if line.startswith("footnote:")]
    assert "answering from the index as it is: s3://" in line
    refused = footnote("sync", "--corpus", bucket.address)
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)


def test_an_address_that_is_none_is_one_line():
    for address, said in [("s3://a:b@c/d", "holds a key"), ("file:///etc", "not read from file://"), ("s3://", "give")]:
        refused = footnote("ask", "Who?", "--corpus", address)
        assert (refused.returncode, said in refused.stderr, refused.stderr.count("\n")) == (2, True, 1)


def test_pages_of_a_pdf_are_drawn_from_the_copy(bucket):
    bucket.put("reports/briefing.pdf", (ROOT / "corpus" / "reports" / "regional-briefing.pdf").read_bytes())
    corpus = Corpus(bucket.address, embedder=CountingEmbedder())
    corpus.sync()
    assert corpus.page_picture("briefing.pdf", page=1, span=Span(0, 5)).png


def test_the_page_takes_nothing_in_and_nothing_out(corpus, bucket, tmp_path):
    corpus.sync()
    (tmp_path / "mine.txt").write_text("Mine.")
    [refused] = corpus.holdings.add([(tmp_path / "mine.txt", "mine.txt")])
    assert isinstance(refused, UploadError)
    assert "put it there, and the next sync finds it" in str(refused)
    with pytest.raises(RemovalError, match="delete it there"):
        corpus.holdings.remove("aid.txt")
    assert sorted(found.path for found in corpus.documents()) == ["aid.txt", "news/oil.txt"]
    assert corpus.sync().unchanged == ("aid.txt", "news/oil.txt")


def test_the_page_says_what_it_follows_and_when_it_is_away(corpus, bucket, away, monkeypatch):
    monkeypatch.setattr(polling, "seconds_between", lambda: 0.05)
    sync, said = BackgroundSync(corpus), threading.Semaphore(0)
    lines = []

    def say(line):
        lines.append(line)
        said.release()

    sync.follow(say)
    try:
        shelf = Shelf(corpus, sync, Record(corpus.conversations), Suggestions(corpus))
        until_indexed(corpus, {"aid.txt", "news/oil.txt"})
        assert f"Follows {corpus.source}" in shelf.look("", Browsing())[-1]
        bucket.put("reports/new.txt", "The bridge was closed.\n")
        until_indexed(corpus, {"aid.txt", "news/oil.txt", "new.txt"})
        away()
        assert said.acquire(timeout=60)
        assert "cannot be read now. Answers come from what was read" in shelf.look("", Browsing())[-1]
        assert corpus.search("crude oil")
        bucket.delete("reports/aid.txt")
        bucket.faults()
        assert said.acquire(timeout=60)
        until_indexed(corpus, {"news/oil.txt", "new.txt"})
    finally:
        assert sync.stop(60)
    assert [isinstance(line, FolderNotice) and line.is_gone for line in lines] == [True, False]


def test_a_page_is_served_from_an_address(bucket, tmp_path):
    bucket.fill({"aid.txt": AID})
    with started_server(tmp_path / "log", bucket.address, "--watch") as (_, at):
        said = (tmp_path / "log").read_text()
        body = json.dumps({"question": "How many migrants arrive each day?"}).encode()
        asked = Request(f"{at}api/ask", body, {"Content-Type": "application/json"})
        pause, cited = threading.Event(), []
        for _ in range(1200):
            with suppress(HTTPError), urlopen(asked, timeout=60) as answered:
                cited = [citation["path"] for citation in json.load(answered)["citations"]]
            if cited:
                break
            pause.wait(0.1)  # not read yet
        assert cited == ["aid.txt"]
    assert f"Footnote reads {bucket.address}" in said


def until_indexed(corpus, paths):
    pause = threading.Event()
    for _ in range(1200):
        with suppress(IndexMissing):
            if {found.path for found in corpus.documents()} == paths:
                return
        pause.wait(0.05)
    raise AssertionError(f"{paths} were not indexed")


def test_a_bucket_where_nothing_changes_is_looked_at_and_not_synced(bucket, monkeypatch):
    monkeypatch.setattr(polling, "seconds_between", lambda: 0.02)
    bucket.fill({"aid.txt": AID})
    bucket.faults(denied=["reports/aid.txt"])  # what cannot be had is no news each time
    mirror, stop, yielded = Mirror(Address.of(bucket.address)), threading.Event(), []

    def follow():
        for changed in mirror.changes(stop, pytest.fail):
            yielded.append(changed)
            mirror.follow(lambda progress: None)

    following = threading.Thread(target=follow)
    following.start()
    before = bucket.listings()
    while bucket.listings() < before + 5:
        stop.wait(0.02)
    stop.set()
    following.join()
    assert yielded == [None]


def test_several_pages_of_folders_and_buckets(bucket, sample_corpus):
    bucket.fill({"aid.txt": AID})
    pages = served([str(sample_corpus), bucket.address, f"s3://{bucket.name}/old/reports"])
    assert [(page.name, page.slug) for page in pages] == [
        ("corpus", "corpus"),
        (f"{bucket.name}/reports", "reports"),
        ("old/reports", "reports-2"),
    ]
    assert pages[1].corpus._named["corpus"] == bucket.address


@pytest.fixture
def milvus(tmp_path):
    server = Server(tmp_path)
    server.start()
    yield server
    server.stop()


def test_on_a_server_the_address_is_remembered_and_not_the_copy(corpus, bucket, milvus, tmp_path, monkeypatch):
    corpus.sync()
    store = milvus.address("papers")
    here = opened(bucket.address, embedder=CountingEmbedder())
    there = opened(bucket.address, store=store, embedder=CountingEmbedder())
    assert moved_to(here, there, lambda stage, done, total: None).documents == 2
    monkeypatch.setenv("FOOTNOTE_MIRROR", str(tmp_path / "another front end"))
    front_end = Corpus(bucket.address, store=store, embedder=CountingEmbedder())
    assert front_end.search("crude oil")[0].path == "news/oil.txt"
    report = front_end.sync()
    assert (report.embedded, report.documents) == (0, 2)
    other = f"s3://{bucket.name}/old/reports"
    bucket.put("old/reports/aid.txt", AID)
    with pytest.raises(IndexMismatch, match="was made of the folder s3://"):
        Corpus(other, store=store, embedder=CountingEmbedder()).sync()


def test_workers_of_ray_are_told_of_the_copy(corpus, bucket):
    from index.spreading.fitting import misfit
    from index.spreading.job import Job, versions

    corpus.sync()
    index = opened(bucket.address, embedder=CountingEmbedder())
    order = Job(index.corpus, index._settings, copy_of=index.copied_from).order("cpu")
    said = {"node": "10.0.0.2", "versions": versions(), "sees": False, "missing": []}
    assert f"the copy of {index.copied_from} in {index.corpus}" in misfit(said, order, None)
    assert "FOOTNOTE_MIRROR" in misfit(said, order, None)


def test_nothing_that_reaches_a_network_is_imported_for_a_folder_or_an_index(bucket, make_corpus):
    bucket.fill({"aid.txt": AID})
    footnote("sync", "--corpus", bucket.address)
    folder = make_corpus({"aid.txt": AID})
    code = (
        "import sys; from qa import Corpus; c = Corpus(sys.argv[1]); "
        "sys.argv[2] == 'sync' and c.sync(); c.ask('How many migrants arrive?'); "
        "sys.exit(', '.join({'fsspec', 'pyarrow', 's3fs'} & set(sys.modules)) or None)"
    )
    for arguments in ([str(folder), "sync"], [bucket.address, "ask"]):
        done = subprocess.run(
            [sys.executable, "-c", code, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, "")
