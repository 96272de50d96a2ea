"""The source files of this repository, and what they import and call: what the tests of the house rules read."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent


class Import(NamedTuple):
    """One name of a module in an import statement, in full: `from torch import nn` -> "torch" and "torch.nn"."""

    name: str
    line: int
    deferred: bool
    """Whether it happens only when a function runs (or only for the type checker), not when the module is imported."""

    def is_of(self, package: str) -> bool:
        return self.name == package or self.name.startswith(f"{package}.")


@dataclass(frozen=True)
class Source:
    """One Python file, by its path from the root of the repository."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, self.path)

    @cached_property
    def imports(self) -> list[Import]:
        return list(self._imports(self.tree, deferred=False))

    def is_in(self, *places: str) -> bool:
        """Whether the file is one of `places`, or lies in one that is a folder: is_in("qa/web", "app.py")."""
        return any(self.path == place or self.path.startswith(f"{place}/") for place in places)

    def _imports(self, node: ast.AST, *, deferred: bool) -> Iterator[Import]:
        if isinstance(node, ast.Import):
            yield from (Import(alias.name, node.lineno, deferred) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = self._absolute(node)
            yield Import(module, node.lineno, deferred)
            yield from (Import(f"{module}.{alias.name}", node.lineno, deferred) for alias in node.names)
        elif isinstance(node, ast.If) and ast.unparse(node.test) in {"TYPE_CHECKING", "typing.TYPE_CHECKING"}:
            yield from self._children(node.body, deferred=True)
            yield from self._children(node.orelse, deferred=deferred)
        else:
            inside = deferred or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            yield from self._children(ast.iter_child_nodes(node), deferred=inside)

    def _children(self, nodes: Iterator[ast.AST] | list[ast.stmt], *, deferred: bool) -> Iterator[Import]:
        for node in nodes:
            yield from self._imports(node, deferred=deferred)

    def _absolute(self, node: ast.ImportFrom) -> str:
        package = self.path.split("/")[: -node.level] if node.level else []
        return ".".join([*package, *filter(None, [node.module])])


def product() -> list[Source]:
    """The files that are installed: index, qa and app.py."""
    paths = [*(ROOT / "index").rglob("*.py"), *(ROOT / "qa").rglob("*.py"), ROOT / "app.py"]
    return [
        Source(path.relative_to(ROOT).as_posix(), path.read_text("utf-8")) for path in sorted(paths) if path.exists()
    ]


def tracked() -> list[Path]:
    """Every file of the repository that git keeps or would keep, as absolute paths."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]
