"""The list of documents as the browser gets it."""

import json
import time
from datetime import datetime

import pytest

from index.removal import Removed
from qa.web.browsing import FAILED, INDEXED, PENDING, STEP, Browsing, Entry, View
from qa.web.catalogue import Shelved
from qa.web.rows import age_in_words, list_json

NOON = datetime(2026, 11, 25, 12).timestamp()


def entry(path, state=INDEXED, **facts):
    given = {"kind": "pdf", "size": 151_552, "modified_at": time.time(), "passages": 41, "pages": 6}
    return Entry(path, state, can_be_asked=state == INDEXED, **{**given, **facts})


def listed(*entries, removed=(), **browsing):
    return json.loads(list_json(Shelved(entries, removed=tuple(removed)), Browsing(**browsing)))


def rows(*entries, **browsing):
    return {key: (html, tick) for key, html, tick in listed(*entries, **browsing)["rows"]}


def test_a_document_stands_with_its_facts_below_its_folder():
    found = rows(entry("reports/a.pdf"))
    assert list(found) == ["reports/", "reports/a.pdf"]
    html, tick = found["reports/a.pdf"]
    assert "PDF · 6 pages · 41 passages" in html
    assert ">changed today</time>" in html
    assert ">indexed<" in html
    assert "148 KB" in html
    assert tick == 0


@pytest.mark.parametrize(("kind", "said"), [("xlsx", "6 sheets"), ("pptx", "6 slides"), ("docx", "6 pages")])
def test_sheets_and_slides_are_called_so(kind, said):
    assert said in rows(entry("a", kind=kind))["a"][0]


def test_states_and_counts():
    said = listed(
        entry("a.pdf", FAILED, reason="damaged PDF: sync with --ocr", passages=0),
        entry("b.pdf", PENDING, passages=0),
        entry("c.pdf"),
    )
    assert said["counts"] == "3 documents · 41 passages · 1 pending · 1 failed"
    failed, pending, _ = (html for _, html, _ in said["rows"])
    assert "damaged PDF" in failed
    assert '<span class="fn-option">--ocr</span>' in failed
    assert ">pending<" in pending
    assert 'class="fn-document fn-document-pending"' in pending  # "fn-pending" is a question that waits
    assert [tick for *_, tick in said["rows"]] == [-1, -1, 0]
    assert [value for value, _ in said["filters"]["state"]] == [INDEXED, PENDING, FAILED]


def test_a_folder_is_ticked_in_part_when_some_of_it_is():
    entries = [entry("r/a.pdf"), entry("r/b.pdf"), entry("r/x/c.pdf")]
    for chosen, ticks in (((), [0, 0, 0, 0, 0]), (("r/",), [1] * 5), (("r/a.pdf",), [2, 1, 0, 0, 0])):
        assert [tick for _, tick in rows(*entries, chosen=chosen).values()] == ticks


def test_of_very_many_documents_some_are_sent_and_the_rest_counted():
    entries = [entry(f"{n:05}.pdf") for n in range(10_000)]
    began = time.perf_counter()
    said = listed(*entries, view=View("00"))
    assert time.perf_counter() - began < 2
    assert len(said["rows"]) == STEP
    matching = sum("00" in f"{n:05}" for n in range(10_000))
    assert said["found"] == f"{matching:,} of 10,000 documents"
    assert said["more"] == matching - STEP
    assert len(listed(*entries, view=View(count=3 * STEP))["rows"]) == 3 * STEP


def test_names_and_reasons_are_escaped():
    hostile = "<script>\"'.pdf"
    said = listed(
        entry(f"<b>/{hostile}", FAILED, reason="<script>"),
        entry(f"<i>/{hostile}"),
        removed=[Removed('"><script>', "<script>.txt", 0.0)],
        chosen=("<i>/",),
        label="<i>/ (1 document)",
    )
    html = "".join([*(html for _, html, _ in said["rows"]), said["removed"], said["asking"]])
    assert not any(tag in html for tag in ("<b>", "<i>", "<script"))
    assert 'data-entry="&quot;&gt;' in said["removed"]


def test_what_is_asked_is_said_and_when_it_has_gone():
    assert listed(entry("a.pdf"))["asking"] == ""
    assert "Asking only: <cite><bdi>a.pdf" in listed(entry("a.pdf"), chosen=("a.pdf",), label="a.pdf")["asking"]
    assert "no longer here" in listed(entry("a.pdf"), chosen=("b.pdf",))["asking"]


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, "today"),
        (0.5, "today"),
        (0.6, "yesterday"),
        (3, "3 days ago"),
        (20, "5 November 2026"),
        (-3, "28 November 2026"),
    ],
)
def test_ages(days, words):
    assert age_in_words(NOON - days * 86_400, NOON) == words
