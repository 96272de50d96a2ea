"""Ctrl-C while a page is open: the usual end."""

import signal

import pytest
from playwright.sync_api import Page, expect

from tests.qa.web.page_server import started_page

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_an_open_page_is_no_failure_to_tell_of(make_corpus, tmp_path, page: Page):
    log = tmp_path / "server.log"
    with started_page(make_corpus({"a.txt": "The ferry leaves at nine.\n"}), log) as (server, address):
        page.goto(address)
        expect(page.locator("#fn-sync")).to_have_text("Sync", timeout=120_000)
        with page.expect_event("requestfinished", lambda request: "heartbeat" in request.url):
            server.send_signal(signal.SIGINT)
        assert server.wait(20) == 130
    [first, *others] = log.read_text().splitlines()
    assert first.startswith("Footnote reads ")
    assert [line for line in others if line and not line.startswith("footnote: stopped")] == []
