"""How every event of the page is wired."""

from __future__ import annotations

from typing import Any

__all__ = ["SAME_TAB", "quietly"]

SAME_TAB = "(_, ...rest) => [window.footnoteTab(), ...rest]"
"""Says, as the first input of an event, which conversation the tab shows."""


def quietly() -> dict[str, Any]:
    """No spinner over what is read, no place in Gradio's API, no queue in front of a short answer."""
    return {"show_progress": "hidden", "api_visibility": "private", "queue": False}
