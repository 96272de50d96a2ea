"""Where a Milvus server is, and which part of it is meant."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from index.errors import SettingError

__all__ = ["TOKEN", "VECTOR_INDEXES", "Address"]

TOKEN = "FOOTNOTE_STORE_TOKEN"  # noqa: S105 - the name of it
"""Variable of the environment that holds the token ("user:password" or an API key)."""

VECTOR_INDEXES = ("hnsw", "sq8", "rabitq", "diskann")
"""Kinds of index for vectors; see `index.milvus.vector_index`."""

PORT = 19530
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,199}\Z")
_FORM = "milvus://HOST:PORT/COLLECTION, with ?corpus=NAME and &tls=yes where needed"


@dataclass(frozen=True, slots=True)
class Address:
    """Server, collection and corpus."""

    host: str
    port: int
    collection: str
    """Start of the names of its collections."""
    corpus: str = ""
    """Name of the corpus in it; "" for that of the folder."""
    tls: bool = False
    token: str = ""
    vectors: str = ""
    """Which of `VECTOR_INDEXES` the collections are made with; "" for what fits their size."""

    @classmethod
    def of(cls, text: str) -> Address:
        """Read `milvus://[TOKEN@]HOST[:PORT]/COLLECTION[?corpus=NAME][&tls=yes][&vectors=KIND]`.

        Raises `SettingError`.
        """
        parts = urlsplit(text)
        try:
            host, port, options = parts.hostname, parts.port or PORT, dict(parse_qsl(parts.query, strict_parsing=False))
        except ValueError as error:
            raise SettingError(f"the store {_shown(text)} is no address ({error}): give {_FORM}") from error
        collection = parts.path.strip("/")
        if parts.scheme != "milvus" or not host:
            raise SettingError(f"the store {_shown(text)} is no address of a Milvus server: give {_FORM}")
        if not _NAME.match(collection):
            raise SettingError(
                f"the collection “{collection}” in the store {_shown(text)} has to be letters, digits and “_”, at most "
                f"200, not beginning with a digit: give {_FORM}"
            )
        if unknown := sorted(set(options) - {"corpus", "tls", "vectors"}):
            raise SettingError(f"the store {_shown(text)} has an unknown option “{unknown[0]}”: give {_FORM}")
        if options.get("tls", "no") not in {"yes", "no"}:
            raise SettingError(f"tls={options['tls']} in the store {_shown(text)}: give tls=yes or tls=no")
        vectors = options.get("vectors", "")
        if vectors and vectors not in VECTOR_INDEXES:
            raise SettingError(
                f"vectors={vectors} in the store {_shown(text)}: give one of {', '.join(VECTOR_INDEXES)}, or leave it "
                "out, and what fits the number of passages is taken"
            )
        token = unquote(parts.netloc.rpartition("@")[0]) or os.environ.get(TOKEN, "")
        return cls(host, port, collection, options.get("corpus", ""), options.get("tls") == "yes", token, vectors)

    def corpus_of(self, folder: Path) -> str:
        """The name of the corpus that the documents below `folder` are."""
        return self.corpus or folder.resolve().name or "corpus"

    def partition(self, folder: Path) -> str:
        """The name of the partition: letters, digits and underscores, another for every name of a corpus."""
        name = self.corpus_of(folder)
        if _NAME.match(name):
            return f"c_{name}"
        return f"x_{re.sub(r'[^A-Za-z0-9]+', '_', name)[:60]}_{hashlib.sha256(name.encode()).hexdigest()[:12]}"

    @property
    def uri(self) -> str:
        """As the client of Milvus wants it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self.tls else 'http'}://{host}:{self.port}"

    def __str__(self) -> str:
        """Without the token."""
        return f"milvus://{self.uri.partition('//')[2]}/{self.collection}"


def _shown(text: str) -> str:
    """An address for a message: what may be a token is left out."""
    return re.sub(r"//[^/@]*@", "//…@", text)
