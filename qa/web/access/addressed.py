"""Which name a request asks for, and from where it comes, as far as that can be believed.

A page of another site can point its own name at this machine, and would then be allowed to read everything ("DNS
rebinding"); so a request is answered only under names that were agreed on. A reverse proxy says in headers whom it
speaks for; only those that are trusted are believed, and the headers go no further.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address

from starlette.types import ASGIApp, Receive, Scope, Send

from qa.web.access.paths import Paths, below_root
from qa.web.access.refusals import refusal

__all__ = ["LOOPBACK_NAMES", "Addressed", "Network", "host_name", "is_address"]

LOOPBACK_NAMES = frozenset({"127.0.0.1", "::1", "localhost"})

_PORT = re.compile(r":[0-9]{1,9}")  # `int` refuses thousands of digits

Network = IPv4Network | IPv6Network
Headers = list[tuple[bytes, bytes]]

FORWARDED = (b"forwarded", b"x-real-ip", b"x-gradio-server")
"""Besides all that begins with "x-forwarded-"; Gradio would believe some of them from anyone."""


@dataclass(frozen=True, slots=True)
class Addressed:
    """Lets requests through that ask for a name of ours, and makes plain where they come from.

    `root_path`: what a proxy puts in front of our paths; the request may come with it or without.
    """

    app: ASGIApp
    paths: Paths
    names: frozenset[str]
    any_address: bool
    """Also answer under numbers, which nobody can point elsewhere: a page that listens everywhere has many."""
    trusted: tuple[Network, ...]
    root_path: str = ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer it with 400."""
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        scope = self._below_root_path(scope)
        seen = self._as_the_client_sent_it(scope)
        for name in (_host(scope["headers"]), _host(seen["headers"])):
            if not self._answers_to(host_name(name)):
                is_api = self.paths.is_api(below_root(scope))
                await refusal(400, _not_ours(name), as_json=is_api)(scope, receive, send)
                return
        await self.app(seen, receive, send)

    def _answers_to(self, name: str) -> bool:
        return name in self.names or (self.any_address and is_address(name))

    def _below_root_path(self, scope: Scope) -> Scope:
        """The path in full: with the prefix, and told where that ends."""
        if not self.root_path:
            return scope
        path = scope["path"]
        if path != self.root_path and not path.startswith(f"{self.root_path}/"):
            path = self.root_path + path
        return {**scope, "path": path, "raw_path": None, "root_path": self.root_path}

    def _as_the_client_sent_it(self, scope: Scope) -> Scope:
        headers: Headers = scope["headers"]
        kept = [pair for pair in headers if pair[0] not in FORWARDED and not pair[0].startswith(b"x-forwarded-")]
        client = scope.get("client")
        if not client or not self._trusts(client[0]):
            return {**scope, "headers": kept}
        changed: dict[str, object] = {}
        if address := self._first_stranger(_values(headers, b"x-forwarded-for")):
            changed["client"] = (address, 0)
        if (scheme := _last(headers, b"x-forwarded-proto").lower()) in {"http", "https"}:
            changed["scheme"] = scheme.replace("http", "ws") if scope["type"] == "websocket" else scheme
        if host := _last(headers, b"x-forwarded-host"):
            kept = [(b"host", host.encode("latin-1")), *(pair for pair in kept if pair[0] != b"host")]
        return {**scope, **changed, "headers": kept}

    def _trusts(self, address: str) -> bool:
        return is_address(address) and any(ip_address(address) in network for network in self.trusted)

    def _first_stranger(self, forwarded_for: Iterable[str]) -> str:
        """The client: the last address that no trusted proxy has; what stands before it may be made up."""
        found = ""
        for value in reversed(list(forwarded_for)):
            address = host_name(value)
            if not is_address(address):
                break
            found = address
            if not self._trusts(address):
                break
        return found


def host_name(host: str) -> str:
    """The name alone: "Docs.example.org:8000" -> "docs.example.org", "[::1]:80" -> "::1"; "" for what is none."""
    name = host.strip().lower()
    if name.startswith("["):
        inside, bracket, port = name[1:].partition("]")
        return inside if bracket and (not port or _is_port(port)) and is_address(inside) else ""
    if is_address(name):
        return name
    name, colon, port = name.partition(":")
    return name.rstrip(".") if not colon or _is_port(f":{port}") else ""


def is_address(name: str) -> bool:
    """Whether it is a number: "192.0.2.1", "::1"; none with a zone, in which anything may stand ("fe80::1%eth0")."""
    try:
        ip_address(name)
    except ValueError:
        return False
    return "%" not in name


def _is_port(text: str) -> bool:
    return bool(_PORT.fullmatch(text)) and int(text[1:]) < 2**16


def _values(headers: Headers, name: bytes) -> Iterator[str]:
    """Each value of a header that may be repeated, or hold several between commas."""
    for key, value in headers:
        if key == name:
            yield from (part.strip() for part in value.decode("latin-1").split(",") if part.strip())


def _last(headers: Headers, name: bytes) -> str:
    """The last value: what the nearest proxy wrote. "" when there is none."""
    return next(reversed(list(_values(headers, name))), "")


def _host(headers: Headers) -> str:
    """The name that is asked for, whole: of several it is not known which one the application would take."""
    named = [value.decode("latin-1") for key, value in headers if key == b"host"]
    return named[0] if len(named) == 1 else ""


def _not_ours(host: str) -> str:
    shown = "".join(c for c in host[:100] if c.isprintable())
    return (
        f'Footnote does not answer under the name "{shown}". If it is one of yours, start it with '
        f"--allow-host {host_name(host) or 'NAME'}"
    )
