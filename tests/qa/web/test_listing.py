"""The documents panel: states, progress, reports, uploads."""

import pytest

from index import DocumentRecord, State, SyncProgress, SyncReport
from index.uploads import Upload
from qa.syncing import SyncState
from qa.web.listing import LISTED, documents_html, size_in_words, sync_html, uploads_html


def record(path: str, state: State = State.INDEXED, reason: str = "", pages: int | None = 6) -> DocumentRecord:
    facts = {"title": path, "format": "pdf", "passages": 41, "size": 151_552, "indexed_at": 0.0}
    return DocumentRecord(id=1, path=path, state=state, reason=reason, pages=pages, **facts)


def test_a_document_stands_with_its_facts():
    html = documents_html([record("reports/a.pdf")])
    assert "1 document · 41 passages" in html
    assert '<span class="fn-folder">reports/</span>a.pdf' in html
    assert "PDF · 6 pages · 41 passages · 148 KB" in html
    assert ">indexed<" in html


def test_a_failed_document_comes_first_with_its_reason():
    html = documents_html([record("a.pdf"), record("z.pdf", State.FAILED, "damaged PDF")])
    assert html.index("z.pdf") < html.index("a.pdf")
    assert "damaged PDF" in html
    assert "1 failed" in html


def test_names_and_reasons_are_escaped():
    html = documents_html([record("<b>/<i>.pdf", State.FAILED, "<script>")])
    assert not any(tag in html for tag in ("<b>", "<i>", "<script>"))
    assert "<script>" not in uploads_html([Upload("<script>.txt", stored=True)], ["<script>"])
    assert "<script>" not in sync_html(SyncState(error="<script>"))


def test_of_very_many_documents_the_rest_is_counted():
    assert f"{LISTED + 7:,} documents" in documents_html([record(f"{n}.pdf") for n in range(LISTED + 7)])
    assert "and 7 more" in documents_html([record(f"{n}.pdf") for n in range(LISTED + 7)])


def test_before_the_first_sync_there_is_nothing_to_list():
    assert "No document has been read yet" in documents_html([])


def test_a_running_sync_shows_how_far_it_is():
    progress = SyncProgress("reading", 12, 40, 310, bytes=30, bytes_total=100, seconds=3.0)
    html = sync_html(SyncState(running=True, progress=progress))
    assert 'value="0.300"' in html
    assert "12 of 40 documents, 310 passages, 103/s, 0:07 left" in html


def test_a_sync_that_has_no_share_yet_shows_that_something_is_going_on():
    assert "value=" not in sync_html(SyncState(running=True, progress=SyncProgress("looking through the folder")))


def test_a_report_names_what_happened():
    report = SyncReport(
        new=("a.txt",),
        changed=("b.txt",),
        renamed=(("c.txt", "d.txt"),),
        removed=("e.txt",),
        failed=(("f.pdf", "damaged"),),
        unchanged=("g.txt",),
        embedded=3,
    )
    html = sync_html(SyncState(report=report, by_hand=True))
    for words in ("1 new", "1 changed", "1 renamed", "c.txt → d.txt", "1 removed", "1 failed", "f.pdf", "damaged"):
        assert words in html
    assert "1 unchanged, 3 passages embedded" in html


def test_a_sync_that_began_by_itself_only_counts_and_names_what_failed():
    html = sync_html(SyncState(report=SyncReport(new=("a.txt",), failed=(("f.pdf", "damaged"),))))
    assert "1 new" in html
    assert "a.txt" not in html
    assert "f.pdf" in html


@pytest.mark.parametrize(("by_hand", "said"), [(True, True), (False, False)])
def test_a_sync_without_news_speaks_only_when_asked(by_hand, said):
    html = sync_html(SyncState(report=SyncReport(unchanged=("a.txt",)), by_hand=by_hand))
    assert ("Nothing new in the folder" in html) == said


def test_uploads_are_told_apart():
    html = uploads_html([Upload("a.txt", stored=True), Upload("b.txt", stored=False)], ["c.exe was not stored"])
    assert "Added <bdi>a.txt</bdi>" in html
    assert "Here already: <bdi>b.txt</bdi>" in html
    assert "c.exe was not stored." in html


@pytest.mark.parametrize(
    ("size", "words"), [(812, "812 B"), (1536, "1.5 KB"), (151_552, "148 KB"), (5 << 30, "5.0 GB"), (0, "0 B")]
)
def test_sizes(size, words):
    assert size_in_words(size) == words
