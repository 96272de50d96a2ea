"""What stands in the header beside the name: the folders served together, and the way out."""

from __future__ import annotations

from collections.abc import Sequence

from qa.escaping import isolated
from qa.web.served import Served

__all__ = ["leave_html", "switcher_html"]


def switcher_html(pages: Sequence[Served], current: Served) -> str:
    """Links to the pages, the `current` one marked; "" for a page that is the only one. Relative: any prefix fits."""
    if len(pages) < 2:
        return ""
    links = "".join(_link(page, is_current=page is current) for page in pages)
    return f'<nav class="fn-switcher" aria-label="Folders"><ul>{links}</ul></nav>'


def leave_html(current: Served) -> str:
    """A button to sign out with."""
    action = "../sign-out" if current.slug else "sign-out"
    return f'<form class="fn-leave" method="post" action="{action}"><button>Sign out</button></form>'


def _link(page: Served, *, is_current: bool) -> str:
    marked = ' aria-current="page"' if is_current else ""
    return f'<li><a href="../{page.slug}/"{marked}>{isolated(page.name)}</a></li>'
