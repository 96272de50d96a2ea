"""What is longer than a page expects, in a real browser: a heading, a question; and what stands close together."""

import pytest
from playwright.sync_api import expect

from tests.qa.web.asking_in_browser import PATIENCE_MS, ask, open_when_read
from tests.qa.web.page_server import running

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TOWN = "Llanfair" + "pwllgwyn" * 24 + "goch"
FILES = {
    "town.md": f"# {TOWN}\n\n## {'The second one goes on ' * 10}\n\nThe ferry to the islands sails on Sunday.\n",
    "oil.md": "# Oil\n\nOil output fell to 740,000 barrels a day in March.\n",
}


@pytest.fixture(scope="module")
def address(tmp_path_factory, footnote_cache, guarded_processes):
    folder = tmp_path_factory.mktemp("long") / "corpus"
    folder.mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(text)
    with running(folder, folder.parent / "server.log") as address:
        yield address


@pytest.mark.parametrize("width", [1440, 390])
def test_a_long_heading_stays_in_its_answer(address, page, width):
    page.set_viewport_size({"width": width, "height": 900})
    open_when_read(page, address)
    exchange = ask(page, "When does the ferry to the islands sail?")
    expect(exchange.locator("figcaption")).to_contain_text(TOWN)
    answer = exchange.locator(".fn-answer").bounding_box()
    for part in exchange.locator("figcaption > *").all():
        box = part.bounding_box()
        assert box["x"] + box["width"] <= answer["x"] + answer["width"] + 1
        assert part.evaluate("part => part.scrollWidth <= part.clientWidth")


def test_the_ring_around_the_title_of_a_source_leaves_the_place_below_alone(address, page):
    open_when_read(page, address)
    ask(page, "When does the ferry to the islands sail?").locator(".fn-open").first.press("Enter")
    title = page.locator("#fn-source:not([aria-busy]) .fn-sheet h2")
    expect(title).to_be_focused(timeout=PATIENCE_MS)
    assert title.evaluate("title => title.matches(':focus-visible')")
    ring = title.evaluate("title => parseFloat(getComputedStyle(title).outlineWidth)")
    ring += title.evaluate("title => parseFloat(getComputedStyle(title).outlineOffset)")
    box = title.bounding_box()
    assert box["y"] + box["height"] + ring <= page.locator(".fn-sheet header .fn-place").bounding_box()["y"] + 0.5


@pytest.mark.parametrize("width", [1440, 390])
def test_a_long_question_leaves_its_answer_in_sight_and_is_unfolded_by_a_button(address, page, width):
    page.set_viewport_size({"width": width, "height": 900})
    open_when_read(page, address)
    question = "When does the ferry to the islands sail? " + "We would like to know it before we leave. " * 60
    exchange = ask(page, question)
    asked, button = exchange.locator(".fn-question"), exchange.locator(".fn-unfold")
    expect(exchange.locator("blockquote, .fn-none").first).to_be_in_viewport()
    expect(asked).to_have_text(question)
    folded = asked.bounding_box()["height"]
    expect(button).to_have_text("Show the whole question")
    top = asked.bounding_box()["y"]
    button.press("Enter")
    expect(button).to_be_focused()
    page.wait_for_timeout(300)  # browsers keep what stands below where it was
    assert asked.bounding_box()["y"] == pytest.approx(top, abs=2)
    assert asked.bounding_box()["height"] > 2 * folded
    assert asked.evaluate("part => part.scrollHeight <= part.clientHeight + 1")
    short = ask(page, "How much did oil output fall to?")  # draws the conversation anew
    expect(short.locator(".fn-unfold")).to_have_count(0)
    expect(page.locator(".fn-unfold")).to_have_text(["Show less of the question"])
    page.locator(".fn-unfold").press(" ")
    expect(page.locator(".fn-unfold")).to_have_text(["Show the whole question"])
    assert page.locator(".fn-question").first.bounding_box()["height"] == folded


def test_a_question_that_a_narrow_window_cuts_off_is_whole_in_a_wide_one(address, page):
    page.set_viewport_size({"width": 390, "height": 900})
    open_when_read(page, address)
    exchange = ask(page, "When does the ferry to the islands sail? " + "We would like to know it. " * 8)
    expect(exchange.locator(".fn-unfold")).to_be_visible()
    page.set_viewport_size({"width": 1440, "height": 900})
    expect(exchange.locator(".fn-unfold")).to_have_count(0)
