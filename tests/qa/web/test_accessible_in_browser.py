"""The page for everyone: axe-core finds nothing to mend; it can be read enlarged, from right to left, and at rest."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.qa.web.asking_in_browser import PATIENCE_MS, ask, open_when_read

pytestmark = [pytest.mark.browser, pytest.mark.slow]

QUESTIONS = (
    "How many migrants does Colombia host?",
    "And Peru?",
    "What is the boiling point of tungsten?",
    "What does this report say?",
)
ARABIC = "تبحر العبارة من الرصيف التاسع كل يوم أحد.\n"


@pytest.fixture
def in_window(browser: Browser):
    """A page in a window of its own settings: `in_window(color_scheme="dark")`."""
    opened = []

    def made(**settings) -> Page:
        opened.append(browser.new_context(**settings))
        return opened[-1].new_page()

    yield made
    for context in opened:
        context.close()


def complaints(page: Page) -> list[str]:
    """What axe-core finds, of any weight, each with where it is."""
    expect(page.locator("p.loading")).to_have_count(0, timeout=PATIENCE_MS)  # Gradio's own, until the page is there
    found = Axe().run(page).response["violations"]
    return [f"{rule['impact']} {rule['id']}: {node['html'][:200]}" for rule in found for node in rule["nodes"]]


def fits(page: Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing_to_mend(sample_page, in_window, scheme, width):
    page = in_window(color_scheme=scheme, viewport={"width": width, "height": 900})
    open_when_read(page, sample_page)
    assert complaints(page) == []
    for question in QUESTIONS:
        ask(page, question)
    assert complaints(page) == []
    if width < 900:
        page.locator(".fn-toggle").click()
        assert complaints(page) == []
    page.locator(".fn-record-toggle").click()
    page.locator(".fn-kept summary").click()
    assert complaints(page) == []
    for way in ("Rename", "Delete"):
        page.locator(".fn-kept").get_by_role("button", name=way, exact=True).click()
        assert complaints(page) == []
        page.keyboard.press("Escape")
        page.locator(".fn-kept summary").click()
    page.keyboard.press("Escape")
    page.locator(".fn-open").first.click()
    expect(page.locator("#fn-source:not([aria-busy]) .fn-sheet")).to_be_visible(timeout=PATIENCE_MS)
    assert complaints(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_where_documents_are_chosen_and_removed(sample_page, in_window, scheme):
    page = in_window(color_scheme=scheme, viewport={"width": 1440, "height": 900})
    open_when_read(page, sample_page)
    page.get_by_role("searchbox").fill("reports")
    page.locator('[data-tick="reports/"]').check()
    expect(page.locator(".fn-asking")).to_be_visible()
    ask(page, QUESTIONS[2])
    page.locator("#fn-limits summary").click()
    page.locator(".fn-more summary").first.click()
    assert complaints(page) == []
    page.locator("[data-remove]").first.click()
    assert complaints(page) == []


def test_axe_would_say_so(page):
    page.set_content("<html lang=en><title>A</title><main><h1>A</h1><button></button></main></html>")
    assert any("button-name" in complaint for complaint in complaints(page))


@pytest.mark.parametrize("enlarged", ["the window", "the text"])
def test_twice_as_large_nothing_is_cut_off(sample_page, in_window, enlarged):
    size, scale = ((640, 450), 2) if enlarged == "the window" else ((1280, 900), 1)
    page = in_window(viewport={"width": size[0], "height": size[1]}, device_scale_factor=scale)
    open_when_read(page, sample_page)
    if enlarged == "the text":
        page.evaluate("document.documentElement.style.fontSize = '200%'")
    exchange = ask(page, QUESTIONS[0])
    assert fits(page)
    for part in ("blockquote", "figcaption", ".fn-card >> nth=0", ".fn-open >> nth=0"):
        exchange.locator(part).first.scroll_into_view_if_needed()
        box = exchange.locator(part).first.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= size[0]
    exchange.locator(".fn-open").first.click()
    expect(page.locator("#fn-source:not([aria-busy]) .fn-sheet")).to_be_visible(timeout=PATIENCE_MS)
    assert fits(page)
    page.keyboard.press("Escape")
    expect(page.locator("#fn-question textarea")).to_be_visible()


def test_from_right_to_left(make_corpus, serve_page, page):
    folder = make_corpus({"عبارة.txt": ARABIC * 3, "ferry.txt": "The ferry is painted white and blue.\n"})
    open_when_read(page, serve_page(folder))
    exchange = ask(page, "تبحر العبارة من الرصيف")
    sentence = exchange.locator("blockquote, .fn-sentence").first
    expect(sentence).to_contain_text("الرصيف التاسع")
    assert sentence.evaluate("part => getComputedStyle(part).direction") == "rtl"
    assert exchange.locator(".fn-question").evaluate("part => getComputedStyle(part).direction") == "rtl"
    assert page.locator(".fn-sheet, .fn-bar").first.evaluate("part => getComputedStyle(part).direction") == "ltr"


def test_who_asked_for_less_motion_sees_none(sample_page, in_window):
    page = in_window(reduced_motion="reduce")
    open_when_read(page, sample_page)
    exchange = ask(page, QUESTIONS[0])
    exchange.locator(".fn-mark").first.click()
    expect(exchange.locator(".fn-card.fn-pointed")).to_have_count(1)
    assert page.evaluate("document.getAnimations().length") == 0
    assert page.locator("html").evaluate("part => getComputedStyle(part).scrollBehavior") == "auto"


def test_a_question_is_asked_and_its_source_read_with_keys_alone(sample_page, page):
    open_when_read(page, sample_page)
    expect(page.locator("#fn-question textarea")).to_be_focused()
    page.keyboard.type(QUESTIONS[0])
    page.keyboard.press("Enter")
    expect(page.locator(".fn-exchange blockquote")).to_be_visible(timeout=PATIENCE_MS)
    page.locator(".fn-exchange .fn-mark").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".fn-card summary").first).to_be_focused()
    for _ in range(8):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('.fn-open')"):
            break
    page.keyboard.press("Enter")
    expect(page.locator("#fn-source:not([aria-busy]) .fn-sheet h2")).to_be_focused(timeout=PATIENCE_MS)
    page.keyboard.press("Escape")
    expect(page.locator(".fn-open").first).to_be_focused()
