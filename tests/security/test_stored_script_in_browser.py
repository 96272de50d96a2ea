"""A folder full of script in a real browser: none of it runs, in no view and no export."""

import pytest
from playwright.sync_api import expect

from tests.qa.web.asking_in_browser import PATIENCE_MS, ask, open_when_read
from tests.qa.web.page_server import running
from tests.security import hostile_folder

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FOREIGN = (
    "script, img:not([src^='data:image/']), iframe, object, embed, form:not(.fn-find, [method='dialog']), [onerror], "
    "[onload], a[href^='javascript']"
)
"""What none of our own parts is made of."""


def nothing_ran(page):
    assert page.evaluate("window.hacked") is None
    for part in ("#fn-conversation", "#fn-list", "#fn-source", ".fn-record"):
        assert page.locator(f"{part} :is({FOREIGN})").count() == 0, part


def saved(page, what, tmp_path):
    page.locator(".fn-kept").first.locator("summary").click()
    with page.expect_download() as download:
        page.locator(".fn-kept").first.get_by_role("button", name=what).click()
    kept = tmp_path / download.value.suggested_filename
    download.value.save_as(kept)
    return kept


def used(page, address, tmp_path):
    """Everything is looked at once; the exports that were saved."""
    open_when_read(page, address)
    for question in hostile_folder.QUESTIONS:
        exchange = ask(page, question)
        exchange.locator(".fn-card").evaluate_all("cards => cards.forEach((card) => { card.open = true; })")
    nothing_ran(page)
    for button in page.locator(".fn-exchange .fn-open").all()[:12]:
        button.click()
        expect(page.locator("#fn-source:not([aria-busy]) .fn-sheet")).to_be_visible(timeout=PATIENCE_MS)
        nothing_ran(page)
        page.keyboard.press("Escape")
    ask(page, hostile_folder.SCRIPT)
    ask(page, hostile_folder.LINKS)
    page.locator(".fn-record-toggle").click()
    expect(page.locator(".fn-record")).to_be_visible()
    row = page.locator(".fn-kept").first
    row.locator("summary").click()
    row.get_by_role("button", name="Rename").click()
    page.get_by_role("textbox", name="Name of the conversation").fill(hostile_folder.SCRIPT)
    page.keyboard.press("Enter")
    expect(page.locator(".fn-kept").first).to_contain_text("<script>hacked=1</script>")
    nothing_ran(page)
    html, markdown = saved(page, "Export as HTML", tmp_path), saved(page, "Export as Markdown", tmp_path)
    page.reload()
    expect(page.locator(".fn-exchange")).to_have_count(len(hostile_folder.QUESTIONS) + 2, timeout=PATIENCE_MS)
    nothing_ran(page)
    return html, markdown


def test_no_view_and_no_export_runs_what_a_document_says(page, tmp_path):
    folder = tmp_path / hostile_folder.SCRIPT.replace("/", "∕")
    hostile_folder.write(folder)
    page.on("dialog", lambda dialog: pytest.fail(f"a dialogue: {dialog.message}"))
    with running(folder, tmp_path / "server.log") as address:
        html, markdown = used(page, address, tmp_path)
    page.goto(html.as_uri())
    expect(page.locator("h1")).to_have_text(hostile_folder.SCRIPT)
    assert page.evaluate("window.hacked") is None
    assert page.locator(FOREIGN).count() == 0
    assert page.locator("a:not([href^='#'])").count() == 0
    assert "\x1b" not in markdown.read_text("utf-8")
