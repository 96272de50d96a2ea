"""Conversations on disk: nothing is lost or glued, nobody reads another's, and a file that is none does no harm."""

import os
import stat
import threading

import pytest

from index import Index
from index.conversations import CONVERSATIONS_FOLDER, MOST_BYTES, Conversations
from index.errors import IndexNotWritable, StoreError
from tests.fake_embedder import CountingEmbedder

ONE, OTHER = "browser:" + "1" * 32, "browser:" + "2" * 32
TALK, NEXT = "a" * 32, "b" * 32


def exchange(key: str, question: str = "Who?") -> dict:
    return {"exchange": {"key": key.ljust(32, "0"), "question": question, "at": f"when {question} was asked"}}


def questions(kept) -> list[str]:
    return [each["question"] for each in kept.exchanges]


def only_file(folder):
    [file] = folder.rglob("*.conversation")
    return file


def test_a_conversation_comes_back_as_it_was_asked_and_named(tmp_path):
    kept = Conversations(tmp_path)
    assert (kept.read(ONE, TALK).exchanges, kept.summaries(ONE), kept.stamp(ONE, TALK)) == ((), ([], 0), None)
    kept.append(ONE, TALK, exchange("1", "Où?\n\u2028\r\ud800"))
    kept.append(ONE, TALK, {"name": "first name"})
    before = kept.stamp(ONE, TALK)
    kept.append(ONE, TALK, exchange("2", "Then?"))
    kept.append(ONE, TALK, {"name": "Пример"})
    kept.append(ONE, TALK, exchange("1", "Où, exactly?\n\u2028\r\ud800"))
    assert kept.stamp(ONE, TALK) != before
    again = Conversations(tmp_path)
    found = again.read(ONE, TALK)
    assert (questions(found), found.name) == (["Où, exactly?\n\u2028\r\ud800", "Then?"], "Пример")
    latest = again.read(ONE, TALK, last=1)
    assert (questions(latest), latest.earlier, latest.name, latest.damaged) == (["Then?"], 1, "Пример", 0)
    [[summary], unreadable] = again.summaries(ONE)
    assert (summary.conversation, summary.name, summary.count, unreadable) == (TALK, "Пример", 2, 0)
    assert (summary.question, summary.at) == ("Où?\n\u2028\r\ud800", found.exchanges[0]["at"])


def test_only_its_owner_finds_a_conversation_and_the_folder_does_not_say_who_that_is(tmp_path):
    kept = Conversations(tmp_path)
    kept.append(ONE, TALK, exchange("1"))
    kept.append(OTHER, NEXT, exchange("2"))
    assert [each.conversation for each in kept.summaries(ONE)[0]] == [TALK]
    assert kept.read(OTHER, TALK).exchanges == ()
    kept.delete(OTHER, TALK)
    assert len(kept.read(ONE, TALK).exchanges) == 1
    names = "\n".join(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*"))
    assert "1" * 32 not in names
    for path in tmp_path.rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


@pytest.mark.parametrize("name", ["", "../../x", "a" * 31, "A" * 32, "a" * 32 + "\n", "a" * 30 + "/.", "a" * 31 + "\0"])
def test_a_name_that_is_none_reaches_no_file(tmp_path, name):
    kept = Conversations(tmp_path)
    for reach in (kept.read, kept.delete, kept.stamp):
        with pytest.raises(KeyError):
            reach(ONE, name)
    with pytest.raises(KeyError):
        kept.append(ONE, name, exchange("1"))
    kept.append("../../../" + ONE, TALK, exchange("1"))  # an owner is any text
    assert only_file(tmp_path).parent.parent == tmp_path / CONVERSATIONS_FOLDER


@pytest.mark.parametrize("cut", [3, 40, -1])
def test_a_torn_end_costs_only_itself(tmp_path, cut):
    kept = Conversations(tmp_path)
    kept.append(ONE, TALK, exchange("1", "before"))
    whole = only_file(tmp_path).read_bytes()
    kept.append(ONE, TALK, exchange("2", "torn"))
    torn = only_file(tmp_path).read_bytes()
    only_file(tmp_path).write_bytes(torn[: len(whole) + cut] if cut > 0 else torn[:-1])
    kept.append(ONE, TALK, exchange("3", "after"))
    found = kept.read(ONE, TALK)
    assert questions(found) == ["before", *(["torn"] if cut < 0 else []), "after"]
    assert found.damaged == (cut > 0)
    assert kept.summaries(ONE)[0][0].at == "when after was asked"


@pytest.mark.parametrize(
    "content", [b"", b"\0" * 500, b'{"conversation": 2}\n{}\n', b"x" * (MOST_BYTES + 1), b'{"conver']
)
def test_a_file_that_is_no_conversation_is_said_and_stops_nothing(tmp_path, content):
    kept = Conversations(tmp_path)
    kept.append(ONE, TALK, exchange("1"))
    kept.append(ONE, NEXT, exchange("2"))
    only = next(path for path in tmp_path.rglob("*.conversation") if path.stem == TALK)
    only.write_bytes(content)
    found, unreadable = kept.summaries(ONE)
    assert ([each.conversation for each in found], unreadable) == ([NEXT], 1)
    if content:
        with pytest.raises(StoreError, match="cannot be read"):
            kept.read(ONE, TALK)
    else:
        assert kept.read(ONE, TALK).exchanges == ()


def test_a_link_in_the_place_of_a_conversation_leads_nowhere(tmp_path):
    kept = Conversations(tmp_path / "index")
    kept.append(ONE, TALK, exchange("1"))
    secret = tmp_path / "secret.txt"
    secret.write_bytes(only_file(tmp_path).read_bytes())
    only_file(tmp_path).with_stem(NEXT).symlink_to(secret)
    with pytest.raises(StoreError):
        kept.read(ONE, NEXT)
    with pytest.raises(IndexNotWritable):
        kept.append(ONE, NEXT, exchange("2"))
    assert kept.summaries(ONE)[1] == 1


def test_a_folder_of_documents_that_is_gone_is_not_made_anew(tmp_path):
    documents = tmp_path / "documents"
    documents.mkdir()
    kept = Conversations(documents / ".footnote")
    kept.append(ONE, TALK, exchange("1"))
    documents.rename(tmp_path / "away")
    with pytest.raises(IndexNotWritable, match="No such file"):
        kept.append(ONE, TALK, exchange("2"))
    assert not documents.exists()
    (tmp_path / "away").rename(documents)
    kept.append(ONE, TALK, exchange("3"))
    assert len(kept.read(ONE, TALK).exchanges) == 2


def test_a_full_disk_takes_nothing_or_all(tmp_path, monkeypatch):
    kept = Conversations(tmp_path)
    kept.append(ONE, TALK, exchange("1"))
    before = only_file(tmp_path).read_bytes()
    write = os.write
    wrote = []

    def fills_up(descriptor, data):
        if wrote:
            raise OSError(28, "No space left on device")
        wrote.append(write(descriptor, data[:10]))
        return wrote[0]

    monkeypatch.setattr(os, "write", fills_up)
    with pytest.raises(IndexNotWritable, match="No space left"):
        kept.append(ONE, TALK, exchange("2"))
    monkeypatch.undo()
    assert only_file(tmp_path).read_bytes() == before


def test_limits_are_said(tmp_path, monkeypatch):
    kept = Conversations(tmp_path)
    kept.append(ONE, TALK, exchange("1"))
    with pytest.raises(StoreError, match="full"):
        kept.append(ONE, TALK, exchange("2", "x" * MOST_BYTES))
    monkeypatch.setattr("index.conversations.MOST_CONVERSATIONS", 1)
    with pytest.raises(StoreError, match="delete some"):
        kept.append(ONE, NEXT, exchange("2"))
    kept.append(OTHER, NEXT, exchange("2"))
    assert questions(kept.read(ONE, TALK)) == ["Who?"]


def test_a_place_that_takes_no_writes_is_known_and_said(tmp_path):
    (tmp_path / CONVERSATIONS_FOLDER).write_bytes(b"")
    kept = Conversations(tmp_path)
    assert not kept.is_writable
    with pytest.raises(IndexNotWritable, match="--index"):
        kept.append(ONE, TALK, exchange("1"))
    assert Conversations(tmp_path / "not" / "there" / "yet").is_writable


def test_many_at_once_lose_nothing(tmp_path):
    kept = [Conversations(tmp_path), Conversations(tmp_path)]  # as of two processes

    def ask(part):
        for number in range(25):
            kept[part % 2].append(ONE, TALK, exchange(f"{part:x}{number:02d}", f"{part} {number}"))

    threads = [threading.Thread(target=ask, args=(part,)) for part in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = kept[0].read(ONE, TALK)
    assert sorted(questions(found)) == sorted(f"{part} {number}" for part in range(4) for number in range(25))
    assert found.damaged == 0


def test_a_rebuild_keeps_conversations_and_no_sync_reads_them(tmp_path):
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "a.txt").write_text("The army.")
    index = Index(tmp_path / "corpus", index=tmp_path / "corpus" / "kept here", embedder=CountingEmbedder())
    index.conversations.append(ONE, TALK, exchange("1"))
    index.sync()
    index.sync(rebuild=True)
    assert len(index.conversations.read(ONE, TALK).exchanges) == 1
    with index.snapshot() as snapshot:
        assert "conversation" not in " ".join(document.path for document in snapshot.documents())


def test_what_is_deleted_is_gone(tmp_path):
    kept = Conversations(tmp_path)
    kept.append(ONE, TALK, exchange("1"))
    kept.delete(ONE, TALK)
    kept.delete(ONE, TALK)
    assert kept.read(ONE, TALK).exchanges == ()
    assert list((tmp_path / CONVERSATIONS_FOLDER).iterdir()) == []
