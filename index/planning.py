"""What a sync has to do: the folder as it is against the index as it was."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from index.scanning import FileFacts, Scan
from index.schema import State
from index.store import KnownFile

__all__ = ["Plan", "plan"]

Digest = Callable[[FileFacts], bytes | None]
"""SHA-256 of a file, or None when it cannot be read."""


@dataclass(slots=True)
class Plan:
    """Every file of the folder and of the index stands in exactly one of these."""

    new: list[FileFacts] = field(default_factory=list)
    changed: list[FileFacts] = field(default_factory=list)
    renamed: list[tuple[KnownFile, FileFacts]] = field(default_factory=list)
    removed: list[KnownFile] = field(default_factory=list)
    touched: list[tuple[KnownFile, FileFacts]] = field(default_factory=list)
    """Same bytes, other times: counted as unchanged."""
    unchanged: list[KnownFile] = field(default_factory=list)
    failed: list[KnownFile] = field(default_factory=list)
    """Failed before and not touched since: not tried again."""

    @property
    def to_read(self) -> list[FileFacts]:
        """Files that must be read, smallest first, so that much is answerable soon."""
        return sorted(self.new + self.changed, key=lambda facts: (facts.size, facts.name))


def plan(scan: Scan, known: Mapping[bytes, KnownFile], recipe: str, digest: Digest) -> Plan:
    """Compare size and times first, and bytes only where those differ."""
    result = Plan()
    missing = [k for name, k in known.items() if name not in scan.files and not scan.lies_unlisted(name)]
    result.unchanged.extend(k for name, k in known.items() if name not in scan.files and scan.lies_unlisted(name))
    for name, facts in scan.files.items():
        before = known.get(name)
        if before is None:
            _plan_unknown(result, facts, missing, recipe, digest)
        elif before.recipe != recipe:
            result.changed.append(facts)
        elif before.facts == facts:
            (result.failed if before.state == State.FAILED else result.unchanged).append(before)
        elif before.state == State.INDEXED and before.digest == digest(facts):
            result.touched.append((before, facts))
        else:
            result.changed.append(facts)
    result.removed = missing
    return result


def _plan_unknown(result: Plan, facts: FileFacts, missing: list[KnownFile], recipe: str, digest: Digest) -> None:
    """A name the index does not know: a rename when the bytes of a file that is gone stand there, else new."""
    for gone in missing:
        if _may_be_renamed(gone, facts, recipe) and gone.digest == digest(facts):
            missing.remove(gone)
            result.renamed.append((gone, facts))
            return
    result.new.append(facts)


def _may_be_renamed(gone: KnownFile, facts: FileFacts, recipe: str) -> bool:
    """Same size and kind of file, and read in the way it would be read now."""
    same_kind = PurePosixPath(gone.facts.path).suffix.lower() == PurePosixPath(facts.path).suffix.lower()
    return same_kind and gone.facts.size == facts.size and gone.recipe == recipe and gone.state == State.INDEXED
