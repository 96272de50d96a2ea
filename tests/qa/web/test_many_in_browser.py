"""The page while too many are asking: it says so calmly, keeps the question, and answers it a moment later."""

import pytest
from playwright.sync_api import Page, expect

from tests.qa.web.asking_in_browser import open_when_read
from tests.qa.web.stalling_site import stalling_site

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FILES = {"mill.md": "# Mill\n\nThe mill ground seven sacks of rye.\n"}
QUESTION = "How many sacks of rye did the mill grind?"


def test_a_question_that_finds_no_place_stays_in_its_box(make_corpus, page: Page):
    with stalling_site(make_corpus(FILES), waiting=0) as site:
        open_when_read(page, site.address)
        site.embedder.go_on.clear()
        others = site.begin_many("Mill 1?", "Mill 2?", "Mill 3?")
        box = page.locator("#fn-question textarea")
        box.fill(QUESTION)
        page.keyboard.press("Enter")
        notice = page.locator(".fn-exchange .fn-notice")
        expect(notice).to_have_text(
            "3 questions are being answered or wait their turn, and no more may (--waiting 0): ask again in 1 second."
        )
        expect(box).to_have_value(QUESTION)
        site.embedder.go_on.set()
        assert [each.getresponse().status for each in others] == [200] * 3
        box.focus()
        page.keyboard.press("Enter")
        expect(page.locator(".fn-exchange").last).to_contain_text("The mill ground seven sacks of rye.")
        expect(box).to_have_value("")


def test_a_page_that_is_closed_gives_its_place_up(make_corpus, page: Page):
    with stalling_site(make_corpus(FILES), waiting=4) as site:
        open_when_read(page, site.address)
        site.embedder.go_on.clear()
        others = site.begin_many("Mill 1?", "Mill 2?", "Mill 3?")
        page.locator("#fn-question textarea").fill(QUESTION)
        page.keyboard.press("Enter")
        site.until(lambda: site.questions.taken == 4, lambda: page.wait_for_timeout(20))
        page.close()
        site.until(lambda: site.questions.taken == 3)
        site.embedder.go_on.set()
        assert [each.getresponse().status for each in others] == [200] * 3
        assert QUESTION not in site.embedder.begun
