"""The page in a real browser. The fixture `page` fails a test whose page asks anything of another machine."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.guarded.network_guard import is_local

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PATIENCE_MS = 120_000
"""For a first sync that compiles the model on a busy machine."""

HOSTILE = """# Ferry <img src=x onerror="window.hacked=1">

The ferry <script>window.hacked=1</script> sails **on Sundays** for $E=mc^2$ and \\(x^2\\) from `pier nine`.

${window.hacked=1} {{window.hacked=1}} </details></ol> [press](javascript:window.hacked=1) \u202eoverride
"""


@pytest.fixture
def open_page(page: Page):
    """Open the page at an address, and wait until its documents can be asked."""

    def opened(address: str) -> Page:
        page.goto(address)
        page.locator(".fn-documents").wait_for(state="attached", timeout=PATIENCE_MS)
        expect(page.locator("#fn-sync")).to_have_text("Sync", timeout=PATIENCE_MS)
        return page

    return opened


def ask(page: Page, question: str):
    """Ask, and wait for what comes of it."""
    before = page.locator(".fn-exchange").count()
    page.locator("#fn-question textarea").fill(question)
    page.keyboard.press("Enter")
    expect(page.locator(".fn-exchange:not(.fn-pending)")).to_have_count(before + 1, timeout=PATIENCE_MS)
    return page.locator(".fn-exchange").last


def test_a_question_is_answered_with_a_quotation_its_place_and_its_passage(sample_page, open_page):
    page = open_page(sample_page)
    exchange = ask(page, "Who was told to purge the army, and where?")
    quotation = exchange.locator("blockquote")
    expect(quotation).to_contain_text("Carabobo")
    expect(quotation).to_contain_text("[1]")
    expect(exchange.locator("figcaption .fn-place")).to_contain_text(re.compile(r"line \d+|p\. \d+"))
    expect(exchange.locator(".fn-confidence")).to_have_text(re.compile(r".* \d+ %"))
    marked = exchange.locator(".fn-card").first.locator("mark")
    expect(marked).to_be_visible()
    assert " ".join(marked.inner_text().split()) in " ".join(quotation.inner_text().split())


def test_a_mark_leads_to_its_card(sample_page, open_page):
    page = open_page(sample_page)
    exchange = ask(page, "How many migrants reach Colombia each day?")
    card = exchange.locator(".fn-card").first
    card.locator("summary").click()
    expect(card.locator(".fn-passage")).to_be_hidden()
    exchange.locator(".fn-mark").first.click()
    expect(card.locator(".fn-passage")).to_be_visible()
    expect(card).to_be_in_viewport()
    expect(card.locator("summary")).to_be_focused()


def test_cards_stay_as_they_were_left_when_another_question_is_asked(sample_page, open_page):
    page = open_page(sample_page)
    ask(page, "How many migrants reach Colombia each day?")
    cards = page.locator(".fn-exchange").first.locator(".fn-card")
    cards.nth(0).locator("summary").click()
    cards.nth(2).locator("summary").click()
    ask(page, "Who was told to purge the army, and where?")
    assert [card.get_attribute("open") is not None for card in cards.all()[:3]] == [False, False, True]
    expect(page.locator(".fn-exchange").last.locator(".fn-card").first.locator(".fn-passage")).to_be_visible()


def test_what_the_documents_do_not_say_looks_different(sample_page, open_page):
    page = open_page(sample_page)
    exchange = ask(page, "What is the boiling point of tungsten?")
    expect(exchange.locator(".fn-none")).to_contain_text("Not in these documents")
    expect(exchange.locator("blockquote")).to_have_count(0)
    expect(exchange.locator(".fn-closest .fn-card").first).to_be_visible()


def test_a_follow_up_is_understood_and_a_conversation_ends(sample_page, open_page):
    page = open_page(sample_page)
    ask(page, "How many Venezuelan migrants does Colombia host?")
    follow_up = ask(page, "And Peru?")
    expect(follow_up.locator(".fn-carried")).to_contain_text("understood with:")
    page.locator("#fn-clear").click()
    expect(page.locator(".fn-welcome")).to_be_visible()
    expect(page.locator(".fn-exchange")).to_have_count(0)


def test_a_suggested_question_is_asked_by_its_button(sample_page, open_page):
    page = open_page(sample_page)
    suggestion = page.locator(".fn-suggestions button").first
    asked = suggestion.inner_text()
    suggestion.click()
    expect(page.locator(".fn-exchange:not(.fn-pending) .fn-question")).to_have_text(asked, timeout=PATIENCE_MS)


def test_questions_that_cannot_be_asked(sample_page, open_page):
    page = open_page(sample_page)
    for blank in ("", "   "):
        page.locator("#fn-question textarea").fill(blank)
        page.keyboard.press("Enter")
        page.locator("#fn-ask").click()
        expect(page.locator(".fn-welcome")).to_be_visible()
    expect(ask(page, "x" * 100_000).locator(".fn-notice")).to_contain_text("at most 4,000 can be asked")
    expect(page.locator(".fn-exchange .fn-notice")).to_be_in_viewport()
    expect(page.locator("#fn-question textarea")).to_have_value("x" * 100_000)  # to be shortened
    expect(ask(page, "?!").locator(".fn-notice")).to_contain_text("The question has no words")
    expect(page.locator(".toast-body")).to_have_count(0)


def test_a_question_asked_before_the_last_is_answered_waits_in_its_box(sample_page, open_page):
    page = open_page(sample_page)
    held = []
    page.route(
        "**/gradio_api/**", lambda route: held.append(route) if route.request.method == "POST" else route.continue_()
    )
    box = page.locator("#fn-question textarea")
    box.fill("How many migrants reach Colombia each day?")
    page.keyboard.press("Enter")
    expect(page.locator(".fn-pending")).to_be_visible()
    expect(box).to_have_value("")
    box.fill("And Peru?")
    page.keyboard.press("Enter")
    page.locator("#fn-ask").click()
    assert len(held) == 1
    page.unroute_all()  # sends what was held
    expect(page.locator(".fn-exchange blockquote")).to_contain_text("2,500", timeout=PATIENCE_MS)
    expect(box).to_have_value("And Peru?")
    page.keyboard.press("Enter")
    expect(page.locator(".fn-carried")).to_be_visible()


def test_a_document_added_on_the_page_is_read_and_answered(make_corpus, serve_page, open_page, tmp_path):
    folder = make_corpus({"river.txt": "The river Tachira marks the border near Cucuta.\n"})
    page = open_page(serve_page(folder))
    document = tmp_path / "Ferry (2019).txt"
    document.write_text("The ferry to the islands sails from pier nine every Sunday.\n")
    program = tmp_path / "program.exe"
    program.write_bytes(b"MZ")
    page.locator("#fn-upload input[type=file]").set_input_files([document, program])
    expect(page.locator("#fn-uploaded")).to_contain_text("Added Ferry (2019).txt", timeout=PATIENCE_MS)
    expect(page.locator("#fn-uploaded")).to_contain_text("program.exe was not stored")
    assert sorted(path.name for path in folder.glob("*.*") if path.is_file()) == ["Ferry (2019).txt", "river.txt"]
    expect(page.locator("#fn-progress")).to_contain_text("1 new", timeout=PATIENCE_MS)
    expect(page.locator("#fn-list")).to_contain_text("Ferry (2019).txt")
    expect(ask(page, "Where does the ferry sail from?").locator("blockquote")).to_contain_text("pier nine")


def test_nothing_of_a_document_runs_or_becomes_markup(make_corpus, serve_page, open_page):
    folder = make_corpus({"ferry.md": HOSTILE, "<img src=x onerror=hacked=1>.txt": "A boat.\n", "broken.pdf": "%PDF-"})
    page = open_page(serve_page(folder))
    exchange = ask(page, "When does the ferry sail <b>from</b> pier nine?")
    expect(exchange.locator(".fn-question")).to_have_text("When does the ferry sail <b>from</b> pier nine?")
    for card in exchange.locator(".fn-card:not([open]) summary").all():
        card.click()
    expect(exchange).to_contain_text("$E=mc^2$")
    assert page.evaluate("window.hacked") is None
    assert page.locator("#fn-conversation :is(script, img, math, strong, code, .katex)").count() == 0
    assert page.locator("#fn-list :is(script, img)").count() == 0
    assert page.locator("#fn-conversation a:not(.fn-mark)").count() == 0


def test_nothing_is_asked_of_another_machine(sample_page, page):
    seen = []
    page.on("request", lambda request: seen.append(request.url))
    page.on("websocket", lambda socket: seen.append(socket.url))
    page.goto(sample_page)
    page.locator(".fn-documents").wait_for(state="attached", timeout=PATIENCE_MS)
    ask(page, "How many migrants reach Colombia each day?")
    assert len(seen) > 10
    assert [url for url in seen if url.startswith(("http", "ws")) and not is_local(url)] == []
    links = page.locator("link[href], script[src], img[src]").evaluate_all("all => all.map(e => e.href || e.src)")
    assert [url for url in links if url.startswith("http") and not is_local(url)] == []


@pytest.mark.parametrize("width", [320, 390])
def test_a_narrow_page_has_one_column_and_never_scrolls_sideways(sample_page, open_page, page, width):
    page.set_viewport_size({"width": width, "height": 800})
    open_page(sample_page)
    ask(page, "Who was told to purge the army, and where?")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    expect(page.locator("#fn-shelf")).to_be_hidden()
    page.locator(".fn-toggle").click()
    expect(page.locator("#fn-shelf")).to_be_visible()
    expect(page.locator(".fn-toggle")).to_have_attribute("aria-expanded", "true")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.keyboard.press("Escape")
    expect(page.locator("#fn-shelf")).to_be_hidden()
    expect(page.locator(".fn-toggle")).to_be_focused()
