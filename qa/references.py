"""A citation to take along: as text, as Markdown, and as an entry for a bibliography.

text(citation)      -> “Aid waits in Cucuta.” — Aid, p. 4 (iv), Migration, reports/aid.pdf
markdown(citation)  -> > Aid waits in Cucuta.[^aid-1293]

                       [^aid-1293]: Aid, p. 4 (iv), Migration. reports/aid.pdf
bibtex(citation)    -> @misc{aid-1293, title = {{Aid}}, howpublished = {reports/aid.pdf}, ...

Words of documents stay words: they are escaped, and characters that are seen nowhere but change what is around them are
left out.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import PurePosixPath
from unicodedata import category
from urllib.parse import quote as percent_encoded

from qa.answers import Hit, place_beside_title

__all__ = ["QUOTED_CHARACTERS", "bibtex", "label", "markdown", "text"]

QUOTED_CHARACTERS = 2_000
"""The longest quote of a reference; of a longer one, such as a row that holds a whole text, it has the beginning."""

_LEFT_OUT = frozenset({"Cc", "Cs", "Co", "Cn"})
_TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
"""Marks that change the direction of what stands around them, also after the quote has ended."""

_MARKUP = re.compile(r"[\\`*_{}\[\]<>|~$&#^]|!(?=\[)|:(?=//)|(?<=\bwww)\.")
_BEGINS = re.compile(r"^(?:[-+=](?=\s|$|[-+=])|:(?=\s|:)|(\d{1,9})([.)])(?=\s|$))")
"""What begins a list, a rule or a definition, when it stands at the beginning."""

_TEX = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",  # a bare or escaped brace counts in BibTeX, and would end the field or never end it
    "}": r"\textbraceright{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    **{character: f"\\{character}" for character in "$&#_%"},
}


def text(citation: Hit) -> str:
    """One line: the quote, the title, the place and the path."""
    return f"“{_quoted(citation)}” — {_named(citation)}, {_plain(citation.path)}"


def markdown(citation: Hit, *, link: str = "") -> str:
    """The quote in a block, with a footnote that names where it stands; `link`: the address the footnote leads to."""
    note = label(citation)
    named = _literal(_named(citation))
    if link:
        named = f"[{named}](<{percent_encoded(link, safe=_OF_ADDRESSES)}>)"
    return f"> {_literal(_quoted(citation))}[^{note}]\n\n[^{note}]: {named}. {_literal(_plain(citation.path))}\n"


def bibtex(citation: Hit, *, added: date | None = None) -> str:
    """An entry @misc for BibTeX and BibLaTeX; `added`: the day since when the document is in the index."""
    since = f"read {added.isoformat()}" if added else ""
    fields = {
        "title": f"{{{_tex(_plain(citation.title))}}}",  # twice in braces, or a style would change its capitals
        "howpublished": _tex(_plain(citation.path)),
        "note": _tex("; ".join(part for part in (_plain(citation.place), since) if part)),
        "annote": _tex(f"“{_quoted(citation)}”"),
    }
    said = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
    return f"@misc{{{label(citation)},\n{said}}}\n"


def label(citation: Hit) -> str:
    """A name for the reference in letters of ASCII, the same each time: "regional-briefing-1293"."""
    stem = re.sub(r"[^a-z0-9]+", "-", PurePosixPath(citation.path).stem.lower()).strip("-")[:40].strip("-")
    return f"{stem or 'source'}-{citation.start}"


_OF_ADDRESSES = "/:?#=&%+,;@~!*'()[]$"
"""What stays as it is in an address: "<" and ">", which would end it, are none of them."""


def _quoted(citation: Hit) -> str:
    """The quote, or the passage where nothing is quoted, as one line."""
    said = citation.quote or citation.passage
    plain = _plain(said[: QUOTED_CHARACTERS + 1])
    return plain if len(said) <= QUOTED_CHARACTERS else f"{plain[:QUOTED_CHARACTERS].rstrip()} […]"


def _named(citation: Hit) -> str:
    """The title and the place; a first heading that is the title is not said twice."""
    title = _plain(citation.title)
    place = _plain(place_beside_title(citation))
    return ", ".join(part for part in (title, place) if part)


def _plain(said: str) -> str:
    """One line without what cannot be seen."""
    seen = _TURNING.sub("", " ".join(said.split()))
    return "".join(character for character in seen if category(character) not in _LEFT_OUT).strip()


def _literal(said: str) -> str:
    """Text that means itself in Markdown."""
    escaped = _MARKUP.sub(r"\\\g<0>", said)
    return _BEGINS.sub(lambda found: f"{found[1]}\\{found[2]}" if found[1] else f"\\{found[0]}", escaped)


def _tex(said: str) -> str:
    """Text that means itself in TeX, with braces that are in balance."""
    return "".join(_TEX.get(character, character) for character in said)
