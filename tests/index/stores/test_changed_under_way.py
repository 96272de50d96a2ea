"""Documents change while an index is checked or moved for minutes: what changed is looked at again."""

import pytest

from index.errors import StoreError
from index.milvus import lease
from index.opening import moved_to
from qa import checking
from tests.index.stores.breaking import Ended, end
from tests.index.stores.states import AID, ARMY, FILES, OIL, state_of

MORE = {f"more/{number}.md": f"# Boats\n\nBoat {number} carried {number * 7} barrels upriver.\n" for number in range(6)}


@pytest.fixture
def folder(make_corpus):
    return make_corpus(FILES | MORE)


def change(folder, number):
    """A document is replaced, one is renamed and one is gone."""
    (folder / "army.md").write_text(ARMY.replace("Carabobo", f"Zulia {number}"))
    (folder / f"more/{number}.md").unlink()
    if number == 0:
        (folder / "oil.txt").rename(folder / "crude.txt")


def quietly(stage, done, total):
    """Tell nobody."""


def changing(index, folder, writer, times, when):
    """Have `writer` sync a change before some calls of `index`: those that `when` says, so many times."""
    connection, call = index._connection, type(index._connection).call
    done = []

    def counted(name, *arguments, **options):
        if len(done) < times and when(name, arguments):
            done.append(name)
            change(folder, len(done) - 1)
            writer.sync()
        return call(connection, name, *arguments, **options)

    connection.call = counted
    return done


@pytest.mark.parametrize("kind", ["_passages", "_documents", "_kept"])
def test_a_move_of_an_index_that_changes_gives_what_is_there_in_the_end(folder, in_folder, on_server, kind):
    on_server.index(folder).sync()
    source, calls = on_server.index(folder), []

    def third(name, arguments):
        calls.append(name in {"get", "query"} and str(arguments[0]).endswith(kind))
        return sum(calls) == 3 and calls[-1]

    done = changing(source, folder, on_server.index(folder), 1, third)
    report = moved_to(source, in_folder.index(folder), quietly)
    assert done
    assert report.documents == len(FILES) + len(MORE) - 1
    assert state_of(folder, in_folder) == state_of(folder, on_server)
    assert not in_folder.index(folder).sync().did_something


def test_a_move_of_an_index_that_never_rests_ends_with_a_line(folder, in_folder, on_server, monkeypatch):
    monkeypatch.setattr("index.moving.TRIES", 2)
    on_server.index(folder).sync()
    source = on_server.index(folder)
    changing(
        source, folder, on_server.index(folder), 5, lambda name, arguments: str(arguments[0]).endswith("_passages")
    )
    with pytest.raises(StoreError, match="faster than they are moved: move again"):
        moved_to(source, in_folder.index(folder), quietly)


def before_passages(index, act):
    """Have `act` called once, before passages are put in: their documents are on their way then."""
    connection, call, done = index._connection, type(index._connection).call, []

    def watched(name, *arguments, **options):
        if name == "upsert" and arguments[0].endswith("_passages") and not done:
            done.append(name)
            act()
        return call(connection, name, *arguments, **options)

    connection.call = watched


def verdicts(findings):
    return {finding.name: str(finding.verdict) for finding in findings}


@pytest.mark.parametrize("kind", ["_passages", "_documents"])
def test_a_check_of_an_index_that_changes_finds_nothing_wrong(folder, on_server, kind):
    on_server.index(folder).sync()
    index, calls = on_server.index(folder), []

    def second(name, arguments):
        calls.append(name in {"get", "query"} and str(arguments[0]).endswith(kind))
        return sum(calls) == 2 and calls[-1]

    done = changing(index, folder, on_server.index(folder), 1, second)
    found = verdicts(index.check(50))
    assert done
    assert "wrong" not in found.values()
    assert found["counts"] == "ok"


def test_a_check_of_an_index_that_never_rests_ends_with_a_line(folder, on_server):
    on_server.index(folder).sync()
    index = on_server.index(folder)
    changing(index, folder, on_server.index(folder), 6, lambda name, arguments: str(arguments[0]).endswith("_passages"))
    with pytest.raises(StoreError, match="check again when no sync is under way"):
        index.check(50)


def test_passages_are_looked_for_again_when_they_changed_under_the_questions(folder, on_server, monkeypatch):
    on_server.index(folder).sync()
    corpus, seen = on_server.corpus(folder), []
    searched = checking._searched

    def changed(corpus, probe):
        if not seen:
            for number in range(4):
                change(folder, number)
            (folder / "aid/colombia.md").write_text(AID.replace("1.3 million migrants", "no one"))
            (folder / "crude.txt").write_text(OIL.replace("crude", "gas"))
            on_server.index(folder).sync()
        seen.append(probe.question)
        return searched(corpus, probe)

    monkeypatch.setattr(checking, "_searched", changed)
    found = verdicts(corpus.check().findings)
    assert found["reachable"] == "ok"
    assert len(seen) > len(FILES) + len(MORE)


def test_a_commit_that_is_under_way_was_not_broken_off(folder, on_server, monkeypatch):
    monkeypatch.setattr(lease, "LEASE_SECONDS", 2.0)
    on_server.index(folder).sync()
    change(folder, 0)
    writer, found = on_server.index(folder), []

    def look():
        found.append(verdicts(on_server.index(folder).check(20)))

    before_passages(writer, look)
    writer.sync()
    assert found
    assert found[0]["store"] == "ok"
    change(folder, 1)
    broken = on_server.index(folder)
    before_passages(broken, end)
    with pytest.raises(Ended):
        broken.sync()
    assert verdicts(on_server.index(folder).check(20))["store"] == "wrong"
