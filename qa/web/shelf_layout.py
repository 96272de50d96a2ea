"""What stands where among the documents."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from pathlib import Path

import gradio as gr

from index.reading.kinds import READABLE_SUFFIXES
from index.uploads import MAX_AT_ONCE, MAX_UPLOAD_BYTES
from qa.web.browsing import Browsing

__all__ = ["ShelfParts", "asking_line", "lay_out_shelf"]

_SKELETON = (
    '<form class="fn-find" role="search" aria-label="Find documents" hidden>'
    '<input type="search" name="words" aria-label="Find a document by its name or title" placeholder="Find a document"'
    ' autocomplete="off" spellcheck="false" maxlength="200"><div class="fn-filters">'
    '<select name="folder" aria-label="Folder" data-all="All folders"></select>'
    '<select name="kind" aria-label="Type" data-all="All types"></select>'
    '<select name="state" aria-label="State" data-all="Any state"></select></div></form>'
    '<p class="fn-counts"></p><p class="fn-found" role="status"></p>'
    '<p class="fn-quiet fn-empty" hidden></p><div class="fn-rows"></div>'
    '<button type="button" class="fn-plain fn-show-more" hidden></button><div class="fn-removed"></div>'
)
"""The frame of the list, which the script fills: it is never drawn anew, so that nobody loses their place in it."""


@dataclass(frozen=True, slots=True)
class ShelfParts:
    """The parts of the documents that events read and write."""

    sync: gr.Button
    progress: gr.HTML
    upload: gr.File
    uploaded: gr.HTML
    following: gr.HTML
    documents: gr.HTML
    browsing: gr.State
    """Browsing: what this tab looks at and asks"""
    timer: gr.Timer
    seen: gr.State
    """Seen: what this tab has shown"""


def lay_out_shelf() -> ShelfParts:
    """Put the documents into their column."""
    with gr.Row(elem_id="fn-shelf-head"):
        gr.HTML('<h2 class="fn-over">Documents</h2>', apply_default_css=False)
        sync = gr.Button("Sync", size="sm", elem_id="fn-sync", min_width=80)
    progress = gr.HTML(elem_id="fn-progress", apply_default_css=False)
    following = gr.HTML(elem_id="fn-following", apply_default_css=False)
    upload = gr.File(label="Add documents", show_label=False, file_count="multiple", height=56, elem_id="fn-upload")
    gr.HTML(_limits(), elem_id="fn-limits", apply_default_css=False)
    uploaded = gr.HTML(elem_id="fn-uploaded", apply_default_css=False)
    documents = gr.HTML(
        html_template=_SKELETON, js_on_load=_script(), elem_id="fn-list", apply_default_css=False, padding=False
    )
    browsing, seen, timer = gr.State(Browsing()), gr.State(None), gr.Timer(active=False)
    return ShelfParts(sync, progress, upload, uploaded, following, documents, browsing, timer, seen)


def asking_line() -> None:
    """The line above the question box that says which documents are asked; the script of the list fills it."""
    gr.HTML('<div class="fn-asked-of"></div>', elem_id="fn-asking", apply_default_css=False)


def _limits() -> str:
    suffixes = " ".join(sorted(suffix.lstrip(".") for suffix in READABLE_SUFFIXES))
    most = f"{MAX_UPLOAD_BYTES >> 20} MB each, {MAX_AT_ONCE:,} at once"
    return (
        f'<p class="fn-quiet">Kept in the folder and read at once; at most {most}.</p>'
        '<details class="fn-names"><summary>Which formats?</summary>'
        f'<p class="fn-quiet">{escape(suffixes)}</p></details><p class="fn-here fn-quiet" role="status"></p>'
    )


def _script() -> str:
    limits = f"const LIMITS = {{ bytes: {MAX_UPLOAD_BYTES}, count: {MAX_AT_ONCE} }};\n"
    here = Path(__file__).parent
    return limits + "".join((here / name).read_text("utf-8") for name in ("shelf.js", "drop.js"))
