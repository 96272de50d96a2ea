"""The documents panel as HTML: which documents there are, how far a sync is, and what it did."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import PurePosixPath

from index import DocumentRecord, State, SyncReport
from index.errors import FootnoteError, IndexMissing
from index.uploads import Upload
from qa.corpus import Corpus
from qa.progress import progress_in_words
from qa.syncing import SyncState

__all__ = ["documents_html", "listed_documents", "size_in_words", "sync_html", "uploads_html"]

LISTED = 500
"""Documents shown in the list; more are only counted."""

NAMED = 8
"""Documents of each kind that a report names."""

_log = logging.getLogger(__name__)


def documents_html(documents: Sequence[DocumentRecord]) -> str:
    """Counts, then every document with its state; those that failed come first, with the reason."""
    if not documents:
        return '<p class="fn-quiet">No document has been read yet.</p>'
    failed = [document for document in documents if document.state is State.FAILED]
    ordered = [*failed, *(document for document in documents if document.state is not State.FAILED)]
    rows = "".join(_document(document) for document in ordered[:LISTED])
    more = f'<p class="fn-quiet">and {len(ordered) - LISTED:,} more</p>' if len(ordered) > LISTED else ""
    passages = sum(document.passages for document in documents)
    counts = [_counted(len(documents), "document"), _counted(passages, "passage")]
    if failed:
        counts.append(f"{len(failed):,} failed")
    return f'<p class="fn-counts">{" · ".join(counts)}</p><ul class="fn-documents">{rows}</ul>{more}'


def sync_html(state: SyncState) -> str:
    """A progress bar while a sync runs; afterwards what it found, or why it ended early."""
    if state.running:
        words = progress_in_words(state.progress) if state.progress else "starting"
        share = state.progress.share if state.progress else 0.0
        value = f' value="{share:.3f}"' if share else ""  # without one the bar shows that something is going on
        return (
            f'<div class="fn-sync"><progress max="1"{value} aria-label="Sync"></progress>'
            f'<p class="fn-quiet" role="status">{escape(words)}</p></div>'
        )
    if state.error:
        return f'<p class="fn-failure" role="status" dir="auto">{escape(state.error)}</p>'
    if state.report and (state.by_hand or state.report.did_something):
        return _report(state.report, named=state.by_hand)
    return ""


def uploads_html(stored: Sequence[Upload], refused: Sequence[str], *, by_itself: bool = False) -> str:
    """What became of the files that were handed in. `by_itself`: they are read without a press of Sync."""
    new = [upload.path for upload in stored if upload.stored]
    known = [upload.path for upload in stored if not upload.stored]
    press = "" if by_itself else f" Press Sync to read {'it' if len(new) == 1 else 'them'}."
    lines = [f"Added {_names(new)}.{press}"] if new else []
    lines += [f"Here already: {_names(known)}."] if known else []
    calm = "".join(f'<p class="fn-quiet">{line}</p>' for line in lines)
    return calm + "".join(f'<p class="fn-failure" dir="auto">{escape(reason)}.</p>' for reason in refused)


def size_in_words(size: int) -> str:
    """Bytes as people say them: 812 -> "812 B", 151_552 -> "148 KB"."""
    amount, unit = float(size), "B"
    for unit in ("B", "KB", "MB", "GB"):
        if amount < 1024 or unit == "GB":
            break
        amount /= 1024
    return f"{amount:.0f} {unit}" if amount >= 10 or unit == "B" else f"{amount:.1f} {unit}"


def _document(document: DocumentRecord) -> str:
    path = PurePosixPath(document.path)
    folder = "" if str(path.parent) == "." else f'<span class="fn-folder">{escape(str(path.parent))}/</span>'
    failed = document.state is State.FAILED
    below = (
        f'<span class="fn-failure" dir="auto">{escape(document.reason)}</span>'
        if failed
        else f'<span class="fn-facts">{" · ".join(_facts(document))}</span>'
    )
    state = "failed" if failed else "indexed"
    return (
        f'<li class="fn-document fn-{state}"><span class="fn-file" title="{escape(document.path)}"><bdi>{folder}'
        f'{escape(path.name)}</bdi></span>{below}<span class="fn-state">{state}</span></li>'
    )


def _facts(document: DocumentRecord) -> Iterator[str]:
    yield escape(document.format.upper())
    if document.pages:
        yield _counted(document.pages, "page")
    yield _counted(document.passages, "passage")
    yield size_in_words(document.size)


def _report(report: SyncReport, *, named: bool) -> str:
    """`named`: with the documents by name; those that failed are always named."""
    renamed = [f"{old} → {new}" for old, new in report.renamed]
    kinds = (("new", report.new), ("changed", report.changed), ("renamed", renamed), ("removed", report.removed))
    lines = [
        f"<li><strong>{len(paths):,} {kind}</strong>{f' {_names(paths)}' if named else ''}</li>"
        for kind, paths in kinds
        if paths
    ]
    if report.failed:
        reasons = "; ".join(f"<bdi>{escape(path)}</bdi>: {escape(reason)}" for path, reason in report.failed[:NAMED])
        lines.append(f'<li><strong class="fn-failure">{len(report.failed):,} failed</strong> {reasons}</li>')
    counts = [f"{len(report.unchanged):,} unchanged"] if report.unchanged else []
    counts += [f"{_counted(report.embedded, 'passage')} embedded"] if report.embedded else []
    summary = ", ".join(["In step with the folder" if lines else "Nothing new in the folder", *counts])
    found = f"<ul>{''.join(lines)}</ul>" if lines else ""
    return f'<div class="fn-report" role="status"><p>{summary} ({report.seconds:.1f} s).</p>{found}</div>'


def _names(paths: Sequence[str]) -> str:
    more = f" and {len(paths) - NAMED:,} more" if len(paths) > NAMED else ""
    return ", ".join(f"<bdi>{escape(path)}</bdi>" for path in paths[:NAMED]) + more


def _counted(count: int, noun: str) -> str:
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
