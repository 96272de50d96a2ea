"""The three collections of an index, each corpus in a partition of its own.

<name>_passages     what is found: vector, words for BM25, text and place of each passage
<name>_documents    one row for each document; a passage is there only once, and as long as, its document's row is
<name>_kept         texts of documents, their words, and facts about each corpus
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from index.errors import IndexMismatch
from index.milvus.connection import Connection
from index.milvus.encoding import MOST_BYTES
from index.milvus.vector_index import chosen

__all__ = ["MOST_NAMED", "SCHEMA_VERSION", "Collections", "ready"]

SCHEMA_VERSION = "1"
"""Raised whenever what is kept changes: a corpus of another version is refused. It is one of the corpus' facts."""

PASSAGE_FIELDS = frozenset(("id", "document", "key", "place", "start", "stop", "terms", "body", "sentences", "vector"))

MOST_NAMED = 1024
"""Words of a document's name."""

_NO_VECTOR = "none"
"""Every collection has to have a vector; this one says nothing."""


class Collections(NamedTuple):
    """Their names, and the partition of the corpus."""

    passages: str
    documents: str
    kept: str
    partition: str

    @classmethod
    def of(cls, name: str, partition: str) -> Collections:
        """Those of that name."""
        return cls(f"{name}_passages", f"{name}_documents", f"{name}_kept", partition)

    def own(self, kind: str) -> str:
        """What the names of rows of a kind begin with: no two rows of a collection may be called the same."""
        return f"{kind}/{self.partition}/"


def without_vector(row: dict[str, Any]) -> dict[str, Any]:
    """A row of a collection that is not searched by vectors."""
    return {**row, _NO_VECTOR: [0.0, 0.0]}


def ready(connection: Connection, names: Collections, dimension: int | None, passages: Callable[[], int] = int) -> bool:
    """Whether the collections and the partition are there; with a `dimension`, of vectors, they are made.

    `passages` says for about how many (see `index.milvus.vector_index`).
    Raises `IndexMismatch` for collections of another version of Footnote, or of vectors of another dimension.
    """
    there = {name for name in names[:3] if connection.call("has_collection", name)}
    if names.passages in there:
        _check(connection, names, dimension)
    if dimension is None:
        return len(there) == 3 and connection.call("has_partition", names.kept, names.partition)
    for name in names[:3]:
        if name not in there:
            _make(connection, names, name, dimension, passages)
        if not connection.call("has_partition", name, names.partition):
            connection.call("create_partition", name, names.partition)
        connection.call("load_collection", name)
    return True


def _check(connection: Connection, names: Collections, dimension: int | None) -> None:
    said = connection.call("describe_collection", names.passages)
    fields = {field["name"]: field for field in said["fields"]}
    if not set(fields) >= PASSAGE_FIELDS:
        raise IndexMismatch(
            f"the collection {names.passages} at {connection.address} was not made by this version of Footnote (it has "
            f"no {', '.join(sorted(PASSAGE_FIELDS - set(fields)))}): name another collection, or drop that one"
        )
    found = int(fields["vector"]["params"]["dim"])
    if dimension is not None and found != dimension:
        raise IndexMismatch(
            f"the collection {names.passages} at {connection.address} holds vectors of {found} dimensions, the model "
            f"makes {dimension}: name another collection for this model"
        )


def _make(connection: Connection, names: Collections, name: str, dimension: int, passages: Callable[[], int]) -> None:
    from pymilvus import CollectionSchema, DataType, FieldSchema, Function, FunctionType
    from pymilvus.milvus_client import IndexParams

    def text(field: str, most: int = MOST_BYTES, **options: Any) -> Any:
        return FieldSchema(field, DataType.VARCHAR, max_length=most, **options)

    def large(field: str) -> Any:
        """A text that is read of a few passages only: from the disk, where the server can (2.4 and newer)."""
        return text(field, mmap_enabled=True) if connection.has_words else text(field)

    def number(field: str, **options: Any) -> Any:
        return FieldSchema(field, DataType.INT64, **options)

    nothing = FieldSchema(_NO_VECTOR, DataType.FLOAT_VECTOR, dim=2)
    analysed = {"enable_analyzer": True, "enable_match": True, "analyzer_params": {"tokenizer": "standard"}}
    words: dict[str, Any] = analysed if connection.has_words else {}
    words_of_name = FieldSchema(
        "named", DataType.ARRAY, element_type=DataType.VARCHAR, max_length=64, max_capacity=MOST_NAMED
    )
    indexes, functions = IndexParams(), list[Any]()
    searched: list[str] = []
    if name == names.passages:
        fields = [
            *(number("id", is_primary=True), number("document"), text("key", 32), number("place")),
            *(number("start"), number("stop"), text("terms", **words), large("body"), large("sentences")),
            FieldSchema("vector", DataType.FLOAT_VECTOR, dim=dimension),
        ]
        kind = chosen(connection, passages())
        indexes.add_index("vector", index_type=kind.type, metric_type="IP", params=kind.built)
        searched = ["document", "key", "place"]
        if connection.has_words:
            fields.append(FieldSchema("bm25", DataType.SPARSE_FLOAT_VECTOR))
            functions.append(Function("words", FunctionType.BM25, ["terms"], ["bm25"]))
            indexes.add_index(
                "bm25",
                index_type="SPARSE_INVERTED_INDEX",
                metric_type="BM25",
                params={"bm25_k1": 1.2, "bm25_b": 0.75},
            )
    elif name == names.documents:
        fields = [
            *(number("id", is_primary=True), text("name", 8192), text("path", 8192), text("state", 16)),
            *(words_of_name, number("passages"), number("length"), number("place"), text("facts"), nothing),
        ]
        searched = ["name", "path", "place"]
    else:
        fields = [text("id", 512, is_primary=True), number("document"), text("value"), nothing]
        searched = ["document"]
    if name != names.passages:
        indexes.add_index(_NO_VECTOR, index_type="FLAT", metric_type="L2")
    if connection.has_words:
        for field in searched:
            indexes.add_index(field, index_type="INVERTED")
    schema = CollectionSchema(fields, description="Footnote", functions=functions)
    connection.call("create_collection", name, schema=schema, index_params=indexes, consistency_level="Session")
