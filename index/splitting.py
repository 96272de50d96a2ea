"""Documents into passages: along headings, paragraphs and sentences, within what the embedder reads.

    for passage in split(document, embedder):
        passage.text              -> 'Colombia hosts 1.3 million of them. About 2,500 more arrive each day.'
        passage.context           -> 'Report 2019 › Migration › Colombia'
        embedding_text(passage)   -> both, as the model gets to read them

The way there: blocks are grouped into sections (one page, sheet or slide, one heading), sections cut into units
(sentences, rows, lines), units packed into passages (`index.packing`), and every passage is measured once more as
it will be embedded, so that nothing is ever truncated.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Protocol

from index.context import InContext, clean, heading_path, join_path, path_tokens, shorten
from index.documents import Block, BlockKind, Document, Place, Span
from index.packing import Unit, block_joints, pack
from index.sentences import cut_point, sentence_spans

__all__ = ["DEFAULT", "Passage", "SplitSettings", "Tokenizer", "embedding_text", "passage_of", "split"]


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of a document small enough to embed whole: `document.text[start:end]`.

    It lies within one page, sheet or slide and under one heading. `context` (title and heading path) goes in front
    of the text for embedding and lexical search; it is no part of what is quoted.
    """

    start: int
    end: int
    text: str
    context: str
    place: Place
    sentences: tuple[Span, ...]
    """Sentences in characters of the document's text, each inside one block of the passage."""
    blocks: tuple[Block, ...]
    """The document's blocks that the passage touches, cut to the passage."""


@dataclass(frozen=True, slots=True)
class SplitSettings:
    """How documents are split. Stored with the index: other settings mean other passages. See docs/splitting.md."""

    target: int = 128
    """Tokens a passage should have, its context not counted; it may have half as many more."""
    overlap: int = 0
    """Sentences a passage repeats from the end of the one before it in its section."""
    context: int = 40
    """Tokens that title and heading path may have (0: no context); a table's header row may have as many again."""
    language: str = "en"
    """Whose rules for abbreviations and initials hold (two letters)."""
    version: int = 3
    """Raised when the same settings come to mean other passages."""

    def __post_init__(self) -> None:
        """Refuse what no passage can keep to."""
        if self.target < 1 or self.overlap < 0 or self.context < 0:
            raise ValueError(f"target must be 1 or more, overlap and context 0 or more; got {self}")


DEFAULT = SplitSettings()


class Tokenizer(Protocol):
    """The part of an `Embedder` that the splitter asks."""

    @property
    def max_tokens(self) -> int:
        """Tokens of one text that the model reads, its special tokens not counted."""

    def token_spans(self, texts: Sequence[str]) -> list[list[tuple[int, int]]]:
        """Character span of each token of each text, special tokens left out and nothing truncated."""


def embedding_text(passage: InContext) -> str:
    """What is embedded and searched for a passage: its context, a line end, its text."""
    return f"{passage.context}\n{passage.text}" if passage.context else passage.text


def split(document: Document, embedder: Tokenizer, settings: SplitSettings = DEFAULT) -> list[Passage]:
    """Passages of the document in reading order.

    Together they hold every block of it, character for character; but for headings at the end of a page whose text
    begins on the next, which stand in the context of that text.
    """
    splitter = _Splitter(document, embedder, settings)
    drafts = [draft for section in splitter.sections() for draft in splitter.drafts(section)]
    return [passage for passage in splitter.fitted(drafts) if passage.text]


_CHARACTERS_PER_TOKEN = 10
"""A unit counts as a token per 10 characters at least: a word no tokenizer knows is one token of any length."""

_SHARE = 4
"""Context and table header may each take a quarter of what the model reads, whatever the settings say."""


@dataclass(frozen=True, slots=True)
class _Draft:
    """A passage to be: its sentences, and what may stand in front of it."""

    sentences: tuple[Span, ...]
    path: str
    headers: Mapping[int, Span]
    """Of each row of a table, by its first character."""


class _Splitter:
    """One document on its way: holds the tokens of its blocks and names, measured in one batch."""

    def __init__(self, document: Document, embedder: Tokenizer, settings: SplitSettings) -> None:
        self.document, self.embedder, self.settings = document, embedder, settings
        self.budget = min(settings.context, embedder.max_tokens // _SHARE)
        paths = [heading_path(document.title, path) for path in {block.place.heading for block in document.blocks}]
        headers = {block.header for block in document.blocks if block.header}
        names = sorted({name for path in paths for name in path} | {self._slice(header) for header in headers})
        texts = [document.text[block.start : block.end] for block in document.blocks]
        spans = embedder.token_spans([*texts, *names])
        self.tokens = {
            block.start: [start for start, _ in found] for block, found in zip(document.blocks, spans, strict=False)
        }
        self.names = dict(zip(names, spans[len(texts) :], strict=True))

    def sections(self) -> Iterator[list[Block]]:
        """Blocks that may share a passage: same page, sheet or slide, and same heading.

        A heading with nothing of its own goes with the first section below it. Where a page ends between the two, it
        makes no passage: the passages of the next page carry it in their context.
        """
        headings: list[Block] = []
        for _, blocks in groupby(self.document.blocks, key=_section):
            section = list(blocks)
            if headings and not _is_below(section[0], headings[-1]):
                yield headings
            elif headings and _sheet(headings[-1]) == _sheet(section[0]):
                section = headings + section
            headings = section if all(block.kind is BlockKind.HEADING for block in section) else []
            if not headings:
                yield section
        if headings:
            yield headings

    def drafts(self, section: Sequence[Block]) -> Iterator[_Draft]:
        """The section's passages, each with its context."""
        names = heading_path(self.document.title, section[-1].place.heading)
        path = join_path(names, self.names, self.budget)
        headers = {block.start: block.header for block in section if block.header}
        limit = max(1, self.embedder.max_tokens - self._reserve(names, headers.values()))
        units = list(self._units(section, limit))
        for run in pack(units, target=min(self.settings.target, limit), limit=limit):
            sentences = tuple(unit.span for unit in units[self._overlapped(units, run, limit) : run.stop])
            yield _Draft(sentences, path, headers)

    def fitted(self, drafts: Sequence[_Draft]) -> list[Passage]:
        """The drafts as passages; what the model could not read whole is halved until it can."""
        done: list[Passage] = []
        passages = [passage_of(self.document, draft.sentences, self._context(draft)) for draft in drafts]
        counts = self.embedder.token_spans([embedding_text(passage) for passage in passages])
        for draft, passage, tokens in zip(drafts, passages, counts, strict=True):
            if len(tokens) <= self.embedder.max_tokens:
                done.append(passage)
            else:
                done.extend(self.fitted(self._halves(draft)))
        return done

    def _reserve(self, names: Sequence[str], headers: Iterable[Span]) -> int:
        """Tokens to keep free for the context: of the path, and of the longest header."""
        longest = max((len(self.names[self._slice(header)]) for header in set(headers)), default=0)
        return min(self.budget, path_tokens(names, self.names)) + min(self.budget, longest)

    def _units(self, section: Sequence[Block], limit: int) -> Iterator[Unit]:
        """Sentences, rows, lines and headings of the section, none above `limit` tokens."""
        for block, (joint, inner) in zip(section, block_joints(section, self.document.text), strict=True):
            for span in self._sentences(block):
                for part in self._parts(block, span, limit):
                    blank = block.kind is BlockKind.CODE and "\n\n" in self.document.text[part.start - 2 : part.start]
                    yield Unit(part, self._size(block, part), 0.0 if blank else joint)
                    joint = inner

    def _sentences(self, block: Block) -> list[Span]:
        """What of the block is quoted as one."""
        text = self.document.text[block.start : block.end]
        if block.kind is BlockKind.CODE:
            return list(_lines(text, block.start))
        if block.kind in (BlockKind.ROW, BlockKind.HEADING):
            return [_stripped(text, block.start)] if text.strip() else []
        return [
            Span(block.start + start, block.start + end) for start, end in sentence_spans(text, self.settings.language)
        ]

    def _parts(self, block: Block, span: Span, limit: int) -> list[Span]:
        """The span, or its halves, quarters ... until each has at most `limit` tokens."""
        if span.end - span.start < 2 or self._size(block, span) <= limit:
            return [span]
        return [part for half in self._cut(span) for part in self._parts(block, half, limit)]

    def _cut(self, span: Span) -> list[Span]:
        """Two parts of about equal length, cut at a clause or word where there is one."""
        text = self.document.text
        cut = cut_point(text, span.start, span.end, (span.start + span.end) // 2)
        parts = (_stripped(text[start:end], start) for start, end in ((span.start, cut), (cut, span.end)))
        return [part for part in parts if part.start < part.end]

    def _size(self, block: Block, span: Span) -> int:
        """Tokens of the span, or a tenth of its characters where that is more."""
        starts = self.tokens[block.start]
        tokens = bisect_left(starts, span.end - block.start) - bisect_left(starts, span.start - block.start)
        return max(tokens, (span.end - span.start) // _CHARACTERS_PER_TOKEN)

    def _overlapped(self, units: Sequence[Unit], run: range, limit: int) -> int:
        """Where the passage begins once it repeats sentences of the one before it."""
        size, begin = sum(units[at].size for at in run), run.start
        while begin > 0 and run.start - begin < self.settings.overlap and size + units[begin - 1].size <= limit:
            begin -= 1
            size += units[begin].size
        return begin

    def _context(self, draft: _Draft) -> str:
        """The path, and below it the header of a table whose rows are in the passage while its header is not."""
        for start, _ in draft.sentences:
            block = self.document.block_at(start)
            header = draft.headers.get(block.start) if block else None
            if header and not draft.sentences[0].start <= header.start < draft.sentences[-1].end:
                name = self._slice(header)
                return f"{draft.path}\n{shorten(name, self.names[name], self.budget)}".strip()
        return draft.path

    def _halves(self, draft: _Draft) -> list[_Draft]:
        """Two drafts of half the sentences each, of half a sentence each, or at last one without context."""
        sentences = draft.sentences
        if len(sentences) > 1:
            middle = len(sentences) // 2
            return [replace(draft, sentences=sentences[:middle]), replace(draft, sentences=sentences[middle:])]
        if sentences[0].end - sentences[0].start > 1:
            return [replace(draft, sentences=(part,)) for part in self._cut(sentences[0])]
        return [_Draft(sentences, "", {})] if draft.path or draft.headers else []

    def _slice(self, span: Span) -> str:
        return clean(self.document.text[span.start : span.end])


def passage_of(document: Document, sentences: tuple[Span, ...], context: str) -> Passage:
    """Sentences of a document with everything a reader needs to find them."""
    start, end = sentences[0].start, sentences[-1].end
    first, last = (bisect_right(document._starts, offset) for offset in (start, end - 1))
    blocks = tuple(_trimmed(document, block, start, end) for block in document.blocks[first - 1 : last])
    place = replace(document.place(start), heading=blocks[-1].place.heading)
    return Passage(start, end, document.text[start:end], context, place, sentences, blocks)


def _trimmed(document: Document, block: Block, start: int, end: int) -> Block:
    """The block's part inside a passage."""
    if start <= block.start and block.end <= end:
        return block
    begin = max(start, block.start)
    return replace(block, start=begin, end=min(end, block.end), place=document.place(begin))


def _section(block: Block) -> tuple[object, ...]:
    """The place without row and line."""
    return *_sheet(block), block.place.heading


def _sheet(block: Block) -> tuple[object, ...]:
    """The page, sheet or slide."""
    place = block.place
    return place.page, place.page_label, place.sheet, place.slide


def _is_below(block: Block, heading: Block) -> bool:
    """Whether the block stands below the heading, on whatever page."""
    path = heading.place.heading
    return bool(path) and block.place.heading[: len(path)] == path


def _lines(text: str, offset: int) -> Iterator[Span]:
    """Lines that are not blank, with their indentation and without their line ends."""
    for line in text.splitlines(keepends=True):
        if line.strip():
            yield Span(offset, offset + len(line.rstrip()))
        offset += len(line)


def _stripped(text: str, offset: int) -> Span:
    """The text's span without outer white space, when it begins at `offset`."""
    start = offset + len(text) - len(text.lstrip())
    return Span(start, max(start, offset + len(text.rstrip())))
