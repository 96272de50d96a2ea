"""The guard that keeps tests, and every Python that they start, off the network.

It listens to Python's audit events, which sockets raise whoever uses them. An attempt to leave this machine is refused
and written into a file, because code that meets a refused connection may well go on as if nothing had been.
Only the standard library stands in here: `sitecustomize` brings it into processes that know nothing of tests.
"""

from __future__ import annotations

import os
import socket
import sys
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

LOG_VARIABLE = "FOOTNOTE_TEST_NETWORK_LOG"
CALLS = {"socket.connect", "socket.sendmsg", "socket.sendto"}
LOOKUPS = {"socket.getaddrinfo", "socket.gethostbyaddr", "socket.gethostbyname"}


def is_local(address: object) -> bool:
    """Whether a host, a URL or a socket address stays on this machine.

    "127.0.0.1", "::1", "localhost", ("127.0.0.1", 80), "http://localhost:7860/"  -> True
    "example.org", ("192.0.2.1", 443), "https://example.org/"                    -> False
    """
    if isinstance(address, tuple):
        address = address[0]
    if isinstance(address, bytes):
        address = address.decode(errors="replace")
    if not isinstance(address, str):
        return True  # None: any address of this machine
    if "://" in address:
        address = urlsplit(address).hostname or ""
    if address in {"", "localhost", socket.gethostname()}:
        return True
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return found.is_loopback or found.is_unspecified


def install() -> None:
    """Refuse and write down whatever leaves this machine, from here to the end of this process."""
    sys.addaudithook(_listen)


def _listen(event: str, details: tuple[Any, ...]) -> None:
    if event in LOOKUPS:
        _check(details[0])
    elif event in CALLS and details[0].family in {socket.AF_INET, socket.AF_INET6}:
        _check(details[1])


def _check(address: object) -> None:
    log = os.environ.get(LOG_VARIABLE)
    if log and not is_local(address):
        with Path(log).open("a", encoding="utf-8") as file:
            file.write(f"{address}\n")
        raise OSError(f"a test tried to reach {address}")
