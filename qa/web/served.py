"""The folders that are served together: each with its corpus, its sync, and a path of its own.

["~/Reports 2019", "news"]  ->  /reports-2019/ and /news/
["corpus"]                  ->  /
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from index.errors import CorpusError
from index.opening import folder_of, named
from index.scanning import check_corpus
from qa.askers import Askers, SharedCorpus
from qa.corpus import Corpus
from qa.syncing import BackgroundSync
from qa.web.access.paths import TAKEN

__all__ = ["Served", "served", "slugs"]

LONGEST_SLUG = 60
"""Characters; longer ones make addresses that nobody reads."""

NAMELESS = "documents"
"""The path of a folder whose name has no letter or digit that an address can hold."""


@dataclass(frozen=True, slots=True)
class Served:
    """One folder with its page."""

    corpus: Corpus
    folder: Path
    sync: BackgroundSync
    name: str
    """For people: the folder's, with the one above it where two are called the same."""
    slug: str = ""
    """The path of its page; "" for the only one, which stands at "/"."""


def served(  # noqa: PLR0913 -- what the command takes
    folders: Sequence[str | Path],
    *,
    index: str | Path | None = None,
    store: str | None = None,
    model: str | None = None,
    device: str | None = None,
    reranker: str | None = None,
    ocr: str | bool | None = None,
    askers: Askers | None = None,
    root_path: str = "",
) -> tuple[Served, ...]:
    """The folders, opened. `askers`: the processes that answer, for all of them (default: none).

    Raises `CorpusError` for one that is not there or is named twice.
    """
    places = [folder_of(folder) for folder in folders]
    for place in places:
        check_corpus(place)
    _check_each_once(places)
    if index is not None and len(places) > 1:
        raise CorpusError("--index names the index of one folder: leave it out to serve several, or serve one")
    taken = TAKEN | {root_path.split("/")[1]} if root_path else TAKEN
    paths = slugs([place.resolve().name for place in places], taken=taken) if len(places) > 1 else [""]
    found, pool = [], askers or Askers(0)
    for folder, place, name, slug in zip(folders, places, _names(places), paths, strict=True):
        corpus = SharedCorpus(
            named(folder), askers=pool, index=index, store=store, model=model, device=device, reranker=reranker, ocr=ocr
        )
        found.append(Served(corpus, place, BackgroundSync(corpus), name, slug))
    return tuple(found)


def slugs(names: Sequence[str], *, taken: frozenset[str] = TAKEN) -> list[str]:
    """A different path for each name: ["Über 2019", "über 2019", "??"] -> ["uber-2019", "uber-2019-2", "documents"]."""
    given = set(taken)
    found = []
    for name in names:
        slug = next(candidate for candidate in _candidates(_plain(name)) if candidate not in given)
        given.add(slug)
        found.append(slug)
    return found


def _candidates(slug: str) -> Iterator[str]:
    yield slug
    number = 2
    while True:
        yield f"{slug}-{number}"
        number += 1


def _plain(name: str) -> str:
    letters = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return re.sub(r"[^a-z0-9]+", "-", letters.lower())[:LONGEST_SLUG].strip("-") or NAMELESS


def _names(places: Sequence[Path]) -> list[str]:
    resolved = [place.resolve() for place in places]
    often = Counter(place.name for place in resolved)
    return [place.name if often[place.name] == 1 else f"{place.parent.name}/{place.name}" for place in resolved]


def _check_each_once(places: Sequence[Path]) -> None:
    for at, place in enumerate(places):
        for earlier in places[:at]:
            if place.samefile(earlier):
                other = f" (also as {earlier})" if earlier != place else ""
                raise CorpusError(f"the folder {place} is named twice{other}: name each folder once")
