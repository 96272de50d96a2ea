"""Several front ends on one store: what one of them kept, the other shows."""

import pytest

from index.errors import StoreError
from tests.index.stores.states import FILES

ONE, TWO = "0" * 32, "f" * 32


def exchange(key, question):
    return {"exchange": {"key": key, "question": question}}


@pytest.fixture
def folder(make_corpus):
    return make_corpus(FILES)


@pytest.fixture
def ends(place, folder):
    """Two front ends of one index."""
    place.index(folder).sync()
    return place.corpus(folder), place.corpus(folder)


def test_a_conversation_moves_between_them(ends):
    here, there = ends
    here.conversations.append("anna", ONE, exchange("1", "Who purges the army?"))
    there.conversations.append("anna", ONE, exchange("2", "And where?"))
    there.conversations.append("anna", ONE, {"name": "The army"})
    kept = here.conversations.read("anna", ONE)
    assert [each["question"] for each in kept.exchanges] == ["Who purges the army?", "And where?"]
    assert (kept.name, kept.earlier, kept.damaged) == ("The army", 0, 0)
    assert here.conversations.stamp("anna", ONE) == there.conversations.stamp("anna", ONE)
    assert here.conversations.read("anna", ONE, last=1).earlier == 1


def test_the_list_shows_what_the_other_changed(ends):
    here, there = ends
    here.conversations.append("anna", ONE, exchange("1", "Who purges the army?"))
    there.conversations.append("anna", TWO, exchange("1", "oil?"))
    listed, broken = here.conversations.summaries("anna")
    assert [(each.conversation, each.count) for each in listed] == [(TWO, 1), (ONE, 1)]
    assert broken == 0
    there.conversations.append("anna", ONE, exchange("2", "And where?"))
    assert [(each.conversation, each.count) for each in here.conversations.summaries("anna")[0]] == [(ONE, 2), (TWO, 1)]
    there.conversations.delete("anna", ONE)
    assert [each.conversation for each in here.conversations.summaries("anna")[0]] == [TWO]
    assert here.conversations.stamp("anna", ONE) is None


def test_nobody_sees_anothers(ends):
    here, there = ends
    here.conversations.append("anna", ONE, exchange("1", "Who purges the army?"))
    assert there.conversations.summaries("ben") == ([], 0)
    assert there.conversations.read("ben", ONE).exchanges == ()
    with pytest.raises(KeyError):
        there.conversations.read("anna", "../anna")


def test_judgements_are_kept_in_order(ends):
    here, there = ends
    for number in range(3):
        (here, there)[number % 2].judgements.append({"number": number, "said": "“so-so”"})
    assert [entry["number"] for entry in here.judgements.entries()] == [0, 1, 2]
    assert here.judgements.is_writable


def test_a_rebuild_keeps_what_people_wrote(ends, place, folder):
    here, _ = ends
    here.conversations.append("anna", ONE, exchange("1", "Who purges the army?"))
    here.judgements.append({"number": 1})
    place.index(folder).sync(rebuild=True)
    assert here.conversations.read("anna", ONE).exchanges
    assert len(here.judgements.entries()) == 1


def test_before_the_first_sync_nothing_is_kept_on_a_server(on_server, folder):
    corpus = on_server.corpus(folder)
    assert not corpus.conversations.is_writable
    assert corpus.conversations.summaries("anna") == ([], 0)
    with pytest.raises(StoreError, match="footnote sync"):
        corpus.conversations.append("anna", ONE, exchange("1", "Who?"))


def test_what_is_listed_is_the_same_everywhere(ends, folder):
    here, there = ends
    (folder / "new.md").write_text("# New\n\nA new one.\n")
    assert [each.path for each in there.holdings.listing().waiting] == ["new.md"]
    here.sync()
    assert [each.path for each in there.holdings.listing().documents] == [*sorted([*FILES, "new.md"])]
