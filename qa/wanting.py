"""Words by which a question asks, and which its answer seldom has: "how long", "anybody".

In a small corpus they are rare, and the answer would be missed for lacking them. (Of "which year" and its like the same
was tried: one more right answer of 2,910, and questions without one look answered.)
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from index.analysis import terms

__all__ = ["wanting"]

SHARE = 0.3
"""Of their weight: with it all of SQuAD 2 stays as it was, where such words are frequent."""

_ASKING = re.compile(
    r"\bhow\s+(?P<how>long|often|old|far|tall|high|large|big|deep|fast|heavy|wide|thick|soon|quickly|expensive|"
    r"hot|cold|"
    r"strong)\b(?=\s+(?:is|are|was|were|do|does|did|can|could|will|would|must|should|may|might|has|have|had|an?|"
    r"the|away|ago)\b|\W*$)"
    r"|\b(?P<any>(?:any|some|every)(?:body|one|thing|where))\b",
    re.IGNORECASE,
)


def wanting(question: str) -> Mapping[str, float]:
    """The terms of such words that stand nowhere else in the question, with the share of weight that they keep."""
    times = Counter(terms(question))
    found = (match["how"] or match["any"] for match in _ASKING.finditer(question))
    return {term: SHARE for word in found for term in terms(word) if times[term] == 1}
