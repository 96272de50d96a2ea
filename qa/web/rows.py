"""The list of documents as the browser gets it: rows of HTML by name, so that only what has changed is drawn anew."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from index.removal import Removed
from qa.escaping import escaped, isolated
from qa.web.browsing import FAILED, INDEXED, PENDING, Browsing, Entry, chosen_among, folders_of, found
from qa.web.catalogue import Shelved
from qa.web.listing import counted, reason_html, size_in_words

__all__ = ["age_in_words", "list_json"]

DAY_SECONDS = 86_400
DAYS_COUNTED = 14
"""Older than so many days, the date says more."""

Row = tuple[str, str, int]
"""Name, HTML, and whether it is ticked: 0 no, 1 yes, 2 in part, -1 cannot be."""

_LEAVES = {"ods": "sheet", "xls": "sheet", "xlsx": "sheet", "odp": "slide", "ppt": "slide", "pptx": "slide"}
"""What the pages of a format are called."""


KEPT_CHOSEN = 500
"""Ticks that a tab keeps over a reload; with more of them it asks all documents again."""


def list_json(shelved: Shelved, browsing: Browsing) -> str:
    """What the tab shows of the documents, as JSON for the script of the list."""
    view, entries = browsing.view, shelved.entries
    listed = found(entries, view)
    rows = list(_rows(listed[: view.count], browsing, entries))
    return json.dumps(
        {
            "heard": browsing.heard,
            "counts": _counts(entries),
            "found": f"{len(listed):,} of {counted(len(entries), 'document')}" if view.is_filtered else "",
            "filters": _filters(entries),
            "rows": rows,
            "more": len(listed) - min(len(listed), view.count),
            "total": len(entries),
            "removed": _removed(shelved.removed),
            "asking": _asking(browsing),
            "chosen": browsing.chosen if len(browsing.chosen) <= KEPT_CHOSEN else (),
        }
    )


def _asking(browsing: Browsing) -> str:
    """The line at the question box that says which documents are asked; nothing when it is all of them."""
    if not browsing.chosen:
        return ""
    if not browsing.label:
        said, button = "The documents you chose are no longer here.", "Ask all documents"
    else:
        said, button = f"Asking only: <cite>{isolated(browsing.label)}</cite>", "Ask all"
    return (
        f'<p class="fn-asking" role="status"><span>{said}</span>'
        f'<button type="button" data-shelf="all">{button}<span aria-hidden="true"> ×</span></button></p>'
    )


def age_in_words(then: float, now: float) -> str:
    """How long ago, in days of the calendar: "today", "yesterday", "3 days ago", "12 May 2019"."""
    day = datetime.fromtimestamp(then).astimezone()
    days = (datetime.fromtimestamp(now).astimezone().date() - day.date()).days
    if days == 0:
        return "today"
    if days == 1:
        return "yesterday"
    return f"{days} days ago" if 1 < days <= DAYS_COUNTED else f"{day.day} {day:%B %Y}"


def _rows(listed: Sequence[Entry], browsing: Browsing, entries: Sequence[Entry]) -> Iterator[Row]:
    """Each document; before the first of a folder, the folder."""
    askable = [entry.path for entry in entries if entry.can_be_asked]
    below, chosen = folders_of(entries), set(chosen_among(browsing.chosen, askable))
    can_be_asked, are_asked = _below(askable), _below(chosen)
    current = ""
    for entry in listed:
        if entry.state != FAILED and entry.folder != current:
            current = entry.folder
            tick = _tick(can_be_asked[current], are_asked[current])
            yield current, _folder(current, below[current]), tick
        tick = (1 if entry.path in chosen else 0) if entry.can_be_asked else -1
        yield entry.path, _document(entry), tick


def _below(paths: Sequence[str] | set[str]) -> Counter[str]:
    return folders_of(Entry(path, INDEXED, "", 0, 0.0) for path in paths)


def _tick(can_be_asked: int, are_asked: int) -> int:
    if not can_be_asked:
        return -1
    return (1 if are_asked == can_be_asked else 2) if are_asked else 0


def _folder(folder: str, count: int) -> str:
    noun = "document" if count == 1 else "documents"
    return (
        f'<li class="fn-group">{_pick(folder, folder)}<span class="fn-file">{isolated(folder)}</span>'
        f'<span class="fn-facts">{count:,}<span class="fn-aside"> {noun}</span></span></li>'
    )


def _document(entry: Entry) -> str:
    folder = f'<span class="fn-folder">{escaped(entry.folder)}</span>' if entry.state == FAILED else ""
    reason = f'<span class="fn-failure" dir="auto">{reason_html(entry.reason)}</span>' if entry.state == FAILED else ""
    return (
        f'<li class="fn-document fn-document-{entry.state}">{_pick(entry.path, entry.name)}'
        f'<span class="fn-file" title="{escaped(entry.path)}"><bdi>{folder}{escaped(entry.name)}</bdi></span>'
        f"{_more(entry)}{reason}"
        f'<span class="fn-facts">{" · ".join(_facts(entry))}</span>'
        f'<span class="fn-state" title="{entry.state}">{_state(entry)}</span></li>'
    )


def _pick(path: str, name: str) -> str:
    return (
        f'<label class="fn-pick" title="Ask only this"><input type="checkbox" data-tick="{escaped(path)}">'
        f'<span class="fn-aside">Ask only {isolated(name)}</span></label>'
    )


def _more(entry: Entry) -> str:
    """What is seldom wanted: the dates to the minute, the whole path, and a way to remove the document."""
    lines = [f"Changed {_moment(entry.modified_at)}"] if entry.modified_at else []
    lines += [f"Read {_moment(entry.indexed_at)}"] if entry.indexed_at else []
    facts = "".join(f"<p>{line}</p>" for line in [*lines, size_in_words(entry.size)])
    return (
        '<details class="fn-more"><summary title="More"><span class="fn-aside">More about '
        f"{isolated(entry.name)}</span></summary>"
        f'<div><p class="fn-whole">{isolated(entry.path)}</p>{facts}'
        f'<button type="button" data-remove="{escaped(entry.path)}">Remove …</button></div></details>'
    )


def _facts(entry: Entry) -> Iterator[str]:
    yield escaped(entry.kind.upper() or "no suffix")
    if entry.pages:
        yield counted(entry.pages, _LEAVES.get(entry.kind, "page"))
    if entry.passages:
        yield counted(entry.passages, "passage")
    if entry.modified_at:
        age = age_in_words(entry.modified_at, time.time())
        yield f'<time title="{_moment(entry.modified_at)}">changed {age}</time>'


def _state(entry: Entry) -> str:
    if entry.state == PENDING:
        later = "reads it anew; until then it is asked as it was" if entry.can_be_asked else "reads it"
        return f'<span title="The next sync {later}.">pending</span>'
    return '<span class="fn-aside">indexed</span>' if entry.state == INDEXED else entry.state


def _moment(seconds: float) -> str:
    """To the minute, as "12 May 2019, 14:03"."""
    moment = datetime.fromtimestamp(seconds).astimezone()
    return f"{moment.day} {moment:%B %Y, %H:%M}"


def _counts(entries: Sequence[Entry]) -> str:
    if not entries:
        return ""
    states = Counter(entry.state for entry in entries)
    parts = [counted(len(entries), "document"), counted(sum(entry.passages for entry in entries), "passage")]
    return " · ".join([*parts, *(f"{states[state]:,} {state}" for state in (PENDING, FAILED) if states[state])])


def _filters(entries: Sequence[Entry]) -> dict[str, Any]:
    """The choices of each filter, as (value, label); those with one choice are not worth a filter."""
    folders = [(folder, f"{folder} ({count:,})") for folder, count in sorted(folders_of(entries).items())]
    kinds = [
        (kind, f"{kind.upper() or 'no suffix'} ({count:,})")
        for kind, count in sorted(Counter(entry.kind for entry in entries).items())
    ]
    states = Counter(entry.state for entry in entries)
    named = [(state, f"{state} ({states[state]:,})") for state in (INDEXED, PENDING, FAILED) if states[state]]
    return {"folder": folders, "kind": kinds if len(kinds) > 1 else [], "state": named if len(named) > 1 else []}


def _removed(removed: Sequence[Removed]) -> str:
    if not removed:
        return ""
    rows = "".join(
        f'<li><span class="fn-file">{isolated(entry.path)}</span>'
        f'<button type="button" data-shelf="restore" data-entry="{escaped(entry.key)}" '
        f'data-path="{escaped(entry.path)}">'
        f'Put back<span class="fn-aside"> {isolated(entry.path)}</span></button></li>'
        for entry in removed
    )
    return f"<details><summary>Removed ({len(removed):,})</summary><ul>{rows}</ul></details>"
