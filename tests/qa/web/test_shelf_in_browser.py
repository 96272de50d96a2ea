"""The documents beside the conversation, in a real browser: found, chosen, added, removed, put back."""

import re

import pytest
from playwright.sync_api import expect

from tests.qa.web.asking_in_browser import PATIENCE_MS, ask, open_when_read

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FILES = {
    "ferry.txt": "The ferry to the islands sails from pier nine every Sunday.\n",
    "broken.pdf": "%PDF-",
    "reports/border.md": "# Border\n\nThe bridge near Cucuta was closed in February by the army.\n",
    "reports/2019/aid.md": "# Aid\n\nCanada pledged 53 million dollars of aid for the migrants.\n",
    "reports/2019/oil.md": "# Oil\n\nOil output fell to 740,000 barrels a day in March.\n",
    "news/'q\"uo<b>te's'.txt": "The port reopened on Tuesday after a long strike.\n",
    "news/🙂 smile.txt": "The festival takes place in the old town in June.\n",
    "news/משלוח.txt": "The relief shipment left the harbour on Friday.\n",
}


@pytest.fixture
def open_page(page, shared_page):
    faults = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    open_when_read(page, shared_page)
    yield page
    assert faults == []
    assert page.evaluate("window.hacked") is None


def names(page):
    return page.locator(".fn-document .fn-file").all_inner_texts()


def test_documents_are_found_by_name_folder_type_and_state(open_page):
    page = open_page
    expect(page.locator(".fn-counts")).to_contain_text("8 documents")
    assert names(page)[0] == "broken.pdf"
    expect(page.locator(".fn-document-failed .fn-failure")).to_contain_text("PDF")
    expect(page.locator(".fn-found")).to_have_attribute("role", "status")
    box = page.get_by_role("searchbox", name="Find a document")
    box.fill("AID 2019")
    expect(page.locator(".fn-found")).to_have_text("1 of 8 documents")
    assert names(page) == ["aid.md"]
    box.press("Escape")
    expect(page.locator(".fn-document")).to_have_count(8)
    page.get_by_label("Folder").select_option("reports/")
    expect(page.locator(".fn-document")).to_have_count(3)
    page.get_by_label("Type").select_option("md")
    page.get_by_label("State").select_option("failed")
    expect(page.locator(".fn-empty")).to_have_text("No document is like that.")
    page.get_by_label("State").select_option("")
    expect(page.locator(".fn-document")).to_have_count(3)
    page.reload()  # the tab keeps what it looked at
    expect(page.locator(".fn-found")).to_have_text("3 of 8 documents", timeout=PATIENCE_MS)
    expect(page.get_by_label("Folder")).to_have_value("reports/")
    assert page.locator("#fn-list :is(script, b)").count() == 0


def test_ticked_documents_are_asked_alone_until_all_are_again(open_page):
    page = open_page
    page.get_by_role("checkbox", name="Ask only reports/", exact=True).check()
    asking = page.locator(".fn-asking")
    expect(asking).to_contain_text("Asking only: reports/ (3 documents)")
    expect(page.get_by_role("checkbox", name="Ask only aid.md")).to_be_checked()
    missed = ask(page, "Where does the ferry to the islands sail from?")
    expect(missed.locator(".fn-carried")).to_contain_text("asked of: reports/ (3 documents)")
    expect(missed.locator(".fn-none")).to_contain_text("Not in the documents you chose")
    missed.get_by_role("button", name="Ask all documents").click()
    expect(page.locator(".fn-exchange blockquote").last).to_contain_text("pier nine", timeout=PATIENCE_MS)
    expect(asking).to_contain_text("reports/")
    page.get_by_role("checkbox", name="Ask only aid.md").uncheck()
    expect(asking).to_contain_text("border.md and oil.md")
    expect(page.locator('[data-tick="reports/"]')).to_have_js_property("indeterminate", True)
    expect(page.get_by_role("checkbox", name="Ask only aid.md")).to_be_focused()
    asking.get_by_role("button", name="Ask all").click()
    expect(asking).to_have_count(0)
    expect(page.locator("#fn-question textarea")).to_be_focused()
    expect(page.locator("[data-tick]:checked")).to_have_count(0)
    expect(ask(page, "Where does the ferry to the islands sail from?").locator("blockquote")).to_contain_text(
        "pier nine"
    )


def test_a_document_is_removed_after_a_question_and_put_back(open_page, shared_folder):
    page = open_page
    name = "news/'q\"uo<b>te's'.txt"
    row = page.locator(".fn-document", has_text="uo<b>te")
    row.get_by_role("checkbox").check()
    expect(page.locator(".fn-asking")).to_contain_text("uo<b>te")
    row.locator("summary").press("Enter")
    row.get_by_role("button", name="Remove").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(name)
    dialog.get_by_role("button", name="Keep it").click()
    expect(dialog).to_be_hidden()
    assert (shared_folder / name).exists()
    row.get_by_role("button", name="Remove").click()
    dialog.get_by_role("button", name="Remove").click()
    expect(page.locator("#fn-uploaded")).to_contain_text(f"Removed {name}.", timeout=PATIENCE_MS)
    assert not (shared_folder / name).exists()
    expect(row).to_have_count(0, timeout=PATIENCE_MS)
    expect(page.locator(".fn-asking")).to_contain_text("The documents you chose are no longer here")
    exchange = ask(page, "When did the port reopen?")
    expect(exchange.locator(".fn-notice")).to_contain_text("no longer here")
    expect(exchange.get_by_role("button", name="Ask all documents")).to_be_visible()
    expect(page.locator(".fn-removed summary")).to_have_text("Removed (1)")
    expect(page.locator("#fn-uploaded").get_by_role("button", name="Undo")).to_be_in_viewport()
    page.locator("#fn-uploaded").get_by_role("button", name="Undo").click()
    expect(page.locator("#fn-uploaded")).to_contain_text("Put back", timeout=PATIENCE_MS)
    assert (shared_folder / name).read_text() == FILES[name]
    expect(row.locator(".fn-state")).to_have_text("indexed", timeout=PATIENCE_MS)
    expect(page.locator(".fn-asking")).to_contain_text("Asking only: 'q\"uo<b>te's'.txt")
    expect(ask(page, "When did the port reopen?").locator("blockquote")).to_contain_text("Tuesday")


def test_five_hundred_documents_at_once(open_page, shared_folder, tmp_path):
    page = open_page
    page.get_by_label("Folder").select_option("news/")
    expect(page.locator(".fn-document")).to_have_count(3)
    opened = page.locator(".fn-document", has_text="smile")
    opened.locator("summary").click()
    files = []
    for number in range(497):
        files.append(tmp_path / f"note {number:03d}.txt")
        files[-1].write_text(f"Lorry number {number} crossed the bridge at Tienditas with {number + 3} boxes.\n")
    files[0] = files[0].rename(tmp_path / ("long " * 45 + "0.txt"))
    for name, content in (
        ("a.exe", b"MZ"),
        ("empty.txt", b""),
        ("same.txt", (shared_folder / "ferry.txt").read_bytes()),
    ):
        files.append(tmp_path / name)
        files[-1].write_bytes(content)
    page.locator("#fn-upload input[type=file]").set_input_files(files)
    expect(page.locator("#fn-limits .fn-here")).to_contain_text("Adding 500 documents")
    said = page.locator("#fn-uploaded")
    expect(said).to_contain_text("Added 497 documents.", timeout=PATIENCE_MS)
    expect(said).to_contain_text("Here already: ferry.txt")
    expect(said).to_contain_text("a.exe was not stored")
    expect(said).to_contain_text("empty.txt was not stored")
    expect(page.locator("#fn-limits .fn-here")).to_have_text("")
    said.locator("summary").click()
    expect(said).to_contain_text("note 496.txt")
    expect(page.locator(".fn-sync progress")).to_be_visible()
    expect(page.locator(".fn-sync")).to_contain_text(re.compile(r"\d of \d"), timeout=PATIENCE_MS)
    answer = ask(page, "Where does the ferry to the islands sail from?")  # while the documents are read
    expect(answer.locator("blockquote")).to_contain_text("pier nine")
    expect(page.locator("#fn-sync")).to_have_text("Sync", timeout=PATIENCE_MS)
    assert len(list(shared_folder.glob("*.txt"))) == 498
    expect(opened.locator("details")).to_have_attribute("open", "")
    expect(page.locator(".fn-found")).to_have_text("3 of 505 documents")
    page.get_by_label("Folder").select_option("")
    expect(page.locator(".fn-document")).to_have_count(100)
    page.get_by_role("button", name="Show 100 more of 405").press("Enter")
    expect(page.locator(".fn-document")).to_have_count(200)
    assert page.evaluate("document.activeElement.closest('li') !== null")
    expect(ask(page, "How many boxes did lorry number 137 carry?").locator("blockquote")).to_contain_text("140 boxes")


def test_a_dropped_folder_is_opened_and_what_is_hidden_left_out(open_page, shared_folder, tmp_path):
    page = open_page
    tree = tmp_path / "tree"
    for name in ("top.md", "below/deep.md", "below/.cache/hidden.md", ".hidden.md"):
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text(f"# {name}\n\nA text of its own.\n")
    box = page.locator("#fn-upload").bounding_box()
    session = page.context.new_cdp_session(page)
    data = {"items": [], "files": [str(tree)], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        where = {"x": box["x"] + 40, "y": box["y"] + 20}
        session.send("Input.dispatchDragEvent", {"type": kind, **where, "data": data})
    expect(page.locator("#fn-uploaded")).to_contain_text("Added ", timeout=PATIENCE_MS)
    assert sorted(path.name for path in shared_folder.glob("*.md")) == ["deep.md", "top.md"]


def test_a_running_sync_is_stopped_and_goes_on(open_page, shared_folder):
    page = open_page
    for number in range(60):
        text = "".join(f"In year {number * 100 + line} the river rose by {line} metres. " for line in range(90))
        (shared_folder / f"river {number}.txt").write_text(text)
    page.locator("#fn-sync").click()
    page.locator(".fn-sync").get_by_role("button", name="Stop").click(timeout=PATIENCE_MS)
    expect(page.locator("#fn-progress")).to_contain_text("What was read is kept", timeout=PATIENCE_MS)
    expect(page.locator("#fn-sync")).to_be_enabled()
    page.get_by_label("State").select_option("pending")
    expect(page.locator(".fn-document-pending").first).to_be_visible()
    for number in range(60):
        (shared_folder / f"river {number}.txt").unlink()
    page.locator("#fn-sync").click()
    expect(page.locator("#fn-progress")).to_contain_text("In step with the folder", timeout=PATIENCE_MS)


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1024, "dark")])
def test_nothing_is_wider_than_the_page(page, shared_page, width, scheme):
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)
    page.goto(shared_page)
    page.locator(".fn-documents").wait_for(state="attached", timeout=PATIENCE_MS)
    if width < 900:
        page.locator(".fn-toggle").click()
    page.locator("[data-tick]:enabled").first.check()
    page.locator(".fn-more summary").first.click()
    expect(page.locator(".fn-asking")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_watched_folder_is_followed_gone_and_back(make_corpus, serve_page, page, tmp_path):
    folder = make_corpus({"river.txt": "The river Tachira marks the border near Cucuta.\n"})
    page.goto(serve_page(folder, "--watch", "--index", str(tmp_path / "index")))
    following = page.locator("#fn-following")
    expect(following).to_contain_text("Follows the folder", timeout=PATIENCE_MS)
    expect(page.locator(".fn-documents")).to_contain_text("river.txt", timeout=PATIENCE_MS)
    expect(page.locator("#fn-sync")).to_have_text("Sync", timeout=PATIENCE_MS)
    folder.rename(tmp_path / "away")
    expect(following).to_contain_text("The folder is not there", timeout=PATIENCE_MS)
    expect(ask(page, "What marks the border near Cucuta?").locator("blockquote")).to_contain_text("Tachira")
    page.locator("#fn-upload input[type=file]").set_input_files(
        {"name": "a.txt", "mimeType": "text/plain", "buffer": b"A boat."}
    )
    expect(page.locator("#fn-uploaded")).to_contain_text("a.txt could not be stored", timeout=PATIENCE_MS)
    (tmp_path / "away").rename(folder)
    expect(following).to_contain_text("Follows the folder", timeout=PATIENCE_MS)
    expect(page.locator(".fn-documents")).to_contain_text("river.txt")
