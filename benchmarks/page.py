"""How fast the chat page is, measured by the browser itself: its first paint, and an answer to a warm question.

    python -m benchmarks.page [--corpus corpus] [--runs 15]

"first paint" is a new window each time with an empty cache, from the navigation to the first contentful paint as the
browser counts it; "question box" until one can type. "answer" is from the press of Enter until the frame after the
answer stands on the page, every question asked a second time; "source" from the click on its button until the document
stands beside it. Needs the extra [bench] and a Chromium of the system, or of `playwright install chromium`.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import tempfile
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.qa.web.asking_in_browser import PATIENCE_MS, ask, open_when_read
from tests.qa.web.page_server import running

QUESTIONS = Path(__file__).resolve().parent.parent / "tests" / "quality" / "questions.jsonl"

ANSWERED_AFTER = """question => new Promise((done) => {
  const log = document.querySelector("#fn-conversation");
  const box = document.querySelector("#fn-question textarea");
  const before = log.querySelectorAll(".fn-exchange:not(.fn-pending)").length;
  box.focus();
  box.value = question;
  box.dispatchEvent(new Event("input", { bubbles: true }));
  requestAnimationFrame(() => {
    const started = performance.now();
    const watch = new MutationObserver(() => {
      if (log.querySelectorAll(".fn-exchange:not(.fn-pending)").length <= before) return;
      watch.disconnect();
      requestAnimationFrame(() => setTimeout(() => done(performance.now() - started)));
    });
    watch.observe(log, { childList: true, subtree: true, attributes: true });
    box.dispatchEvent(new KeyboardEvent("keypress", { key: "Enter", bubbles: true, cancelable: true }));
  });
})"""

OPENED_AFTER = """() => new Promise((done) => {
  const panel = document.querySelector("#fn-source");
  const buttons = document.querySelectorAll(".fn-exchange:last-child .fn-card[open] .fn-open");
  const started = performance.now();
  const watch = new MutationObserver(() => {
    if (panel.hasAttribute("aria-busy") || !panel.querySelector(".fn-leaf")) return;
    watch.disconnect();
    requestAnimationFrame(() => setTimeout(() => done(performance.now() - started)));
  });
  watch.observe(panel, { childList: true, subtree: true, attributes: true });
  buttons[0].click();
})"""

TOO_MANY = 40
"""Exchanges of one conversation, before the page keeps only the last."""


def main() -> None:
    """Print a table of medians."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, default=Path("corpus"))
    parser.add_argument("--runs", type=int, default=15)
    options = parser.parse_args()
    questions = [json.loads(line)["question"] for line in QUESTIONS.read_text().splitlines()]
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with tempfile.TemporaryDirectory() as temporary, sync_playwright() as playwright:
        folder = Path(temporary) / "corpus"
        shutil.copytree(options.corpus, folder, ignore=shutil.ignore_patterns(".footnote"))
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        with running(folder, Path(temporary) / "server.log") as address:
            page = browser.new_page()
            open_when_read(page, address)
            page.close()
            paints, usable = zip(*(_first_paint(browser, address) for _ in range(options.runs)), strict=True)
            _tell("first paint", paints)
            _tell("question box", usable)
            answers, sources = _answers(browser, address, questions)
            _tell("answer", answers)
            _tell("source", sources)
        browser.close()


def _first_paint(browser: Browser, address: str) -> tuple[float, float]:
    """Milliseconds to the first contentful paint, and to a question box."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(address, wait_until="commit")
    page.locator("#fn-question textarea").wait_for(timeout=PATIENCE_MS)
    usable = page.evaluate("performance.now()")
    page.wait_for_function("performance.getEntriesByName('first-contentful-paint').length")
    paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    context.close()
    return paint, usable


def _answers(browser: Browser, address: str, questions: Sequence[str]) -> tuple[list[float], list[float]]:
    """Milliseconds to each answer, asked a second time, and to the source of those that have one opened."""
    answers, sources = [], []
    for begin in range(0, len(questions), TOO_MANY // 2):
        page: Page = browser.new_page()
        open_when_read(page, address)
        asked = questions[begin : begin + TOO_MANY // 2]
        for question in asked:
            ask(page, question)
        for question in asked:
            answers.append(page.evaluate(ANSWERED_AFTER, question))
            page.wait_for_timeout(100)
            if page.locator(".fn-exchange").last.locator(".fn-card[open]").count():
                sources.append(page.evaluate(OPENED_AFTER))
                page.keyboard.press("Escape")
        page.close()
    return answers, sources


def _tell(name: str, milliseconds: Sequence[float]) -> None:
    ordered = sorted(milliseconds)
    p95 = ordered[min(len(ordered) - 1, round(0.95 * len(ordered)))]
    print(f"{name:>20}: median {statistics.median(ordered):7.0f} ms, p95 {p95:7.0f} ms, n {len(ordered)}", flush=True)


if __name__ == "__main__":
    main()
