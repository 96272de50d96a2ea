"""Everything that can go wrong on purpose, as one tree.

    FootnoteError
    ├── CorpusError            the folder of documents: missing, a file, unreadable
    │   └── CorpusAway         object storage: not reached, refused, or without what was there
    ├── ReadError              one document could not be read (recorded in the report, never fatal)
    ├── StoreError             the built index
    │   ├── IndexMissing       nothing was built yet
    │   ├── IndexDamaged       a file of it is not as it was written
    │   ├── IndexMismatch      made by another version, model or setting
    │   ├── IndexLocked        another process is writing
    │   ├── ChangedMeanwhile   what was being read is there no more: the same again will do
    │   └── IndexNotWritable   read-only folder, full disk
    ├── SettingError           a variable of the environment, or an option, that cannot be used here
    ├── ClusterError           the Ray cluster of a sync: not there, of another version, without what is needed
    ├── ModelError             the embedding model: missing, altered, not loadable
    ├── TooBusy                so many are asking that one more would wait too long
    └── QuestionError          a question that cannot be asked (too long, not text)
        └── NothingWithin      it was to be asked of documents of which none is there

A message says what was given, what was expected, and what to do.
"""

from __future__ import annotations

__all__ = [
    "ChangedMeanwhile",
    "ClusterError",
    "CorpusAway",
    "CorpusError",
    "FootnoteError",
    "IndexDamaged",
    "IndexLocked",
    "IndexMismatch",
    "IndexMissing",
    "IndexNotWritable",
    "ModelError",
    "NothingWithin",
    "QuestionError",
    "ReadError",
    "SettingError",
    "StoreError",
    "TooBusy",
]


class FootnoteError(Exception):
    """Base of every error that Footnote raises on purpose; its text is one line for a person."""


class CorpusError(FootnoteError):
    """The folder of documents is missing, is a file, or cannot be listed."""


class CorpusAway(CorpusError):
    """The object storage that holds the documents cannot be read now; what is indexed of it can be asked."""


class ReadError(FootnoteError):
    """One document could not be read. A sync records the reason and goes on."""


class SettingError(FootnoteError):
    """A variable of the environment, or an option, has a value that cannot be used here."""


class StoreError(FootnoteError):
    """The built index cannot be used as it is."""


class IndexMissing(StoreError):
    """Nothing was built for this folder yet."""


class IndexDamaged(StoreError):
    """A file of the index is not as it was written: cut, overwritten, or with a bit turned over."""


class IndexMismatch(StoreError):
    """The index was made by another version, model or setting."""


class IndexLocked(StoreError):
    """Another process holds the one writer's place."""


class ChangedMeanwhile(StoreError):
    """What was being read was changed by another process; reading it again gives what is there now."""


class IndexNotWritable(StoreError):
    """The place of the index takes no writes: permissions, or a full disk."""


class ClusterError(FootnoteError):
    """The Ray cluster that a sync was to be spread over cannot be used as it is."""


class ModelError(FootnoteError):
    """The embedding model is missing, altered, or cannot be loaded."""


class TooBusy(FootnoteError):
    """So many questions are being answered that this one would wait too long."""

    retry_seconds = 2
    """When it is worth asking again."""


class QuestionError(FootnoteError):
    """The question cannot be asked as given."""


class NothingWithin(QuestionError):
    """No indexed document is among those that the question was to be asked of."""
