"""What stands open stays, the focus is kept, and nothing is said twice: the documents in a real browser."""

import re

import pytest
from playwright.sync_api import expect

from tests.qa.web.asking_in_browser import PATIENCE_MS, open_when_read

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FILES = {
    "broken.pdf": "%PDF-",
    "ferry.txt": "The ferry to the islands sails from pier nine every Sunday.\n",
    "Puente Cúcuta.txt": "The bridge was closed in February by the army.\n",
    "island.txt": "The island has two harbours.\n",
    "reports/aid.md": "# Aid\n\nCanada pledged 53 million dollars of aid for the migrants.\n",
    "reports/border.md": "# Border\n\nThe border was opened again in June.\n",
    "reports/bridge.md": "# Bridge\n\nThe bridge is 300 metres long.\n",
    "reports/oil.md": "# Oil\n\nOil output fell to 740,000 barrels a day in March.\n",
    "reports/port.md": "# Port\n\nThe port reopened on Tuesday after a long strike.\n",
}


@pytest.fixture
def open_page(page, shared_page):
    open_when_read(page, shared_page)
    return page


def row_of(page, name):
    return page.locator(".fn-document", has_text=name)


def ask_to_remove(page, name):
    """Press "Remove" of a document, which asks first."""
    row_of(page, name).locator("summary").click()
    row_of(page, name).get_by_role("button", name="Remove").click()
    dialog = page.get_by_role("dialog", name="Remove this document?")
    expect(dialog).to_be_visible()
    return dialog


def test_escape_closes_a_dialog_and_not_what_stands_below_it(open_page):
    page = open_page
    page.set_viewport_size({"width": 800, "height": 900})
    page.locator(".fn-toggle").click()
    dialog = ask_to_remove(page, "ferry.txt")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.locator("#fn-shelf")).to_be_visible()
    keys = page.get_by_role("dialog", name="Keyboard")
    for below in ("#fn-shelf", "#fn-record"):
        page.keyboard.press("?")
        expect(keys).to_be_visible()
        page.keyboard.press("Escape")
        expect(keys).to_be_hidden()
        expect(page.locator(below)).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.locator(below)).to_be_hidden()
        page.locator(".fn-record-toggle").click()


@pytest.mark.parametrize("button", ["Undo", "Put back"])
def test_the_focus_goes_to_the_document_that_is_put_back(open_page, button):
    page = open_page
    ask_to_remove(page, "ferry.txt").get_by_role("button", name="Remove").click()
    expect(page.locator("#fn-uploaded")).to_contain_text("Removed ferry.txt.", timeout=PATIENCE_MS)
    if button == "Put back":
        page.locator(".fn-removed summary").press("Enter")
    page.get_by_role("button", name=button).press("Enter")
    expect(page.locator("#fn-uploaded")).to_contain_text("Put back ferry.txt.", timeout=PATIENCE_MS)
    expect(row_of(page, "ferry.txt").locator("summary")).to_be_focused()
    expect(row_of(page, "ferry.txt").locator(".fn-state")).to_have_text("indexed", timeout=PATIENCE_MS)
    expect(row_of(page, "ferry.txt").locator("summary")).to_be_focused()


def test_the_focus_goes_to_the_counts_when_what_is_put_back_is_not_listed(open_page):
    page = open_page
    ask_to_remove(page, "ferry.txt").get_by_role("button", name="Remove").click()
    expect(row_of(page, "ferry.txt")).to_have_count(0, timeout=PATIENCE_MS)
    page.get_by_role("searchbox").fill("reports")
    expect(page.locator(".fn-found")).to_have_text("5 of 8 documents", timeout=PATIENCE_MS)
    page.get_by_role("button", name="Undo").press("Enter")
    expect(page.locator(".fn-counts")).to_be_focused(timeout=PATIENCE_MS)


@pytest.mark.parametrize("width", [1440, 390])
def test_what_failed_is_counted_by_the_report_and_named_by_the_list(open_page, shared_folder, width):
    page = open_page
    page.set_viewport_size({"width": width, "height": 800})
    if width < 900:
        page.locator(".fn-toggle").click()
    page.get_by_role("searchbox").fill("reports")
    (shared_folder / f"torn {width}.pdf").write_text("%PDF-")
    page.locator("#fn-sync").click()
    report = page.locator(".fn-report")
    expect(report).to_contain_text(re.compile(r"[23] failed"), timeout=PATIENCE_MS)
    expect(report).not_to_contain_text("torn")
    report.get_by_role("button", name="Show which, and why").press("Enter")
    expect(page.get_by_label("State")).to_have_value("failed")
    expect(page.get_by_role("searchbox")).to_have_value("")
    expect(page.locator(".fn-document:not(.fn-document-failed)")).to_have_count(0, timeout=PATIENCE_MS)
    expect(row_of(page, f"torn {width}.pdf").locator(".fn-failure")).to_contain_text("PDF")
    expect(page.locator(".fn-found")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_what_is_said_of_uploads_is_of_the_latest_ones(open_page, tmp_path):
    page = open_page
    hidden, program, note = (tmp_path / name for name in (".hidden.txt", "program.exe", "note.txt"))
    for file in (hidden, program, note):
        file.write_text("A note about the island.\n")
    chosen, said, here = (page.locator(f"#fn-{part}") for part in ("upload input", "uploaded", "limits .fn-here"))
    for _ in range(2):  # the second time the same is said, and shown again
        chosen.set_input_files(program)
        expect(said).to_contain_text("program.exe was not stored", timeout=PATIENCE_MS)
        chosen.set_input_files(hidden)
        expect(here).to_have_text("Hidden files are left out: .hidden.txt.")
        expect(said).to_have_text("", timeout=PATIENCE_MS)
    chosen.set_input_files([hidden, program])
    expect(said).to_contain_text("program.exe was not stored", timeout=PATIENCE_MS)
    expect(here).to_have_text("Hidden files are left out: .hidden.txt.")
    held = []

    def hold(route):
        held.append(route)

    page.route("**/upload*", hold)
    chosen.set_input_files(note)
    expect(here).to_have_text("Adding 1 document …")
    expect(said).to_be_hidden()
    page.unroute_all()  # sends what was held
    expect(said).to_have_text("Added note.txt.", timeout=PATIENCE_MS)
    expect(said).to_be_visible()
    expect(here).to_have_text("")


@pytest.mark.parametrize("breaks", ["on its way", "refused", "when it has arrived"])
def test_an_upload_that_breaks_off_is_said_and_can_be_done_again(open_page, tmp_path, breaks):
    page = open_page
    note = tmp_path / f"broken off {breaks}.txt"
    note.write_text(f"A note about the lighthouse, {breaks}.\n")
    chosen, said, here = (page.locator(f"#fn-{part}") for part in ("upload input", "uploaded", "limits .fn-here"))

    def break_off(route):
        is_meant = breaks != "when it has arrived" or note.name in (route.request.post_data or "")
        if not is_meant:
            route.continue_()
        elif breaks == "refused":
            route.fulfill(status=500)
        else:
            route.abort()

    page.route("**/run/**" if breaks == "when it has arrived" else "**/upload*", break_off)
    page.evaluate("window.isTheSame = true")
    chosen.set_input_files(note)
    expect(here).to_contain_text("Adding broke off", timeout=PATIENCE_MS)
    page.unroute_all()
    if breaks == "when it has arrived":  # Gradio loads the page anew
        page.wait_for_function("() => !window.isTheSame")
        expect(page.locator(".fn-documents")).to_be_visible(timeout=PATIENCE_MS)
    expect(here).to_contain_text("add it again")
    if breaks == "refused":  # by a server that is there: it is not said once more when the page is loaded again
        page.reload()
        expect(page.locator(".fn-documents")).to_be_visible(timeout=PATIENCE_MS)
        page.wait_for_function("() => Boolean(window.footnoteAdded)")
        expect(here).to_have_text("")
    chosen.set_input_files(note)
    expect(said).to_contain_text(f"Added {note.name}", timeout=PATIENCE_MS)
    expect(here).to_have_text("")


def test_an_upload_that_gets_another_name_is_told_by_both(open_page, shared_folder):
    page = open_page
    files = [
        {"name": name, "mimeType": "text/plain", "buffer": f"The mill {name} grinds rye.".encode()}
        for name in ("wéird 🙂 & <b>.txt", "n" * 244 + ".txt")
    ]
    page.locator("#fn-upload input").set_input_files(files)
    said = page.locator("#fn-uploaded")
    expect(said).to_contain_text("wéird 🙂 & <b>.txt (as wéird 🙂 & b.txt)", timeout=PATIENCE_MS)
    expect(said).to_contain_text(f"{'n' * 244}.txt (as {'n' * 196}.txt)")
    assert (shared_folder / "wéird 🙂 & b.txt").exists()
