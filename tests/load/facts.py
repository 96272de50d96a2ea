"""Documents made of one sentence that matters: each has a question, and words that no other document holds."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

SUBJECTS = (
    ("lighthouse", "The lighthouse of {name} was painted {word} by its keepers.", "How was the {of} painted?"),
    ("ferry", "The ferry of {name} sails from the pier called {word}.", "From which pier does the {of} sail?"),
    ("mill", "The old mill of {name} belongs to the family {word}.", "Which family does the old {of} belong to?"),
    ("bridge", "The bridge of {name} was built by the engineer {word}.", "Which engineer built the {of}?"),
)

FILLING = (
    "Nobody had expected so many visitors before the summer, and the inns were full by noon.",
    "The council met twice in the spring and put off what it could not pay for.",
    "Most of the road is gravel, and after rain the carts take the longer way round.",
    "A market is held on the second Saturday, with cheese, wool and tools.",
    "The school has two rooms, a stove, and a map of the coast from before the war.",
)

CONSONANTS, VOWELS = "bdfgklmnprstvz", "aeiou"
SUFFIXES = (".md", ".txt", ".html")


@dataclass(frozen=True, slots=True)
class Fact:
    """What a document says, and how it is asked for."""

    path: str
    """Below the corpus."""
    text: str
    """The content of its file."""
    question: str
    answers: tuple[str, ...]
    """One of these stands in a right answer."""
    documents: tuple[str, ...]
    """One of these is cited for it."""


def facts(folder: str, seed: int) -> Iterator[Fact]:
    """Documents of `folder`, the same ones for the same seed, without end."""
    chance = random.Random(seed)
    number = 0
    while True:
        yield fact(f"{folder}/{number:05d}-{_word(chance, 2)}{SUFFIXES[number % len(SUFFIXES)]}", number, chance)
        number += 1


def fact(path: str, number: int, chance: random.Random) -> Fact:
    """One document, of the subject whose turn it is."""
    subject, says, asks = SUBJECTS[number % len(SUBJECTS)]
    name, word = _word(chance, 4).capitalize(), _word(chance, 3).capitalize()
    sentence = says.format(name=name, word=word)
    title, filling = f"The {subject} of {name}", chance.sample(FILLING, 3)
    text = _written(path, title, [sentence, *filling])
    return Fact(path, text, asks.format(of=f"{subject} of {name}"), (word,), (path,))


def _written(path: str, title: str, sentences: list[str]) -> str:
    if path.endswith(".html"):
        paragraphs = "".join(f"<p>{sentence}</p>" for sentence in sentences)
        return f"<html><head><title>{title}</title></head><body><h1>{title}</h1>{paragraphs}</body></html>"
    head = f"# {title}" if path.endswith(".md") else title
    return "\n\n".join([head, *sentences]) + "\n"


def _word(chance: random.Random, syllables: int) -> str:
    return "".join(chance.choice(CONSONANTS) + chance.choice(VOWELS) for _ in range(syllables)) + chance.choice("lnrs")
