"""Zip files whose bytes depend on their content only: fixed order, fixed times.

Office and EPUB files are zip files. The libraries that write them stamp the current time into each entry and into
`docProps/core.xml`; both are replaced here by one fixed date, so that the same source gives the same file.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping

FIXED_DATE = (2019, 6, 20, 12, 0, 0)
"""The date every generated file carries: after the last event it tells of."""

_STAMP = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(</dcterms:)")


def fixed_zip(entries: Mapping[str, bytes], *, stored_first: str | None = None) -> bytes:
    """A zip file of `entries` in their order; `stored_first` goes in front and uncompressed (EPUB, ODT)."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        names = sorted(entries, key=lambda name: name != stored_first)
        for name in names:
            info = zipfile.ZipInfo(name, date_time=FIXED_DATE)
            info.compress_type = zipfile.ZIP_STORED if name == stored_first else zipfile.ZIP_DEFLATED
            info.create_system = 3  # Unix, on whatever system this runs
            info.external_attr = 0o644 << 16
            archive.writestr(info, entries[name])
    return buffer.getvalue()


def with_fixed_dates(office_file: bytes) -> bytes:
    """The same office file, with every date that says when it was written replaced by `FIXED_DATE`."""
    date = "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z".format(*FIXED_DATE).encode()
    entries = zip_entries(office_file)
    core = "docProps/core.xml"
    entries[core] = _STAMP.sub(rb"\g<1>" + date + rb"\g<2>", entries[core])
    return fixed_zip(entries)


def zip_entries(archive_bytes: bytes) -> dict[str, bytes]:
    """Name and content of each entry, in the order of the archive."""
    with zipfile.ZipFile(io.BytesIO(archive_bytes)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
