"""Bytes of a text file to the text that `Path.read_text` would give, in whatever encoding they are.

The order is: byte order mark, UTF-8, UTF-16 or UTF-32 by where the zeros stand, then xberg's
guess. Nothing raises: what cannot be decoded becomes U+FFFD, so a damaged byte costs one character.
"""

from __future__ import annotations

import codecs

from index.errors import ReadError
from index.reading.assembly import document_text
from index.reading.extraction import text_as_guessed

__all__ = ["decoded", "is_binary"]

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins with that one
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAMPLE_BYTES = 64 << 10
_LONGEST = 4
"""Bytes of the longest character in UTF-8."""
_GUESSES = (
    "cp1252 cp1250 cp1251 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258 koi8_r koi8_u cp866 iso8859_2 iso8859_5 iso8859_7"
    " iso8859_9 iso8859_15 iso8859_16 shift_jis cp932 euc_jp iso2022_jp gb18030 big5hkscs cp949 tis_620 mac_roman"
).split()
"""Encodings that files are found in."""
_FEW_BYTES = 4
"""So few letters beyond ASCII say nothing about a language: they are taken as Western European."""
_DAMAGE_SHARE = 0.02
"""A text with fewer undecodable bytes than this is UTF-8 with damage, not another encoding."""


def decoded(data: bytes) -> str:
    """The text, with all line ends as newlines and without byte order mark; ReadError if the bytes are not text."""
    mark, encoding = _marked(data)
    if not encoding:
        encoding = _encoding_of(data)
    text = (
        _surrogates_joined(data[len(mark) :]) if encoding == "utf-8" else data[len(mark) :].decode(encoding, "replace")
    )
    return document_text(text).replace("\r\n", "\n").replace("\r", "\n")


def is_binary(data: bytes) -> bool:
    """Whether these first bytes of a file hold zeros that no Unicode encoding explains."""
    return b"\0" in data and not _marked(data)[1] and not _zero_pattern(data)


def _marked(data: bytes) -> tuple[bytes, str]:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return mark, encoding
    return b"", ""


def _surrogates_joined(data: bytes) -> str:
    """UTF-8, also where characters beyond U+FFFF are written as two surrogates, as some databases do."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("utf-8", "surrogatepass").encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    except UnicodeDecodeError:
        return data.decode("utf-8", "replace")


def _encoding_of(data: bytes) -> str:
    if is_binary(data):
        raise ReadError("binary file: it holds zero bytes, which no text does; save it as text or leave it out")
    if pattern := _zero_pattern(data):
        return pattern
    if _is_utf8(data):
        return "utf-8"
    return _guessed(data)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError as error:
        if error.start >= len(data) - _LONGEST and error.reason == "unexpected end of data":
            return True  # cut off within its last character
        high = sum(byte >= 0x80 for byte in data[:_SAMPLE_BYTES])
        broken = data[:_SAMPLE_BYTES].decode("utf-8", "replace").count("\N{REPLACEMENT CHARACTER}")
        return broken < _DAMAGE_SHARE * high
    return True


def _zero_pattern(data: bytes) -> str:
    """UTF-16 or UTF-32 without a mark: Latin letters leave every second byte zero, or three of four."""
    sample = data[: _SAMPLE_BYTES & ~3]
    sample = sample[: len(sample) & ~3] if len(sample) >= 4 else sample
    if len(sample) < 2 or b"\0" not in sample:
        return ""
    zeros = [sample[offset::4].count(0) * 4 / len(sample) for offset in range(4)]
    if min(zeros[2:]) > 0.95 and zeros[0] < 0.05:
        return "utf-32-le"
    if min(zeros[:2]) > 0.95 and zeros[3] < 0.05:
        return "utf-32-be"
    if min(zeros[1], zeros[3]) > 0.3 and max(zeros[0], zeros[2]) < 0.05:
        return "utf-16-le"
    if min(zeros[0], zeros[2]) > 0.3 and max(zeros[1], zeros[3]) < 0.05:
        return "utf-16-be"
    return ""


def _guessed(data: bytes) -> str:
    """An 8-bit or East Asian encoding, from a sample; Windows-1252 when nothing speaks for another.

    xberg decodes well (16 of 16 texts, charset-normalizer 11) but does not say what it took a text for. So the
    encoding is the one in which the sample reads as xberg reads it.
    """
    sample = data[:_SAMPLE_BYTES]
    if len(data) > len(sample):
        sample = sample[: max(sample.rfind(b"\n"), sample.rfind(b" ")) + 1] or sample  # not within a character
    if sum(byte >= 0x80 for byte in sample) < _FEW_BYTES and _beyond_ascii(sample, "cp1252"):
        return "cp1252"
    wanted = "".join(letter for letter in text_as_guessed(sample) if letter > "\x7f" and not letter.isspace())
    return next((guess for guess in _GUESSES if wanted and _beyond_ascii(sample, guess) == wanted), "cp1252")


def _beyond_ascii(sample: bytes, encoding: str) -> str:
    """The letters of the sample that ASCII lacks; "" if it cannot be in this encoding."""
    try:
        return "".join(letter for letter in sample.decode(encoding) if letter > "\x7f" and not letter.isspace())
    except UnicodeDecodeError:
        return ""
