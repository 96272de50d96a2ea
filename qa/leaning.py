"""How much a question leans on the conversation before it, judged by its words alone.

"Why?"                                       PLAINLY: it has no words to search by
"And Peru?", "What did he say about it?"     PLAINLY: a continuation, a pronoun that nothing before it explains
"What did engineers think caused it?"        PERHAPS: "it" may mean something outside the question
"Unpaid bills?", "I meant paid ones"         PERHAPS: few words, no name among them; a correction
"When did Tesla say he would come?"          ALONE
"What is Citgo and when did it begin?"       ALONE: an earlier part of the question may name what "it" means
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import IntEnum
from functools import lru_cache

from index.analysis import terms

__all__ = ["FEW_TERMS", "Lean", "leaning", "names", "points_back", "speaks_of_someone", "without_courtesies"]

FEW_TERMS = 2
"""A question with no more terms may be the rest of an earlier one."""

PRONOUNS = 50
"""Pronouns of a question that are looked at, from its beginning: each is judged by all that stands before it."""

REMEMBERED = 256
"""Questions whose leaning is kept: one answer asks for it several times, of the turns before it as well."""

_CONTINUES = re.compile(
    r"^\W*(?:(?:ok|okay|great|thanks|thank you|well|yes|no|hmm|alright)\b\W*)*"
    r"(?:and|but|or|so|also|then|what about|how about|what else|anything else|what if|why not|more than|less than"
    r"|fewer than)\b",
    re.IGNORECASE,
)
_PERSON = re.compile(r"\b(?:he|him|his|she|her|hers)\b", re.IGNORECASE)
_THING = re.compile(
    r"\b(?:they|them|their|theirs|it|its|these|those|this|that|there|one|ones|else|another|same)\b",
    re.IGNORECASE,
)
_SINGLE = re.compile(r"\b(?:he|him|his|she|her|hers|it|its)\b", re.IGNORECASE)
_BEFORE_THERE_IS = re.compile(r"\b(?:is|are|was|were|be|been|has|have|had|will|can|could)\W*$", re.IGNORECASE)
_AFTER_THERE_IS = re.compile(r"\W+(?:(?:is|are|was|were)(?:n['’]t)?|be|been|has|have|had|will|any)\b", re.IGNORECASE)
_GREETS_BEFORE = re.compile(r"^\W*(?:hi|hello|hey)\W+$", re.IGNORECASE)
_SAYS_NOTHING = re.compile(
    r"\W+(?:(?:is|was|be)\W+)?(?:(?:not|the|a|an|very|so|too|still|also|more|especially)\W+)*"
    r"(?:true|possible|worth|safe|legal|illegal|necessary|important|normal|common|okay|ok|better|best|easy|easier|hard"
    r"|difficult|wrong|right|good|bad|useful|time|appropriate|inappropriate|sense|make|makes|take|takes|comes?|mean)\W+"
    r"(?:time\W+|sense\W+)?(?:to|that|if|when|for|\w+ing)\b",
    re.IGNORECASE,
)
"""What follows an "it" that stands for nothing said before ("is it true that")."""

_COURTESIES = re.compile(
    r"\b(?:hello|hi|hey|hiya|greetings|good (?:morning|afternoon|evening|day)|(?:many )?thanks(?! to\b)(?: a lot)?"
    r"|thank you(?: (?:very|so) much)?|thx|cheers|ok|okay|alright|please|sorry|excuse me|(?:good)?bye)\b",
    re.IGNORECASE,
)
_PRAISES = re.compile(
    r"\W*(?:great|perfect|cool|nice|wonderful|excellent|good|understood|got it|i see)?\W*", re.IGNORECASE
)
_CORRECTS = re.compile(r"^\W*(?:(?:no|sorry|oops|excuse me)\b\W*)*(?:i mean|i meant|not)\b", re.IGNORECASE)
_CLAUSE_ENDS = re.compile(r"[,;:]|\b(?:and|but|or|if|when|while|once|because|since|before|after)\b", re.IGNORECASE)
_BEFORE_ONE = re.compile(r"\b(?:which|the|this|that|any|each|first|second|third|last|next|other)\W+$", re.IGNORECASE)
_AFTER_ONE = re.compile(r"\W*$|\s*[.,;?!]")
_DEFINES = re.compile(r"^\W*(?:what|who)(?: is| are|'s|’s) (?!the\b|its\b|their\b|his\b|her\b)\w", re.IGNORECASE)
"""It asks what something is, and says of what."""

_POSSESSIVES = {"his", "her", "its", "their", "theirs", "hers"}
_WHO = re.compile(r"\W*(?:who|whose|which)\b", re.IGNORECASE)
_INVERTED = re.compile(r"^[^,;]*\b(?:do|does|did|is|are|was|were|has|have|had|will|would|can|could|may|might)\s+$")
"""What stands before the subject of a question ("how many meals does it serve"); it is not what is asked for."""

_AFTER_THAT = re.compile(r"\W*$|\W+(?:is|was|mean|means|happen|happened|work|works|cost)\b", re.IGNORECASE)
_NAME = re.compile(r"[^\W\d_a-z]\w*(?:[-'’.&]?\w+)*(?:\s+[^\W\d_a-z]\w*(?:[-'’.&]?\w+)*)*|\d[\d.,]*\d|\d")


class Lean(IntEnum):
    """From standing alone to plainly being a part of what was said before."""

    ALONE = 0
    PERHAPS = 1
    PLAINLY = 2


@lru_cache(maxsize=REMEMBERED)
def leaning(question: str) -> Lean:
    """How much `question` leans on what was asked before it."""
    own = set(terms(question))
    if not own:
        return Lean.PLAINLY
    refers = _plainest(_references(question))
    if _CONTINUES.search(question):
        return Lean.PLAINLY if len(own) <= FEW_TERMS else max(refers, Lean.PERHAPS)
    if len(own) <= FEW_TERMS and refers == Lean.PERHAPS:
        return Lean.PLAINLY
    if _CORRECTS.match(question):
        return max(refers, Lean.PERHAPS)
    stands = len(own) > FEW_TERMS or names(question) or _DEFINES.match(question)
    return refers if refers or stands else Lean.PERHAPS


def points_back(question: str) -> bool:
    """Whether it continues or corrects what was said, or refers to it, and is not only short."""
    said = _CONTINUES.search(question) or _CORRECTS.match(question)
    return said is not None or _plainest(_references(question)) != Lean.ALONE


def names(text: str) -> list[str]:
    """Runs of capitalised words, and numbers, as they are written; not a word that is capitalised as the first only."""
    found = [match.group() for match in _NAME.finditer(text)]
    first = _NAME.match(text.lstrip("¿¡\"'“‘( "))
    if first and found and found[0] == first.group():
        found[0] = found[0].partition(" ")[2] if not first.group().isupper() or not terms(found[0]) else found[0]
    return [name for name in found if terms(name)]


def without_courtesies(text: str) -> str:
    """`text` with blanks for its greetings, thanks and lone praise, so that all else stays at its place."""
    left = _COURTESIES.sub(lambda said: " " * len(said.group()), text)
    return " " * len(text) if _PRAISES.fullmatch(left) else left


def speaks_of_someone(question: str) -> bool:
    """Whether a pronoun of one person or thing stands in the question, whose place no new name takes."""
    return _SINGLE.search(question) is not None


def _plainest(found: Iterator[Lean]) -> Lean:
    """The highest of them; none after the first that is PLAINLY is asked for."""
    most = Lean.ALONE
    for lean in found:
        most = max(most, lean)
        if most == Lean.PLAINLY:
            break
    return most


def _references(question: str) -> Iterator[Lean]:
    pronouns = [*_PERSON.finditer(question), *_THING.finditer(question)]
    for pronoun in sorted(pronouns, key=lambda match: match.start())[:PRONOUNS]:
        word, before, after = pronoun.group().lower(), question[: pronoun.start()], question[pronoun.end() :]
        yield _of_person(word, before) if pronoun.re is _PERSON else _of_thing(word, before, after)


def _of_person(word: str, before: str) -> Lean:
    if names(before) or _explained(before):
        return Lean.ALONE
    return Lean.PERHAPS if word in _POSSESSIVES and _WHO.match(before) else Lean.PLAINLY


def _of_thing(word: str, before: str, after: str) -> Lean:
    if _explained(before) or _is_no_reference(word, before, after):
        return Lean.ALONE
    if word == "there" and (_BEFORE_THERE_IS.search(before) or _AFTER_THERE_IS.match(after)):
        return Lean.ALONE
    if word == "that" and not _AFTER_THAT.match(after):
        return Lean.ALONE
    if names(before) and word in {"there", *_POSSESSIVES}:
        return Lean.ALONE
    is_subject = word in {"it", "they"} and _INVERTED.search(before) is not None
    return Lean.PLAINLY if is_subject or word == "there" or not terms(before) else Lean.PERHAPS


def _explained(before: str) -> bool:
    """Whether an earlier part of the question may name what a pronoun means: "What is X and how does it"."""
    ends = [match.start() for match in _CLAUSE_ENDS.finditer(before)]
    return bool(ends) and bool(terms(before[: ends[-1]]))


def _is_no_reference(word: str, before: str, after: str) -> bool:
    """Whether it means nothing that was said: "hi there", "is it true that", "can one", "one of"."""
    if word == "there":
        return _GREETS_BEFORE.match(before) is not None
    if word == "it":
        return _SAYS_NOTHING.match(after) is not None
    return word == "one" and not _BEFORE_ONE.search(before) and not _AFTER_ONE.match(after)
