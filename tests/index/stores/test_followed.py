"""What a front end knows of an index on a server is followed: it fetches what changed, and has what a fresh one has."""

import random

import pytest

from index.errors import ChangedMeanwhile
from index.listing import Held
from index.milvus.followed import Followed
from index.milvus.standing import Moved, Standing, Step
from tests.index.stores.recorded import calls_of
from tests.index.stores.states import FILES

WORDS = [f"word{number}" for number in range(60)] + ["army", "oil", "crude", "migrants", "shelter"]
QUESTION = ("armi", "oil", "word7", "word12", "shelter")


@pytest.fixture(autouse=True)
def small_samples(monkeypatch):
    monkeypatch.setattr("index.milvus.statistics.SAMPLE_PASSAGES", 12)
    monkeypatch.setattr("index.milvus.statistics.SAMPLE_DOCUMENTS", 5)
    monkeypatch.setattr("index.milvus.statistics.SAMPLE_VECTORS", 4)
    monkeypatch.setattr("index.milvus.sampled.MOST_SEGMENTS", 3)


def text_of(chance):
    """A document of one to four passages."""
    parts = [
        f"# Part {n}\n\n{' '.join(chance.choices(WORDS, k=chance.randint(3, 9)))}.\n"
        for n in range(chance.randint(1, 4))
    ]
    return "\n".join(parts)


def change(folder, chance):
    """Add, edit, rename, touch and remove some documents."""
    names = sorted(path.name for path in folder.iterdir() if path.is_file())
    for _ in range(chance.randint(1, 3)):
        how = chance.choice(("add", "add", "edit", "rename", "remove", "remove", "break"))
        if how == "add" or len(names) < 3:
            names.append(f"{chance.randrange(10**6):06}.md")
            (folder / names[-1]).write_text(text_of(chance))
            continue
        name = chance.choice(names)
        if how == "edit":
            (folder / name).write_text(text_of(chance))
        elif how == "break":
            (folder / name).write_bytes(b"")
        elif how == "rename":
            (folder / name).rename(folder / f"r{name}")
            names[names.index(name)] = f"r{name}"
        else:
            (folder / name).unlink()
            names.remove(name)


class NoRows:
    """Stands for what rows are fetched with."""

    of = staticmethod(lambda standing, is_current: None)


def known_by(index):
    """All that is followed: samples, how scores and cosines are spread in them, and the list of documents."""
    with index.snapshot() as snapshot:
        statistics = snapshot._searched.lexical.statistics
        scores = statistics.score(QUESTION)
        question = snapshot.embed_question("the army and crude oil")
        sampled = statistics.sampled_documents
        best = statistics.sample.best(scores.of_sample, 20)
        told = (
            (statistics.living, statistics.documents, statistics.lowest.tolist()),
            (scores.idf, scores.document_weights),
            [round(number, 6) for number in (*scores.passages, *scores.documents)],
            (best.tolist(), statistics.sample.of_passages(scores.of_sample, best).tolist()),
            (statistics.sample.spelt_like("shleter", "shleter"), statistics.sample.holding(["armi"]).tolist()),
            sampled and sorted(sampled.ids[sampled.alive].tolist()),
            statistics.spread(question),
            snapshot.documents(),
        )
    held = index.held(Held())
    return told, (held.documents, held.known)


def follow(folder, on_server, seed, steps):
    chance = random.Random(seed)
    for _ in range(chance.choice((2, 9))):
        change(folder, chance)
    writer, reader = on_server.index(folder), on_server.index(folder)
    for _ in range(steps):
        writer.sync()
        assert known_by(reader) == known_by(on_server.index(folder))
        for _ in range(chance.randint(1, 3)):
            change(folder, chance)
            if chance.random() < 0.3:
                writer.sync()


@pytest.mark.parametrize("seed", range(3))
def test_after_any_history_it_equals_a_fresh_one(make_corpus, on_server, seed):
    follow(make_corpus(FILES), on_server, seed, 6)


@pytest.mark.torture
@pytest.mark.parametrize("seed", range(10, 40))
def test_after_any_long_history_it_equals_a_fresh_one(make_corpus, on_server, seed):
    follow(make_corpus(FILES), on_server, seed, 20)


def test_of_a_change_only_the_documents_are_fetched_that_came(make_corpus, on_server, monkeypatch):
    monkeypatch.setattr("index.milvus.sampled.MORE", 2.0)  # so that enough are at hand for those that go
    folder = make_corpus({f"{number:02}.md": text_of(random.Random(number)) for number in range(20)})
    writer, reader = on_server.index(folder), on_server.index(folder)
    writer.sync()
    known_by(reader)
    before = writer._facts()[1].change
    (folder / "03.md").write_text("# New\n\nThe army found shelter.\n")
    (folder / "04.md").rename(folder / "four.md")
    (folder / "05.md").unlink()
    writer.sync()
    moved = writer._facts()[1].since(before)
    assert (len(moved.came), len(moved.gone)) == (1, 2)
    calls = calls_of(reader)
    known_by(reader)
    rows = [call for call in calls if call.name == "query" and "count(*)" not in call.options["output_fields"]]
    passages = [row for call in rows if call.collection == "passages" for row in call.found]
    documents = [row for call in rows if call.collection == "documents" for row in call.found]
    assert {row["id"] >> 20 for row in passages} <= moved.came
    assert {row["id"] for row in documents} == moved.came | moved.changed
    before = len(calls)
    known_by(reader)
    assert {call.collection for call in calls[before:]} == {"kept"}, "of the same state nothing is fetched again"


def test_what_became_of_documents_is_remembered_for_some_changes():
    standing = Standing(change=5)
    assert standing.since(5) == Moved()
    assert standing.since(4) is None
    for change, step in enumerate((Step(6, (10, 11), (1,)), Step(7, (), (11, 2), (3,)), Step(8, (12,), (3,))), 6):
        standing = standing.stepped(step, last=change)
    assert standing.change == 8
    assert standing.since(5) == Moved(frozenset({10, 12}), frozenset({1, 11, 2, 3}), frozenset())
    assert standing.since(6) == Moved(frozenset({12}), frozenset({11, 2, 3}), frozenset())
    assert standing.since(4) is None
    assert standing.since(9) is None
    assert Standing.unpacked(standing.packed()) == standing


def test_a_standing_stays_short_and_forgets_the_oldest_changes():
    chance, standing = random.Random(1), Standing()
    for change in range(1, 200):
        came = tuple(chance.randrange(1 << 40) for _ in range(200))
        standing = Standing.unpacked(standing.stepped(Step(change, came)).packed())
    assert len(standing.packed()) <= 16_000
    assert standing.since(198) == Moved(frozenset(came))
    assert standing.since(100) is None
    many = standing.stepped(Step(200, changed=tuple(range(5_000))))
    assert (many.since(199), many.steps) == (None, ())


def test_what_changes_while_it_is_read_is_followed_at_once():
    standings = [Standing(1)]
    made = []

    def now():
        return {"store": "one"}, standings[-1]

    def make(facts, fetched):
        standings.append(standings[-1].stepped(Step(standings[-1].change + 1, (7,))))
        return ["made"]

    def follow(before, facts, fetched, moved):
        return [*before, moved.came]

    class Any:
        of = staticmethod(lambda standing, is_current: made.append(standing.change))

    seen = Followed(now, make, follow).at(*now(), Any)
    assert (seen.value, seen.standing.change, made) == (["made", frozenset({7})], 2, [1, 2])

    def always(before, facts, fetched, moved):
        standings.append(standings[-1].stepped(Step(standings[-1].change + 1)))
        return before

    with pytest.raises(ChangedMeanwhile, match="faster than they are read"):
        Followed(now, make, always).at(*now(), Any)


def test_an_older_state_is_not_gone_back_to():
    standing = Standing(2).stepped(Step(3))
    followed = Followed(lambda: ({"store": "one"}, standing), lambda *_: "made", lambda *_: None)
    seen = followed.at({"store": "one"}, standing, lambda: NoRows)
    assert followed.at({"store": "one"}, Standing(2), lambda: NoRows) is seen
