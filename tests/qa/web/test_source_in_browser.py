"""The source beside the conversation, in a real browser."""

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PATIENCE_MS = 120_000
BRIEFING = "How much money does the regional briefing say the plan needs?"
GUIDE = "When did the US Treasury place PDVSA under sanctions?"
WIDTHS = [1440, 1024, 390]


@pytest.fixture
def ask(page: Page, sample_page: str):
    """Ask on the page of the sample corpus; the first card's button that opens its source."""
    page.goto(sample_page)
    page.locator(".fn-documents").wait_for(state="attached", timeout=PATIENCE_MS)
    expect(page.locator("#fn-sync")).to_have_text("Sync", timeout=PATIENCE_MS)

    def asked(question: str):
        before = page.locator(".fn-exchange").count()
        page.locator("#fn-question textarea").fill(question)
        page.keyboard.press("Enter")
        expect(page.locator(".fn-exchange:not(.fn-pending)")).to_have_count(before + 1, timeout=PATIENCE_MS)
        return page.locator(".fn-exchange").nth(before).locator(".fn-open").first

    return asked


def came(page: Page):
    """The panel, when what was asked for stands in it."""
    expect(page.locator("#fn-source:not([aria-busy]) .fn-sheet")).to_be_visible(timeout=PATIENCE_MS)
    return page.locator("#fn-source")


@pytest.mark.parametrize("width", WIDTHS)
def test_a_page_opens_at_the_quote_and_escape_gives_the_focus_back(ask, page, width):
    page.set_viewport_size({"width": width, "height": 800})
    button = ask(BRIEFING)
    expect(button).to_contain_text("Open the page")
    button.click()
    panel = came(page)
    expect(panel.locator("h2")).to_have_text("Open Border, Empty Purse")
    expect(panel.locator("h2")).to_be_focused()
    expect(panel.locator(".fn-place")).to_contain_text("p. 4")
    expect(panel.locator(".fn-box").first).to_be_in_viewport()
    assert panel.locator("img").evaluate("image => image.naturalWidth") > 1000
    expect(panel).to_have_attribute("role", "dialog" if width <= 900 else "complementary")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(button).to_be_focused()
    expect(button).to_be_in_viewport()


def test_pages_are_turned_with_the_keys_and_the_way_back_is_one_button(ask, page):
    ask(BRIEFING).click()
    panel = came(page)
    following = panel.get_by_role("button", name="Next page")
    for where in ("5 of 11", "6 of 11"):
        following.focus()
        page.keyboard.press("Enter")
        expect(panel.locator(".fn-where")).to_have_text(where)
        came(page)
        expect(following).to_be_focused()
    expect(panel.locator(".fn-box")).to_have_count(0)
    panel.get_by_role("button", name="To the quote").click()
    expect(panel.locator(".fn-where")).to_have_text("4 of 11")
    expect(panel.locator(".fn-box").first).to_be_in_viewport()
    panel.get_by_role("button", name="As text").click()
    expect(panel.locator("mark")).to_contain_text("Colombia puts its needs")
    expect(panel.locator("img")).to_have_count(0)


def test_two_turns_in_a_hurry_end_at_the_second(ask, page):
    ask(BRIEFING).click()
    panel = came(page)
    page.evaluate("""() => {
      const turn = (by) => document.querySelector(`#fn-source [data-way="${by}"]`).click();
      turn(1); turn(-1);
    }""")
    expect(panel.locator(".fn-where")).to_have_text("3 of 11")
    came(page)
    expect(panel.locator(".fn-where")).to_have_text("3 of 11")


@pytest.mark.parametrize("width", WIDTHS)
def test_text_opens_at_the_quote_and_is_asked_about_beside_it(ask, page, width):
    page.set_viewport_size({"width": width, "height": 500})
    button = ask(GUIDE)
    quote = button.locator("xpath=ancestor::details").locator("mark").inner_text()
    button.click()
    panel = came(page)
    expect(panel.locator("mark").first).to_have_text(quote)
    expect(panel.locator("mark").first).to_be_in_viewport()
    if width > 900:
        expect(button).to_be_in_viewport()
        ask(BRIEFING)
        expect(panel.locator("mark").first).to_have_text(quote)
    else:
        assert page.locator("#fn-reading").evaluate("part => part.inert")
    panel.get_by_role("button", name="Close the source").click()
    expect(panel).to_be_hidden()
    assert not page.locator("#fn-reading").evaluate("part => part.inert")


def test_one_source_after_another_and_the_same_again(ask, page):
    first, second = ask(GUIDE), ask(BRIEFING)
    panel = page.locator("#fn-source")
    for button, shown in ((second, "img"), (first, "mark"), (first, "mark")):
        button.click()
        expect(came(page).locator(shown).first).to_be_visible()
    page.keyboard.press("Escape")
    first.click()
    expect(came(page).locator("mark").first).to_be_in_viewport()
    page.locator("#fn-clear").click()
    expect(panel).to_be_hidden()


def test_a_source_that_does_not_come_is_said_and_shown_when_it_comes_late(ask, page):
    button, held = ask(BRIEFING), []
    page.clock.install()
    page.route(
        "**/gradio_api/**", lambda route: held.append(route) if route.request.method == "POST" else route.continue_()
    )
    button.click()
    page.clock.fast_forward(31_000)
    expect(page.locator(".fn-opening")).to_contain_text("The source did not come")
    assert len(held) == 1
    page.unroute_all()  # sends what was held
    page.clock.resume()
    expect(came(page).locator(".fn-box").first).to_be_in_viewport()
