"""Text recognition (OCR) of scanned pages by Tesseract, where it is installed: a picture in, a PDF of its text out.

    Tesseract("eng+deu").text_of(raster)  ->  b"%PDF-1.5 ...", one page of invisible text where the words stand

Tesseract runs beside the worker that reads, not in its cage. What it is given is a plain bitmap with a head that is
written here, so that a hostile file meets no decoder of pictures but the worker's own.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from functools import lru_cache
from typing import Literal

from index.errors import ReadError, SettingError
from index.reading.scans import MOST_DOTS, Raster

__all__ = ["Tesseract", "TesseractMissing", "check_tesseract", "checked_languages", "languages_wanted"]

DEFAULT_LANGUAGES = "eng"
"""Where none were named, now or before."""

PROGRAM = "tesseract"

PAGE_SECONDS = 180.0
"""On the clock for one page: a dense one takes 2 to 5 s on one core."""

_LANGUAGES = re.compile(r"[A-Za-z0-9_]{2,40}(?:\+[A-Za-z0-9_]{2,40}){0,9}")
_INSTALL = "install it (Debian and Ubuntu: `apt install tesseract-ocr`; macOS: `brew install tesseract`)"


class TesseractMissing(ReadError):
    """Pages wait for text recognition, and the program or one of its languages is not installed."""


class Tesseract:
    """Recognises text in some languages. Threads may share it.

    Args:
        languages: as Tesseract names them, the likeliest first: "eng", "deu+eng".
    """

    def __init__(self, languages: str) -> None:
        self.languages = languages

    def text_of(self, raster: Raster) -> bytes:
        """A PDF of one page, as large as the picture, with the words where they stand in it, and nothing to see.

        Raises:
            TesseractMissing: it cannot be had here.
            ReadError: it failed, or took longer than `PAGE_SECONDS`.
        """
        try:
            installed = _installed()
            _check_languages(self.languages, installed)
        except SettingError as error:
            raise TesseractMissing(str(error)) from error
        if not (0 < raster.width <= MOST_DOTS and 0 < raster.height <= MOST_DOTS) or (
            len(raster.grey) != raster.width * raster.height
        ):
            raise ReadError("the page was drawn in a way that makes no sense; look at it in a PDF viewer")
        turned = "1" if "osd" in installed else "3"  # 1 also finds out which side is up
        options = ["-l", self.languages, "--dpi", str(raster.dots_per_inch), "--psm", turned, "-c", "textonly_pdf=1"]
        head = b"P5 %d %d 255\n" % (raster.width, raster.height)
        try:
            done = subprocess.run(
                [PROGRAM, "stdin", "stdout", *options, "pdf"],
                input=head + raster.grey,
                capture_output=True,
                check=False,
                timeout=PAGE_SECONDS,
                env={**os.environ, "OMP_THREAD_LIMIT": "1"},  # several pages are recognised side by side already
            )
        except subprocess.TimeoutExpired as error:
            raise ReadError(f"text recognition took longer than {PAGE_SECONDS:.0f} s") from error
        except OSError as error:
            raise TesseractMissing(f"Tesseract cannot be started ({error.strerror}): {_INSTALL}") from error
        if done.returncode or not done.stdout.startswith(b"%PDF-"):
            said = " ".join(done.stderr.decode("utf-8", "replace").split())[:200]
            raise ReadError(f"text recognition failed ({said or f'status {done.returncode}'})")
        return done.stdout


def checked_languages(languages: str) -> str:
    """`languages`, tidied, if they can be used here; SettingError says what to install."""
    named = "+".join(language.strip() for language in languages.split("+"))
    if not _LANGUAGES.fullmatch(named):
        raise SettingError(
            f"{languages[:60]!r} names no languages of Tesseract: give codes of three letters such as eng, or deu+eng"
        )
    _check_languages(named, _installed())
    return named


def languages_wanted(ocr: str | Literal[True], remembered: Callable[[], str | None]) -> str:
    """The languages that `ocr` names; True stands for those that an index remembers, or English where it has none."""
    return ocr if isinstance(ocr, str) else remembered() or DEFAULT_LANGUAGES


def check_tesseract() -> None:
    """Raise SettingError, which says what to install, where there is no Tesseract."""
    _installed()


def _check_languages(languages: str, installed: frozenset[str]) -> None:
    lacking = [language for language in languages.split("+") if language not in installed]
    if lacking:
        package = f"tesseract-ocr-{lacking[0].lower().replace('_', '-')}"
        has = ", ".join(sorted(installed - {"osd"})) or "none"
        raise SettingError(
            f"Tesseract has no language {lacking[0]!r} here (it has {has}): "
            f"install it (Debian and Ubuntu: `apt install {package}`), or name others with --ocr-languages"
        )


def _installed() -> frozenset[str]:
    """The languages that Tesseract has here; SettingError when there is none."""
    found = shutil.which(PROGRAM)
    if found is None:
        raise SettingError(f"text recognition (OCR) needs Tesseract, which is not installed: {_INSTALL}")
    return _languages_of(found, os.environ.get("TESSDATA_PREFIX", ""))


@lru_cache(maxsize=4)
def _languages_of(program: str, data: str) -> frozenset[str]:
    try:
        done = subprocess.run([program, "--list-langs"], capture_output=True, check=False, timeout=PAGE_SECONDS)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SettingError(f"Tesseract cannot be started ({error}): {_INSTALL}") from error
    lines = (done.stdout or done.stderr).decode("utf-8", "replace").splitlines()
    return frozenset(line.strip() for line in lines if re.fullmatch(r"[A-Za-z0-9_/]+", line.strip()))
