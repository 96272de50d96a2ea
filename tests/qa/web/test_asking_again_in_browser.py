"""Carried words that are taken away, and a question back that is answered, in a real browser."""

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PATIENCE_MS = 120_000
FILES = {
    "health report.md": "# Health report\n\nThe report says that measles came back to the border in March.\n",
    "money report.md": "# Money report\n\nThe report says that half of the pledges were paid by May.\n",
    "oil report.md": "# Oil report\n\nThe report says that the wells gave less than in any year before.\n",
    "migrants.md": "# Host countries\n\nColombia hosts 1.3 million migrants.\n\nPeru hosts 768,000 migrants.\n",
}


@pytest.fixture
def opened(page: Page, shared_page):
    page.goto(shared_page)
    expect(page.locator("#fn-list")).to_contain_text("oil report.md", timeout=PATIENCE_MS)
    expect(page.locator("#fn-sync")).to_have_text("Sync", timeout=PATIENCE_MS)
    return page


def ask(page: Page, words: str, number: int):
    page.locator("#fn-question textarea").fill(words)
    page.keyboard.press("Enter")
    return answered(page, number)


def answered(page: Page, number: int):
    expect(page.locator(".fn-exchange:not(.fn-pending)")).to_have_count(number, timeout=PATIENCE_MS)
    return page.locator(".fn-exchange").nth(number - 1)


def test_a_carried_word_is_taken_away_and_the_question_asked_again(opened):
    ask(opened, "How many migrants does Colombia host?", 1)
    follow_up = ask(opened, "And Peru?", 2)
    words = [chip.locator("bdi").inner_text() for chip in follow_up.locator(".fn-chip").all()]
    assert words
    opened.get_by_role("button", name=f"Ask again without {words[0]}").click()
    again = answered(opened, 3)
    expect(again.locator(".fn-question")).to_have_text("And Peru?")
    expect(again.locator(".fn-chip bdi")).to_have_text(words[1:])
    expect(again.locator(".fn-carried")).to_contain_text(f"left out: {words[0]}")
    expect(follow_up.locator(".fn-chip bdi")).to_have_text(words)


def test_a_chip_is_worked_with_the_keyboard_and_reading_goes_on_at_the_new_question(opened):
    ask(opened, "How many migrants does Colombia host?", 1)
    follow_up = ask(opened, "And Peru?", 2)
    follow_up.locator(".fn-chip").first.focus()
    opened.keyboard.press("Enter")
    again = answered(opened, 3)
    expect(again.locator(".fn-question")).to_be_focused()
    expect(again.locator(".fn-question")).to_be_in_viewport()
    opened.keyboard.press("Tab")
    assert again.locator(":focus").count() == 1
    ask(opened, "Which wells gave less?", 4)
    expect(opened.locator("#fn-question textarea")).to_be_focused()


def test_a_question_back_is_answered_by_choosing_a_document(opened):
    first = ask(opened, "What does this report say?", 1)
    choices = first.get_by_role("button", name="Ask only")
    expect(choices).to_have_count(3)
    first.get_by_role("button", name="Ask only Money report").click()
    again = answered(opened, 2)
    expect(again.locator(".fn-question")).to_have_text("What does this report say?")
    expect(again.locator(".fn-carried")).to_have_text("asked of: Money report")
    expect(again.locator(".fn-back")).to_have_count(0)
    paths = again.locator(".fn-path").all_text_contents()
    assert set(paths) == {"money report.md"}


@pytest.mark.parametrize("width", [320, 390])
def test_a_narrow_page_holds_chips_and_choices(opened, width):
    opened.set_viewport_size({"width": width, "height": 800})
    ask(opened, "What does this report say?", 1)
    ask(opened, "How many migrants does Colombia host?", 2)
    follow_up = ask(opened, "And Peru?", 3)
    expect(follow_up.locator(".fn-chip").first).to_be_visible()
    assert opened.evaluate("document.documentElement.scrollWidth <= innerWidth")
    small = opened.locator(".fn-chip, .fn-back button").evaluate_all(
        "all => all.filter(e => e.getBoundingClientRect().height < 24).length"
    )
    assert small == 0
