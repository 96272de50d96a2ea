"""What a sync has to do: the folder as it is against the index as it was."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from index.known_files import KnownFile
from index.recipes import Recipe
from index.scanning import FileFacts, Scan, suffix_of
from index.schema import State

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


def plan(scan: Scan, known: Mapping[bytes, KnownFile], recipe: Recipe, digest: Digest) -> Plan:
    """Compare size and times first, and bytes only where those differ.

    `known`: what the index holds of the scan's scope.
    """
    result, missing = Plan(), _Missing(recipe)
    for name, before in known.items():
        if name in scan.files:
            continue
        if scan.unlisted and scan.lies_unlisted(name):
            result.unchanged.append(before)
        else:
            missing.add(before)
    for name, facts in scan.files.items():
        if name in known:
            _plan_known(result, known[name], facts, recipe, digest)
        elif gone := missing.taken(facts, digest):
            result.renamed.append((gone, facts))
        else:
            result.new.append(facts)
    result.removed = missing.left()
    return result


def _plan_known(result: Plan, before: KnownFile, facts: FileFacts, recipe: Recipe, digest: Digest) -> None:
    if before.recipe != recipe.of(facts.path):
        result.changed.append(facts)
    elif before.facts == facts:
        (result.failed if before.state == State.FAILED else result.unchanged).append(before)
    elif before.state == State.INDEXED and before.facts.size == facts.size and before.digest == digest(facts):
        result.touched.append((before, facts))
    else:
        result.changed.append(facts)


class _Missing:
    """Files that are gone. One that stands under a name that the index does not know is a rename.

    Looked up by size and kind, then by bytes, so that a file is read once however many are gone: renaming a folder of
    100,000 files looks at each once.
    """

    def __init__(self, recipe: Recipe) -> None:
        self._recipe = recipe
        self._left: dict[int, KnownFile] = {}
        self._alike: dict[tuple[int, str], dict[bytes, list[KnownFile]]] = {}

    def add(self, gone: KnownFile) -> None:
        """Note a file that is gone; only one that was read, in the way it would be read now, may be a rename."""
        self._left[gone.id] = gone
        if gone.recipe == self._recipe.of(gone.facts.path) and gone.state == State.INDEXED:
            of_digest = self._alike.setdefault((gone.facts.size, suffix_of(gone.facts.path)), {})
            of_digest.setdefault(gone.digest, []).append(gone)

    def taken(self, facts: FileFacts, digest: Digest) -> KnownFile | None:
        """The first file of the same size, kind and bytes, which then is missing no more."""
        of_digest = self._alike.get((facts.size, suffix_of(facts.path)))
        found = digest(facts) if of_digest else None
        if not of_digest or found is None or found not in of_digest:
            return None
        gone = of_digest[found].pop(0)
        if not of_digest[found]:
            del of_digest[found]
        return self._left.pop(gone.id)

    def left(self) -> list[KnownFile]:
        """What stands nowhere any more."""
        return list(self._left.values())
