"""What stands where on the page."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import gradio as gr

from qa.web.appearance import record_script, script, source_script
from qa.web.shelf_layout import ShelfParts, asking_line, lay_out_shelf

__all__ = ["Parts", "lay_out"]


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of the page that events read and write."""

    tab: gr.Textbox
    """What the browser calls its conversation (`Record`): each event fills it in (`SAME_TAB`)."""
    log: gr.HTML
    question: gr.Textbox
    ask: gr.Button
    clear: gr.Button
    early: gr.JSON
    """Why the question that was sent last is to be sent again (`qa.web.early`)."""
    source: gr.HTML
    shelf: ShelfParts
    recorded: gr.HTML
    """The list of conversations."""
    exported: gr.JSON
    """The file that a conversation was written into: {"name", "type", "text"}"""


def lay_out(name: str, switcher: str = "", leave: str = "") -> Parts:
    """Put the parts on the page of the corpus `name`; called inside `gr.Blocks`."""
    gr.HTML(_header(name, switcher, leave), js_on_load=_TOGGLE, elem_id="fn-header", apply_default_css=False)
    with gr.Column(elem_id="fn-record"):
        recorded = gr.HTML(js_on_load=record_script(), elem_id="fn-recorded", apply_default_css=False)
    tab, early, exported = gr.Textbox(visible=False), gr.JSON(visible=False), gr.JSON(visible=False)
    with gr.Row(elem_id="fn-columns"):
        with gr.Column(elem_id="fn-reading"):
            log = gr.HTML(js_on_load=script(), elem_id="fn-conversation", apply_default_css=False)
            question, ask, clear = _composer()
        with gr.Column(elem_id="fn-shelf"):
            shelf = lay_out_shelf()
        with gr.Column(elem_id="fn-source"):
            gr.HTML('<p class="fn-opening" role="status"></p>', elem_id="fn-opening", apply_default_css=False)
            source = gr.HTML(js_on_load=source_script(), elem_id="fn-source-sheet", apply_default_css=False)
    return Parts(tab, log, question, ask, clear, early, source, shelf, recorded, exported)


def _composer() -> tuple[gr.Textbox, gr.Button, gr.Button]:
    with gr.Column(elem_id="fn-composer"):
        asking_line()
        with gr.Row(elem_id="fn-ask-row"):
            question = gr.Textbox(
                label="Question",
                placeholder="Ask a question",
                show_label=False,
                container=False,
                lines=1,
                max_lines=6,
                autofocus=True,
                elem_id="fn-question",
            )
            ask = gr.Button("Ask", variant="primary", elem_id="fn-ask", min_width=72)
        clear = gr.Button("New conversation", size="sm", elem_id="fn-clear", visible=False)
    return question, ask, clear


def _header(name: str, switcher: str, leave: str) -> str:
    return (
        '<div class="fn-bar"><h1>Footnote<sup aria-hidden="true">1</sup></h1>'
        f'<p class="fn-corpus"><bdi>{escape(name)}</bdi></p>{switcher}'
        '<button type="button" class="fn-record-toggle" aria-expanded="false" aria-controls="fn-record">Conversations'
        "</button>"
        '<button type="button" class="fn-toggle" aria-expanded="false" aria-controls="fn-shelf">Documents</button>'
        f"{leave}</div>"
    )


_TOGGLE = """
element.addEventListener("click", (event) => {
  const button = event.target.closest(".fn-toggle");
  if (!button) return;
  const open = document.body.classList.toggle("fn-shelf-open");
  button.setAttribute("aria-expanded", String(open));
});
document.addEventListener("keydown", (event) => {
  const button = element.querySelector('.fn-toggle[aria-expanded="true"]');
  if (event.key !== "Escape" || event.defaultPrevented || !button || !button.checkVisibility()) return;
  if (document.querySelector("dialog[open]")) return; // it is that which closes
  button.click();
  button.focus();
});
"""
