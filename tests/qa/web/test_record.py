"""The record of the page: a tab comes back as it was, keeps to its own, and goes on where nothing can be kept."""

import json

import pytest

from index import Conversations
from index.conversations import CONVERSATIONS_FOLDER
from qa.web.conversation import KEPT, Exchange
from qa.web.record import NOT_KEPT, Record, Shown, short_name
from qa.web.record_list import above_html, record_html
from tests.qa.web.exchanges import HOSTILE, Seen, answered, cited

BROWSER, OTHER = "1" * 32, "2" * 32
TAB, NEXT, STRANGE = f"{BROWSER}:{'a' * 32}", f"{BROWSER}:{'b' * 32}", f"{OTHER}:{'a' * 32}"
FIRST = Exchange("Who?", answered(cited("He said so. She left.", "She left.")))


@pytest.fixture
def record(tmp_path):
    """A record on disk; called again, as another process would open it."""
    return lambda **options: Record(Conversations(tmp_path), **options)


def asked(exchanges):
    return [exchange.question for exchange in exchanges]


def test_a_conversation_is_there_again_after_a_restart_and_only_in_its_browser(record):
    before = record()
    assert before.keep(TAB, FIRST) == Shown((FIRST,))
    before.keep(TAB, Exchange("Then?", notice="Not yet."))
    after = record()
    assert after.exchanges(TAB)[0] == FIRST
    assert [exchange.key for exchange in after.exchanges(TAB)] == [exchange.key for exchange in before.exchanges(TAB)]
    assert asked(after.exchanges(TAB)) == ["Who?", "Then?"]
    assert (after.exchanges(STRANGE), after.listed(STRANGE), after.whole(STRANGE)) == ((), ([], 0), ("", ()))
    after.rename(STRANGE, "mine now")
    after.delete(STRANGE)
    [[listed], _] = after.listed(TAB)
    assert (listed.name, listed.count, listed.is_kept) == ("Who?", 2, True)


def test_two_tabs_on_one_conversation_lose_nothing(record):
    one, other = record(), record()
    one.keep(TAB, FIRST)
    assert asked(other.exchanges(TAB)) == ["Who?"]
    other.keep(TAB, Exchange("In the other tab?"))
    assert asked(one.keep(TAB, Exchange("In this one?")).exchanges) == ["Who?", "In the other tab?", "In this one?"]
    other.delete(TAB)
    assert one.exchanges(TAB) == ()


def test_a_conversation_stays_in_sight_while_its_folder_is_away(tmp_path):
    folder = tmp_path / "documents"
    folder.mkdir()
    record = Record(Conversations(folder / ".footnote"))
    record.keep(TAB, FIRST)
    folder.rename(tmp_path / "away")
    assert asked(record.exchanges(TAB)) == ["Who?"]
    assert asked(record.keep(TAB, Exchange("Then?")).exchanges) == ["Who?", "Then?"]
    assert not folder.exists()
    (tmp_path / "away").rename(folder)
    assert asked(record.exchanges(TAB)) == ["Who?"]


def test_an_exchange_that_is_kept_again_takes_its_own_place(record):
    opened = record()
    opened.keep(TAB, FIRST)
    opened.keep(TAB, Exchange("Then?"))
    shown = opened.keep(TAB, Exchange("Who?", notice="Finished.", key=FIRST.key))
    assert [exchange.notice for exchange in shown.exchanges] == ["Finished.", ""]
    assert record().exchanges(TAB) == shown.exchanges


def test_the_page_shows_the_latest_and_the_record_holds_all(record):
    opened = record()
    for number in range(KEPT + 3):
        shown = opened.keep(TAB, Exchange(f"Question {number}"))
    for each in (shown, record().shown(TAB)):
        assert (asked(each.exchanges)[0], len(each.exchanges), each.earlier) == ("Question 3", KEPT, 3)
    assert "3 earlier questions" in above_html(shown)
    name, exchanges = record().whole(TAB)
    assert (name, len(exchanges)) == ("Question 0", KEPT + 3)


def test_names_are_given_and_lists_are_in_order(record):
    opened = record()
    opened.keep(TAB, Exchange("The older one?", at="2026-11-24T10:00:00+00:00"))
    opened.keep(NEXT, Exchange("The newer one?", at="2026-11-25T10:00:00+00:00"))
    opened.rename(TAB, "  Migration \n to\u202e Colombia ")
    opened.rename(TAB, " \n ")
    opened.rename(f"{BROWSER}:{'c' * 32}", "of nothing")
    assert [each.name for each in record().listed(TAB)[0]] == ["The newer one?", "Migration to Colombia"]
    assert record().whole(TAB)[0] == "Migration to Colombia"
    assert short_name("x" * 200) == "x" * 79 + "…"


@pytest.mark.parametrize("tab", ["", "x", TAB[:-1], TAB + "\n", f"{BROWSER}:../../../../etc/passwd", f":{'a' * 32}"])
def test_a_tab_that_is_none_is_answered_and_not_kept(record, tmp_path, tab):
    opened = record()
    assert opened.keep(tab, FIRST) == Shown((FIRST,))
    assert (opened.exchanges(tab), opened.listed(tab), opened.whole(tab)) == ((), ([], 0), ("", ()))
    opened.rename(tab, "x")
    opened.delete(tab)
    assert list(tmp_path.iterdir()) == []


def test_where_nothing_can_be_kept_the_conversation_goes_on_and_says_so_once(record, tmp_path):
    (tmp_path / CONVERSATIONS_FOLDER).write_bytes(b"")
    opened = record()
    opened.keep(TAB, FIRST)
    shown = opened.keep(TAB, Exchange("Then?"))
    assert (asked(shown.exchanges), shown.notice, opened.is_writable) == (["Who?", "Then?"], NOT_KEPT, False)
    assert above_html(shown).count("not kept") == 1
    assert asked(opened.exchanges(TAB)) == ["Who?", "Then?"]
    assert (opened.exchanges(STRANGE), record().exchanges(TAB)) == ((), ())
    [[listed], _] = opened.listed(TAB)
    assert (listed.is_kept, listed.count, asked(opened.whole(TAB)[1])) == (False, 2, ["Who?", "Then?"])
    html = record_html([listed], "", is_kept=False)
    assert "last until Footnote stops" in html
    assert 'data-way="html"' in html
    assert "rename" not in html
    assert opened.listed(STRANGE)[0] == []


def test_an_altered_exchange_is_left_out_and_said(record, tmp_path):
    opened = record()
    opened.keep(TAB, FIRST)
    opened.keep(TAB, Exchange("Then?"))
    [file] = tmp_path.rglob("*.conversation")
    file.write_text(file.read_text().replace('"question": "Then?"', '"question": 17'))
    shown = record().shown(TAB)
    assert (asked(shown.exchanges), "One entry" in shown.notice) == (["Who?"], True)
    file.write_bytes(b"\0" * 100)
    assert (record().exchanges(TAB), record().listed(TAB)) == ((), ([], 1))
    assert "could not be read" in record().shown(TAB).notice


def test_the_owner_can_be_whoever_logged_in(record):
    record(owner=lambda key: "user:ada").keep(TAB, FIRST)
    assert asked(record(owner=lambda key: "user:ada").exchanges(STRANGE)) == ["Who?"]
    assert record().exchanges(TAB) == ()


@pytest.mark.parametrize("text", HOSTILE)
def test_names_are_text_in_the_list(record, text):
    opened = record()
    opened.keep(TAB, Exchange(text))
    opened.keep(NEXT, Exchange("Who?"))
    opened.rename(NEXT, text)
    listed, _ = opened.listed(TAB)
    seen = Seen(record_html(listed, "b" * 32, problem=text))
    assert not {"script", "img", "a", "b"} & set(seen.elements)
    assert not [name for name, _ in seen.attributes if name.startswith("on")]
    assert json.dumps(seen.text).count(json.dumps(short_name(text))[1:-1]) >= 4
