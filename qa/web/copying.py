"""The ways to take a citation along: a disclosure whose buttons copy it. What is copied stands in the page already."""

from __future__ import annotations

from datetime import date

from qa.answers import Citation
from qa.escaping import escaped
from qa.references import bibtex, markdown, text
from qa.web.links import address_of

__all__ = ["copy_html"]

_COPY = (
    '<svg viewBox="0 0 16 16" aria-hidden="true"><path d="M5.5 5.5V3.5a1 1 0 0 1 1-1h6a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1h-2'
    'M3.5 5.5h6a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1h-6a1 1 0 0 1-1-1v-6a1 1 0 0 1 1-1Z"/></svg>'
)


def copy_html(citation: Citation, *, added: date | None = None) -> str:
    """Copies as text, as Markdown and as BibTeX, and a link; `added`: the day since when the document is indexed."""
    entries = (
        ("As text", "data-copy", text(citation)),
        ("As Markdown", "data-copy", markdown(citation)),
        ("As BibTeX", "data-copy", bibtex(citation, added=added)),
        ("Link to the place", "data-copy-link", address_of(citation)),
    )
    buttons = "".join(
        f'<li><button type="button" {name}="{escaped(value)}">{said}</button></li>' for said, name, value in entries
    )
    return (
        '<div class="fn-copy"><button type="button" class="fn-copies" aria-expanded="false" title="Copy this citation">'
        f'{_COPY}<span>Copy</span></button><ul aria-label="Copy this citation" hidden>{buttons}</ul></div>'
    )
