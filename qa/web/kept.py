"""Exchanges as plain JSON and back, exactly: what the record keeps of a conversation.

The types of the dataclasses say what is read back: a field that is added to one of them is kept as well, and has its
default where an older record lacks it. A file that was altered gives an error, never an exchange of wrong types.
"""

from __future__ import annotations

import re
import types
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from qa.web.conversation import Exchange

__all__ = ["exchange_of", "plain"]

_KEY = re.compile(r"[0-9a-f]{32}")


def plain(exchange: Exchange) -> dict[str, Any]:
    """The exchange as dictionaries, lists, text and numbers; its key stands first."""
    return {"key": exchange.key, **_plain(exchange)}


def exchange_of(kept: Mapping[str, Any]) -> Exchange:
    """The exchange that `plain` was made of. Raises `ValueError` for anything else."""
    exchange: Exchange = _read(Exchange, kept)
    if not _KEY.fullmatch(exchange.key):
        raise ValueError("an exchange has a key of 32 hexadecimal digits")
    return exchange


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    return [_plain(each) for each in value] if isinstance(value, tuple) else value


def _read(kind: Any, kept: Any) -> Any:
    """The value of the type `kind` that `kept` stands for."""
    if get_origin(kind) in {Union, types.UnionType}:
        return _one_of(get_args(kind), kept)
    if get_origin(kind) is tuple:
        return _tuple(get_args(kind), kept)
    if isinstance(kind, type) and is_dataclass(kind):
        return _dataclass(kind, kept)
    if isinstance(kind, type) and issubclass(kind, tuple):  # a named tuple
        return kind(*_tuple(tuple(_types(kind).values()), kept))
    if kind is float and type(kept) is int:
        return float(kept)
    if kind not in {str, int, float, bool, types.NoneType} or type(kept) is not kind:
        raise ValueError(f"{type(kept).__name__} was found, {kind} was expected")
    return kept


def _one_of(kinds: tuple[Any, ...], kept: Any) -> Any:
    for kind in kinds:
        try:
            return _read(kind, kept)
        except ValueError:
            continue
    raise ValueError(f"{type(kept).__name__} was found, one of {kinds} was expected")


def _tuple(kinds: tuple[Any, ...], kept: Any) -> tuple[Any, ...]:
    if not isinstance(kept, list):
        raise ValueError(f"{type(kept).__name__} was found, a list was expected")
    if len(kinds) == 2 and kinds[1] is Ellipsis:
        return tuple(_read(kinds[0], each) for each in kept)
    if len(kinds) != len(kept):
        raise ValueError(f"{len(kept)} values were found, {len(kinds)} were expected")
    return tuple(_read(kind, each) for kind, each in zip(kinds, kept, strict=True))


def _dataclass(kind: type, kept: Any) -> Any:
    if not isinstance(kept, Mapping):
        raise ValueError(f"{type(kept).__name__} was found, {kind.__name__} was expected")
    hints = _types(kind)
    given = {each.name: _read(hints[each.name], kept[each.name]) for each in fields(kind) if each.name in kept}
    if missing := [each.name for each in fields(kind) if each.name not in kept and not _has_default(each)]:
        raise ValueError(f"{kind.__name__} lacks {', '.join(missing)}")
    return kind(**given)


def _has_default(each: Field[Any]) -> bool:
    return each.default is not MISSING or each.default_factory is not MISSING


@cache
def _types(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)
