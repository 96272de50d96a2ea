"""The documents panel: progress, reports, uploads."""

import pytest

from index import SyncProgress, SyncReport
from index.report import READING_SHARE
from index.uploads import Upload
from qa.progress import Pace
from qa.syncing import SyncState
from qa.web.listing import NAMED, following_html, reason_html, size_in_words, sync_html, uploads_html


def test_names_and_reasons_are_escaped():
    assert "<script>" not in uploads_html([Upload("<script>.txt", stored=True)], ["<script>"])
    assert "<script>" not in sync_html(SyncState(error="<script>"))
    many = [Upload(f"<script>{n}.txt", stored=True) for n in range(NAMED + 1)]
    assert "<script>" not in uploads_html(many, ["<script>"] * (NAMED + 1))


def test_a_running_sync_shows_how_far_it_is():
    progress = SyncProgress("reading", 12, 40, stored=310, rate=103.3, bytes=30, bytes_total=100, seconds=3.0)
    html = sync_html(SyncState(running=True, progress=progress, pace=Pace(0.2, 10.0, 0.01, measured=7.0)))
    assert f'value="{0.3 * READING_SHARE:.3f}"' in html
    assert "12 of 40 documents, 310 passages, 103/s, about 1 min left" in html
    assert ">Stop</button>" in html  # also where the folder is followed, as it is by default


def test_a_sync_that_has_no_share_yet_shows_that_something_is_going_on():
    assert "value=" not in sync_html(SyncState(running=True, progress=SyncProgress("looking through the folder")))


def test_a_report_names_what_happened():
    report = SyncReport(
        new=("a.txt",),
        changed=("b.txt",),
        renamed=(("c.txt", "d.txt"),),
        removed=("e.txt",),
        in_part=(("h.pdf", "3 of 9 pages have no text"),),
        failed=(("f.pdf", "damaged"),),
        unchanged=("g.txt",),
        embedded=3,
    )
    html = sync_html(SyncState(told=report, told_by_hand=True))
    for words in (
        "1 new",
        "1 changed",
        "1 renamed",
        "c.txt → d.txt",
        "1 removed",
        "1 failed",
        "1 in part",
        "3 of 9",
    ):
        assert words in html
    assert "1 unchanged, 3 passages embedded" in html
    assert "f.pdf" not in html  # the list below has it, with its reason
    assert "damaged" not in html


def test_a_sync_that_began_by_itself_only_counts():
    html = sync_html(SyncState(told=SyncReport(new=("a.txt",), failed=(("f.pdf", "damaged"),))))
    assert "1 new" in html
    assert "1 failed" in html
    assert "a.txt" not in html
    assert "f.pdf" not in html


def test_a_sync_without_news_speaks_only_when_asked():
    nothing = SyncReport(unchanged=("a.txt",))
    assert "Nothing new in the folder" in sync_html(SyncState(report=nothing, told=nothing, told_by_hand=True))
    assert sync_html(SyncState(report=nothing)) == ""
    assert "1 new" in sync_html(SyncState(report=nothing, told=SyncReport(new=("b.txt",))))


@pytest.mark.parametrize("running", [True, False])
def test_another_process_at_work_is_one_calm_line(running):
    html = sync_html(SyncState(running=running, is_waiting=True))
    assert "Another process is reading the documents" in html
    assert "progress" not in html


def test_a_stopped_sync_says_what_is_kept():
    assert "What was read is kept" in sync_html(SyncState(was_stopped=True))


def test_a_folder_that_is_followed_says_so_and_when_it_is_gone():
    assert "Follows the folder" in following_html(is_gone=False)
    assert "Answers come from what was read" in following_html(is_gone=True)
    assert "The folder is not there; it is waited for." in following_html(is_gone=True, is_built=False)


def test_many_uploads_are_counted_and_named_behind_a_disclosure():
    stored = [Upload(f"{n}.txt", stored=True) for n in range(497)]
    html = uploads_html(stored, [f"{n}.exe was not stored" for n in range(NAMED + 1)], by_itself=True)
    assert "Added 497 documents.</p>" in html
    assert "<details" in html.split("Added")[1]
    assert html.count("<li>") == 497 + NAMED + 1
    assert f"{NAMED + 1} files were refused" in html


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


@pytest.mark.parametrize(
    ("reason", "html"),
    [
        ("no text; sync with --ocr", 'no text; sync with <span class="fn-option">--ocr</span>'),
        ("(--ocr-languages deu)", '(<span class="fn-option">--ocr-languages</span> deu)'),
        ("a--b --- <b>--x", "a--b --- &lt;b&gt;--x"),
        (f"--{'long' * 20}", f"--{'long' * 20}"),
    ],
)
def test_an_option_that_a_reason_names_stands_on_one_line(reason, html):
    assert reason_html(reason) == html


def test_a_file_that_was_given_another_name_is_told_by_both():
    stored = [Upload(path, stored=True) for path in ("a & b.txt", "aid (2).pdf", "Año.txt")]
    given = {"a & b.txt": "a & <b>.txt", "aid (2).pdf": "aid.pdf", "Año.txt": "An\u0303o.txt"}
    html = uploads_html(stored, [], given, by_itself=True)
    assert "<bdi>a &amp; &lt;b&gt;.txt</bdi> (as <bdi>a &amp; b.txt</bdi>)" in html
    assert "<bdi>aid.pdf</bdi> (as <bdi>aid (2).pdf</bdi>)" in html
    assert ", <bdi>Año.txt</bdi>." in html
    many = [Upload(f"{n}.txt", stored=True) for n in range(NAMED + 1)]
    assert "<bdi>?.txt</bdi> (as <bdi>3.txt</bdi>)" in uploads_html(many, [], {"3.txt": "?.txt"})
