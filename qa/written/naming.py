"""Proper names of a sentence, and whether a text names them, too.

names_in("The army of Venezuela told Juan Guaido")              -> [["Venezuela"], ["Juan", "Guaido"]]
unnamed("Colombian hosts met the UN", "Colombia, the United Nations")  -> ""
unnamed("Peru hosts them", "Colombia hosts them", known=...)    -> "Peru"
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from index.analysis import STOP_WORDS, fold

__all__ = ["known_names", "names_in", "unnamed"]

_WORD = re.compile(r"[^\W\d_]+(?:[.'’-][^\W\d_]+)*\.?")
_PEOPLE = re.compile(r"(?:ians?|eans?|ans?|ns?|ese|ish|ia|a|i|s)\Z")
"""Endings by which a country and its people differ: Colombia, Colombian; China, Chinese."""

SHORTEST_NAME = 2
SHORTEST_ROOT = 4
INITIALS = range(2, 7)

_DAYS_AND_MONTHS = {
    name[:3]: name
    for name in (
        "january february march april may june july august september october november december "
        "monday tuesday wednesday thursday friday saturday sunday"
    ).split()
}
_NO_NAMES = frozenset("i mr mrs ms dr sir lord prof president minister general".split())
"""Titles are words like others."""


def names_in(sentence: str, known: frozenset[str] = frozenset()) -> list[list[str]]:
    """Runs of capitalised words; the first word of a sentence only when it is `known` as a name, or all capitals."""
    runs: list[list[str]] = []
    end = -1
    for match in _WORD.finditer(sentence):
        word = match.group().rstrip(".")
        if not _is_name(word, sentence[: match.start()], known):
            continue
        follows = end >= 0 and not sentence[end : match.start()].strip()
        if follows:
            runs[-1].append(word)
        else:
            runs.append([word])
        end = match.end()
    return runs


def known_names(texts: Iterable[str]) -> frozenset[str]:
    """The names that stand inside the sentences of some texts, folded."""
    return frozenset(_folded(word) for text in texts for run in names_in(text) for word in run)


def unnamed(sentence: str, text: str, known: frozenset[str] = frozenset()) -> str:
    """The first name of the sentence that the text has in no form; "" when it has them all."""
    words = _words_of(text)
    for run in names_in(sentence, known):
        missing = next((word for word in run if not _forms(word) & words), "")
        if missing and fold("".join(word[0] for word in run)) not in words:
            return missing
    return ""


def _is_name(word: str, before: str, known: frozenset[str]) -> bool:
    folded = _folded(word)
    if not word[:1].isupper() or folded in _NO_NAMES or len(word) < SHORTEST_NAME:
        return False
    if folded in STOP_WORDS and not word.isupper():  # "Us" is none, "US" is
        return False
    begins = before.rstrip(" \"'“‘(")
    is_first = not begins or begins.endswith((":", ".", "?", "!", "\n"))
    return not is_first or folded in known or word.isupper()


def _words_of(text: str) -> frozenset[str]:
    """All words of the text in every form in which a name may be looked for, and the initials of capitalised runs."""
    words = [match.group().rstrip(".") for match in _WORD.finditer(text)]
    found = {form for word in words for form in _forms(word)}
    initials = [word[0] for word in words if word[0].isupper()]
    for length in INITIALS:
        found.update(fold("".join(initials[at : at + length])) for at in range(len(initials) - length + 1))
    return frozenset(found)


def _forms(word: str) -> set[str]:
    folded = _folded(word)
    forms = {folded, *re.split(r"[-']", folded)}
    root = _PEOPLE.sub("", folded)
    if len(root) >= SHORTEST_ROOT:
        forms.add(f"{root}-")
    whole = _DAYS_AND_MONTHS.get(folded[:3])
    if whole and whole.startswith(folded):
        forms.add(whole)
    return forms - {"", "s"}


def _folded(word: str) -> str:
    folded = fold(word).replace("’", "'").removesuffix("'s")
    return folded.replace(".", "")
