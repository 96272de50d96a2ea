"""Reading: any file to a `Document`, its text with the place of every character."""

from index.reading.kinds import READABLE_SUFFIXES
from index.reading.limits import READER_VERSION, ReadingLimits
from index.reading.reader import Reader
from index.reading.recognition import Tesseract, check_tesseract, checked_languages, languages_wanted

__all__ = [
    "READABLE_SUFFIXES",
    "READER_VERSION",
    "Reader",
    "ReadingLimits",
    "Tesseract",
    "check_tesseract",
    "checked_languages",
    "languages_wanted",
]
