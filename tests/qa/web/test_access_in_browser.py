"""Signing in, two folders, and a prefix behind a reverse proxy, in a real browser."""

import re
import shutil

import pytest
from playwright.sync_api import Page, expect

from tests.qa.web.page_server import started_server
from tests.qa.web.reverse_proxy import proxy_to
from tests.qa.web.test_accessible_in_browser import complaints
from tests.sources import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PATIENCE_MS = 120_000
PASSWORD = "correct horse"
QUESTION = "Who was told to purge the army?"
WIDTHS = [1440, 390]


@pytest.fixture(scope="module")
def served(tmp_path_factory, footnote_cache, guarded_processes):
    """Two folders behind a password and a prefix: the address on this machine, and that of a proxy."""
    place = tmp_path_factory.mktemp("served")
    news = place / "news 📰 <b>“2019”"
    news.mkdir()
    shutil.copy(ROOT / "corpus/news/purge-order-carabobo.txt", news)
    aid = place / "aid"
    aid.mkdir()
    (aid / "aid.md").write_text("# Aid\n\nThe aid waits in a warehouse in Cucuta.\n")
    options = ["--root-path", "/docs"]
    log = place / "server.log"
    with (
        started_server(log, str(news), str(aid), *options, FOOTNOTE_AUTH=f"ann:{PASSWORD}") as (_, address),
        proxy_to(address.removesuffix("/docs/"), "/docs") as proxied,
    ):
        yield address, proxied
        assert "Traceback" not in log.read_text()


def sign_in(page: Page, address: str, password: str = PASSWORD) -> None:
    page.goto(address)
    page.get_by_label("Name").fill("ann")
    page.get_by_label("Password").fill(password)
    page.keyboard.press("Enter")


def ask(page: Page, question: str) -> None:
    have_been_read(page)
    page.locator("#fn-question textarea").fill(question)
    page.keyboard.press("Enter")
    expect(page.locator(".fn-answer")).to_be_visible(timeout=PATIENCE_MS)


def have_been_read(page: Page) -> None:
    page.locator(".fn-documents").wait_for(state="attached", timeout=PATIENCE_MS)
    expect(page.locator("#fn-sync")).to_have_text("Sync", timeout=PATIENCE_MS)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_to_mend_on_the_way_in(served, page, scheme):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 390, "height": 800})
    sign_in(page, served[0], "wrong horse")
    expect(page.get_by_role("alert")).to_be_visible()
    assert complaints(page) == []
    sign_in(page, served[0])
    expect(page.get_by_role("navigation", name="Folders")).to_be_visible()
    assert complaints(page) == []


def test_a_link_to_a_place_leads_there_through_signing_in(served, page):
    sign_in(page, f"{served[0]}aid/")
    have_been_read(page)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("status")).to_have_text("You are signed out.")
    sign_in(page, f"{served[0]}aid/?source=aid.md&start=7&end=42")
    expect(page.locator("#fn-source mark")).to_contain_text("aid waits", timeout=PATIENCE_MS)


@pytest.mark.parametrize("width", WIDTHS)
def test_sign_in_ask_change_the_folder_and_sign_out(served, page, width):
    page.set_viewport_size({"width": width, "height": 800})
    sign_in(page, served[0], "wrong horse")
    expect(page.get_by_role("alert")).to_have_text("The name or the password is not right.")
    expect(page.get_by_label("Password")).to_be_focused()
    sign_in(page, served[0])
    page.wait_for_url(re.compile(r"/docs/news-b-2019/$"))
    ask(page, QUESTION)
    expect(page.locator(".fn-answer blockquote")).to_contain_text("purge all")
    switcher = page.get_by_role("navigation", name="Folders")
    expect(switcher.get_by_role("link")).to_have_text(["news 📰 <b>“2019”", "aid"])
    expect(switcher.locator("[aria-current=page]")).to_have_text("news 📰 <b>“2019”")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    switcher.get_by_role("link", name="aid").click()
    page.wait_for_url(re.compile(r"/docs/aid/$"))
    expect(page.get_by_role("navigation", name="Folders").locator("[aria-current=page]")).to_have_text("aid")
    ask(page, "Where does the aid wait?")
    expect(page.locator(".fn-answer blockquote")).to_contain_text("Cucuta")
    expect(page.locator(".fn-exchange")).to_have_count(1)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("status")).to_have_text("You are signed out.")
    page.go_back()
    expect(page.get_by_label("Password")).to_be_visible()
    page.goto(f"{served[0]}aid/")
    expect(page.get_by_label("Password")).to_be_visible()


def test_a_page_left_open_says_that_its_session_has_ended(served, page):
    sign_in(page, served[0])
    page.wait_for_url(re.compile(r"/news-b-2019/$"))
    expect(page.locator("#fn-sync")).to_have_text("Sync", timeout=PATIENCE_MS)
    page.evaluate("fetch('../sign-out', {method: 'POST'})")
    page.locator("#fn-question textarea").fill(QUESTION)
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("You are signed out.")
    page.get_by_role("link", name="Sign in again").click()
    expect(page.get_by_label("Name")).to_be_focused()


def test_behind_a_proxy_with_a_prefix_everything_works(served, page):
    """Signing in, assets, events, an upload and the API, all below the prefix; what is not would be 404 there."""
    missed = []
    page.on("response", lambda response: missed.append(response.url) if response.status == 404 else None)
    proxied = served[1]
    sign_in(page, f"{proxied}aid/")
    page.wait_for_url(f"{proxied}aid/")
    ask(page, "Where does the aid wait?")
    page.locator("#fn-upload input[type=file]").set_input_files(
        {"name": "bridge.txt", "mimeType": "text/plain", "buffer": b"The bridge of Tienditas was never opened.\n"}
    )
    expect(page.locator("#fn-uploaded")).to_contain_text("bridge.txt", timeout=PATIENCE_MS)
    told = page.evaluate("""async () => {
      const answer = await fetch("api/search?query=warehouse");
      return [answer.status, (await answer.json()).hits[0].path];
    }""")
    assert told == [200, "aid.md"]
    assert missed == []


SENDS = """async (address) => {
  const sent = [
    ["GET", "api/documents", "cors"],
    ["POST", "api/sync", "cors"],
    ["POST", "api/sync", "no-cors"],
    ["GET", "gradio_api/info", "cors"],
  ];
  const asked = sent.map(([method, path, mode]) =>
    fetch(address + path, { method, mode, credentials: "include" }).then(() => "read", () => "refused"));
  return Promise.all(asked);
}"""
SYNCS = "() => fetch('api/sync').then((answer) => answer.json()).then((state) => state.number)"


def test_a_page_of_another_site_sends_and_reads_nothing(served, page):
    address = f"{served[0]}aid/"
    sign_in(page, address)
    page.wait_for_url(address)
    assert page.evaluate(SENDS, address) == ["read"] * 4
    expect(page.locator("#fn-sync")).to_have_text("Sync", timeout=PATIENCE_MS)
    before = page.evaluate(SYNCS)
    elsewhere = "http://127.0.0.1:9/"  # the same site, as browsers count it: the cookie comes along
    page.route(elsewhere, lambda route: route.fulfill(body="<p>Elsewhere</p>", content_type="text/html"))
    page.goto(elsewhere)
    assert page.evaluate(SENDS, address) == ["refused"] * 4
    page.goto(address)
    assert page.evaluate(SYNCS) == before
