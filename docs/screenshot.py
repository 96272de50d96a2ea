"""The pictures of the page: `python -m docs.screenshot` starts it on a copy of the sample corpus and asks it.

Needs the extra [test], and a Chromium: the system's own, else the one of `playwright install chromium`.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.qa.web.page_server import running
from tests.sources import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Browser

IMAGES = Path(__file__).parent / "images"
PATIENCE_MS = 180_000
"""For a first sync that compiles the model."""

ONE = ("How many migrants reach Colombia each day?",)
FOLLOW_UP = ("How many Venezuelans live in Colombia?", "And in Peru?")
VAGUE = ("What does this report say?",)

PICTURES = (
    ("chat-light.png", ONE, 1280, 860, 1.25, "light"),
    ("chat-dark.png", FOLLOW_UP, 1280, 860, 1.25, "dark"),
    ("chat-narrow.png", VAGUE, 390, 844, 1.5, "light"),
)
"""(file, questions, width, height, pixels per CSS pixel, colour scheme)"""


def main() -> None:
    """Write every picture."""
    from playwright.sync_api import sync_playwright

    IMAGES.mkdir(exist_ok=True)
    ignored = shutil.ignore_patterns(".footnote")
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        corpus = Path(shutil.copytree(ROOT / "corpus", Path(folder) / "corpus", ignore=ignored))
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        with running(corpus, Path(folder) / "server.log") as address:
            wait_for_documents(browser, address)
            for name, questions, width, height, scale, scheme in PICTURES:
                window = {"viewport": {"width": width, "height": height}, "device_scale_factor": scale}
                window["color_scheme"] = scheme
                take_picture(browser, address, IMAGES / name, questions, window)
        browser.close()


def wait_for_documents(browser: Browser, address: str) -> None:
    """Until the first sync has ended."""
    page = browser.new_page()
    page.goto(address)
    page.locator(".fn-report").wait_for(state="attached", timeout=PATIENCE_MS)
    page.close()


def take_picture(browser: Browser, address: str, file: Path, questions: Sequence[str], window: dict[str, Any]) -> None:
    """Ask the questions in such a window, and picture the last one: the page from its top if it is the only one."""
    context = browser.new_context(**window)
    page = context.new_page()
    page.goto(address)
    for asked, question in enumerate(questions):
        page.locator("#fn-question textarea").fill(question)
        page.keyboard.press("Enter")
        page.locator(".fn-exchange:not(.fn-pending)").nth(asked).wait_for()
        page.wait_for_timeout(500)  # the page scrolls to the answer first
    page.evaluate("document.activeElement.blur()")
    if len(questions) == 1:
        page.evaluate("scrollTo(0, 0)")
    page.screenshot(path=file)
    context.close()


if __name__ == "__main__":
    main()
