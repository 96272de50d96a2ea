r"""A conversation as Markdown with real footnotes, readable as plain text too.

Text that was not written here stays text: each has its line breaks made spaces, stands behind characters of ours on its
line, and has a backslash before every character that means something to a Markdown reader: `*` -> `\*`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from qa.answers import Citation, place_beside_title
from qa.exporting.facts import Footnote, Question, WholeConversation

__all__ = ["conversation_markdown", "markdown_text"]

_SPECIAL = re.compile(r"[\\`*_{}\[\]<>#+=|~^$&@!]|:(?!\s|$)|(?<=\b[wW]{3})\.")
"""What begins markup anywhere on a line, in CommonMark or its usual extensions: tables, footnotes, mathematics, marks,
bare addresses, emoji by name. What only does at the start of a line never stands there."""


def conversation_markdown(conversation: WholeConversation) -> str:
    """The whole file, the footnotes at its end."""
    parts = [f"# {markdown_text(conversation.name) or 'Conversation'}", _about(conversation)]
    for number, question in enumerate(conversation.questions, 1):
        parts += _question(question, number)
    notes = [_definition(note) for question in conversation.questions for note in question.footnotes]
    if notes:
        parts += ["---", *notes]
    return "\n\n".join(parts) + "\n"


def markdown_text(text: str) -> str:
    r"""The text on one line, meaning itself: "[a](b)\n# c" -> "\[a\](b) \# c".

    Characters that cannot be seen are left out: bidirectional controls reach beyond the text that they stand in.
    """
    visible = "".join(" " if c.isspace() else _visible(c) for c in text)
    return _SPECIAL.sub(lambda found: "\\" + found.group(), " ".join(visible.split()))


def _visible(character: str) -> str:
    if character in "\u200c\u200d":  # joiners belong to words and emoji
        return character
    kind = unicodedata.category(character)
    return (
        "\N{REPLACEMENT CHARACTER}" if kind == "Cs" or character == "\0" else "" if kind in {"Cc", "Cf"} else character
    )


def _about(conversation: WholeConversation) -> str:
    when = conversation.date and f", {conversation.date}"
    until = conversation.until and f" to {conversation.until}"
    return f"Asked of the documents in “{markdown_text(conversation.corpus)}” with Footnote{when}{until}."


def _question(question: Question, number: int) -> Iterator[str]:
    yield f"## {number}. {markdown_text(question.text)}"
    if question.understood:
        yield "; ".join(f"({markdown_text(what)}: {markdown_text(words)})" for what, words in question.understood)
    if question.answer:
        lead = f"> {question.lead_is} {markdown_text(question.lead)}\n>\n" if question.lead else ""
        yield f"{lead}> “{_marked(question)}”{''.join(map(_reference, question.of_the_answer))}"
        yield f"{question.confidence}."
    for line in question.lines:
        yield _own_line(line)
    if question.others:
        yield f"{question.before_footnotes} {' '.join(map(_reference, question.others))}"


def _own_line(line: str) -> str:
    """A line of Footnote's, which begins with a letter; a path in it, or a question mark, is escaped."""
    text = markdown_text(line)
    return text if text[:1].isalpha() else f"“{text}”"


def _marked(question: Question) -> str:
    """The answer with the words that answer in bold, where every reader takes `**` for that."""
    text, parts, at = question.answer, [], 0
    for mark in question.marks:
        if mark.start >= at and _can_be_bold(text, mark.start, mark.end):
            parts += [_piece(text[at : mark.start]), f"**{markdown_text(text[mark.start : mark.end])}**"]
            at = mark.end
    return "".join([*parts, _piece(text[at:])]).strip()


def _can_be_bold(text: str, start: int, end: int) -> bool:
    """Whether there are letters or digits inside at both ends, and none outside."""
    around = text[start - 1 : start] + text[end : end + 1]
    return text[start].isalnum() and text[end - 1].isalnum() and not any(c.isalnum() for c in around)


def _piece(part: str) -> str:
    """The text between bold words: the space at its ends stays."""
    before, after = " " if part[:1].isspace() else "", " " if part[-1:].isspace() else ""
    return f"{before}{markdown_text(part)}{after}"


def _reference(note: Footnote) -> str:
    return f"[^{note.number}]"


def _definition(note: Footnote) -> str:
    return f"[^{note.number}]: {_source(note.citation)}"


def _source(citation: Citation) -> str:
    quote = f"“{markdown_text(citation.quote)}” " if citation.quote else ""
    place = place_beside_title(citation)
    named = f"*{_title(citation)}*" + (f", {markdown_text(place)}" if place else "")
    return f"{quote}{named} ({markdown_text(citation.path)})"


def _title(citation: Citation) -> str:
    return markdown_text(citation.title) or markdown_text(citation.path)
