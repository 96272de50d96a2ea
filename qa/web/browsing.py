"""What a tab shows of the documents, and which of them it asks: found, filtered, ticked.

    view = View(words="aid", folder="reports/")
    [entry.path for entry in found(entries, view)]      -> ["reports/aid-2019.pdf"]
    ticked((), "reports/", entries, on=True)            -> ("reports/",)
    ticked(("reports/",), "reports/a.pdf", entries, on=False)   -> ("reports/b.pdf", "reports/c.pdf")

A folder is named with "/" at its end, so that no document has its name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Any

from index import DocumentRecord, State
from index.analysis import fold
from index.listing import Listing, Waiting
from qa.web.conversation import Asking

__all__ = [
    "FAILED", "INDEXED", "PENDING", "STEP", "Browsing", "Entry", "View", "chosen_among", "entries_of", "folders_of",
    "found", "known", "label_of", "labelled", "ticked", "view_of",
]  # fmt: skip

STEP = 100
"""Documents listed at first, and with each "Show more": a page of thousands is slow to draw and to walk by keyboard."""

INDEXED, PENDING, FAILED = "indexed", "pending", "failed"

_MOST = 1_000_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One document of the list: what was read of it, and what stands in the folder."""

    path: str
    state: str
    """INDEXED, PENDING or FAILED."""
    kind: str
    """Its format: "pdf"."""
    size: int
    modified_at: float
    reason: str = ""
    title: str = ""
    pages: int | None = None
    passages: int = 0
    indexed_at: float = 0.0
    can_be_asked: bool = False

    @property
    def name(self) -> str:
        """The last part of its path."""
        return self.path.rpartition("/")[2]

    @property
    def folder(self) -> str:
        """The folder it stands in, "" for the corpus itself: "reports/2019/"."""
        head, slash, _ = self.path.rpartition("/")
        return head + slash


@dataclass(frozen=True, slots=True)
class View:
    """Which documents are listed; all of them when left alone."""

    words: str = ""
    folder: str = ""
    kind: str = ""
    state: str = ""
    count: int = STEP
    """At most so many."""

    @property
    def is_filtered(self) -> bool:
        """Whether anything is left out but for the count."""
        return bool(self.words.strip() or self.folder or self.kind or self.state)


@dataclass(frozen=True, slots=True)
class Browsing:
    """What one tab looks at and asks."""

    view: View = View()
    chosen: tuple[str, ...] = ()
    """Documents and folders that are asked; all of them when empty."""
    label: str = ""
    """What `chosen` is called."""
    heard: int = 0
    """Number of the latest wish of the browser that this is of."""

    @property
    def asking(self) -> Asking:
        """What the tab's questions are asked with."""
        return Asking(within=self.chosen, label=self.label) if self.chosen else Asking()


def view_of(sent: Mapping[str, Any]) -> View:
    """What the browser sent, whatever it sent: {"words": "aid", "count": 200} -> View("aid", count=200)."""
    words, folder, kind, state = (str(sent.get(name) or "") for name in ("words", "folder", "kind", "state"))
    count = sent.get("count")
    return View(words, folder, kind, state, min(max(count, STEP), _MOST) if isinstance(count, int) else STEP)


def entries_of(listing: Listing) -> tuple[Entry, ...]:
    """All documents: those that failed first, then folder by folder."""
    changed = {waiting.path: waiting for waiting in listing.waiting}
    entries = [_read(document, changed.pop(document.path, None)) for document in listing.documents]
    entries += [_unread(waiting) for waiting in changed.values()]
    return tuple(sorted(entries, key=lambda e: (e.state != FAILED, e.folder, e.name)))


def found(entries: Iterable[Entry], view: View) -> list[Entry]:
    """The documents that the view lets through, whatever its count.

    All its words stand in the path or title, with accents or without.
    """
    words = fold(view.words).split()
    return [
        entry
        for entry in entries
        if entry.path.startswith(view.folder)
        and view.kind in ("", entry.kind)
        and view.state in ("", entry.state)
        and (not words or all(word in fold(f"{entry.path} {entry.title}") for word in words))
    ]


def folders_of(entries: Iterable[Entry]) -> Counter[str]:
    """Every folder with the number of documents below it, those of its subfolders included."""
    return Counter(folder for entry in entries for folder in _above(entry.path))


def ticked(chosen: Collection[str], what: str, entries: Sequence[Entry], *, on: bool) -> tuple[str, ...]:
    """What is chosen after a document or folder was ticked, or no longer is.

    A folder stands for all below it, what will come there included; when one of these is left out, the others
    are chosen by name.
    """
    rest = [item for item in chosen if not _is_below(item, what)]
    if on:
        return tuple(rest) if chosen_among(rest, [what]) else (*rest, what)
    holders = {item for item in rest if _is_below(what, item)}
    others = (entry.path for entry in entries if entry.can_be_asked and not _is_below(entry.path, what))
    named = [path for path in others if any(_is_below(path, holder) for holder in holders)]
    return tuple(dict.fromkeys([*(item for item in rest if item not in holders), *named]))


def known(sent: Any, entries: Sequence[Entry]) -> tuple[str, ...]:
    """What a tab had chosen before it was reloaded, whatever it sent: the documents and folders that are there."""
    items = {entry.path for entry in entries} | folders_of(entries).keys()
    return tuple(dict.fromkeys(item for item in sent if isinstance(item, str) and item in items)) if sent else ()


def chosen_among(chosen: Collection[str], paths: Iterable[str]) -> list[str]:
    """The paths that are chosen, by name or with a folder above them."""
    items = set(chosen)
    return [path for path in paths if path in items or any(folder in items for folder in _above(path))]


def label_of(chosen: Sequence[str], entries: Iterable[Entry]) -> str:
    """("reports/",) -> "reports/ (7 documents)", ("a.pdf",) -> "a.pdf"; "" when none of them is there any more."""
    count = len(chosen_among(chosen, (entry.path for entry in entries if entry.can_be_asked)))
    documents = f"{count:,} document{'' if count == 1 else 's'}"
    if not count:
        return ""
    if len(chosen) > 2:
        return documents
    names = " and ".join(item if item.endswith("/") else PurePosixPath(item).name for item in chosen)
    return f"{names} ({documents})" if any(item.endswith("/") for item in chosen) else names


def labelled(browsing: Browsing, entries: Sequence[Entry]) -> Browsing:
    """The same tab with the label of what is there by now."""
    return replace(browsing, label=label_of(browsing.chosen, entries)) if browsing.chosen else browsing


def _read(document: DocumentRecord, changed: Waiting | None) -> Entry:
    is_indexed = document.state is State.INDEXED
    return Entry(
        path=document.path,
        state=PENDING if changed else INDEXED if is_indexed else FAILED,
        kind=document.format or _kind(document.path),
        size=changed.size if changed else document.size,
        modified_at=changed.modified_at if changed else document.modified_at,
        reason=document.reason,
        title=document.title,
        pages=document.pages,
        passages=document.passages,
        indexed_at=document.indexed_at,
        can_be_asked=is_indexed,
    )


def _unread(waiting: Waiting) -> Entry:
    return Entry(waiting.path, PENDING, _kind(waiting.path), waiting.size, waiting.modified_at)


def _kind(path: str) -> str:
    return PurePosixPath(path).suffix.lstrip(".").lower()


def _above(path: str) -> Iterator[str]:
    """The folders above a document or folder: "a/b/c.txt" -> "a/", "a/b/"."""
    at = path.find("/")
    while 0 <= at < len(path) - 1:
        yield path[: at + 1]
        at = path.find("/", at + 1)


def _is_below(path: str, item: str) -> bool:
    """Whether it is the item, or lies in it."""
    return path == item or (item.endswith("/") and path.startswith(item))
