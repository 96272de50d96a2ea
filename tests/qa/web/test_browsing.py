"""The documents found, filtered and ticked."""

import pytest

from index import DocumentRecord, State
from index.listing import Listing, Waiting
from qa.web.browsing import (
    Browsing,
    View,
    chosen_among,
    entries_of,
    folders_of,
    found,
    known,
    label_of,
    labelled,
    ticked,
    view_of,
)


def record(path, state=State.INDEXED, **facts):
    given = {"title": path, "format": path.rpartition(".")[2], "pages": None, "passages": 3, "size": 9, "reason": ""}
    return DocumentRecord(id=1, path=path, state=state, indexed_at=1.0, **{**given, **facts})


ENTRIES = entries_of(
    Listing(
        (
            record("Año.txt", title="Fuel prices"),
            record("news/b.pdf", State.FAILED, reason="damaged"),
            record("reports/2019/c.pdf"),
            record("reports/a.pdf"),
            record("reports/d.md"),
        ),
        (Waiting("reports/d.md", 10, 5.0, is_new=False), Waiting("new.txt", 10, 5.0, is_new=True)),
    )
)


def paths(view):
    return [entry.path for entry in found(ENTRIES, view)]


def test_failed_ones_come_first_then_folder_by_folder():
    assert [(entry.path, entry.state) for entry in ENTRIES] == [
        ("news/b.pdf", "failed"),
        ("Año.txt", "indexed"),
        ("new.txt", "pending"),
        ("reports/a.pdf", "indexed"),
        ("reports/d.md", "pending"),
        ("reports/2019/c.pdf", "indexed"),
    ]


def test_what_waits_for_the_first_time_cannot_be_asked_what_has_changed_can():
    assert [entry.path for entry in ENTRIES if not entry.can_be_asked] == ["news/b.pdf", "new.txt"]


@pytest.mark.parametrize(
    ("view", "expected"),
    [
        (View("  AN\u0303O "), ["Año.txt"]),
        (View("ano"), ["Año.txt"]),
        (View("fúel"), ["Año.txt"]),
        (View("fuel"), ["Año.txt"]),
        (View("pdf reports"), ["reports/a.pdf", "reports/2019/c.pdf"]),
        (View(folder="reports/"), ["reports/a.pdf", "reports/d.md", "reports/2019/c.pdf"]),
        (View(folder="report"), ["reports/a.pdf", "reports/d.md", "reports/2019/c.pdf"]),
        (View(kind="pdf", state="indexed"), ["reports/a.pdf", "reports/2019/c.pdf"]),
        (View(state="pending"), ["new.txt", "reports/d.md"]),
        (View("nothing like it"), []),
    ],
)
def test_documents_are_found(view, expected):
    assert paths(view) == expected
    assert view.is_filtered


def test_folders_count_what_is_below_them():
    assert folders_of(ENTRIES) == {"news/": 1, "reports/": 3, "reports/2019/": 1}


@pytest.mark.parametrize(
    ("chosen", "what", "on", "expected"),
    [
        ((), "reports/", True, ("reports/",)),
        ((), "Año.txt", True, ("Año.txt",)),
        (("reports/a.pdf", "Año.txt"), "reports/", True, ("Año.txt", "reports/")),
        (("reports/",), "reports/a.pdf", True, ("reports/",)),
        (("reports/",), "reports/a.pdf", False, ("reports/d.md", "reports/2019/c.pdf")),
        (("reports/",), "reports/2019/", False, ("reports/a.pdf", "reports/d.md")),
        (("reports/",), "reports/", False, ()),
        (("reports/a.pdf", "Año.txt"), "reports/", False, ("Año.txt",)),
        (("Año.txt",), "Año.txt", False, ()),
        (("gone.txt",), "Año.txt", True, ("gone.txt", "Año.txt")),
    ],
)
def test_ticking(chosen, what, on, expected):
    assert ticked(chosen, what, ENTRIES, on=on) == expected


def test_what_is_chosen_is_a_path_or_below_a_folder_and_no_pattern():
    assert chosen_among(("rep*/", "a?.txt", "reports/"), ["reports/2019/c.pdf", "reportsx.pdf", "ab.txt"]) == [
        "reports/2019/c.pdf"
    ]


@pytest.mark.parametrize(
    ("chosen", "label"),
    [
        (("reports/",), "reports/ (3 documents)"),
        (("reports/2019/c.pdf",), "c.pdf"),
        (("reports/2019/c.pdf", "Año.txt"), "c.pdf and Año.txt"),
        (("reports/2019/", "Año.txt"), "reports/2019/ and Año.txt (2 documents)"),
        (("reports/a.pdf", "reports/d.md", "Año.txt"), "3 documents"),
        (("gone.txt", "old/"), ""),
    ],
)
def test_what_is_asked_has_a_name(chosen, label):
    assert label_of(chosen, ENTRIES) == label


def test_a_tab_asks_what_it_has_chosen():
    assert Browsing().asking.within == ()
    asking = labelled(Browsing(chosen=("reports/",)), ENTRIES).asking
    assert (asking.within, asking.label) == (("reports/",), "reports/ (3 documents)")


@pytest.mark.parametrize("sent", [{}, {"words": None, "count": "many"}, {"count": -5}, {"state": ["x"], "count": True}])
def test_what_the_browser_sends_is_taken_as_far_as_it_makes_sense(sent):
    assert view_of(sent).count == View().count


def test_what_was_chosen_before_a_reload_is_what_is_still_there():
    assert known(["reports/", "gone.txt", "new.txt", "reports/", 7], ENTRIES) == ("reports/", "new.txt")
    assert known(None, ENTRIES) == ()
