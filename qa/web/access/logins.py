"""Names and their passwords: from the command line, the environment, or a file of hashes.

A login file holds one `name:hash` per line; empty lines and lines that begin with "#" are for people.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from qa.web.access.errors import AccessError
from qa.web.access.passwords import Hashed, check_password, hashed, parsed

__all__ = ["LONGEST_NAME", "check_name", "logins_from_file", "logins_from_pairs", "merged", "stored_login"]

LONGEST_NAME = 100
LARGEST_FILE_BYTES = 1024 * 1024


def check_name(name: str) -> None:
    """Raise `AccessError` for a name that cannot stand in a login file or be sent by a client."""
    if not name or ":" in name or name != name.strip() or not name.isprintable() or name.startswith("#"):
        raise AccessError(
            f"{name!r} cannot be a name to sign in with: give one without colons, control characters and outer spaces"
        )
    if len(name) > LONGEST_NAME:
        raise AccessError(f"the name {name[:20]}... has more than {LONGEST_NAME} characters: choose a shorter one")


def logins_from_pairs(pairs: Iterable[str], *, given_by: str) -> dict[str, Hashed]:
    """Logins of plain pairs: ["ann:correct horse"] -> {"ann": Hashed(...)}.

    `given_by`: where they stand, for the message ("--auth"). Never puts a password into a message.
    """
    found: dict[str, Hashed] = {}
    for pair in pairs:
        name, colon, password = pair.partition(":")
        if not colon:
            raise AccessError(f"{given_by} needs a name and a password, NAME:PASSWORD, and was given no colon")
        check_name(name)
        if name in found:
            raise AccessError(f"{given_by} names {name} twice: give each name once")
        check_password(password)
        found[name] = hashed(password)
    return found


def logins_from_file(file: Path) -> dict[str, Hashed]:
    """Logins of a login file. Raises `AccessError` naming the line that is none."""
    found: dict[str, Hashed] = {}
    for number, line in enumerate(_lines(file), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        name, _, kept = line.strip().partition(":")
        try:
            check_name(name)
            password = parsed(kept)
        except (AccessError, ValueError):
            raise AccessError(
                f"{file}, line {number} is no login (name:scrypt$...): make one with `footnote password`"
            ) from None
        if name in found:
            raise AccessError(f"{file}, line {number} names {name} a second time: remove one of the lines")
        found[name] = password
    if not found:
        raise AccessError(f"{file} holds no login: add one with `footnote password NAME --login-file {file}`")
    return found


def stored_login(file: Path, name: str, password: Hashed) -> bool:
    """Write a login into `file`, which only its owner may read; True when it took the place of an earlier one."""
    lines = _lines(file) if file.exists() else []
    others = [line for line in lines if line.strip().partition(":")[0] != name or line.startswith("#")]
    replaces = len(others) < len(lines)
    _written(file, "".join(f"{line}\n" for line in [*others, f"{name}:{password}"]))
    return replaces


def merged(*sources: Mapping[str, Hashed]) -> dict[str, Hashed]:
    """All logins; a name in two places is an error, since it is not clear which password counts."""
    together: dict[str, Hashed] = {}
    for source in sources:
        if twice := together.keys() & source.keys():
            raise AccessError(f"{min(twice)} is given a password in two places: keep one of them")
        together.update(source)
    return together


def _lines(file: Path) -> list[str]:
    try:
        if file.stat().st_size > LARGEST_FILE_BYTES:
            raise AccessError(f"{file} is larger than a file of logins can be (1 MB): name the right file")
        return file.read_text("utf-8").splitlines()
    except OSError as error:
        raise AccessError(f"the file of logins {file} cannot be read ({error.strerror}): name another") from error
    except UnicodeDecodeError as error:
        raise AccessError(f"{file} is no file of logins (not UTF-8 text): name another") from error


def _written(file: Path, text: str) -> None:
    """The whole file or nothing of it: a half would lock everyone out."""
    try:
        descriptor, made = tempfile.mkstemp(dir=file.absolute().parent, prefix=".logins-")  # mode 600
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as arriving:
                arriving.write(text)
            Path(made).replace(file)
        finally:
            with suppress(FileNotFoundError):
                Path(made).unlink()
    except OSError as error:
        raise AccessError(f"the file of logins {file} cannot be written ({error.strerror}): name another") from error
