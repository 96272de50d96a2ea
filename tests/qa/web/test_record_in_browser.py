"""The record in a real browser: conversations that come back, after a reload and after a restart of the server."""

import re
from contextlib import ExitStack

import lxml.html
import pytest
from playwright.sync_api import Page, expect

from index.conversations import CONVERSATIONS_FOLDER
from tests.qa.web.page_server import running, started_page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PATIENCE_MS = 120_000
FILES = {
    "ferry.md": "# Ferry\n\nThe ferry to the islands sails from pier nine every Sunday.\n\nIt carries forty cars.\n",
    "bridge.md": "# Bridge\n\nThe bridge over the river Tachira was closed in February.\n\nThousands cross it.\n",
}
FERRY = "Where does the ferry sail from?"
BRIDGE = "When was the bridge closed?"
ZEBRA = "Which zebra won the chess tournament?"


@pytest.fixture(scope="module")
def page_of_two(tmp_path_factory, footnote_cache, guarded_processes):
    """A page of two documents, for all tests that leave it running."""
    folder = tmp_path_factory.mktemp("record")
    corpus = folder / "corpus"
    corpus.mkdir()
    for name, text in FILES.items():
        (corpus / name).write_text(text)
    with running(corpus, folder / "server.log") as address:
        yield address


def opened(page: Page, address: str) -> Page:
    page.goto(address)
    expect(page.locator("#fn-list")).to_contain_text(".md", timeout=PATIENCE_MS)
    expect(page.locator("#fn-sync")).to_have_text("Sync", timeout=PATIENCE_MS)
    return page


def ask(page: Page, question: str, number: int) -> None:
    page.locator("#fn-question textarea").fill(question)
    page.keyboard.press("Enter")
    expect(page.locator(".fn-exchange:not(.fn-pending)")).to_have_count(number, timeout=PATIENCE_MS)
    expect(page.locator(".fn-exchange .fn-question").last).to_have_text(question)


def listed(page: Page):
    """The rows of the list, which is opened when it is not."""
    if page.locator(".fn-record-toggle").get_attribute("aria-expanded") == "false":
        page.locator(".fn-record-toggle").click()
    expect(page.locator(".fn-record")).to_be_visible()
    return page.locator(".fn-kept")


def way(page: Page, name: str, what: str) -> None:
    """Press what can be done with the conversation of that name."""
    row = listed(page).filter(has_text=name)
    row.locator("summary").click()
    row.get_by_role("button", name=what).click()


def saved(page: Page, name: str, what: str):
    with page.expect_download() as download:
        way(page, name, what)
    return download.value.suggested_filename, download.value.path().read_text("utf-8")


def test_a_conversation_survives_a_reload_with_all_that_can_be_done_in_it(page_of_two, page):
    opened(page, page_of_two)
    ask(page, FERRY, 1)
    page.get_by_role("button", name="Right answer").click()
    ask(page, "And how many cars does it carry?", 2)
    page.reload()
    expect(page.locator(".fn-exchange")).to_have_count(2, timeout=PATIENCE_MS)
    expect(page.locator(".fn-exchange blockquote").first).to_contain_text("pier nine")
    expect(page.get_by_role("button", name="Right answer").first).to_have_attribute("aria-pressed", "true")
    page.locator(".fn-open").first.click()
    expect(page.locator("#fn-source mark")).to_contain_text("pier nine", timeout=PATIENCE_MS)
    page.keyboard.press("Escape")
    page.locator(".fn-chip").first.click()
    expect(page.locator(".fn-exchange:not(.fn-pending)")).to_have_count(3, timeout=PATIENCE_MS)
    expect(page.locator(".fn-carried").last).to_contain_text("left out")


def test_a_conversation_is_named_exported_opened_and_deleted(page_of_two, page):
    opened(page, page_of_two)
    ask(page, FERRY, 1)
    ask(page, "And how many cars does it carry?", 2)
    page.locator("#fn-clear").click()
    expect(page.locator(".fn-invitation")).to_be_visible()
    ask(page, ZEBRA, 1)
    expect(listed(page)).to_have_count(2)
    expect(page.locator(".fn-kept[aria-current]")).to_contain_text(ZEBRA)
    way(page, FERRY, "Rename")
    page.get_by_role("textbox", name="Name of the conversation").fill("The <b>ferry</b> & שלום")
    page.keyboard.press("Enter")
    row = listed(page).filter(has_text="The <b>ferry</b> & שלום")
    expect(row).to_contain_text(re.compile(r"2 questions · today, \d\d:\d\d"))
    expect(row.locator(".fn-kept-open")).to_be_focused()

    name, markdown = saved(page, "The <b>ferry", "Export as Markdown")
    assert re.fullmatch(r"the-b-ferry-b-שלום-\d{4}-\d\d-\d\d\.md", name)
    assert markdown.startswith("# The \\<b\\>ferry\\</b\\> \\& שלום\n")
    assert "sails from pier nine every Sunday.”[^1]" in markdown.replace("**", "")
    name, html = saved(page, ZEBRA, "Export as HTML")
    assert name.startswith("which-zebra-won")
    assert "Not in these documents." in lxml.html.fromstring(html.encode()).xpath("string(//*[@class='none'])")

    opens_and_goes(page, row)


def opens_and_goes(page, row):
    """The named conversation is opened again, then deleted: the tab that shows it begins anew."""
    row.locator(".fn-kept-open").click()
    expect(page.locator(".fn-exchange")).to_have_count(2, timeout=PATIENCE_MS)
    expect(page.locator(".fn-record")).to_be_hidden()
    expect(page.locator("#fn-question textarea")).to_be_focused()
    page.reload()
    expect(page.locator(".fn-exchange")).to_have_count(2, timeout=PATIENCE_MS)
    way(page, "The <b>ferry", "Delete")
    expect(page.locator(".fn-kept-form")).to_contain_text("Delete “The <b>ferry</b> & שלום” for good?")
    page.keyboard.press("Escape")
    expect(listed(page)).to_have_count(2)
    way(page, "The <b>ferry", "Delete")
    page.locator(".fn-danger").click()
    expect(listed(page)).to_have_count(1)
    expect(page.locator(".fn-invitation")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".fn-record-toggle")).to_be_focused()
    page.reload()
    expect(page.locator(".fn-invitation")).to_be_visible(timeout=PATIENCE_MS)


def test_each_tab_has_its_own_conversation_and_each_browser_its_own_list(page_of_two, page, browser):
    opened(page, page_of_two)
    ask(page, FERRY, 1)
    other = opened(page.context.new_page(), page_of_two)
    expect(other.locator(".fn-invitation")).to_be_visible()
    ask(other, BRIDGE, 1)
    for tab, question in ((page, FERRY), (other, BRIDGE)):
        tab.reload()
        expect(tab.locator(".fn-exchange .fn-question")).to_have_text([question], timeout=PATIENCE_MS)
        expect(listed(tab)).to_have_count(2)
    listed(other).filter(has_text=FERRY).locator(".fn-kept-open").click()
    expect(other.locator(".fn-exchange .fn-question")).to_have_text([FERRY], timeout=PATIENCE_MS)
    ask(other, ZEBRA, 2)
    ask(page, BRIDGE, 3)  # both tabs show the one conversation now: nothing of it is lost
    with browser.new_context() as stranger:
        theirs = opened(stranger.new_page(), page_of_two)
        theirs.locator(".fn-record-toggle").click()
        expect(theirs.locator(".fn-record")).to_contain_text("No conversations yet")


def test_a_tab_left_open_over_a_restart_comes_back_with_its_conversation(make_corpus, page, free_port, tmp_path):
    folder, log = make_corpus(FILES), tmp_path / "server.log"
    with started_page(folder, log, "--port", str(free_port)) as (_, address):
        opened(page, address)
        ask(page, FERRY, 1)
    with started_page(folder, log, "--port", str(free_port)) as (_, address):
        ask(page, "How many cars does it carry?", 2)  # as if nothing had been: the tab has not been loaded anew
        expect(page.locator(".fn-exchange blockquote").last).to_contain_text("forty cars")
        page.locator(".fn-open").first.click()
        expect(page.locator("#fn-source mark")).to_contain_text("pier nine", timeout=PATIENCE_MS)
        page.keyboard.press("Escape")
    page.locator("#fn-question textarea").fill(BRIDGE)
    page.keyboard.press("Enter")
    expect(page.locator(".fn-lost")).to_contain_text("Is Footnote still running?", timeout=60_000)
    with started_page(folder, log, "--port", str(free_port)):
        expect(page.locator("#fn-question textarea")).to_have_value(BRIDGE, timeout=60_000)
        expect(page.locator(".fn-exchange")).to_have_count(2)
        page.locator("#fn-question textarea").press("Enter")
        expect(page.locator(".fn-exchange:not(.fn-pending)")).to_have_count(3, timeout=PATIENCE_MS)
        expect(page.locator(".fn-exchange blockquote").last).to_contain_text("closed in February")


def test_two_people_ask_while_a_third_syncs(make_corpus, serve_page, page, browser):
    folder = make_corpus(FILES)
    address = serve_page(folder)
    opened(page, address)
    make_corpus(
        {f"more/{number}.txt": f"Lighthouse {number} was built in 18{number:02d}.\n" * 40 for number in range(60)}
    )
    with ExitStack() as people:
        one, other = (opened(people.enter_context(browser.new_context()).new_page(), address) for _ in range(2))
        page.locator("#fn-sync").click()
        for number, (first, second) in enumerate([(FERRY, BRIDGE), (BRIDGE, FERRY), (ZEBRA, ZEBRA)], 1):
            for person, question in ((one, first), (other, second)):
                person.locator("#fn-question textarea").fill(question)
                person.keyboard.press("Enter")
            for person in (one, other):
                expect(person.locator(".fn-exchange:not(.fn-pending)")).to_have_count(number, timeout=PATIENCE_MS)
        expect(page.locator("#fn-progress")).to_contain_text("60 new", timeout=PATIENCE_MS)
        for person, questions in ((one, [FERRY, BRIDGE, ZEBRA]), (other, [BRIDGE, FERRY, ZEBRA])):
            person.reload()
            expect(person.locator(".fn-exchange .fn-question")).to_have_text(questions, timeout=PATIENCE_MS)
            expect(person.locator(".fn-exchange blockquote").first).to_contain_text(
                "pier nine" if questions[0] == FERRY else "February"
            )
    expect(page.locator(".fn-invitation")).to_be_visible()


def test_where_nothing_can_be_kept_the_page_says_so_once_and_goes_on(make_corpus, serve_page, page):
    folder = make_corpus(FILES)
    (folder / ".footnote").mkdir()
    (folder / ".footnote" / CONVERSATIONS_FOLDER).write_bytes(b"")
    opened(page, serve_page(folder))
    ask(page, FERRY, 1)
    ask(page, "How many cars does it carry?", 2)
    expect(page.locator(".fn-above")).to_have_count(1)
    expect(page.locator(".fn-above")).to_contain_text("not kept")
    page.reload()
    expect(page.locator(".fn-exchange")).to_have_count(2, timeout=PATIENCE_MS)
    page.locator(".fn-record-toggle").click()
    expect(page.locator(".fn-record")).to_contain_text("last until Footnote stops")
    assert saved(page, FERRY, "Export as Markdown")[1].count("## ") == 2
