"""What happens to the documents, as HTML: how far a sync is, what it did, and what became of files handed in."""

from __future__ import annotations

import logging
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from html import escape

from index import DocumentRecord, SyncReport
from index.errors import FootnoteError, IndexMissing
from index.uploads import Upload
from qa.corpus import Corpus
from qa.escaping import escaped, isolated
from qa.progress import progress_in_words
from qa.syncing import SyncState

__all__ = ["counted", "following_html", "listed_documents", "reason_html", "size_in_words", "sync_html", "uploads_html"]

NAMED = 8
"""Documents of each kind that a report names."""

OTHERS_READ = "Another process is reading the documents. What it has read can be asked here."
WAS_STOPPED = "Stopped. What was read is kept, and Sync goes on from there."
FOLLOWS = "Follows the folder: new documents are read by themselves."
FOLLOWS_SOURCE = "Follows {}: new documents are read by themselves, and put there, not here."
SOURCE_GONE = "{} cannot be read now. Answers come from what was read; it is tried again."
FOLDER_GONE = "The folder is not there; it is waited for."
FOLDER_GONE_INDEX_HERE = "The folder is not there. Answers come from what was read; it is waited for."

_SHOW_FAILED = '<button type="button" class="fn-plain" data-show="failed">Show which, and why</button>'

_OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]{1,30}(?![\w-])")
"""An option of the command, none longer than a line of the narrowest page."""

_log = logging.getLogger(__name__)


def sync_html(state: SyncState) -> str:
    """A progress bar while a sync runs; afterwards what it found, or why it ended early."""
    if state.is_waiting:
        return f'<p class="fn-quiet" role="status">{OTHERS_READ}</p>'
    if state.running:
        return _running(state)
    if state.was_stopped:
        return f'<p class="fn-quiet" role="status">{WAS_STOPPED}</p>'
    if state.error:
        return f'<p class="fn-failure" role="status" dir="auto">{escape(state.error)}</p>'
    return _report(state.told, named=state.told_by_hand) if state.told else ""


def following_html(*, is_gone: bool, is_built: bool = True, source: str = "") -> str:
    """That the folder is followed, or that it is not there to be followed. `is_built`: questions are answered still.

    `source`: address that is followed instead of a folder.
    """
    if source:
        said = SOURCE_GONE.format(source) if is_gone else FOLLOWS_SOURCE.format(source)
        return f'<p class="{"fn-notice" if is_gone else "fn-quiet"}" role="status">{escape(said)}</p>'
    if is_gone:
        return f'<p class="fn-notice" role="status">{FOLDER_GONE_INDEX_HERE if is_built else FOLDER_GONE}</p>'
    return f'<p class="fn-quiet">{FOLLOWS}</p>'


def uploads_html(
    stored: Sequence[Upload], refused: Sequence[str], given: Mapping[str, str] | None = None, *, by_itself: bool = False
) -> str:
    """What became of the files that were handed in.

    `given`: the names they came with, by where they stand now. `by_itself`: they are read without a press of Sync.
    """
    shown = partial(_as_stored, given or {})
    new = [upload.path for upload in stored if upload.stored]
    known = [upload.path for upload in stored if not upload.stored]
    it = "it" if len(new) == 1 else "them"
    what_next = "" if by_itself else f" Press Sync to read {it}."
    lines = [f'<p class="fn-quiet">Added {_named(new, shown)}.{what_next}</p>{_all_names(new, shown)}'] if new else []
    lines += [f'<p class="fn-quiet">Here already: {_named(known)}.</p>{_all_names(known)}'] if known else []
    lines += [_refused(refused)] if refused else []
    return "".join(lines)


def size_in_words(size: int) -> str:
    """Bytes as people say them: 812 -> "812 B", 151_552 -> "148 KB"."""
    amount, unit = float(size), "B"
    for unit in ("B", "KB", "MB", "GB"):
        if amount < 1024 or unit == "GB":
            break
        amount /= 1024
    return f"{amount:.0f} {unit}" if amount >= 10 or unit == "B" else f"{amount:.1f} {unit}"


def reason_html(reason: str) -> str:
    """Why a document was not read: an option that it names stands on one line, to be copied as it is."""
    return _OPTION.sub(r'<span class="fn-option">\g<0></span>', escaped(reason))


def _report(report: SyncReport, *, named: bool) -> str:
    """`named`: with the documents by name, but for those that failed: the list below says which, and why."""
    renamed = [f"{old} → {new}" for old, new in report.renamed]
    kinds = (("new", report.new), ("changed", report.changed), ("renamed", renamed), ("removed", report.removed))
    lines = [
        f"<li><strong>{len(paths):,} {kind}</strong>{f' {_names(paths)}' if named else ''}</li>"
        for kind, paths in kinds
        if paths
    ]
    if report.in_part and named:
        lines.append(f"<li><strong>{len(report.in_part):,} in part</strong> {_reasons(report.in_part)}</li>")
    if report.failed:
        lines.append(f'<li><strong class="fn-failure">{len(report.failed):,} failed</strong> {_SHOW_FAILED}</li>')
    counts = [f"{len(report.unchanged):,} unchanged"] if report.unchanged else []
    counts += [f"{counted(report.embedded, 'passage')} embedded"] if report.embedded else []
    summary = ", ".join(["In step with the folder" if lines else "Nothing new in the folder", *counts])
    found = f"<ul>{''.join(lines)}</ul>" if lines else ""
    return f'<div class="fn-report" role="status"><p>{summary} ({report.seconds:.1f} s).</p>{found}</div>'


def _reasons(entries: Sequence[tuple[str, str]]) -> str:
    return "; ".join(f"<bdi>{escape(path)}</bdi>: {reason_html(reason)}" for path, reason in entries[:NAMED])


def _running(state: SyncState) -> str:
    words = progress_in_words(state.progress, state.seconds_left) if state.progress else "starting"
    share = state.progress.share if state.progress else 0.0
    value = f' value="{share:.3f}"' if share else ""  # without one the bar shows that something is going on
    stop = '<button type="button" class="fn-plain" data-shelf="stop">Stop</button>'
    return (
        f'<div class="fn-sync"><progress max="1"{value} aria-label="Sync"></progress>'
        f'<div class="fn-how-far"><p class="fn-quiet">{escape(words)}</p>{stop}</div></div>'
    )


def _as_stored(given: Mapping[str, str], path: str) -> str:
    """The name that a file came with, and the one it has in the folder, where they differ."""
    name = unicodedata.normalize("NFC", given.get(path, path))
    return isolated(path) if name == path else f"{isolated(name)} (as {isolated(path)})"


def _named(paths: Sequence[str], shown: Callable[[str], str] = isolated) -> str:
    """Few by name, many by their number."""
    return _names(paths, shown) if len(paths) <= NAMED else counted(len(paths), "document")


def _all_names(paths: Sequence[str], shown: Callable[[str], str] = isolated) -> str:
    return _disclosed("Names", [shown(path) for path in paths]) if len(paths) > NAMED else ""


def _refused(refused: Sequence[str]) -> str:
    if len(refused) <= NAMED:
        return "".join(f'<p class="fn-failure" dir="auto">{escape(reason)}.</p>' for reason in refused)
    reasons = [f'<span dir="auto">{escape(reason)}</span>' for reason in refused]
    return f'<p class="fn-failure">{len(refused):,} files were refused.</p>' + _disclosed("Which, and why", reasons)


def _disclosed(title: str, lines: Sequence[str]) -> str:
    return f'<details class="fn-names"><summary>{title}</summary><ul><li>{"</li><li>".join(lines)}</li></ul></details>'


def _names(paths: Sequence[str], shown: Callable[[str], str] = isolated) -> str:
    more = f" and {len(paths) - NAMED:,} more" if len(paths) > NAMED else ""
    return ", ".join(shown(path) for path in paths[:NAMED]) + more


def counted(count: int, noun: str) -> str:
    """1, "page" -> "1 page"; 2_500, "page" -> "2,500 pages"."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def listed_documents(corpus: Corpus) -> list[DocumentRecord]:
    """The documents of the index; none before the first sync, or where they cannot be listed."""
    try:
        return corpus.documents()
    except IndexMissing:
        return []
    except FootnoteError as error:
        _log.warning("the documents cannot be listed: %s", error)
        return []
