"""Other storage that fsspec knows, by a package that somebody installed for it: gcsfs, adlfs ..."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from index.errors import CorpusError
from index.mirroring.address import Address
from index.mirroring.remote import Found, Gone, Sink, Unfetched, away, copied, plain

__all__ = ["Other"]

STAMPS = ("generation", "etag", "ETag", "e_tag", "md5Hash", "content_md5", "versionId", "version")
TIMES = ("last_modified", "LastModified", "updated", "mtime", "modified")
"""Where packages say what state an object is in, the surest first."""


class Other:
    """The objects below one address; see `Remote`."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._prefix = f"{address.path}/"
        self._type = _type_for(address)

    def listed(self) -> Iterator[Found]:
        """See `Remote.listed`."""
        has_begun = False
        try:
            for path, facts in self._entries():
                has_begun = True
                below = path if path.startswith(self._prefix) else path.removeprefix("/")
                if facts["type"] == "file" and below.startswith(self._prefix):
                    yield self._found(below[len(self._prefix) :], facts)
        except FileNotFoundError as error:
            if has_begun:  # what was listed so far is not all
                raise away(self._address, "a folder went away while it was listed") from error
        except CorpusError:
            raise
        except Exception as error:  # whatever the package of a storage raises
            raise away(self._address, plain(error)) from error

    def again(self, key: str) -> Found:
        """See `Remote.again`."""
        try:
            self._files.invalidate_cache()
            return self._found(key, self._files.info(self._prefix + key))
        except Exception as error:
            raise self._of_one(error) from error

    def fetch(self, found: Found, file: Sink) -> bool:
        """See `Remote.fetch`."""
        try:
            stream = self._files.open(self._prefix + found.key, "rb", cache_type="none")
        except Exception as error:
            raise self._of_one(error) from error
        with stream:
            got = copied(stream, found.size, file, self._of_one)
        return got == found.size and self.again(found.key).stamp == found.stamp

    @cached_property
    def _files(self) -> Any:
        try:
            return self._type(skip_instance_cache=True, use_listings_cache=False)
        except Exception as error:
            raise away(self._address, plain(error)) from error

    def _entries(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Path and facts of everything. The walk of fsspec would leave out what it could not list."""
        from fsspec.asyn import AsyncFileSystem
        from fsspec.spec import AbstractFileSystem

        files = self._files
        files.invalidate_cache()
        listed = type(files).find is not AbstractFileSystem.find
        listed_later = getattr(type(files), "_find", AsyncFileSystem._find) is not AsyncFileSystem._find
        if listed or listed_later:  # its package lists all at once
            yield from files.find(self._address.path, detail=True).items()
            return
        folders, seen = [self._address.path], set[str]()
        while folders:
            folder = folders.pop().strip("/")
            if folder in seen:
                continue
            seen.add(folder)
            for facts in files.ls(folder, detail=True):
                if facts["type"] == "directory":
                    folders.append(str(facts["name"]))
                yield str(facts["name"]), facts

    def _found(self, key: str, facts: dict[str, Any]) -> Found:
        stamp = next((facts[name] for name in STAMPS if facts.get(name)), None)
        when = next((facts[name] for name in TIMES if facts.get(name)), None)
        if stamp is None and when is None:
            raise away(self._address, "it tells neither times nor states of its objects, so that no change can be seen")
        size = int(facts["size"])
        return Found(key, size, f"{size}-{when if stamp is None else stamp}")

    def _of_one(self, error: Exception) -> Exception:
        if isinstance(error, CorpusError):
            return error
        if isinstance(error, FileNotFoundError):
            return Gone()
        if isinstance(error, PermissionError):
            return Unfetched("access was denied")
        return away(self._address, plain(error))


def _type_for(address: Address) -> Any:
    """The class of fsspec for a scheme. Raises `CorpusError` when there is none, or its package is missing."""
    from fsspec import get_filesystem_class

    try:
        return get_filesystem_class(address.scheme)
    except ValueError as error:
        raise CorpusError(
            f"{address} begins with {address.scheme}://, which fsspec does not know: give s3://BUCKET/PREFIX"
        ) from error
    except ImportError as error:
        raise CorpusError(f"{address} needs a package more: {plain(error)}") from error
