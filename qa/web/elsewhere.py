"""The other places that say the same as a citation, each a button that opens its document there."""

from __future__ import annotations

from collections import Counter

from qa.answers import Citation, Elsewhere, place_beside_title
from qa.escaping import isolated

__all__ = ["ALSO_NAMED", "also_html", "places_of"]

ALSO_NAMED = 3
"""Other places of a passage that are named; more are only counted."""


def places_of(citation: Citation) -> tuple[Elsewhere, ...]:
    """Where a citation stands, and then its other places."""
    here = Elsewhere(citation.path, citation.title, citation.place, citation.start, citation.end)
    return (here, *citation.also)


def also_html(citation: Citation, opens: str, shown: int = 0) -> str:
    """The places but the one that is shown, the first ones by name.

    `opens`: attributes of a button that opens the citation; `shown`: 0 for where it is cited, else the number of the
    other place.
    """
    if not citation.also:
        return ""
    every = places_of(citation)
    titles = Counter(title for title, _ in {(other.title, other.path) for other in every})
    others = [(at, other) for at, other in enumerate(every) if at != shown]
    named = [
        f'<button type="button" class="fn-elsewhere" {opens} data-place="{at}">'
        f"{_named(other, every[shown].path, titles[other.title] > 1)}</button>"
        for at, other in others[:ALSO_NAMED]
    ]
    if more := len(others) - len(named):
        named.append(f"and {more:,} more")
    return f'<p class="fn-also"><span class="fn-label">also in:</span> {"; ".join(named)}</p>'


def _named(other: Elsewhere, path: str, is_shared: bool) -> str:
    """The title and place, or what tells it from others: `path` is of what is shown, `is_shared` of a title."""
    name = "this document" if other.path == path else isolated(other.path if is_shared else other.title)
    place = place_beside_title(other)
    return f"{name}, {isolated(place)}" if place else name
