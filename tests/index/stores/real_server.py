"""A sync, questions and changes with the standalone server of the package `milvus`; told on standard output.

Run in a network of its own (`test_real_server.py`), because that server listens on every address it finds.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from index.milvus import Address, MilvusIndex
from index.opening import opened
from qa import Corpus
from tests.fake_embedder import CountingEmbedder
from tests.index.stores.states import ARMY, FILES

__all__ = ["run"]

ONE = "0" * 32


def run(folder: Path) -> None:
    """Everything in `folder`: the documents, the server's data and the state."""
    from milvus import MilvusServer, MilvusServerConfig

    server = MilvusServer(MilvusServerConfig(data_dir=str(folder / "server")))
    server.start()
    try:
        told = _asked(folder, f"milvus://127.0.0.1:{server.listen_port}/papers")
    finally:
        server.stop()
    sys.stdout.write(json.dumps(told) + "\n")


def _asked(folder: Path, store: str) -> dict[str, object]:
    corpus = folder / "corpus"
    for name, text in FILES.items():
        (corpus / name).parent.mkdir(parents=True, exist_ok=True)
        (corpus / name).write_text(text, "utf-8")
    beside = opened(corpus, store="", index=folder / "beside", embedder=CountingEmbedder())
    on_server = MilvusIndex(corpus, Address.of(store), index=folder / "state", embedder=CountingEmbedder())
    asked = [
        Corpus(corpus, store=where, index=index.folder, embedder=CountingEmbedder())
        for where, index in (("", beside), (store, on_server))
    ]
    told: dict[str, object] = {"warning": on_server.warning}
    for step in ("first", "changed", "renamed", "removed"):
        if step == "changed":
            (corpus / "army.md").write_text(ARMY.replace("Carabobo", "Zulia"), "utf-8")
        elif step == "renamed":
            (corpus / "oil.txt").rename(corpus / "crude.txt")
        elif step == "removed":
            (corpus / "army.md").unlink()
        beside.sync()
        on_server.sync()
        told[step] = [
            [(hit.path, hit.start, round(hit.score, 4)) for hit in each.search("the army purges crude oil", 9)]
            for each in asked
        ]
    told["within"] = [[hit.path for hit in each.search("oil", 9, within=["*.md", "aid/"])] for each in asked]
    told["clock"] = on_server._connection.now() > on_server._facts()[1].written > 0
    told["again"] = on_server.sync().did_something
    told["wrong"] = [finding.said for finding in on_server.check(20) if finding.verdict == "wrong"]
    asked[1].conversations.append("anna", ONE, {"exchange": {"key": "1", "question": "Who?"}})
    told["kept"] = len(asked[1].conversations.read("anna", ONE).exchanges)
    return told


if __name__ == "__main__":
    run(Path(sys.argv[1]))
