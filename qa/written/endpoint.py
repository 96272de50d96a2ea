"""Where a language model answers: the address, checked, and what is known about it.

language_model("http://localhost:11434", "llama3.2").completions  -> "http://localhost:11434/v1/chat/completions"
language_model("https://llm.example.org/v1").is_exposed           -> False
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from qa.written.errors import WriterError

__all__ = ["KEY_VARIABLE", "SECONDS", "LanguageModel", "language_model"]

KEY_VARIABLE = "FOOTNOTE_LLM_KEY"
"""The environment variable of the key. A command line can be read by every user of the machine."""

SECONDS = 120.0
"""How long the model may say nothing: a small computer reads 700 words of passages in about a minute."""

_CHAT = "/chat/completions"
_NEAR = (".localhost", ".local", ".internal", ".lan", ".home", ".home.arpa")
"""Names that no public server has."""


@dataclass(frozen=True, slots=True)
class LanguageModel:
    """A server of the chat-completions protocol, and the model to ask there."""

    base: str
    """"http://localhost:8080/v1"."""
    name: str = ""
    """The model as the server names it; "" for the only one it offers."""
    key: str = field(default="", repr=False)
    seconds: float = SECONDS
    """How long it may say nothing."""

    @property
    def completions(self) -> str:
        """The address that writes."""
        return self.base + _CHAT

    @property
    def models(self) -> str:
        """The address that names the models of the server."""
        return f"{self.base}/models"

    @property
    def host(self) -> str:
        """The host, and the port where one was named: "localhost:8080"."""
        return urlsplit(self.base).netloc

    @property
    def is_exposed(self) -> bool:
        """Whether questions and passages would cross a public network in the clear."""
        address = urlsplit(self.base)
        return address.scheme == "http" and not _is_near(address.hostname or "")


def language_model(url: str, name: str = "", *, key: str | None = None, seconds: float = SECONDS) -> LanguageModel:
    """The language model at `url`: the server, its "/v1", or the whole address up to "/chat/completions".

    `name`: the model; "" for the only one that the server offers. `key`: by default the environment's
    `FOOTNOTE_LLM_KEY`, none when that is not set. Raises `WriterError` for an address or key that cannot be used.
    """
    key = os.environ.get(KEY_VARIABLE, "") if key is None else key
    if not all("!" <= character <= "~" for character in key):
        raise WriterError(f"the key in {KEY_VARIABLE} has characters that no key has: set it again, without spaces")
    if not seconds > 0:
        raise WriterError(f"{seconds:g} seconds to wait for the language model were given: give more than 0")
    address = _checked(url)
    path = address.path.rstrip("/").removesuffix(_CHAT).rstrip("/")
    return LanguageModel(f"{address.scheme}://{address.netloc}{path or '/v1'}", name, key, seconds)


def _checked(url: str) -> SplitResult:
    try:
        address = urlsplit(url.strip())
        known = address.scheme in ("http", "https") and address.hostname and (address.port or 1)
    except ValueError:
        known = False
    if not known or any(character.isspace() or not character.isprintable() for character in url.strip()):
        raise WriterError(
            f"{_without_secrets(url)} is no address of a language model: give one such as http://localhost:8080/v1"
        )
    if address.username or address.password or address.query or address.fragment:
        raise WriterError(
            f'the address of the language model may hold no name, key or "?": give {address.scheme}://'
            f"{address.hostname}{address.path}, and the key in the environment variable {KEY_VARIABLE}"
        )
    return address


def _without_secrets(url: str) -> str:
    """What was given, without what may be a key: "http://me:secret@host/v1?key=1" -> "http://host/v1"."""
    scheme, separator, rest = url.strip().partition("://")
    rest = rest.partition("?")[0].rpartition("@")[2] if separator else ""
    shown = f"{scheme.partition('?')[0].rpartition('@')[2]}{separator}{rest}"
    return '"' + "".join(c if c.isprintable() else " " for c in shown)[:200] + '"'


def _is_near(host: str) -> bool:
    """Whether the host is this machine or one of a private network."""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return host == "localhost" or "." not in host or host.lower().endswith(_NEAR)
    return address.is_loopback or address.is_private or address.is_link_local
