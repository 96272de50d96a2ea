"""What may be asked, and of which passages: what people and programs give is checked before anything is looked for."""

from __future__ import annotations

from collections.abc import Sequence

from index import Snapshot
from index.analysis import terms
from index.errors import NothingWithin, QuestionError
from index.stores import Ids

__all__ = ["MAX_QUESTION_CHARACTERS", "checked", "passages_within", "words_to_carry"]

MAX_QUESTION_CHARACTERS = 4_000
"""The longest question; the model reads its first 256 tokens, the words of all of it are searched for."""


def checked(question: str) -> str:
    """The question without outer white space; raises `QuestionError` when it cannot be asked."""
    asked = question.strip()
    if not any(character.isalnum() for character in asked):
        what = "has no words" if asked else "is empty"
        raise QuestionError(f'the question {what}: ask, for example, "Who was told to purge the army?"')
    if len(asked) > MAX_QUESTION_CHARACTERS:
        raise QuestionError(
            f"the question has {len(asked):,} characters, at most {MAX_QUESTION_CHARACTERS:,} can be asked: shorten it"
        )
    return asked.encode("utf-8", "replace").decode()


def words_to_carry(carry: Sequence[str]) -> tuple[str, ...]:
    """The words to carry, each once, without what cannot be searched for; a text alone is one."""
    words = (carry,) if isinstance(carry, str) else carry
    if sum(map(len, words)) > MAX_QUESTION_CHARACTERS:
        raise QuestionError(f"carry is longer than {MAX_QUESTION_CHARACTERS:,} characters: name fewer words")
    return tuple(dict.fromkeys(word.encode("utf-8", "replace").decode() for word in words if terms(word)))


def passages_within(snapshot: Snapshot, within: Sequence[str]) -> Ids | None:
    """Passages to choose from; raises `NothingWithin` when no document matches."""
    if not within:
        return None
    within = (within,) if isinstance(within, str) else within
    among = snapshot.passages_within(within)
    if not len(among):
        raise NothingWithin(
            f"no indexed document matches {', '.join(within)}: give paths below the corpus, folders, or patterns "
            'such as "reports/*"'
        )
    return among
