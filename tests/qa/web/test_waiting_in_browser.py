"""A question whose answer takes its time, in a real browser: it stands where it was, and what is typed is not lost."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.qa.web.asking_in_browser import PATIENCE_MS, ask, open_when_read

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FERRY = "Where does the ferry sail from?"
FILES = {"ferry.md": "# The ferry\n\nThe ferry sails from pier nine.\n", "empty.md": "# Nothing\n"}
HOLD = "**/gradio_api/**"


def held(page: Page, which=lambda data: True):
    """Keep back what the page sends, as a slow network does."""
    kept = []

    def hold(route):
        if route.request.method == "POST" and which(route.request.post_data or ""):
            kept.append(route)
        else:
            route.continue_()

    page.route(HOLD, hold)
    return kept


def box_of(page: Page):
    return page.locator("#fn-question textarea")


def test_a_question_stays_while_the_documents_are_drawn_anew(page, shared_page, shared_folder):
    open_when_read(page, shared_page)
    expect(page.locator(".fn-welcome")).to_be_visible()
    kept = held(page, lambda data: FERRY in data)
    box_of(page).fill(FERRY)
    page.keyboard.press("Enter")
    expect(page.locator(".fn-pending .fn-question")).to_have_text(FERRY)
    (shared_folder / "bridge.md").write_text("# Bridges of the north\n\nThe bridge was closed in May.\n")
    page.locator("#fn-sync").click()  # at its end, other questions are suggested
    expect(page.locator("#fn-progress")).to_contain_text("1 new", timeout=PATIENCE_MS)
    page.wait_for_timeout(1_000)
    expect(page.locator(".fn-pending .fn-question")).to_have_text(FERRY)
    expect(page.locator(".fn-welcome")).to_have_count(0)
    for route in kept:
        route.continue_()
    expect(page.locator(".fn-exchange blockquote")).to_contain_text("pier nine", timeout=PATIENCE_MS)
    expect(page.locator(".fn-exchange")).to_have_count(1)
    expect(box_of(page)).to_have_value("")


def test_a_question_asked_before_the_page_is_there_stays_and_is_answered_once(page, shared_page):
    open_when_read(page, shared_page)  # the documents are read
    kept = held(page)
    page.reload()
    box_of(page).wait_for(timeout=PATIENCE_MS)
    page.wait_for_function("() => Boolean(window.footnotePending)")
    page.wait_for_timeout(500)
    box_of(page).fill(FERRY)
    page.keyboard.press("Enter")
    expect(page.locator(".fn-pending .fn-question")).to_have_text(FERRY)
    questions = [route for route in kept if FERRY in (route.request.post_data or "")]
    assert len(questions) == 1
    for route in kept:
        if route not in questions:
            route.continue_()
    page.wait_for_timeout(1_500)
    expect(page.locator(".fn-pending .fn-question")).to_have_text(FERRY)
    expect(box_of(page)).to_have_value("")
    page.unroute(HOLD)  # sends what was held
    expect(page.locator(".fn-exchange blockquote")).to_contain_text("pier nine", timeout=PATIENCE_MS)
    expect(page.locator(".fn-exchange")).to_have_count(1)
    expect(box_of(page)).to_have_value("")


def test_an_answer_that_comes_when_another_conversation_is_shown_is_kept_in_its_own(page, shared_page):
    open_when_read(page, shared_page)
    ask(page, FERRY)
    kept = held(page, lambda data: "nine" in data)
    box_of(page).fill("Is it pier nine?")
    page.keyboard.press("Enter")
    expect(page.locator(".fn-pending")).to_be_visible()
    page.locator("#fn-clear").click()
    expect(page.locator(".fn-welcome")).to_be_visible()
    for route in kept:
        route.continue_()
    page.wait_for_timeout(1_500)
    expect(page.locator(".fn-welcome")).to_be_visible()
    expect(page.locator(".fn-exchange")).to_have_count(0)
    page.locator(".fn-record-toggle").click()
    page.locator(".fn-kept-open").click()
    expect(page.locator(".fn-exchange")).to_have_count(2)
    expect(page.locator(".fn-question").last).to_have_text("Is it pier nine?")


def test_what_is_typed_while_the_question_leaves_its_box_does_not_go_with_it(page, shared_page):
    open_when_read(page, shared_page)
    box_of(page).fill(FERRY)
    is_held = page.evaluate(
        """() => {
          const box = document.querySelector("#fn-question textarea");
          box.focus();
          box.dispatchEvent(new KeyboardEvent("keypress", { key: "Enter", bubbles: true, cancelable: true }));
          return box.readOnly || box.value === "";
        }"""
    )
    assert is_held
    expect(page.locator(".fn-exchange blockquote")).to_contain_text("pier nine", timeout=PATIENCE_MS)
    expect(box_of(page)).to_be_editable()


def test_a_question_that_is_not_sent_stays_in_its_box_and_the_page_says_so(page, shared_page):
    open_when_read(page, shared_page)
    # What Gradio does once it knows that the server has ended: nothing, and says nothing.
    page.evaluate(
        "document.querySelector('#fn-question textarea').addEventListener('keypress', (e) => e.stopPropagation(), true)"
    )
    page.route("**/*", lambda route: route.abort())
    page.evaluate(
        """() => document.querySelector("#fn-question textarea").parentElement.addEventListener(
          "keypress", (event) => { event.stopImmediatePropagation(); event.preventDefault(); }, true)"""
    )
    box_of(page).fill(FERRY)
    page.keyboard.press("Enter")
    expect(page.locator(".fn-unsent")).to_contain_text("Footnote does not answer", timeout=PATIENCE_MS)
    expect(box_of(page)).to_have_value(FERRY)
    expect(box_of(page)).to_be_editable()
    page.unroute("**/*")
    page.reload()
    expect(box_of(page)).to_have_value(FERRY, timeout=PATIENCE_MS)
    expect(ask(page, FERRY).locator("blockquote")).to_contain_text("pier nine")
    page.reload()
    expect(page.locator(".fn-exchange blockquote")).to_contain_text("pier nine", timeout=PATIENCE_MS)
    expect(box_of(page)).to_have_value("")


def test_the_documents_that_are_ticked_stay_so_over_a_reload(page, shared_page, shared_folder):
    open_when_read(page, shared_page)
    (shared_folder / "tower.md").write_text("# Towers\n\nThe tower was closed in June.\n")
    page.locator("#fn-sync").click()
    page.locator('[data-tick="tower.md"]').check(timeout=PATIENCE_MS)
    asking = page.locator(".fn-asking")
    expect(asking).to_contain_text("tower.md", timeout=PATIENCE_MS)
    page.reload()
    expect(asking).to_contain_text("Asking only", timeout=PATIENCE_MS)
    expect(asking).to_contain_text("tower.md")
    expect(page.locator('[data-tick="tower.md"]')).to_be_checked()
    expect(ask(page, FERRY)).to_contain_text(re.compile("asked of.*tower.md"))
    asking.get_by_role("button").click()
    expect(asking).to_have_count(0, timeout=PATIENCE_MS)
    page.reload()
    expect(page.locator('[data-tick="tower.md"]')).not_to_be_checked(timeout=PATIENCE_MS)
    expect(asking).to_have_count(0)
