"""Thumbs up and down in a real browser, down to the file that keeps them."""

import json
import re
import time

import pytest
from playwright.sync_api import Page, expect

from index.judgements import JUDGEMENTS_FILE

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PATIENCE_MS = 120_000
FILES = {"ferry.md": "# Ferry\n\nThe ferry to the islands sails from pier nine every Sunday.\n"}


@pytest.fixture
def asked(page: Page, shared_page, shared_folder):
    """The page of a small corpus with one answered question, and the file of its judgements, which none has yet."""
    kept = shared_folder / ".footnote" / JUDGEMENTS_FILE

    def ask(prepare=lambda kept: None):
        page.goto(shared_page)
        expect(page.locator("#fn-list")).to_contain_text("ferry.md", timeout=PATIENCE_MS)
        expect(page.locator("#fn-sync")).to_have_text("Sync", timeout=PATIENCE_MS)
        prepare(kept)
        question(page, "Where does the ferry sail from?", 1)
        return kept

    yield ask
    if kept.is_dir():
        kept.rmdir()
    kept.unlink(missing_ok=True)


def question(page: Page, words: str, number: int) -> None:
    page.locator("#fn-question textarea").fill(words)
    page.keyboard.press("Enter")
    expect(page.locator(".fn-exchange:not(.fn-pending)")).to_have_count(number, timeout=PATIENCE_MS)


def ratings(kept) -> list[str]:
    return [json.loads(line)["rating"] for line in kept.read_text().splitlines()] if kept.exists() else []


def soon(condition) -> bool:
    """Whether it holds within some seconds."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and not condition():
        time.sleep(0.05)
    return condition()


def test_a_thumb_is_pressed_changed_taken_back_and_kept(asked, page):
    kept = asked()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.post_data or ""))
    up, down = (page.get_by_role("button", name=name) for name in ("Right answer", "Wrong answer"))
    expect(up).to_have_attribute("aria-pressed", "false")
    up.click()
    expect(up).to_have_attribute("aria-pressed", "true")
    assert soon(lambda: ratings(kept) == ["up"])
    down.focus()
    page.keyboard.press("Space")
    expect(up).to_have_attribute("aria-pressed", "false")
    expect(down).to_have_attribute("aria-pressed", "true")
    expect(down).to_be_focused()
    assert soon(lambda: ratings(kept) == ["up", "down"])
    question(page, "Which zebra won the chess tournament?", 2)
    expect(down).to_have_attribute("aria-pressed", "true")  # also after the conversation was drawn anew
    down.click()
    expect(down).to_have_attribute("aria-pressed", "false")
    assert soon(lambda: ratings(kept) == ["up", "down", "none"])
    numbers = [int(told[1]) for body in sent if (told := re.search(r'"press":\[[\d.]+,(\d+)\]', body))]
    assert numbers == [1, 2, 3]  # so that the last one holds, whatever order they come in
    first = json.loads(kept.read_text().splitlines()[0])
    assert (first["question"], first["path"]) == ("Where does the ferry sail from?", "ferry.md")
    assert first["answer"] == "The ferry to the islands sails from pier nine every Sunday."


def test_a_refusal_can_be_judged(asked, page):
    kept = asked()
    question(page, "Which zebra won the chess tournament?", 2)
    page.get_by_role("button", name="Right, it is not there").click()
    assert soon(lambda: ratings(kept) == ["up"])
    assert json.loads(kept.read_text())["found"] is False


def test_where_nothing_can_be_kept_the_buttons_are_off(asked, page):
    asked(lambda kept: kept.mkdir())
    expect(page.get_by_role("button", name="Right answer")).to_be_disabled()
    expect(page.locator(".fn-thumbs")).to_contain_text("Judgements cannot be kept")


def test_a_judgement_that_cannot_be_kept_is_not_shown_as_kept(asked, page):
    kept = asked()
    kept.mkdir()
    page.get_by_role("button", name="Right answer").click()
    expect(page.locator(".fn-thumbs")).to_contain_text(re.compile("cannot be kept"), timeout=20_000)
    expect(page.get_by_role("button", name="Right answer")).to_have_attribute("aria-pressed", "false")
