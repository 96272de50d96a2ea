"""The list of conversations as HTML, and what stands above a conversation."""

from __future__ import annotations

from collections.abc import Sequence

from qa.escaping import escaped, isolated
from qa.web.record import Listed, Shown

__all__ = ["above_html", "record_html"]

NONE_YET = "No conversations yet. Each one is kept here from its first question on."
FILTER_FROM = 8
"""With so many conversations there is a box to look for one."""

_FILTER = (
    '<input type="search" class="fn-record-filter" placeholder="Find a conversation" aria-label="Find a conversation">'
)

FORMS = (("markdown", "Export as Markdown"), ("html", "Export as HTML"))


def above_html(shown: Shown) -> str:
    """Lines above the first exchange that is shown: that there are earlier ones, that something is not kept."""
    lines = []
    if shown.earlier:
        questions = "One earlier question is" if shown.earlier == 1 else f"{shown.earlier:,} earlier questions are"
        lines.append(f"{questions} in the record: export the conversation to read all of it.")
    if shown.notice:
        lines.append(shown.notice)
    return "".join(f'<p class="fn-quiet fn-above">{escaped(line)}</p>' for line in lines)


def record_html(
    listed: Sequence[Listed], open_now: str, *, unreadable: int = 0, is_kept: bool = True, problem: str = ""
) -> str:
    """The list; `open_now` is the conversation that the tab shows, `problem` what went wrong just now."""
    lines = [problem] if problem else []
    if not is_kept:
        lines.append("Conversations are not kept, and last until Footnote stops: its index takes no writes.")
    if unreadable:
        lines.append(f"{unreadable} could not be read: damaged, or of a newer Footnote.")
    said = "".join(f'<p class="fn-quiet" role="status">{escaped(line)}</p>' for line in lines)
    if not listed:
        nothing = f'<p class="fn-quiet">{NONE_YET}</p>'
        return f'<div class="fn-record">{said or nothing}</div>'
    search = _FILTER if len(listed) >= FILTER_FROM else ""
    items = "".join(_item(each, is_open=each.conversation == open_now) for each in listed)
    return (
        f'<div class="fn-record">{said}{search}<ul aria-label="Conversations">{items}</ul>'
        '<p class="fn-quiet fn-record-none" role="status" hidden>None is called so.</p></div>'
    )


def _item(each: Listed, *, is_open: bool) -> str:
    now = ' aria-current="true"' if is_open else ""
    questions = "1 question" if each.count == 1 else f"{each.count:,} questions"
    at = escaped(each.at)
    return (
        f'<li class="fn-kept" data-conversation="{escaped(each.conversation)}" data-name="{escaped(each.name)}"{now}>'
        f'<button type="button" class="fn-kept-open"><span class="fn-kept-name" dir="auto">{escaped(each.name)}</span>'
        f'<span class="fn-kept-facts">{"open now · " if is_open else ""}{questions}'
        f' · <time datetime="{at}">{at[:16].replace("T", " ")}</time></span></button>'
        '<details class="fn-kept-more"><summary title="More">'
        f'<span class="fn-aside">More for {isolated(each.name)}</span>'
        f'<span aria-hidden="true">⋯</span></summary><div class="fn-kept-ways">{_ways(each)}</div></details></li>'
    )


def _ways(each: Listed) -> str:
    """What can be done with a conversation; one that is only in memory has no file to change."""
    ways = [*FORMS]
    if each.is_kept:
        ways = [("rename", "Rename"), *ways, ("delete", "Delete")]
    return "".join(f'<button type="button" data-way="{way}">{name}</button>' for way, name in ways)
