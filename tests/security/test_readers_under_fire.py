"""Valid files of each format, changed where it hurts, through the real reader: a sound document or one line comes.

The worker may die of a file, or be ended at its limits; the next file is read.
"""

import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.errors import ReadError
from index.reading import Reader, ReadingLimits
from tests.index.reading.samples import check
from tests.security.valid_files import SAMPLES

LIMITS = ReadingLimits(timeout_s=20.0)


FOUND = {
    "a table whose columns have no names.md": b"| | |\n|---|---|\n| 1 | 2 |\n",
    "half of such a table.md": b" |\n|---|---|\n| 1 | 2 |\n\n```\ncode\n```\n",
}
"""Files that once gave a document that was not sound."""

TOKENS = [
    *(
        b"",
        b"\0",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"\xed\xa0\x80",
        b"\r",
        b"\n" * 50,
        b" " * 500,
        b"9" * 400,
        b"-1",
        b"1e999",
    ),
    *(
        b"<",
        b">",
        b"&x;",
        b"&#0;",
        b"&#x110000;",
        b"<!--",
        b"]]>",
        b"<![CDATA[",
        b'"',
        b"'",
        b"<a " * 300,
        b"</p>" * 300,
    ),
    *(b"{", b"}", b"[" * 2_000, b'{"a":' * 2_000, b"\\", b"\\ud800", b"{\\b" * 500, b"\\u-9999?", b"\\bin99999999 "),
    *(
        b"endobj",
        b"/Kids [1 0 R]",
        b"/Length 999999999",
        b"/Count -1",
        b"stream\n",
        b"0 0 R",
        b"<<" * 500,
        b"xref",
        b"%%EOF",
    ),
    *(
        b"PK\x03\x04",
        b"../../x",
        b"/etc/passwd",
        b"|---" * 300,
        b"# " * 300,
        b"* " * 300,
        b"=" * 500,
        b"`" * 500,
        b"\t" * 500,
    ),
]
CHANGES = st.lists(
    st.tuples(
        st.sampled_from(["put", "cut", "twice", "flip", "end"]),
        st.integers(0, 1 << 16),
        st.integers(1, 64),
        st.sampled_from(TOKENS),
    ),
    min_size=1,
    max_size=4,
)


def changed(data: bytes, changes) -> bytes:
    """The bytes with each change made, at a place that is a share of their length."""
    for kind, where, length, token in changes:
        at = where * len(data) >> 16
        before, there, after = data[:at], data[at : at + length], data[at + length :]
        match kind:
            case "put":
                data = before + token + there + after
            case "cut":
                data = before + after
            case "twice":
                data = before + there * 3 + after
            case "flip":
                data = before + bytes(byte ^ 1 << length % 8 for byte in there) + after
            case "end":
                data = before
    return data


def changed_inside(data: bytes, changes, member: int) -> bytes:
    """The same of one member of a zip file, which stays a sound zip file; of other files, of all of it."""
    if not data.startswith(b"PK"):
        return changed(data, changes)
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for at, info in enumerate(old.infolist()):
            content = old.read(info)
            new.writestr(info.filename, changed(content, changes) if at == member % len(old.infolist()) else content)
    return made.getvalue()


@pytest.fixture(scope="module")
def read(tmp_path_factory):
    folder = tmp_path_factory.mktemp("fire")
    with Reader(LIMITS) as reader:

        def document(name: str, data: bytes):
            path = Path(folder, name)
            path.write_bytes(data)
            why = ""
            try:
                found = reader.read(path)
            except ReadError as error:
                found, why = None, str(error)
            assert bool(found) != bool(why)
            assert "\n" not in why
            assert "longer than" not in why, name
            if found:
                check(found)
            return found

        yield document


@pytest.mark.parametrize("name", SAMPLES)
def test_the_sample_itself_is_read(read, name):
    assert read(name, SAMPLES[name]) is not None


@pytest.mark.parametrize("name", FOUND)
def test_what_was_found_is_read(read, name):
    assert read(name, FOUND[name]) is not None


@pytest.mark.slow
@pytest.mark.parametrize("name", SAMPLES)
@given(changes=CHANGES, member=st.integers(0, 40))
@settings(max_examples=25, suppress_health_check=list(HealthCheck))
def test_a_changed_file_gives_a_sound_document_or_one_line(read, name, changes, member):
    read(name, changed_inside(SAMPLES[name], changes, member))


@pytest.mark.torture
@pytest.mark.parametrize("name", SAMPLES)
@given(changes=CHANGES, member=st.integers(0, 40), whole=st.booleans())
@settings(max_examples=1_000, suppress_health_check=list(HealthCheck))
def test_a_thousand_changed_files_give_sound_documents_or_one_line(read, name, changes, member, whole):
    data = SAMPLES[name]
    read(name, changed(data, changes) if whole else changed_inside(data, changes, member))
