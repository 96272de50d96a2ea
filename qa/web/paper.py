"""A page as it looks, with boxes over the quote and, fainter, over the other places of the answer on it."""

from __future__ import annotations

import base64
from collections.abc import Sequence

from index.documents import Box, PagePicture
from qa.escaping import escaped
from qa.web.marking import Other, go_html

__all__ = ["page_html"]


def page_html(picture: PagePicture, others: Sequence[Other], said: str) -> str:
    """The page. `others`: those that `picture.others` has the boxes of. `said`: the page in words."""
    data = base64.b64encode(picture.png).decode()
    faint = "".join(_other(other, boxes) for other, boxes in zip(others, picture.others, strict=True))
    boxes = "".join(f'<span class="fn-box" style="{_style(box)}"></span>' for box in picture.boxes)
    return (
        f'<div class="fn-page" data-pixels="{picture.width}"><img src="data:image/png;base64,{data}" '
        f'width="{picture.width}" height="{picture.height}" draggable="false" alt="{escaped(said)}"/>'
        f"{faint}{boxes}</div>"
    )


def _other(other: Other, boxes: Sequence[Box]) -> str:
    if not boxes:
        return ""
    goes = f'data-go="{other.citation}" data-place="{other.place}"'
    faint = "".join(f'<span class="fn-faint fn-there" {goes} style="{_style(box)}"></span>' for box in boxes)
    return f"{go_html(other, f'top:{100 * boxes[0].top:.3f}%')}{faint}"


def _style(box: Box) -> str:
    sides = zip(("left", "top", "width", "height"), box, strict=True)
    return ";".join(f"{side}:{100 * share:.3f}%" for side, share in sides)
