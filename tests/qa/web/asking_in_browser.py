"""The page as the browser tests use it: wait until the documents can be asked, ask, wait for the answer."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

PATIENCE_MS = 120_000
"""For a first sync that compiles the model on a busy machine."""


def open_when_read(page: Page, address: str) -> None:
    """Open the page, and wait until its documents have been read."""
    page.goto(address)
    page.locator(".fn-documents").wait_for(state="attached", timeout=PATIENCE_MS)
    expect(page.locator("#fn-sync")).to_have_text("Sync", timeout=PATIENCE_MS)


def ask(page: Page, question: str) -> Locator:
    """Ask, and give the exchange that came of it."""
    before = page.locator(".fn-exchange").count()
    page.locator("#fn-question textarea").fill(question)
    page.keyboard.press("Enter")
    expect(page.locator(".fn-exchange:not(.fn-pending)")).to_have_count(before + 1, timeout=PATIENCE_MS)
    return page.locator(".fn-exchange").last
