"""Passwords as they are kept: never themselves, only what scrypt makes of them.

    hashed("correct horse")  ->  scrypt$32768$8$3$hM1x...$9rTq...      (n, r, p, salt, digest; the last two in base64)

RFC 7914 describes scrypt and its three costs: the memory is 128 * n * r bytes, the time grows with n * r * p.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
import unicodedata
from dataclasses import dataclass

from qa.web.access.errors import AccessError

__all__ = ["LONGEST_PASSWORD", "SHORTEST_PASSWORD", "Hashed", "check_password", "hashed", "matches", "parsed"]

N, R, P = 2**15, 8, 3
"""32 MiB and about 0.2 s for one try: one of the choices that OWASP's password storage cheat sheet holds equal."""

MOST_MEMORY = 256 * 1024 * 1024
"""Bytes that a hash of somebody's file may ask for."""

MOST_WORK = 2**23
"""n * r * p that it may ask for: some ten times ours."""

SALT_BYTES = 16
DIGEST_BYTES = 32

SHORTEST_PASSWORD = 8
"""Characters; NIST SP 800-63B, 5.1.1.1."""

LONGEST_PASSWORD = 1_000


@dataclass(frozen=True, slots=True)
class Hashed:
    """What is kept of a password; as text, one field of a line in a login file."""

    n: int
    r: int
    p: int
    salt: bytes
    digest: bytes

    def __str__(self) -> str:
        salt, digest = (base64.b64encode(part).decode() for part in (self.salt, self.digest))
        return f"scrypt${self.n}${self.r}${self.p}${salt}${digest}"


def check_password(password: str) -> None:
    """Raise `AccessError` for a password that is too short to keep anyone out, or longer than is looked at."""
    if len(password) < SHORTEST_PASSWORD:
        raise AccessError(
            f"the password has {len(password)} characters, at least {SHORTEST_PASSWORD} are needed: choose a longer one"
        )
    if len(password) > LONGEST_PASSWORD:
        raise AccessError(f"the password has more than {LONGEST_PASSWORD:,} characters: choose a shorter one")


def hashed(password: str) -> Hashed:
    """What is kept of `password`, with a salt of its own."""
    salt = secrets.token_bytes(SALT_BYTES)
    return Hashed(N, R, P, salt, _scrypt(password, N, R, P, salt, DIGEST_BYTES))


def matches(password: str, kept: Hashed) -> bool:
    """Whether `kept` was made of `password`. Takes as long for a wrong one."""
    found = _scrypt(password, kept.n, kept.r, kept.p, kept.salt, len(kept.digest))
    return hmac.compare_digest(found, kept.digest)


def parsed(text: str) -> Hashed:
    """`str(Hashed)` read back. Raises `ValueError` for anything else, and for costs that would stall the server."""
    kind, n, r, p, salt, digest = text.split("$")
    if kind != "scrypt" or not all(cost.isascii() and cost.isdigit() and len(cost) < 9 for cost in (n, r, p)):
        raise ValueError(text)
    try:
        found = Hashed(int(n), int(r), int(p), *(base64.b64decode(part, validate=True) for part in (salt, digest)))
    except binascii.Error as error:
        raise ValueError(text) from error
    power_of_two = found.n > 1 and not found.n & (found.n - 1)
    bounded = 128 * found.n * found.r <= MOST_MEMORY and found.n * found.r * found.p <= MOST_WORK
    if not (power_of_two and bounded and found.r and found.p and len(found.salt) >= 8 and len(found.digest) >= 16):
        raise ValueError(text)
    return found


def _scrypt(password: str, n: int, r: int, p: int, salt: bytes, length: int) -> bytes:
    # Composed and decomposed accents are one password, whatever keyboard it is typed on.
    typed = unicodedata.normalize("NFC", password)[:LONGEST_PASSWORD].encode("utf-8", "surrogatepass")
    memory = 128 * r * (n + p + 2) + 1024 * 1024
    return hashlib.scrypt(typed, salt=salt, n=n, r=r, p=p, maxmem=memory, dklen=length)
