"""What the names of documents say: a question that names a file or folder, or a part of such a name, means that one.

    DocumentNames([(1, "filings/BESTBUY_2023_10K.pdf"), (2, "filings/NIKE_2023_10K.pdf")])
        .evidence("What did Best Buy earn in FY2023?")      -> {1: 1.1, 2: 0.2}

Names are cut at case, digits and punctuation, and neighbouring words of a question are also looked for as one. Each
word is worth its idf over the documents, so that what stands in every name is worth next to nothing.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import PurePosixPath

from index.analysis import terms

__all__ = ["DocumentNames", "name_terms"]

_PIECE = re.compile(
    r"(?<!\d)(?:19|20)\d\d(?!\d)"  # a year: FY2023, 2024Q2
    r"|[^\W\d_]\d{1,2}(?!\d)"  # a letter and a number: Q2, v3
    r"|[A-ZÀ-Þ]+(?![a-zß-ÿ])|[A-ZÀ-Þ]?[a-zß-ÿ]+|[^\W\d_]+"  # words, those of camelCase one by one
    r"|\d+"
)


def name_terms(text: str) -> list[str]:
    """The terms of a name, in order: "BESTBUY_2024Q2_10Q" -> ["bestbuy", "2024", "q2", "10", "q"]."""
    return terms(" ".join(_PIECE.findall(text)))


class DocumentNames:
    """The names of all documents of one state of the index."""

    def __init__(self, documents: Iterable[tuple[int, str]]) -> None:
        """`documents`: id and path of each."""
        self._holders: defaultdict[str, list[int]] = defaultdict(list)
        self._count = 0
        for document, path in documents:
            self._count += 1
            for term in dict.fromkeys(name_terms(str(PurePosixPath(path).with_suffix("")))):
                self._holders[term].append(document)

    def evidence(self, question: str) -> dict[int, float]:
        """By document id, the summed idf of the words of the question that are in its name; only where above 0."""
        found: defaultdict[int, float] = defaultdict(float)
        for term in dict.fromkeys(_asked(question)):
            holders = self._holders.get(term, ())
            weight = math.log((self._count + 1) / (len(holders) + 0.5)) if len(term) > 1 else 0.0
            for document in holders:
                found[document] += max(weight, 0.0)
        return {document: weight for document, weight in found.items() if weight > 0}


def _asked(question: str) -> Iterator[str]:
    words = name_terms(question)
    yield from words
    yield from (f"{one}{other}" for one, other in pairwise(words))
