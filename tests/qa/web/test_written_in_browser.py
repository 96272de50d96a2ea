"""Written answers on the page, in a real browser, from a real server of the protocol."""

import re
import time
from contextlib import ExitStack

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.qa.web.asking_in_browser import ask as ask_on
from tests.qa.web.asking_in_browser import open_when_read
from tests.qa.web.page_server import running
from tests.qa.written.llm_server import Says, Sends, Status, event
from tests.qa.written.llm_server import running as running_llm

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ARMY = "Who was told to purge the army, and where?"
HOSTS = "How many migrants does Colombia host?"
NOT_THERE = "Who won the football world cup of 2018?"
FAIR = (
    "Maduro told the army to purge traitors [1]. He gave the order in Lima [1]. "
    'They <img src=x onerror="document.title=1"><script>document.title=2</script> left \u202e[1]. Nobody knows.'
)


@pytest.fixture(scope="module")
def server():
    with running_llm({"gemma <b>&": Says(FAIR, pause=0.02)}) as started:
        yield started


@pytest.fixture(scope="module")
def address(server, tmp_path_factory, indexed_sample):
    folder = tmp_path_factory.mktemp("written")
    corpus = indexed_sample(folder / "corpus")
    with ExitStack() as started:
        yield started.enter_context(running(corpus, folder / "log", "--llm", server.url, "--llm-seconds", "3"))


@pytest.fixture
def says(server):
    """Let the server behave as given from now on."""
    name, before = next(iter(server.behaviours.items()))
    yield lambda behaviour: server.behaviours.update({name: behaviour})
    server.behaviours[name] = before


@pytest.fixture
def ask(page: Page, address: str):
    """Ask, and wait for the quoted answer; the exchange that came of it."""
    open_when_read(page, address)

    def asked(question: str):
        ask_on(page, question)
        return page.locator(".fn-exchange").nth(page.locator(".fn-exchange").count() - 1)

    return asked


def ended(exchange):
    block = exchange.locator('.fn-written[data-state="ended"]')
    expect(block).to_be_visible(timeout=30_000)
    expect(block).to_have_attribute("aria-busy", "false")
    return block


def test_the_quotation_stands_first_and_the_written_answer_grows_below_it(ask, page, says):
    says(Says(FAIR, pause=0.2))
    exchange = ask(ARMY)
    expect(exchange.locator("blockquote")).to_be_visible()
    block = exchange.locator(".fn-written")
    expect(block.locator(".fn-unchecked")).to_have_text(re.compile(r"\w"))
    expect(block.get_by_role("button", name="Stop writing")).to_be_visible()
    block = ended(exchange)
    expect(block.locator("h3")).to_have_text("Written by gemma <b>& from the passages below")
    expect(block.locator("bdi").nth(1)).to_have_text("Maduro told the army to purge traitors.")
    assert (
        exchange.locator("blockquote, .fn-written, .fn-cards")
        .evaluate_all("parts => parts.map(part => part.tagName).join()")
        .startswith("BLOCKQUOTE,DIV,OL")
    )
    block.locator(".fn-mark").first.click()
    expect(exchange.locator("details summary").first).to_be_focused()


def test_what_is_not_supported_is_struck_out_with_its_reason_and_is_text_whatever_it_is(ask, page):
    block = ended(ask(ARMY))
    struck = block.locator(".fn-struck")
    expect(struck).to_have_count(3)
    expect(struck.nth(0)).to_contain_text("Struck out: He gave the order in Lima.")
    expect(struck.nth(0).locator(".fn-why")).to_have_text("the passage does not name Lima")
    expect(struck.nth(1).locator("s")).to_contain_text("<script>document.title=2</script>")
    expect(struck.nth(2).locator(".fn-why")).to_have_text("it names no passage")
    assert struck.nth(0).locator("s").evaluate("s => getComputedStyle(s).textDecorationLine") == "line-through"
    expect(block).to_contain_text("3 sentences are struck out")
    assert block.locator("img, script").count() == 0
    assert page.title() == "Footnote"


def test_the_page_stays_usable_and_each_answer_gets_its_own_text(ask, page, says):
    says(Says("Maduro told the army to purge traitors [1]. It was Tuesday [1].", pause=0.25))
    first = ask(ARMY)
    expect(first.locator(".fn-unchecked")).to_be_visible(timeout=20_000)
    second = ask(HOSTS)
    expect(first.locator('.fn-written[data-state="writing"]')).to_be_visible()
    expect(second.locator("blockquote")).to_contain_text("Colombia")
    expect(ended(first)).to_contain_text("Maduro told the army")
    expect(ended(second)).to_contain_text("None of it is supported")
    third = ask(NOT_THERE)
    expect(third.locator(".fn-none")).to_be_visible()
    expect(third.locator(".fn-written")).to_have_count(0)
    expect(ended(first)).to_contain_text("Maduro told the army")


def test_what_was_written_is_there_again_after_a_reload_and_asked_for_once(ask, page, server):
    before = len(server.asked())
    text = ended(ask(ARMY)).inner_text()
    page.reload()
    block = ended(page.locator(".fn-exchange").last)
    assert block.inner_text() == text
    assert len(server.asked()) == before + 1


def test_a_reload_in_the_middle_ends_calmly(ask, page, says):
    says(Says("Maduro told the army to purge traitors [1]. It was Tuesday [1]. So he says.", pause=0.25))
    expect(ask(ARMY).locator(".fn-prose bdi").first).to_be_visible(timeout=20_000)
    page.reload()
    block = ended(page.locator(".fn-exchange").last)
    expect(block).to_contain_text("Maduro told the army")
    expect(block.locator(".fn-notice")).to_have_count(0)


def test_writing_is_stopped_with_the_keyboard_and_the_server_is_hung_up_on(ask, page, says, server):
    says(Sends([event({"content": "Maduro told the army to purge traitors [1]. Then he "})], then="comments"))
    exchange = ask(ARMY)
    expect(exchange.locator(".fn-unchecked")).to_have_text("Then he", timeout=20_000)
    before = len(server.ended)
    exchange.get_by_role("button", name="Stop writing").focus()
    page.keyboard.press("Enter")
    block = ended(exchange)
    expect(block.locator("p.fn-prose bdi")).to_have_text(["Maduro told the army to purge traitors."])
    expect(block).to_be_focused()
    assert hung_up(server, before, page)


def test_a_button_stays_the_same_button_while_words_come(ask, page, says):
    says(Sends([event({"content": "Maduro told the army to purge traitors [1]. Then he "})], then="words"))
    exchange = ask(ARMY)
    expect(exchange.locator(".fn-unchecked")).to_contain_text("Then he so", timeout=20_000)
    stop = exchange.locator("[data-stop]")
    stop.evaluate("button => { button.pressed = true; }")
    expect(exchange.locator(".fn-unchecked")).to_contain_text("Then he so so so so so")
    assert stop.evaluate("button => button.pressed")
    stop.click()
    ended(exchange)


@pytest.mark.parametrize("leave", ["a new conversation", "a closed page"])
def test_what_nobody_waits_for_any_more_is_not_written(ask, page, says, server, leave):
    says(Sends([event({"content": "Maduro told the army to purge traitors [1]. Then he "})], then="words"))
    expect(ask(ARMY).locator(".fn-unchecked")).to_contain_text("Then he", timeout=20_000)
    before = len(server.ended)
    if leave == "a new conversation":
        page.locator("#fn-clear").click()
    else:
        page.close()
    assert hung_up(server, before, page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_to_mend(browser, address, says, scheme):
    page = browser.new_context(color_scheme=scheme).new_page()
    open_when_read(page, address)
    says(Says(FAIR, pause=0.3))
    exchange = ask_on(page, ARMY)
    expect(exchange.locator(".fn-unchecked")).to_be_visible(timeout=20_000)
    assert complaints(page) == []
    exchange.locator("[data-stop]").click()
    ended(exchange)
    says(Says(FAIR))
    expect(ended(ask_on(page, ARMY)).locator(".fn-struck")).to_have_count(3)
    assert complaints(page) == []
    page.context.close()


def complaints(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{rule['impact']} {rule['id']}: {node['html'][:200]}" for rule in found for node in rule["nodes"]]


def hung_up(server, before: int, page: Page) -> bool:
    """Whether one more stream ends soon; an open page must be waited on for its requests to go out."""
    deadline = time.monotonic() + 15
    while len(server.ended) == before and time.monotonic() < deadline:
        time.sleep(0.05) if page.is_closed() else page.wait_for_timeout(50)
    return len(server.ended) == before + 1


@pytest.mark.parametrize(
    ("behaviour", "told"),
    [
        (Status(401, {"error": {"message": "no key"}}), "asks for a key: put it into the environment variable"),
        (Status(500, "<h1>Oh</h1>"), "has a trouble of its own"),
        (Sends([b"data: <html>\n\n"]), "in another form than chat completions"),
        (Sends([], then="stall"), "said nothing for 3 seconds"),
        (Sends([event({"content": "Maduro told the army to purge"})], then="cut"), "broke off"),
    ],
)
def test_what_goes_wrong_is_one_calm_line_below_the_quotation(ask, page, says, behaviour, told):
    says(behaviour)
    exchange = ask(ARMY)
    block = ended(exchange)
    expect(block.locator(".fn-notice")).to_contain_text(told)
    expect(exchange.locator("blockquote")).to_be_visible()
    expect(exchange.locator("details")).not_to_have_count(0)


@pytest.mark.parametrize("width", [1440, 390, 320])
def test_the_block_fits_every_window(ask, page, says, width):
    says(Says(f"Maduro told the army to purge {'x' * 300} [1]. {FAIR}"))
    page.set_viewport_size({"width": width, "height": 800})
    ended(ask(ARMY))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
