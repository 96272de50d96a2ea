"""A question asked before the model is there, in a real browser: it waits on the page and is answered by itself."""

import threading
import time

import pytest
from playwright.sync_api import Page, expect

from qa import Corpus
from qa.syncing import BackgroundSync
from qa.web.access import Access
from qa.web.served import Served
from qa.web.site import site
from tests.fake_embedder import CountingEmbedder
from tests.qa.web.asking_in_browser import PATIENCE_MS
from tests.qa.web.stalling_site import PATIENCE_SECONDS, served_here

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MILL = "How many sacks of rye did the mill grind?"
SAILS = "How many sails has the mill?"
FILES = {
    "mill.md": "# Mill\n\nThe mill ground seven sacks of rye.\n",
    "sails.md": "# Sails\n\nThe mill has four sails of oak.\n",
}
COMPILING = "Not ready yet: compiling the model. Your question waits here and is answered by itself."

NOTE_WHAT_IS_DRAWN = """() => new MutationObserver(() => {
  window.drawnOver ||= Boolean(document.querySelector(".fn-welcome"));
}).observe(document.body, { childList: true, subtree: true })"""


class SlowModel:
    """Compiles until it is let go on."""

    def __init__(self):
        self.may_go_on = threading.Event()

    def load(self, name, *, on_progress=lambda _: None, **_):
        on_progress("Compiling the model")
        assert self.may_go_on.wait(PATIENCE_SECONDS)
        return CountingEmbedder(dimension=512)


@pytest.fixture
def model(monkeypatch):
    slow = SlowModel()
    monkeypatch.setattr("index.hiring.load_embedder", slow.load)
    yield slow
    slow.may_go_on.set()


@pytest.fixture
def address(make_corpus, model):
    folder = make_corpus(FILES)
    corpus = Corpus(folder)
    sync = BackgroundSync(corpus)
    sync.start()
    with served_here(site([Served(corpus, folder, sync, "mills")], Access())) as port:
        yield f"http://127.0.0.1:{port}/"
        model.may_go_on.set()
        assert sync.stop(PATIENCE_SECONDS)


def box_of(page: Page):
    return page.locator("#fn-question textarea")


def ask_at_once(page: Page, address: str):
    """As soon as the page takes a question; the place where its answer comes."""
    page.goto(address)
    box_of(page).wait_for(timeout=PATIENCE_MS)
    page.wait_for_function("() => Boolean(window.footnotePending)")
    box_of(page).fill(MILL)
    page.keyboard.press("Enter")
    return page.locator(".fn-exchange")


def until(page: Page, condition):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it never came to be"
        page.wait_for_timeout(20)


def kept_of(page: Page):
    """The question that is kept over a reload, and whether it is asked again by itself then."""
    names = "['footnote-unanswered', 'footnote-waits']"
    return page.evaluate(f"() => {names}.map((name) => sessionStorage.getItem(name) || '')")


def test_it_says_what_it_waits_for_and_is_answered_once(page, address, model):
    exchange = ask_at_once(page, address)
    expect(exchange.locator("p")).to_have_text(COMPILING, timeout=PATIENCE_MS)
    expect(box_of(page)).to_have_value("")
    page.wait_for_timeout(1_500)  # it is asked again and again meanwhile
    expect(exchange).to_have_count(1)
    expect(exchange.locator("p")).to_have_text(COMPILING)
    model.may_go_on.set()
    expect(exchange.locator("blockquote")).to_contain_text("seven sacks", timeout=PATIENCE_MS)
    expect(exchange).to_have_count(1)
    page.reload()
    expect(exchange.locator("blockquote")).to_contain_text("seven sacks", timeout=PATIENCE_MS)
    expect(exchange).to_have_count(1)
    expect(box_of(page)).to_have_value("")


def test_it_waits_on_over_a_reload(page, address, model):
    exchange = ask_at_once(page, address)
    expect(exchange.locator("p")).to_have_text(COMPILING, timeout=PATIENCE_MS)
    page.reload()
    expect(exchange.locator("h2")).to_have_text(MILL, timeout=PATIENCE_MS)
    expect(exchange.locator("p")).to_have_text(COMPILING, timeout=PATIENCE_MS)
    expect(box_of(page)).to_have_value("")
    model.may_go_on.set()
    expect(exchange.locator("blockquote")).to_contain_text("seven sacks", timeout=PATIENCE_MS)
    expect(exchange).to_have_count(1)


def test_the_next_question_stays_in_its_box_and_the_page_says_why(page, address, model):
    exchange = ask_at_once(page, address)
    expect(exchange.locator("p")).to_have_text(COMPILING, timeout=PATIENCE_MS)
    box_of(page).fill(SAILS)
    page.keyboard.press("Enter")
    expect(page.locator(".fn-unsent")).to_contain_text("The question before waits for its answer")
    expect(box_of(page)).to_have_value(SAILS)
    model.may_go_on.set()
    expect(exchange.locator("blockquote")).to_contain_text("seven sacks", timeout=PATIENCE_MS)
    expect(page.locator(".fn-unsent")).to_have_text("")
    page.keyboard.press("Enter")
    expect(exchange).to_have_count(2)
    expect(exchange.last.locator("blockquote")).to_contain_text("four sails", timeout=PATIENCE_MS)


def test_a_server_that_ends_meanwhile_is_said(page, address, model):
    exchange = ask_at_once(page, address)
    expect(exchange.locator("p")).to_have_text(COMPILING, timeout=PATIENCE_MS)
    page.route("**/*", lambda route: route.abort())
    expect(exchange.locator("p")).to_contain_text("No answer came", timeout=PATIENCE_MS)


def test_a_look_that_was_on_its_way_does_not_draw_over_the_answer(page, address, model):
    model.may_go_on.set()
    page.goto(address)
    expect(page.locator("#fn-sync")).to_have_text("Sync", timeout=PATIENCE_MS)
    late = []

    def hold_back(route):
        is_question = MILL in (route.request.post_data or "")
        if route.request.method == "POST" and not is_question and len(late) < 2:
            late.append((route, route.fetch()))  # what there was before the question came
        else:
            route.continue_()

    page.route("**/gradio_api/**", hold_back)
    exchange = ask_at_once(page, address)
    expect(exchange.locator("blockquote")).to_contain_text("seven sacks", timeout=PATIENCE_MS)
    until(page, lambda: len(late) == 2)
    page.evaluate(NOTE_WHAT_IS_DRAWN)
    for route, response in late:
        route.fulfill(response=response)
    page.wait_for_function("() => window.drawnOver", timeout=PATIENCE_MS)
    expect(exchange.locator("blockquote")).to_contain_text("seven sacks", timeout=PATIENCE_MS)
    expect(page.locator(".fn-welcome")).to_have_count(0)


def test_it_waits_on_in_a_tab_that_is_not_looked_at(page, address, model):
    page.add_init_script(
        "window.looked = true; Object.defineProperty(document, 'hidden', { get: () => !window.looked })"
    )
    exchange = ask_at_once(page, address)
    expect(exchange.locator("p")).to_have_text(COMPILING, timeout=PATIENCE_MS)
    page.evaluate("window.looked = false; window.requestAnimationFrame = () => 0")  # which is what a browser does then
    page.wait_for_timeout(1_000)
    model.may_go_on.set()
    expect(exchange.locator("blockquote")).to_contain_text("seven sacks", timeout=PATIENCE_MS)


def held_question(page: Page):
    """The requests that ask again, kept back from now on; the first one has come."""
    kept = []

    def hold(route):
        if route.request.method == "POST" and MILL in (route.request.post_data or ""):
            kept.append(route)
        else:
            route.continue_()

    page.route("**/gradio_api/**", hold)
    until(page, lambda: kept)
    return kept


def test_a_reply_that_comes_when_another_conversation_is_shown_keeps_nothing_of_it(page, address, model):
    exchange = ask_at_once(page, address)
    expect(exchange.locator("p")).to_have_text(COMPILING, timeout=PATIENCE_MS)
    (asking,) = held_question(page)
    page.evaluate("() => window.footnoteTab.anew()")
    asking.continue_()
    page.wait_for_timeout(1_000)
    assert kept_of(page) == ["", ""]


def test_while_it_is_looked_for_a_reload_does_not_ask_it_once_more(page, address, model):
    exchange = ask_at_once(page, address)
    expect(exchange.locator("p")).to_have_text(COMPILING, timeout=PATIENCE_MS)
    held_question(page)
    until(page, lambda: kept_of(page) == [MILL, ""])


def test_a_reply_to_another_question_is_not_taken_for_its_own(page, address, model):
    exchange = ask_at_once(page, address)
    expect(exchange.locator("p")).to_have_text(COMPILING, timeout=PATIENCE_MS)
    held_question(page)
    late = {"words": "Of another", "reply": "late", "question": f'"{SAILS}"'}
    page.evaluate("(late) => window.footnoteShowNewest(late)", late)
    page.wait_for_timeout(300)
    expect(exchange.locator("p")).to_have_text(COMPILING)


def test_what_was_answered_is_not_asked_again_for_a_blank_at_its_end(page, address, model):
    model.may_go_on.set()
    exchange = ask_at_once(page, address)
    expect(exchange.locator("blockquote")).to_contain_text("seven sacks", timeout=PATIENCE_MS)
    page.evaluate("(question) => window.footnoteUnanswered(question, true)", f"{MILL} ")
    page.reload()
    until(page, lambda: kept_of(page) == ["", ""])
    page.wait_for_timeout(1_500)
    expect(exchange).to_have_count(1)
