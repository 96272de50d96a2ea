"""Whether a question asks when.

"When did the blackout begin?", "Do you know when?", "Who spoke, and when?"      ask when
"What happens when the power fails?", "When the power fails, who is called?"     do not: "when" begins a clause
"""

from __future__ import annotations

import re
from itertools import islice

__all__ = ["asks_when"]

NEAR = 40
"""Characters before a "when" that may join it to what is asked before, or want it told."""

MOST = 20
"""Times that a question says "when" that are looked at: each is judged by all that stands around it."""

_HELPS = (
    r"(?:am|is|are|was|were|do|does|did|has|have|had|will|would|shall|should|can|could|may|might|must|be)(?:n['’]t)?\b"
)
_OTHER = r"(?:what|which|who|whom|whose|how|where|why)\b"
_WHEN = re.compile(r"\bwhen\b", re.IGNORECASE)
_SENTENCE = re.compile(r"[.?!;]\s+")
_JOINED = re.compile(r"(?:\b(?:and|or|since|until|till|by|from)|[,(&/])\W*$", re.IGNORECASE)
_WANTS = re.compile(
    r"\b(?:(?:tell|told|show|remind|inform)\s(?:me|us)|knows?|known|says?|said|states?|stated|specif(?:y|ies|ied)|"
    r"mentions?|mentioned|sure|remember|idea|clear|find out|look up|check|confirm|explain|wonder|asks?|"
    r"(?:information|rules?|details?|news|word|question)\s(?:about|on|as to))(?:\s(?:of|exactly|about))?\s+$",
    re.IGNORECASE,
)
_OTHER_BEFORE = re.compile(rf"\b{_OTHER}", re.IGNORECASE)
_HELPS_BEFORE = re.compile(rf"^\W*{_HELPS}", re.IGNORECASE)
_ASKS_AFTER = re.compile(rf"\s*(?:\W*$|[?.,;]|(?:exactly|else|'s|’s|(?:and|or)\s{_OTHER}|{_HELPS}))", re.IGNORECASE)
_CLAUSE_AFTER = re.compile(rf"\b{_OTHER}|,\s*{_HELPS}", re.IGNORECASE)


def asks_when(question: str) -> int | None:
    """Where the "when" stands that a question asks; None when it asks none."""
    found = islice(_WHEN.finditer(question), MOST)
    return next((when.start() for when in found if _asks(question, when)), None)


def _asks(question: str, when: re.Match[str]) -> bool:
    before, after = _SENTENCE.split(question[: when.start()])[-1], _SENTENCE.split(question[when.end() :])[0]
    plainly = _ASKS_AFTER.match(after) is not None
    if plainly and _JOINED.search(before[-NEAR:]):
        return True
    if _OTHER_BEFORE.search(before):
        return False
    wanted = _WANTS.search(before[-NEAR:]) is not None
    if _HELPS_BEFORE.match(before):
        return wanted
    begins = not any(map(str.isalnum, before))
    return plainly or ((wanted or begins) and not _CLAUSE_AFTER.search(after))
