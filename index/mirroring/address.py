"""Where documents lie in object storage, read from an address."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from index.errors import CorpusError, SettingError

__all__ = ["Address", "endpoint_from_environment", "is_address"]

ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")
"""Variables of the environment that name a server that speaks S3, as the tools of AWS read them; the first that is set
counts."""

_ADDRESS = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://(.*)", re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_FORM = "SCHEME://BUCKET/PREFIX, such as s3://bucket/reports"

_NO_STORES = frozenset(
    "data file http https local memory zip tar dir reference blockcache filecache simplecache".split()
)
"""Schemes that fsspec knows, and that are no object storage: a folder has no address, and a page is no folder."""

LONGEST_NAME_BYTES = 200


def is_address(corpus: object) -> bool:
    """Whether `corpus` is an address and not a folder: "s3://bucket/reports"; a `Path` is always a folder."""
    return isinstance(corpus, str) and _ADDRESS.match(corpus) is not None


@dataclass(frozen=True, slots=True)
class Address:
    """The objects whose keys begin with a prefix."""

    scheme: str
    path: str
    """Bucket and prefix, "bucket/reports", without a slash at either end."""
    endpoint: str = ""
    """URL of a server that speaks S3; "" for that of AWS, and for every other scheme."""

    @classmethod
    def of(cls, text: str) -> Address:
        """Read "s3://bucket/prefix". Raises `CorpusError`, `SettingError` for an endpoint that is none."""
        found = _ADDRESS.match(text)
        if not found:
            raise CorpusError(f"{_shown(text)} is no address of documents: give {_FORM}")
        scheme, path = found[1].lower(), found[2].rstrip("/")
        bucket, *folders = path.split("/")
        if scheme in _NO_STORES:
            raise CorpusError(
                f"documents are not read from {scheme}:// addresses: name a folder by its path, or give {_FORM}"
            )
        if (scheme == "s3" and not {":", "@"}.isdisjoint(bucket)) or (":" in bucket and "@" in path):
            raise CorpusError(
                f"the address {_shown(text)} holds a key or a password: leave it out, and give it in the environment "
                "(AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY) or a profile (AWS_PROFILE), where no list of processes "
                "shows it"
            )
        if not bucket or _CONTROL.search(path) or not {"", ".", ".."}.isdisjoint(folders):
            raise CorpusError(f"{_shown(text)} is no address of documents: give {_FORM}")
        return cls(scheme, path, endpoint_from_environment() if scheme == "s3" else "")

    @property
    def folder(self) -> str:
        """What the folder of the copy is called, and so the corpus, with one above it to tell two apart."""
        return "/".join(map(_name, self.path.split("/")[-2:]))

    @property
    def digest(self) -> str:
        """A name for the copy: the same prefix of another server is another."""
        return hashlib.sha256(self.where.encode()).hexdigest()[:16]

    @property
    def where(self) -> str:
        """The address with its server, when that is not the usual one."""
        return f"{self} at {self.endpoint}" if self.endpoint else str(self)

    def __str__(self) -> str:
        return f"{self.scheme}://{self.path}"


def endpoint_from_environment() -> str:
    """The server that the environment names, "" for none. Raises `SettingError` for what is no URL of one."""
    variable = next((name for name in ENDPOINTS if os.environ.get(name, "").strip()), "")
    if not variable:
        return ""
    given = os.environ[variable].strip().rstrip("/")
    try:
        parts = urlsplit(given)
        is_url = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        parts, is_url = urlsplit(""), False
    if not is_url or "@" in parts.netloc or parts.path or parts.query or parts.fragment:
        raise SettingError(
            f"{variable} is {_shown(given)!r}: give the URL of a server, http://HOST:PORT or https://HOST"
        )
    return given


def _name(part: str) -> str:
    """A part of a path as the name of a folder that is not hidden."""
    is_plain = len(part.encode()) <= LONGEST_NAME_BYTES and not part.startswith((".", "~$"))
    return part if is_plain and "\\" not in part and ":" not in part else "documents"


def _shown(text: str) -> str:
    """An address for a message: what may be a key or a password, in which a slash may stand, is left out."""
    scheme, _, rest = text.partition("://")
    return text if {"@", ":"}.isdisjoint(rest) else f"{scheme}://…"
