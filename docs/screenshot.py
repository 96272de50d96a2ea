"""The pictures of the page: `python -m docs.screenshot` starts it on copies of the sample corpus and uses it.

Needs the extra [test], and a Chromium: the system's own, else the one of `playwright install chromium`. `docs/page.md`
shows them all. The language model behind the written answer is the server of the tests, which says what it is told.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.qa.web.asking_in_browser import ask, open_when_read
from tests.qa.web.page_server import running, started_server
from tests.qa.written.llm_server import Says
from tests.qa.written.llm_server import running as running_llm
from tests.sources import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

IMAGES = Path(__file__).parent / "images"
MODEL = "a-small-model"
WRITTEN = (
    'President Nicolas Maduro told the army to purge all "traitors" from its ranks [1]. '
    "He spoke to thousands of soldiers in the northern state of Carabobo [1]. "
    "About 900 officers were arrested that day [1]."
)
PASSWORD = "correct-horse-battery"  # noqa: S105 -- of a server that lives for one picture

COLOMBIA = "How many migrants reach Colombia each day?"
ARMY = "Who was told to purge the army, and where?"
BRIEFING = "How much money does the regional briefing say the plan needs?"
HOSTS = "How many migrants does Colombia host?"


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: what is done on the page first, and in which window."""

    file: str
    scene: Callable[[Page], None]
    width: int = 1280
    height: int = 860
    dark: bool = False
    server: str = "page"


def asked(*questions: str, from_top: bool = True) -> Callable[[Page], None]:
    """Ask the questions; the last one is pictured, from the top of the page unless told otherwise."""

    def scene(page: Page) -> None:
        for question in questions:
            ask(page, question)
            page.wait_for_timeout(400)  # the page scrolls to the answer first
        page.evaluate("document.activeElement.blur()")
        if from_top:
            page.evaluate("scrollTo(0, 0)")

    return scene


def source(question: str, card: int = 1, *, steps: int = 0) -> Callable[[Page], None]:
    """Ask, and open the source of a card; then go on by so many citations."""

    def scene(page: Page) -> None:
        exchange = ask(page, question)
        exchange.locator(".fn-card").evaluate_all("cards => cards.forEach((card) => { card.open = true; })")
        exchange.locator(".fn-open").nth(card - 1).click()
        came = page.locator("#fn-source:not([aria-busy]) .fn-sheet")
        came.wait_for()
        for _ in range(steps):
            page.keyboard.press("n")
            page.wait_for_timeout(600)
            came.wait_for()
        page.wait_for_timeout(500)

    return scene


def documents(page: Page) -> None:
    """A folder found, ticked, and asked alone."""
    page.get_by_label("Folder", exact=True).select_option(index=5)
    page.wait_for_timeout(800)
    page.locator("#fn-list").get_by_label("reports/", exact=False).first.check()
    page.locator(".fn-asking").wait_for()
    ask(page, "What should donors do?")
    page.wait_for_timeout(400)
    page.evaluate("scrollTo(0, 0)")


def conversations(page: Page) -> None:
    """The list of conversations."""
    for question in (COLOMBIA, HOSTS, ARMY):
        ask(page, question)
        page.wait_for_timeout(300)
        if question != ARMY:
            page.locator("#fn-clear").click()
            page.locator(".fn-welcome").wait_for()
    page.evaluate("scrollTo(0, 0)")
    page.locator(".fn-record-toggle").click()
    page.wait_for_timeout(800)


def written(page: Page) -> None:
    """A written answer, one sentence of which no passage supports."""
    ask(page, ARMY)
    page.locator(".fn-exchange .fn-written s").first.wait_for()
    page.wait_for_timeout(800)
    page.evaluate("scrollTo(0, 0)")


def nothing(page: Page) -> None:
    """The page as it opens."""
    page.evaluate("document.activeElement.blur()")


PICTURES = (
    Picture("welcome.png", nothing),
    Picture("chat-light.png", asked(COLOMBIA)),
    Picture(
        "chat-dark.png", asked("How many Venezuelans live in Colombia?", "And in Peru?", from_top=False), dark=True
    ),
    Picture("refusal.png", asked("What is the boiling point of tungsten?"), height=700),
    Picture("source-page.png", source(BRIEFING), width=1440, height=900),
    Picture("source-table.png", source(HOSTS, 3), width=1440, height=900),
    Picture("source-dark.png", source(BRIEFING), width=1024, height=800, dark=True),
    Picture("documents.png", documents, width=1440, height=900),
    Picture("conversations.png", conversations, height=640),
    Picture("written.png", written, height=760, server="written"),
    Picture("sign-in.png", nothing, width=900, height=560, server="guarded"),
    Picture("chat-narrow.png", asked("What does this report say?"), width=390, height=844),
    Picture("source-narrow.png", source(BRIEFING), width=390, height=844),
)


def main() -> None:
    """Write every picture."""
    from playwright.sync_api import sync_playwright

    IMAGES.mkdir(exist_ok=True)
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright, ExitStack() as servers:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        addresses = _started(Path(folder), servers)
        for picture in PICTURES:
            _take(browser, addresses[picture.server], picture)
        browser.close()


def _started(folder: Path, servers: ExitStack) -> dict[str, str]:
    """The addresses of a page, one with a language model, and one with a password."""
    corpora = [folder / name / "corpus" for name in ("page", "written", "guarded")]
    for corpus in corpora:
        shutil.copytree(ROOT / "corpus", corpus, ignore=shutil.ignore_patterns(".footnote"))
    llm = servers.enter_context(running_llm({MODEL: Says(WRITTEN)}))
    log = folder / "guarded.log"
    started = started_server(log, str(corpora[2]), FOOTNOTE_AUTH=f"ann:{PASSWORD}")
    return {
        "page": servers.enter_context(running(corpora[0], folder / "page.log")),
        "written": servers.enter_context(running(corpora[1], folder / "written.log", "--llm", llm.url)),
        "guarded": servers.enter_context(started)[1],
    }


def _take(browser: Browser, address: str, picture: Picture) -> None:
    """One picture, in a browser that nobody has used."""
    context = browser.new_context(
        viewport={"width": picture.width, "height": picture.height},
        device_scale_factor=1.25 if picture.width > 500 else 1.5,
        color_scheme="dark" if picture.dark else "light",
    )
    page = context.new_page()
    if picture.server == "guarded":
        page.goto(address)
    else:
        open_when_read(page, address)
    picture.scene(page)
    page.screenshot(path=IMAGES / picture.file)
    context.close()


if __name__ == "__main__":
    main()
