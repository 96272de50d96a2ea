"""Who may ask, as it was set when the page was started."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from pathlib import Path

from qa.web.access.addressed import LOOPBACK_NAMES, Network, host_name, is_address
from qa.web.access.errors import AccessError
from qa.web.access.logins import logins_from_file, logins_from_pairs, merged
from qa.web.access.passwords import Hashed
from qa.web.access.paths import TAKEN

__all__ = ["AUTH_VARIABLE", "LOOPBACK", "Access", "access_from"]

LOOPBACK = "127.0.0.1"
AUTH_VARIABLE = "FOOTNOTE_AUTH"
"""NAME:PASSWORD, where other users of the machine do not read it in the list of processes."""

UNENCRYPTED = (
    "other machines reach this page without encryption: in a network that is not yours alone, listen on this machine "
    "only, behind a reverse proxy with TLS (docs/serving.md)"
)
OPEN_BEHIND_PROXY = (
    "whoever reaches the reverse proxy reads the documents: give a password (--login-file), unless the proxy asks for "
    "one"
)

THIS_MACHINE: tuple[Network, ...] = (ip_network("127.0.0.0/8"), ip_network("::1/128"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """From where, under which names, and with which passwords the page may be asked."""

    host: str = LOOPBACK
    """Where it listens, as a number."""
    names: frozenset[str] = LOOPBACK_NAMES
    """What may stand in `Host`."""
    logins: Mapping[str, Hashed] = field(default_factory=dict)
    """Empty: nobody is asked."""
    trusted_proxies: tuple[Network, ...] = THIS_MACHINE
    root_path: str = ""
    """What a proxy puts in front of the path: "/docs"."""

    @property
    def is_open_to_others(self) -> bool:
        """Whether other machines reach it directly."""
        return not ip_address(self.host).is_loopback

    @property
    def warnings(self) -> tuple[str, ...]:
        """What whoever starts it should know, a line each."""
        if self.is_open_to_others:
            return (UNENCRYPTED,)
        behind_a_proxy = self.root_path or self.names - LOOPBACK_NAMES - {self.host}
        return (OPEN_BEHIND_PROXY,) if behind_a_proxy and not self.logins else ()

    @property
    def listens_everywhere(self) -> bool:
        """Whether it has no address of its own."""
        return ip_address(self.host).is_unspecified


def access_from(
    *,
    host: str = LOOPBACK,
    auth: Sequence[str] = (),
    login_file: Path | None = None,
    allow_hosts: Sequence[str] = (),
    trust_proxies: Sequence[str] = (),
    root_path: str = "",
) -> Access:
    """The settings of the command line and `FOOTNOTE_AUTH`.

    Raises `AccessError` for what cannot be, and for an address that others reach without a password.
    """
    address = _address(host)
    given = os.environ.get(AUTH_VARIABLE, "").splitlines()
    logins = merged(
        logins_from_pairs(auth, given_by="--auth"),
        logins_from_pairs(filter(None, given), given_by=AUTH_VARIABLE),
        logins_from_file(login_file.expanduser()) if login_file else {},
    )
    named = frozenset(_name(name) for name in (host, *allow_hosts))
    access = Access(
        host=address,
        names=LOOPBACK_NAMES | named | {address},
        logins=logins,
        trusted_proxies=THIS_MACHINE + tuple(_network(proxy) for proxy in trust_proxies),
        root_path=_prefix(root_path),
    )
    if access.is_open_to_others and not logins:
        raise AccessError(
            f"--host {host} lets other machines read your documents, so it needs a password: give --login-file FILE "
            f"(`footnote password` makes one), --auth NAME:PASSWORD, or {AUTH_VARIABLE}"
        )
    return access


def _address(host: str) -> str:
    """The number of a host: "localhost" -> "127.0.0.1"."""
    plain = host.strip().strip("[]")
    if is_address(plain):
        return str(ip_address(plain))
    try:
        found = socket.getaddrinfo(plain, None, type=socket.SOCK_STREAM) if re.fullmatch(r"[\w.-]+", plain) else []
    except (OSError, UnicodeError):
        found = []
    addresses = sorted((str(entry[4][0]) for entry in found), key=lambda address: ":" in address)
    if not addresses:
        raise AccessError(f"--host {host} is no address of this machine: give a number such as 0.0.0.0, or its name")
    return addresses[0]


def _name(name: str) -> str:
    plain = name if name.startswith("[") or ":" not in name else f"[{name}]" if is_address(name) else name
    found = host_name(plain)
    if not found or not re.fullmatch(r"[\w.:-]+", found, re.ASCII):
        raise AccessError(f"--allow-host {name} is no name of a machine: give one such as docs.example.org")
    return found


def _network(proxy: str) -> Network:
    try:
        return ip_network(proxy, strict=False)
    except ValueError:
        raise AccessError(
            f"--trust-proxy {proxy} is no address: give a number or a network, such as 10.0.0.2 or 10.0.0.0/24"
        ) from None


def _prefix(root_path: str) -> str:
    prefix = "/" + root_path.strip("/") if root_path.strip("/") else ""
    if not re.fullmatch(r"(/[A-Za-z0-9][A-Za-z0-9._~-]*)*", prefix):
        raise AccessError(
            f"--root-path {root_path} is no path of plain parts: give one such as /docs, of letters, digits and . _ ~ -"
        )
    if prefix.split("/")[1:2] and prefix.split("/")[1] in TAKEN:
        raise AccessError(f"--root-path {root_path} begins with a name that Footnote itself uses: choose another")
    return prefix
