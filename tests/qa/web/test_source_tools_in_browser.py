"""What can be done in the source beside the conversation, in a real browser: citations, keys, zoom, tables, links."""

from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from tests.qa.web.asking_in_browser import PATIENCE_MS, ask, open_when_read

pytestmark = [pytest.mark.browser, pytest.mark.slow]

BRIEFING = "How much money does the regional briefing say the plan needs?"
MIGRANTS = "How many migrants does Colombia host?"
CANADA = "How much did Canada pledge?"
WIDTHS = [1440, 390]


def opened(page: Page, button: Locator) -> Locator:
    button.click()
    return came(page)


def came(page: Page) -> Locator:
    """The panel, when what was asked for stands in it."""
    expect(page.locator("#fn-source:not([aria-busy]) .fn-sheet")).to_be_visible(timeout=PATIENCE_MS)
    return page.locator("#fn-source")


@pytest.mark.parametrize("width", WIDTHS)
def test_from_citation_to_citation_with_keys_alone(sample_page, page, width):
    page.set_viewport_size({"width": width, "height": 800})
    open_when_read(page, sample_page)
    exchange = ask(page, MIGRANTS)
    panel = opened(page, exchange.locator(".fn-open").first)
    where = panel.locator(".fn-which")
    page.keyboard.press("n")
    page.keyboard.press("n")  # quicker than documents are
    expect(where).to_have_text("Citation 3 of 5")
    came(page)
    page.keyboard.press("p")
    expect(where).to_have_text("Citation 2 of 5")
    came(page)
    page.keyboard.press("p")
    expect(where).to_have_text("Citation 1 of 5")
    came(page)
    for key, said in (("n", "2 of 5"), ("]", "3 of 5"), ("[", "2 of 5"), ("n", "3 of 5")):
        page.keyboard.press(key)
        expect(where).to_have_text(f"Citation {said}")
        expect(came(page).locator("h2")).to_be_focused()
    expect(panel.locator("h2")).to_have_text("Fact sheet: Venezuelans in Colombia")
    expect(panel.locator("tr.fn-cited")).to_contain_text("1,300,000")
    expect(panel.locator(".fn-faint").first).to_contain_text("Colombia hosts about 1.3 million")

    panel.get_by_role("button", name="Citation 5").focus()  # of the same document
    page.keyboard.press("Enter")
    expect(where).to_have_text("Citation 5 of 5")
    expect(came(page).locator("mark").first).to_be_in_viewport()
    page.keyboard.press("n")
    expect(page.locator("[role=status]", has_text="This is the last citation")).to_have_count(1)
    expect(where).to_have_text("Citation 5 of 5")


@pytest.mark.parametrize("width", WIDTHS)
def test_keys_are_listed_and_letters_stay_letters_where_one_writes(sample_page, page, width):
    page.set_viewport_size({"width": width, "height": 800})
    open_when_read(page, sample_page)
    exchange = ask(page, MIGRANTS)
    panel = opened(page, exchange.locator(".fn-open").first)
    page.keyboard.press("n")
    expect(panel.locator(".fn-which")).to_have_text("Citation 2 of 5")
    came(page)
    page.keyboard.press("?")
    keys = page.locator("dialog.fn-keys")
    expect(keys).to_be_visible()
    page.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    expect(panel).to_be_visible()
    page.keyboard.press("/")
    expect(page.locator("#fn-question textarea")).to_be_focused()
    expect(panel).to_be_visible(visible=width > 900)
    page.keyboard.type("n/p? [1]")  # letters are letters again
    expect(page.locator("#fn-question textarea")).to_have_value("n/p? [1]")
    expect(keys).to_be_hidden()
    page.locator("#fn-question textarea").fill("")
    if width > 900:
        page.keyboard.press("Escape")
        expect(exchange.locator(".fn-open").nth(1)).to_be_focused()


def test_keys_of_one_letter_can_be_switched_off(sample_page, page):
    open_when_read(page, sample_page)
    panel = opened(page, ask(page, MIGRANTS).locator(".fn-open").first)
    panel.get_by_role("button", name="Keyboard").click()
    page.get_by_label("Use keys of one letter").uncheck()
    page.get_by_role("button", name="Close", exact=True).click()
    panel.locator("h2").focus()
    for key in ("n", "/", "?"):
        page.keyboard.press(key)
    expect(panel.locator("h2")).to_be_focused()
    expect(panel.locator(".fn-citations")).to_contain_text("Citation 1 of 5")
    open_when_read(page, sample_page)
    page.locator("body").focus()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("?")
    expect(page.locator("dialog.fn-keys")).to_be_hidden()  # it is kept in the browser


@pytest.mark.parametrize("width", WIDTHS)
def test_a_page_grows_around_the_quote_and_stays_sharp(sample_page, page, width):
    page.set_viewport_size({"width": width, "height": 800})
    open_when_read(page, sample_page)
    panel = opened(page, ask(page, BRIEFING).locator(".fn-open").first)
    leaf, picture = panel.locator(".fn-leaf"), panel.locator("img")
    fit = picture.bounding_box()["width"]
    for size in ("125 %", "150 %", "200 %", "300 %"):
        page.keyboard.press("+")
        expect(panel.locator(".fn-zoomed")).to_have_text(size)
        expect(panel.locator(".fn-box").first).to_be_in_viewport()
    assert picture.bounding_box()["width"] == pytest.approx(3 * fit, abs=3)
    if width > 900:
        expect(panel.locator(".fn-sheet")).to_have_attribute("data-enlarged", "true", timeout=PATIENCE_MS)
        expect(panel.locator(".fn-zoomed")).to_have_text("300 %")  # also when it has come anew
    assert picture.evaluate("image => image.naturalWidth * 1.2 > image.clientWidth")
    came(page)
    middle, box = leaf.bounding_box(), panel.locator(".fn-box").first.bounding_box()
    assert abs(box["y"] + box["height"] / 2 - middle["y"] - middle["height"] / 2) < 3
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    came(page).locator("h2").focus()
    before = leaf.evaluate("leaf => [leaf.scrollLeft, leaf.scrollTop]")
    for key in ("ArrowDown", "ArrowLeft"):
        page.keyboard.press(key)
    after = leaf.evaluate("leaf => [leaf.scrollLeft, leaf.scrollTop]")
    assert after[0] < before[0]
    assert after[1] > before[1]
    panel.get_by_role("button", name="Next page").click()
    expect(panel.locator(".fn-turn")).to_contain_text("5 of 11")
    expect(came(page).locator(".fn-zoomed")).to_have_text("300 %")
    page.keyboard.press("0")
    assert picture.bounding_box()["width"] == pytest.approx(fit, abs=1)
    panel.get_by_role("button", name="Larger").click()
    expect(panel.locator(".fn-zoomed")).to_have_text("125 %")
    panel.get_by_role("button", name="Smaller").click()
    expect(panel.get_by_role("button", name="Smaller")).to_have_attribute("aria-disabled", "true")


def test_boxes_of_other_citations_lead_to_them(sample_page, page):
    open_when_read(page, sample_page)
    exchange = ask(page, BRIEFING)
    exchange.locator(".fn-card > summary").nth(1).click()
    panel = opened(page, exchange.locator(".fn-open").nth(1))
    expect(panel.locator(".fn-citations")).to_contain_text("Citation 2 of 5")
    for _ in range(7):  # back to the page of the first citation
        panel.get_by_role("button", name="Previous page").click()
        came(page)
    expect(panel.locator(".fn-where")).to_have_text("4 of 11")
    assert panel.locator(".fn-there").count() >= 2
    panel.locator(".fn-there").first.click()
    expect(panel.locator(".fn-citations")).to_contain_text("Citation 1 of 5")
    expect(came(page).locator(".fn-box").first).to_be_in_viewport()
    expect(panel.locator(".fn-faint")).to_have_count(0)


@pytest.mark.parametrize("width", WIDTHS)
def test_a_sheet_is_a_table_whose_header_stays(sample_page, page, width):
    page.set_viewport_size({"width": width, "height": 420})
    open_when_read(page, sample_page)
    panel = opened(page, ask(page, CANADA).locator(".fn-open").first)
    expect(panel.locator(".fn-section").first).to_have_text("Sheet Pledges")
    expect(panel.locator("tr.fn-cited")).to_have_count(1)
    expect(panel.locator("tr.fn-cited")).to_contain_text("53000000")
    expect(panel.locator("tr.fn-cited")).to_be_in_viewport()
    expect(panel.get_by_role("columnheader", name="Donor").first).to_be_in_viewport()
    assert panel.locator("tr.fn-faintly .fn-cite").count() >= 1
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_link_opens_the_same_place_again_and_a_citation_is_copied(sample_page, browser: Browser):
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    open_when_read(page, sample_page)
    exchange = ask(page, BRIEFING)
    exchange.locator(".fn-card .fn-copies").first.click()
    exchange.get_by_role("button", name="As Markdown").first.click()
    expect(page.locator("[role=status]", has_text="Copied")).to_have_count(1)
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("> Colombia puts its needs at 1.5 billion dollars")
    assert "[^regional-briefing-" in copied

    panel = opened(page, exchange.locator(".fn-open").first)
    panel.locator(".fn-copies").click()
    panel.get_by_role("button", name="As BibTeX").click()
    expect(panel.get_by_role("button", name="Copied")).to_be_visible()
    assert "; read 20" in page.evaluate("navigator.clipboard.readText()")
    panel.get_by_role("button", name="Link to the place").click()
    expect(panel.get_by_role("button", name="Copied")).to_have_count(2)
    link = page.evaluate("navigator.clipboard.readText()")
    page.keyboard.press("Escape")
    expect(panel.locator(".fn-copies")).to_have_attribute("aria-expanded", "false")
    expect(panel.locator(".fn-copies")).to_be_focused()
    expect(panel).to_be_visible()  # the first Escape was for the menu
    assert link.startswith(f"{sample_page}?source=reports/regional-briefing.pdf&start=")

    other = context.new_page()
    other.goto(link)
    expect(came(other).locator("h2")).to_have_text("Open Border, Empty Purse")
    expect(other.locator("#fn-source .fn-box").first).to_be_in_viewport()
    expect(other.locator(".fn-exchange")).to_have_count(0)
    other.locator("#fn-source").get_by_role("button", name="Next page").click()
    expect(other.locator("#fn-source .fn-where")).to_have_text("5 of 11")
    came(other)
    other.keyboard.press("Escape")
    expect(other.locator("#fn-source")).to_be_hidden()
    expect(other.locator("#fn-question textarea")).to_be_focused()
    assert urlsplit(other.url).query == ""  # a reload begins anew
    context.close()


def test_where_the_browser_forbids_it_a_citation_can_be_copied_by_hand(sample_page, page):
    page.add_init_script(
        "Object.defineProperty(navigator, 'clipboard', {value: undefined}); document.execCommand = () => false;"
    )
    open_when_read(page, sample_page)
    exchange = ask(page, BRIEFING)
    exchange.locator(".fn-card .fn-copies").first.click()
    exchange.get_by_role("button", name="As text").first.click()
    box = page.get_by_label("What to copy")
    expect(box).to_be_focused()
    assert box.evaluate("box => box.value.slice(box.selectionStart, box.selectionEnd)").startswith("“Colombia puts")
    page.keyboard.press("Escape")
    expect(box).to_be_hidden()


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("?source=gone.md", "The document of this link is not here"),
        ("?source=../../etc/passwd&start=0&end=9", "The document of this link is not here"),
        (
            "?source=reports/regional-briefing.pdf&start=9&end=20&quote=0000000000",
            "has changed since the link was made",
        ),
        ("?source=data/oil-output.csv&start=x", "The link names no place in this document"),
    ],
)
def test_a_link_that_leads_nowhere_says_so_calmly(sample_page, page, query, said):
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(f"{sample_page}{query}")
    expect(came(page).locator(".fn-notice")).to_contain_text(said)
    expect(page.locator(".toast-body")).to_have_count(0)
    page.get_by_role("button", name="Close the source").click()
    expect(page.locator("#fn-question textarea")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_to_mend_in_tables_menus_and_dialogs(sample_page, browser: Browser, scheme):
    context = browser.new_context(color_scheme=scheme)
    page = context.new_page()
    open_when_read(page, sample_page)
    exchange = ask(page, CANADA)
    exchange.locator(".fn-copies").first.click()
    panel = opened(page, exchange.locator(".fn-open").first)
    panel.locator(".fn-copies").click()
    shown = [Axe().run(page)]
    page.keyboard.press("n")
    expect(panel.locator(".fn-which")).to_have_text("Citation 2 of 5")
    page.keyboard.press("?")
    shown.append(Axe().run(came(page).page))
    page.keyboard.press("Escape")
    page.goto(f"{sample_page}?source=reports/host-country-fact-sheet.docx&start=402&end=455")
    came(page)
    shown.append(Axe().run(page))
    assert [found["id"] for result in shown for found in result.response["violations"]] == []
    context.close()
