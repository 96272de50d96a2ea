"""What the names of documents say: a question that names a file or folder, or a part of such a name, means that one.

    names = DocumentNames.of([(1, "filings/BESTBUY_2023_10K.pdf"), (2, "filings/NIKE_2023_10K.pdf")])
    names.evidence("What did Best Buy earn in FY2023?", np.array([1, 2]))      -> [1.1, 0.2]

Names are cut at case, digits and punctuation, and neighbouring words of a question are also looked for as one. Each
word is worth its idf over the documents, so that what stands in every name is worth next to nothing.
"""

from __future__ import annotations

import math
import re
from array import array
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import PurePosixPath

import numpy as np
from numpy.typing import NDArray

from index.analysis import terms
from index.scanning import suffix_of

__all__ = ["DocumentNames", "asked_terms", "name_terms", "name_terms_of", "title_of_name"]

FOLDED_BEYOND = 500
"""Documents that moved, until they are put in order with the others (70 ms for 100,000 documents; until then each
question looks at them one by one)."""

Ids = NDArray[np.int64]

_PIECE = re.compile(
    r"(?<!\d)(?:19|20)\d\d(?!\d)"  # a year: FY2023, 2024Q2
    r"|[^\W\d_]\d{1,2}(?!\d)"  # a letter and a number: Q2, v3
    r"|[A-ZÀ-Þ]+(?![a-zß-ÿ])|[A-ZÀ-Þ]?[a-zß-ÿ]+|[^\W\d_]+"  # words, those of camelCase one by one
    r"|\d+"
)


def name_terms(text: str) -> list[str]:
    """The terms of a name, in order: "BESTBUY_2024Q2_10Q" -> ["bestbuy", "2024", "q2", "10", "q"]."""
    return terms(" ".join(_PIECE.findall(text)))


@dataclass(frozen=True)
class _Ordered:
    """The names of many documents: who has which term."""

    rows: dict[str, int]
    terms: Ids
    """int64 (pairs,): row of a term, ascending; for each term ..."""
    holders: Ids
    """int64 (pairs,): ... the documents that have it in their name, ascending."""
    ids: Ids
    """int64 (documents,): all documents, ascending."""

    def holding(self, term: str) -> Ids:
        """The documents with the term in their name, ascending."""
        row = self.rows.get(term)
        if row is None:
            return self.holders[:0]
        start, end = np.searchsorted(self.terms, [row, row + 1])
        return self.holders[start:end]

    def changed(self, gone: Ids, added: Iterable[tuple[int, Iterable[str]]]) -> _Ordered:
        """Without the documents `gone`, and with those `added`: (id, terms of its name)."""
        rows, terms, holders, ids = dict(self.rows), array("q"), array("q"), array("q")
        for document, found in added:
            ids.append(document)
            for term in found:
                terms.append(rows.setdefault(term, len(rows)))
                holders.append(document)
        kept = ~_in(self.holders, gone)
        of_term = np.concatenate([self.terms[kept], np.array(terms, dtype=np.int64)])
        of_document = np.concatenate([self.holders[kept], np.array(holders, dtype=np.int64)])
        order = np.lexsort((of_document, of_term))
        left = self.ids[~_in(self.ids, gone)]
        everyone = np.sort(np.concatenate([left, np.array(ids, dtype=np.int64)]))
        return _Ordered(rows, of_term[order], of_document[order], everyone)


@dataclass(frozen=True)
class DocumentNames:
    """The names of all documents of one state of the index. Never changed: `moved` gives another."""

    _ordered: _Ordered
    _gone: Ids
    """Documents that are not as they were put in order, ascending."""
    _since: dict[int, Collection[str]] = field(default_factory=dict)
    """The documents that came, or came back with another name, since then: terms of their names."""

    @classmethod
    def of(cls, documents: Iterable[tuple[int, str]]) -> DocumentNames:
        """`documents`: id and path of each."""
        none = np.zeros(0, np.int64)
        return cls(_Ordered({}, none, none, none).changed(none, _with_terms(documents)), none)

    def moved(self, gone: Iterable[int], named: Iterable[tuple[int, str]]) -> DocumentNames:
        """The names without those of the documents `gone`, and with those of `named`: what a change does to them."""
        gone = set(gone)
        since = {document: terms for document, terms in self._since.items() if document not in gone}
        since |= dict(_with_terms(named))
        away = np.union1d(self._gone, np.array(sorted(gone), dtype=np.int64))
        if len(since) + len(away) > FOLDED_BEYOND:
            return DocumentNames(self._ordered.changed(away, since.items()), away[:0])
        return DocumentNames(self._ordered, away, since)

    @property
    def last(self) -> int:
        """The highest id of a document."""
        ordered = self._ordered.ids
        return max([*ordered[-1:].tolist(), *self._since], default=0)

    def evidence(self, question: str, documents: Ids) -> NDArray[np.float64]:
        """The summed idf of the words of the question that are in the name of each document: float64 (n,).

        `documents`: int64 (n,), ids in any order; those that are not there have none.
        """
        found = np.zeros(len(documents))
        as_ordered = ~_in(documents, self._gone)
        living = len(self._ordered.ids) - int(_in(self._gone, self._ordered.ids).sum()) + len(self._since)
        for term in dict.fromkeys(asked_terms(question)):
            holders, since = self._ordered.holding(term), [d for d, terms in self._since.items() if term in terms]
            count = len(holders) - int(_in(self._gone, holders).sum()) + len(since)
            if len(term) > 1 and count:
                held = (as_ordered & _in(documents, holders)) | _in(documents, np.array(sorted(since), dtype=np.int64))
                found[held] += max(math.log((living + 1) / (count + 0.5)), 0.0)
        return found


def name_terms_of(path: str) -> Collection[str]:
    """The distinct terms of a document's name, without the suffix."""
    return next(_with_terms([(0, path)]))[1]


def title_of_name(path: str) -> str:
    """The title of a document that gives itself none: "reports/aid_pledges-2019.xlsx" -> "aid pledges 2019"."""
    stem = PurePosixPath(path).stem
    return " ".join(stem.replace("_", " ").replace("-", " ").split()) or path


def _with_terms(documents: Iterable[tuple[int, str]]) -> Iterator[tuple[int, Collection[str]]]:
    """Each document with the distinct terms of its name, without the suffix; a folder is cut once for all in it."""
    of_folder: defaultdict[str, list[str]] = defaultdict(list)
    for document, path in documents:
        folder, _, name = path.rpartition("/")
        if folder and folder not in of_folder:
            of_folder[folder] = name_terms(folder)
        stem = name[: len(name) - len(suffix_of(name))]
        yield document, dict.fromkeys([*of_folder[folder], *name_terms(stem)])


def _in(values: Ids, ascending: Ids) -> NDArray[np.bool_]:
    """Whether each value is in the other array: its time grows with `values`, not with what is looked through."""
    if not len(ascending):
        return np.zeros(len(values), dtype=np.bool_)
    at = np.minimum(np.searchsorted(ascending, values), len(ascending) - 1)
    return np.asarray(ascending[at] == values)


def asked_terms(question: str) -> Iterator[str]:
    """What a question may name: its words as those of names are cut, and neighbours as one."""
    words = name_terms(question)
    yield from words
    yield from (f"{one}{other}" for one, other in pairwise(words))
