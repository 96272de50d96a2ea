"""Whether what people wrote, conversations and judgements, is as it was written; nothing else holds it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from index.checking.findings import REPAIR, Finding, judged
from index.conversations import CONVERSATIONS_FOLDER, SUFFIX
from index.exchanges import HEAD
from index.judgements import JUDGEMENTS_FILE
from index.lines import opened

__all__ = ["Kept", "kept_files", "kept_finding"]


NEWER_HEAD = HEAD.replace(b"1", b"2")
"""A conversation of the next version; no single bit makes one of ours look like it."""


class Kept(NamedTuple):
    """A file of lines, read whole."""

    path: Path
    whole: tuple[bytes, ...]
    """The lines that can be read."""
    damaged: int
    """The lines that cannot."""
    size: int
    """Bytes that were read."""

    @property
    def content(self) -> bytes:
        """The file as it should be: its head, and the lines that can be read."""
        head = HEAD if self.path.suffix == SUFFIX else b""
        return head + b"".join(line + b"\n" for line in self.whole)


def kept_files(folder: Path) -> Iterator[Kept]:
    """Every conversation of the index in `folder`, then the judgements. What cannot be opened is left out."""
    for path in [*sorted((folder / CONVERSATIONS_FOLDER).glob(f"*/*{SUFFIX}")), folder / JUDGEMENTS_FILE]:
        if path.is_symlink() or not path.is_file():
            continue
        try:
            content = path.read_bytes()
        except OSError:
            continue
        if path.suffix == SUFFIX and content.startswith(NEWER_HEAD):
            continue  # not ours to judge
        lines = [line for line in content.split(b"\n") if line and line + b"\n" != HEAD]
        whole = tuple(line for line in lines if opened(line) is not None)
        headless = path.suffix == SUFFIX and bool(content) and not content.startswith(HEAD)
        yield Kept(path, whole, len(lines) - len(whole) + (headless and len(lines) == len(whole)), len(content))


def kept_finding(folder: Path) -> Finding:
    """Whether every line of conversations and judgements can be read, and has its checksum."""
    problems: list[str] = []
    files = lines = 0
    for kept in kept_files(folder):
        files += 1
        lines += len(kept.whole)
        if kept.damaged:
            problems.append(f"{kept.damaged:,} lines of {kept.path.relative_to(folder)} are damaged")
    facts = {"files": files, "lines": lines}
    well = f"{lines:,} lines of {files:,} files of conversations and judgements are whole"
    return judged("kept", problems, well if files else "no conversations or judgements", remedy=REPAIR, facts=facts)
