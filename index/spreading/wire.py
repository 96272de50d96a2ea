"""What a worker made of a file, as bytes and back: JSON, as everything that leaves a reader.

Passages travel as their sentences and context; the rest of them is slices of the document.
"""

from __future__ import annotations

import json

from index.crew import ReadFile
from index.documents import Span
from index.errors import ReadError
from index.hands import Prepared
from index.reading.wire import document_from_json, document_to_json
from index.scanning import FileFacts
from index.splitting import passage_of
from index.writing import passage_key

__all__ = ["prepared_from_bytes", "prepared_to_bytes"]


def prepared_to_bytes(item: Prepared) -> bytes:
    """The file's times as they are to be stored, its digest, and its document or what was wrong with it."""
    facts, digest, outcome, was_hindered = item.read
    tree = {"times": [facts.mtime_ns, facts.ctime_ns], "digest": digest.hex(), "hindered": was_hindered}
    if isinstance(outcome, ReadError):
        tree["error"] = str(outcome)
    else:
        tree["document"] = document_to_json(outcome)
        tree["passages"] = [[passage.context, passage.sentences] for _, passage in item.passages]
    return json.dumps(tree).encode()


def prepared_from_bytes(data: bytes, facts: FileFacts) -> Prepared:
    """What `prepared_to_bytes` was given; ValueError, KeyError or TypeError if it is nothing of it."""
    tree = json.loads(data)
    mtime_ns, ctime_ns = map(int, tree["times"])
    facts = facts._replace(mtime_ns=mtime_ns, ctime_ns=ctime_ns)
    digest, was_hindered = bytes.fromhex(tree["digest"]), bool(tree["hindered"])
    if "error" in tree:
        return Prepared(ReadFile(facts, digest, ReadError(str(tree["error"])), was_hindered), [])
    document = document_from_json(tree["document"])
    split = (
        passage_of(document, tuple(Span(*sentence) for sentence in sentences), str(context))
        for context, sentences in tree["passages"]
    )
    return Prepared(
        ReadFile(facts, digest, document, was_hindered), [(passage_key(passage), passage) for passage in split]
    )
