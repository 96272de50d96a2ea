"""Documents that would break a page: nothing of them runs, and the layout holds."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserType, expect

from tests.guarded.network_guard import is_local
from tests.qa.web.asking_in_browser import PATIENCE_MS, ask, open_when_read
from tests.qa.web.page_server import running

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NAMES = (
    "“quoted” & 'single'.txt",
    'with "double" quotes.txt',
    "back\\slash.txt",
    "emoji 🚢⚓ 名前.txt",
    "\u202egnp.cod.txt",
    "a" * 180 + ".txt",
    "<b onmouseover=hacked=1>bold.txt",
    "[press](javascript:hacked=1).txt",
)
MARKED_UP = """# Harbour <svg onload=hacked=1>

The lighthouse <a href="javascript:hacked=1">of the harbour</a> was lit in 1871. ![x](http://tracker.invalid/a.png)

[note]: http://tracker.invalid "t"
<style>body{display:none}</style><meta http-equiv=refresh content="0;url=http://tracker.invalid">
\u2066\u202eThe keeper of the lighthouse was called Ada.\u202c The door was painted green\u2029in spring.
"""


@pytest.fixture(scope="module")
def hostile_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile") / "corpus"
    folder.mkdir()
    for at, name in enumerate(NAMES):
        (folder / name).write_text(f"Boat number {at} carries {at + 20} sacks of barley to the island.\n")
    (folder / "lighthouse.md").write_text(MARKED_UP)
    (folder / "line.txt").write_text("The windmill grinds rye. " + "x" * 200_000 + " The miller sleeps at noon.\n")
    (folder / "row.csv").write_text("place,grain\nwindmill," + "y" * 200_000 + "\nbarn,oats\n")
    return folder


@pytest.fixture(scope="module")
def hostile_page(hostile_folder: Path, footnote_cache: Path, guarded_processes: Path) -> Iterator[str]:
    with running(hostile_folder, hostile_folder.parent / "server.log") as address:
        yield address


@pytest.mark.parametrize("width", [1440, 390])
def test_neither_names_nor_lines_nor_markup_break_the_page(hostile_page, page, width):
    page.set_viewport_size({"width": width, "height": 800})
    open_when_read(page, hostile_page)
    for question in ("When was the lighthouse lit?", "When does the miller sleep?", "What grinds rye?", *NAMES[:2]):
        exchange = ask(page, question)
        exchange.locator(".fn-card").evaluate_all("cards => cards.forEach((card) => { card.open = true; })")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for button in page.locator(".fn-open").all()[:8]:
        button.click()
        expect(page.locator("#fn-source:not([aria-busy]) .fn-sheet")).to_be_visible(timeout=PATIENCE_MS)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.keyboard.press("Escape")
    if width < 900:
        page.locator(".fn-toggle").click()
    for name in NAMES:
        expect(page.locator("#fn-list")).to_contain_text(name)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate("window.hacked") is None
    written = page.locator(
        ":is(#fn-conversation, #fn-list, #fn-source) :is(script, style, meta, svg[onload], [onmouseover])"
    )
    assert written.count() == 0
    assert page.locator("a[href^='javascript'], img[src^='http:']").count() == 0
    expect(page.locator(".toast-body")).to_have_count(0)


def test_the_browsers_own_log_names_no_other_machine(browser, sample_page, tmp_path):
    log = tmp_path / "net.json"
    own: BrowserType = browser.browser_type
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    flags += ["--disable-sync", "--no-first-run", f"--log-net-log={log}"]
    system = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    logged = own.launch(executable_path=system, args=flags)
    page = logged.new_page()
    open_when_read(page, sample_page)
    ask(page, "How many migrants reach Colombia each day?")
    page.locator(".fn-open").first.click()
    expect(page.locator("#fn-source:not([aria-busy]) .fn-sheet")).to_be_visible(timeout=PATIENCE_MS)
    logged.close()
    asked = asked_by_pages(log)
    assert len([url for url in asked if url.startswith(sample_page)]) > 10
    assert [url for url in asked if urlsplit(url).scheme not in {"data", "blob"} and not is_local(url)] == []


def asked_by_pages(log: Path) -> set[str]:
    """The addresses that pages asked for; the browser's own services have no origin."""
    found = json.loads(log.read_text())
    start = found["constants"]["logEventTypes"]["URL_REQUEST_START_JOB"]
    told = [event.get("params", {}) for event in found["events"] if event["type"] == start]
    return {job["url"] for job in told if job.get("initiator", "").startswith(("http", "null"))}
