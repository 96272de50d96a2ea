"""What happens beside the conversation: documents are listed, chosen, synced, added and removed."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import gradio as gr

from index.errors import FootnoteError
from index.removal import Removed
from index.uploads import Upload, UploadError
from qa.corpus import Corpus
from qa.escaping import escaped, isolated
from qa.syncing import BackgroundSync, SyncState
from qa.web.browsing import Browsing, known, labelled, ticked, view_of
from qa.web.catalogue import Catalogue
from qa.web.layout import Parts
from qa.web.listing import following_html, sync_html, uploads_html
from qa.web.record import Record
from qa.web.rendering import conversation_html
from qa.web.rows import list_json
from qa.web.suggestions import SUGGESTIONS
from qa.web.tried import Suggestions
from qa.web.wiring import SAME_TAB, quietly

__all__ = ["Seen", "Shelf", "wire_shelf"]

LOOKS_EVERY_SECONDS = 0.4
"""How often an open page looks how far a sync is."""

FOLLOWS_EVERY_SECONDS = 1.5
"""The same between syncs, where one may begin by itself."""

SOMETHING_WRONG = "This did not work. The shell that runs Footnote says why"

_log = logging.getLogger(__name__)


class Seen(NamedTuple):
    """What a tab has shown; what is the same needs no news."""

    number: int = 0
    """Of the latest sync, once it has ended."""
    is_gone: bool = False
    """The folder that is followed."""
    documents: int = 0
    """Hash of what its list says."""
    suggested: tuple[str, ...] = ()
    """Questions that it shows before the first one."""
    heard: int = 0
    """Number of the wish that the list was of: the tab drops one that was on its way before its latest wish."""


def wire_shelf(page: gr.Blocks, parts: Parts, shelf: Shelf) -> None:
    """Connect the parts of the documents with what answers them."""
    on = parts.shelf
    syncing = [on.progress, on.sync, on.timer]
    shown = [*syncing, on.documents, parts.log, on.seen, on.following]
    page.load(shelf.look, [parts.tab, on.browsing], shown, js=SAME_TAB, **quietly())
    on.timer.tick(shelf.look_again, [parts.tab, on.browsing, on.seen], shown, js=SAME_TAB, **quietly())
    on.sync.click(shelf.start_sync, None, [*syncing, on.uploaded], **quietly())
    # Only a wish writes what the tab asks: a look that was on its way meanwhile would write what it was before.
    on.documents.wished(shelf.wish, on.browsing, [*syncing, on.uploaded, on.documents, on.browsing], **quietly())
    # Without preprocessing the names stand as they were given; `received.py` has checked that the files are uploads.
    uploaded = on.upload.upload(
        shelf.upload,
        [on.upload, on.browsing],
        [on.upload, on.uploaded, *syncing, on.documents],
        preprocess=False,
        **quietly(),
    )
    uploaded.then(None, js="() => window.footnoteAdded()")


class Shelf:
    """What each event of the documents answers with: new values for parts of the page."""

    def __init__(self, corpus: Corpus, sync: BackgroundSync, record: Record, suggestions: Suggestions) -> None:
        self._suggestions = suggestions
        self._sync, self._record, self._holdings = sync, record, corpus.holdings
        self._corpus, self._catalogue = corpus, Catalogue(corpus)

    def look(self, tab: str, browsing: Browsing) -> tuple[Any, ...]:
        """How far the sync is, the documents, and questions about them."""
        return self._looked(tab, browsing, None)

    def look_again(self, tab: str, browsing: Browsing, seen: Seen | None) -> tuple[Any, ...]:
        """The same, unless the tab has `seen` the end of the latest sync and nothing has begun since."""
        state, is_gone = self._sync.state, self._sync.folder_is_gone
        now = (state.number, is_gone, browsing.heard)
        if seen and not state.running and now == (seen.number, seen.is_gone, seen.heard):
            return (gr.skip(),) * 7
        return self._looked(tab, browsing, seen)

    def start_sync(self) -> tuple[Any, ...]:
        """A sync by hand."""
        self._sync.start(by_hand=True, once_more=True)
        return (*self._sync_parts(self._sync.state), "")

    def wish(self, browsing: Browsing, event: gr.EventData) -> tuple[Any, ...]:
        """What the list, or a button about the documents, was told to do."""
        wish = dict(event.wish)
        said: Any = gr.skip()
        try:
            browsing, said = self._wished(browsing, wish)
        except FootnoteError as error:
            said = _failure(str(error))
        except Exception:  # the page must say something; what it was stands in the log
            _log.exception("a wish of the documents' list failed")
            said = _failure(SOMETHING_WRONG)
        browsing = replace(browsing, heard=_whole(wish.get("number")))
        shelved = self._catalogue.now(fresh=wish.get("kind") in {"remove", "restore"})
        browsing = labelled(browsing, shelved.entries)
        return (*self._sync_parts(self._sync.state), said, list_json(shelved, browsing), browsing)

    def upload(self, files: Sequence[dict[str, Any]] | None, browsing: Browsing) -> tuple[Any, ...]:
        """Files that were handed in, kept in the folder or refused; they are read at once."""
        arrived = [(Path(file["path"]), file.get("orig_name") or Path(file["path"]).name) for file in files or ()]
        outcomes = self._holdings.add(arrived)
        for path, _ in arrived:
            path.unlink(missing_ok=True)
        stored = [outcome for outcome in outcomes if isinstance(outcome, Upload)]
        refused = [str(outcome) for outcome in outcomes if isinstance(outcome, UploadError)]
        if any(upload.stored for upload in stored):
            self._read(upload.path for upload in stored)
        given = {it.path: name for it, (_, name) in zip(outcomes, arrived, strict=True) if isinstance(it, Upload)}
        said, shelved = uploads_html(stored, refused, given, by_itself=True), self._catalogue.now(fresh=True)
        listed = list_json(shelved, labelled(browsing, shelved.entries))
        return None, said, *self._sync_parts(self._sync.state), listed

    def _wished(self, browsing: Browsing, wish: Mapping[str, Any]) -> tuple[Browsing, Any]:
        """What the tab shows and asks after the wish, and what there is to say of it."""
        what = str(wish.get("what", ""))
        match wish.get("kind"):
            case "forget":
                return browsing, ""
            case "stop":
                self._sync.interrupt()
            case "remove":
                removed = self._holdings.remove(what)
                self._read([removed.path])
                return browsing, _note(f"Removed {isolated(removed.path)}.", undo=removed)
            case "restore":
                back = self._holdings.restore(what)
                self._read([back.path])
                return browsing, _note(f"Put back {isolated(back.path)}.")
        return self._browsed(browsing, wish), gr.skip()

    def _browsed(self, browsing: Browsing, wish: Mapping[str, Any]) -> Browsing:
        """The tab after a wish that is only about what it shows and asks."""
        entries, what = self._catalogue.now().entries, str(wish.get("what", ""))
        match wish.get("kind"):
            case "view":
                return replace(browsing, view=view_of(dict(wish.get("view") or {})))
            case "tick":
                return replace(browsing, chosen=ticked(browsing.chosen, what, entries, on=wish.get("on") is True))
            case "chosen":
                return replace(browsing, chosen=known(wish.get("chosen"), entries))
            case "all":
                return replace(browsing, chosen=(), label="")
        return browsing

    def _read(self, paths: Iterable[str]) -> None:
        """Bring the index in step with what was just done to these documents, unless that happens by itself."""
        only = frozenset(paths)
        if not self._sync.follows:
            # A backslash may stand for a byte of a name that is no text.
            self._sync.start(once_more=True, only=None if any("\\" in path for path in only) else only)

    def _looked(self, tab: str, browsing: Browsing, seen: Seen | None) -> tuple[Any, ...]:
        state, is_gone = self._sync.state, self._sync.folder_is_gone
        shelved = self._catalogue.now(fresh=not state.running)
        listed = list_json(shelved, labelled(browsing, shelved.entries))
        shown = seen.suggested if seen else ()
        suggested, log = shown, gr.skip()
        # What somebody is about to press stays where it is until the documents are read.
        if not (state.running and len(shown) == SUGGESTIONS) and not self._record.exchanges(tab):
            suggested = self._suggestions.now(shelved.documents, still_reading=state.running)
            log = conversation_html((), suggested) if suggested != shown or not shown else gr.skip()
        now = Seen(0 if state.running else state.number, is_gone, hash(listed), suggested, browsing.heard)
        return (
            *self._sync_parts(state),
            gr.skip() if seen and seen.documents == now.documents else listed,
            log,
            now,
            self._following(is_gone=is_gone) if self._sync.follows else "",
        )

    def _following(self, *, is_gone: bool) -> str:
        return following_html(is_gone=is_gone, is_built=self._corpus.is_built, source=self._corpus.source)

    def _sync_parts(self, state: SyncState) -> tuple[Any, ...]:
        button = gr.update(value="Syncing …" if state.running else "Sync", interactive=not state.running)
        every = LOOKS_EVERY_SECONDS if state.running else FOLLOWS_EVERY_SECONDS
        return sync_html(state), button, gr.Timer(every, active=state.running or self._sync.follows)


def _note(said: str, *, undo: Removed | None = None) -> str:
    """`undo`: a removed document that can be put back."""
    named = f'data-entry="{escaped(undo.key)}" data-path="{escaped(undo.path)}"' if undo else ""
    button = f'<button type="button" class="fn-plain" data-shelf="restore" {named}>Undo</button>' if undo else ""
    return f'<p class="fn-done" role="status"><span>{said}</span>{button}</p>'


def _failure(message: str) -> str:
    return f'<p class="fn-failure" role="status" dir="auto">{escaped(message[:1].upper() + message[1:])}.</p>'


def _whole(value: Any) -> int:
    return value if isinstance(value, int) else 0
