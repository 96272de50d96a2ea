"""A sync on a Ray cluster into a Milvus server gives the rows that a sync of this machine gives there."""

import pytest

from index.milvus import Address, MilvusIndex
from index.milvus.encoding import unpacked_json
from qa import Corpus
from tests.index.stores.server import Server

pytest.importorskip("ray", reason="the extra [ray] is not installed")
pytest.importorskip("pymilvus", reason="the extra [milvus] is not installed")
pytest.importorskip("milvus_lite")

QUESTION = "How many migrants arrive in Colombia each day?"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("milvus"))
    server.start()
    yield server
    server.stop()


def rows_of(index):
    """Every row that holds something of a document, without the numbers of the corpus, and without times."""
    connection, names = index._connection, index._names
    options = {"partition_names": [names.partition]}
    first = min(row["id"] for row in connection.query(names.documents, "id >= 0", [], **options))
    of_document = ["name", "path", "state", "named", "passages", "length", "place", "facts"]
    of_passage = ["document", "key", "place", "start", "stop", "terms", "body", "sentences", "vector"]
    documents, passages, kept = {}, {}, {}
    for row in connection.query(names.documents, "id >= 0", of_document, **options):
        reason, recipe, size, _, _, digest, title, kind, pages, _ = unpacked_json(row.pop("facts"))
        document = row.pop("id") - first
        row["named"] = list(row["named"])
        documents[document] = row, (reason, recipe, size, digest, title, kind, pages)
    for row in connection.query(names.passages, "id >= 0", of_passage, **options):
        document = row["document"] - first
        at = row.pop("id") - (row.pop("document") << 20)
        row["vector"] = [float(value) for value in row["vector"]]
        passages[document, at] = row
    for row in connection.query(names.kept, "document > 0", ["document", "value"], **options):
        kind, _, part = row["id"].split("/")
        kept[row["document"] - first, kind, part] = row["value"]
    return documents, passages, kept


def at(server, corpus, name, tmp_path):
    return MilvusIndex(corpus, Address.of(server.address("papers", name)), index=tmp_path / name)


def test_the_rows_are_the_same(cluster, server, sample_corpus, tmp_path):
    (sample_corpus / "broken.docx").write_bytes(b"PK\x03\x04 and nothing else")
    on_ray, here = (at(server, sample_corpus, name, tmp_path) for name in ("ray", "here"))
    report = on_ray.sync(ray="auto")
    assert report.failed == here.sync().failed
    spread, local = rows_of(on_ray), rows_of(here)
    assert len(local[0]) == report.documents + 1
    assert len(local[1]) == report.passages
    for one, other in zip(spread, local, strict=True):
        assert one == other
    answers = [
        Corpus(sample_corpus, store=server.address("papers", name), index=tmp_path / name).ask(QUESTION)
        for name in ("ray", "here")
    ]
    assert answers[0].found
    assert answers[0].citations == answers[1].citations
    (sample_corpus / "new.md").write_text("# New\n\nA bridge was built over the river Arauca.\n")
    (sample_corpus / "broken.docx").unlink()
    report = on_ray.sync(ray="auto")
    assert (report.new, report.removed, report.embedded) == (("new.md",), ("broken.docx",), 1)
    assert not here.sync(ray=None).failed
    assert sorted(row["key"] for row in rows_of(on_ray)[1].values()) == sorted(
        row["key"] for row in rows_of(here)[1].values()
    )
