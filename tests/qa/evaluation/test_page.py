"""The HTML report: one file that needs nothing else, in which nothing of a document is markup."""

import base64
import hashlib
import re
from html.parser import HTMLParser

import pytest
from playwright.sync_api import expect

from qa.evaluation.comparing import compared
from qa.evaluation.page import report_html
from qa.evaluation.page.plots import latency_plot, reliability_plot, risk_coverage_plot
from qa.evaluation.page.questions import verdict
from tests.qa.evaluation.made import outcome, refusal, report

HOSTILE = (
    "<script>window.hacked=1</script>",
    '"><img src=x onerror="window.hacked=1">',
    "</td></table></main><style>*{display:none}</style>",
    "\u202eright to left",
    "nul\0 here",
)

VOID = {"meta", "input"}


class Seen(HTMLParser):
    """Elements and attributes of a page, as a browser reads them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def some(text: str = "x", *, right: bool = True):
    named = {"question": f"{text}?", "text": text, "path": text, "cited_place": text, "carried": (text,)}
    gold = {"answers": (text,), "documents": (text,), "place": text, "history": (text,)}
    return [
        outcome("1", **named, **gold, right=right),
        outcome("2", **named, **gold, found=False, right=False, confidence=0.3),
        refusal("3", text, question=text),
        outcome("4", error=text, seconds=None, found=False),
    ]


def page_of(text: str = "x", *, against: bool = True) -> str:
    now, before = report(*some(text), source=text, model=text, corpus=text), report(*some(text, right=False))
    return report_html(now, compared(now, before, text) if against else None)


@pytest.mark.parametrize("against", [True, False])
def test_it_is_one_file_that_asks_for_nothing(against):
    html = page_of(against=against)
    seen = Seen(html)
    assert seen.open == []
    assert not {"link", "img", "iframe", "object", "embed", "base", "form"} & set(seen.elements)
    assert not {"src", "srcset", "action", "style", "background"} & {name for name, _ in seen.attributes}
    assert not [name for name, _ in seen.attributes if name.startswith("on")]
    assert not re.search(r"url\(|@import|https?://(?!www\.w3\.org)", html)


def test_the_policy_allows_this_script_and_this_style_only():
    html = page_of()
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html).group(1)
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    for kind in ("script", "style"):
        text = re.search(rf"<{kind}>(.*?)</{kind}>", html, re.DOTALL).group(1)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy


@pytest.mark.parametrize("hostile", HOSTILE)
def test_nothing_of_a_document_or_a_question_becomes_markup(hostile):
    plain, odd = Seen(page_of()), Seen(page_of(hostile))
    assert odd.elements == plain.elements
    assert {name for name, _ in odd.attributes} == {name for name, _ in plain.attributes}


@pytest.mark.parametrize(
    ("facts", "became"),
    [
        ({}, "right"),
        ({"right": False}, "wrong"),
        ({"found": False, "right": False}, "wrongly refused"),
        ({"right": None}, "answered"),
        ({"right": None, "found": False}, "refused"),
        ({"unanswerable": "x", "found": False}, "rightly refused"),
        ({"unanswerable": "x", "found": True}, "wrongly answered"),
        ({"error": "x"}, "not asked"),
    ],
)
def test_what_became_of_a_question(facts, became):
    assert verdict(outcome("1", **facts)) == became


def test_plots_say_what_they_show():
    assert "the surer half of the questions, 0.0 % are wrong; answering all, 25.0 %" in risk_coverage_plot(
        [(0.5, 0.0), (1.0, 0.25)]
    )
    assert "Half of the questions took at most 20 ms, 95 % at most 40 ms." in latency_plot([0.02, 0.02, 0.01, 0.04])
    assert [risk_coverage_plot([]), latency_plot([]), reliability_plot([])] == ["", "", ""]


def test_a_report_without_anything_to_judge_has_a_page_too():
    seen = Seen(
        report_html(report(outcome("1", right=None, best_right=None, measures={}, seconds=None, confidence=0.0)))
    )
    assert seen.open == []
    assert Seen(report_html(report(outcome("1", seconds=0.0)))).open == []


@pytest.fixture
def opened(page, tmp_path):
    """Open a report in the browser; a message on the console or an error fails the test."""
    said = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))

    def open_file(html: str):
        path = tmp_path / "report.html"
        path.write_text(html)
        page.goto(path.as_uri())
        return page

    yield open_file
    assert said == []


@pytest.mark.browser
def test_questions_are_filtered_and_sorted(opened):
    page = opened(page_of())
    rows = page.locator("#asked tbody tr")
    expect(page.locator("#shown")).to_have_text("4 of 4 questions")
    page.locator("#outcome").select_option("wrongly refused")
    expect(rows).to_have_count(1)
    page.locator("#outcome").select_option("")
    page.locator("#words").fill("question 4")
    expect(rows).to_have_count(1)
    page.locator("#words").fill("")
    head = page.get_by_role("columnheader", name="confidence")
    head.get_by_role("button").click()
    expect(head).to_have_attribute("aria-sort", "ascending")
    expect(rows.first).to_contain_text("rightly refused")
    head.get_by_role("button").click()
    expect(head).to_have_attribute("aria-sort", "descending")
    expect(rows.last).to_contain_text("rightly refused")
    page.locator("[data-show='newly right']").click()
    expect(rows).to_have_count(1)
    expect(page.locator("#outcome")).to_have_value("newly right")


@pytest.mark.browser
def test_many_questions_are_shown_in_parts(opened):
    page = opened(report_html(report(*(outcome(str(n)) for n in range(450)))))
    rows = page.locator("#asked tbody tr")
    expect(rows).to_have_count(200)
    page.locator("#more").click()
    page.locator("#more").click()
    expect(rows).to_have_count(450)
    expect(page.locator("#more")).to_be_hidden()


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_the_page_never_scrolls_sideways(opened, page, width):
    page.set_viewport_size({"width": width, "height": 800})
    long = "reports/" + "a-very-long-name-without-any-end-" * 6 + ".pdf"
    opened(page_of(long))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.browser
def test_hostile_text_does_nothing_in_a_browser(opened):
    page = opened(report_html(report(*(o for text in HOSTILE for o in some(text)))))
    assert page.evaluate("window.hacked") is None
    expect(page.locator("#asked tbody tr").first).to_contain_text("<script>window.hacked=1</script>")


@pytest.mark.browser
def test_it_is_light_and_dark(opened, page):
    colours = set()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        opened(page_of())
        colours.add(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert len(colours) == 2
