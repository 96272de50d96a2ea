"""The write side: files to passages to vectors, kept in step with the folder.

index = Index("corpus")
index.sync()
with index.snapshot() as snapshot: ...
"""

from __future__ import annotations

import os

# One question is a few small products, for which the threads of a linear algebra library cost three times what they
# save (benchmarks/askers.py); many questions at once are spread over the cores. It is read when numpy is imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from index.conversations import Conversations
from index.documents import Block, BlockKind, Document, Place, Span
from index.embedding import Embedder
from index.folder import INDEX_FOLDER, Index
from index.judgements import Judgements
from index.report import OnProgress, SyncProgress, SyncReport
from index.schema import DocumentRecord, PassageRecord, State
from index.snapshot import Snapshot

__all__ = [
    "INDEX_FOLDER",
    "Block",
    "BlockKind",
    "Conversations",
    "Document",
    "DocumentRecord",
    "Embedder",
    "Index",
    "Judgements",
    "OnProgress",
    "PassageRecord",
    "Place",
    "Snapshot",
    "Span",
    "State",
    "SyncProgress",
    "SyncReport",
]
