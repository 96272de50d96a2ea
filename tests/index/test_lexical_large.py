"""BM25 of an index that is not scored whole: the best are found, and how all are spread, from what little is read."""

from dataclasses import replace

import numpy as np
import pytest

from index.lexical import LexicalIndex
from index.segments import Segment
from tests.index.lexical_indexes import by_id, index_of, key_of, living_of, segment_of, texts_like_a_corpus


@pytest.fixture(scope="module")
def large():
    """Three segments, the documents of some passages gone."""
    passages = [(at, at // 7, text) for at, text in enumerate(texts_like_a_corpus(9_000, 1), 1)]
    pieces = [passages[:6_000], passages[6_000:8_500], passages[8_500:]]
    removed = [passage for passage, document, _ in passages if document % 11 == 3]
    return LexicalIndex.of(list(map(segment_of, pieces)), np.array(removed))


QUESTIONS = (["t3", "t40", "t900"], ["t1", "t2", "t17", "t60", "t2500", "nowhere"], ["t5"], ["t4000", "t4001", "t6"])


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("k", [1, 20, 400])
@pytest.mark.parametrize("spared", [(1.5, 16), (0.5, 0)])
def test_pruning_finds_what_scoring_everything_finds(large, question, k, spared, monkeypatch):
    monkeypatch.setattr("index.pruning.SPARED", spared[0])
    monkeypatch.setattr("index.pruning.SPARED_MORE", spared[1])
    scores = large.score(question)
    of_all = dict(zip(living_of(large).tolist(), large.of_passages(scores, living_of(large)), strict=True))
    whole = large.best(scores, k)
    monkeypatch.setattr("index.lexical.SCORED_WHOLE", 0)
    assert large.best(large.score(question), k).tolist() == whole.tolist()
    assert large.best(large.score(question), k, living_of(large)).tolist() == whole.tolist()
    found = [float(of_all[passage]) for passage in whole.tolist()]
    expected = sorted((float(score) for score in of_all.values() if score > 0), reverse=True)[:k]
    assert found == pytest.approx(expected, abs=2e-5)


@pytest.mark.parametrize("at", range(4))
def test_the_best_are_found_when_all_of_them_stand_in_one_part(at, monkeypatch):
    """The score to beat that is guessed from it is too high, or from the others too low."""
    texts = [["rare", f"x{number % 7}"] if number < 100 * at else ["plain", "x", "y"] for number in range(400)]
    texts[100 * at : 100 * at + 100] = [["rare", "rare", "word", *["z"] * number] for number in range(100)]
    passages = [(number, number, text) for number, text in enumerate(texts, 1)]
    index = LexicalIndex.of([segment_of(passages[first : first + 100]) for first in range(0, 400, 100)])
    whole = index.best(index.score(["rare", "word"]), 60).tolist()
    assert set(whole) <= set(range(100 * at + 1, 100 * at + 101))
    monkeypatch.setattr("index.lexical.SCORED_WHOLE", 0)
    assert index.best(index.score(["rare", "word"]), 60).tolist() == whole


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_spread_that_is_estimated_is_near_the_exact_one(large, question, monkeypatch):
    exact = large.score(question)
    exact_passages, exact_documents = exact.passages, exact.documents
    monkeypatch.setattr("index.lexical.SCORED_WHOLE", 0)
    monkeypatch.setattr("index.sampling.SAMPLE_PASSAGES", 2_000)
    monkeypatch.setattr("index.sampling.SAMPLE_DOCUMENTS", 400)
    index = LexicalIndex.of(large.segments, large.dead)
    scores = index.score(question)
    assert scores.passages == pytest.approx(exact_passages, rel=0.06)
    assert scores.documents == pytest.approx(exact_documents, rel=0.06)


def test_an_estimate_hangs_on_the_content_only(large, monkeypatch):
    monkeypatch.setattr("index.lexical.SCORED_WHOLE", 0)
    monkeypatch.setattr("index.sampling.SAMPLE_PASSAGES", 1_000)
    monkeypatch.setattr("index.sampling.SAMPLE_DOCUMENTS", 200)
    grown = LexicalIndex.of(large.segments, large.dead)
    merged = LexicalIndex.of([Segment.merged(large.segments, large.alive_by_segment())])
    for question in QUESTIONS:
        one, other = grown.score(question), merged.score(question)
        assert (one.passages, one.documents) == (pytest.approx(other.passages), pytest.approx(other.documents))
    assert grown.sample_ids(300).tolist() == merged.sample_ids(300).tolist()


def test_the_sample_is_the_living_passages_with_the_lowest_keys(large, monkeypatch):
    ids = living_of(large)
    keys = large.keys_of(ids)
    lowest = np.sort(ids[np.argsort(keys, kind="stable")[:100]]).tolist()
    assert large.sample_ids(100).tolist() == lowest
    # A segment that wrote down too few of them looks through all of its keys.
    short = [replace(segment, lowest=segment.lowest[:10]) for segment in large.segments]
    assert LexicalIndex.of(short, large.dead).sample_ids(100).tolist() == lowest


def test_a_term_is_found_among_others_that_begin_alike():
    words = ["internat", "internation", "international", "internationalis", "intern", "日本語", "日本"]
    segment = segment_of([(at, at, [word]) for at, word in enumerate(words)])
    assert [segment.postings(word)[0].tolist() for word in words] == [[at] for at in range(len(words))]
    assert segment.find("internationa") == segment.find("a") == segment.find("zzzzzzzzzzzz") == -1
    assert segment.vocabulary() == sorted(word.encode() for word in words)


@pytest.mark.parametrize("gone", [0, 3])
def test_of_what_is_written_down_only_the_sample_is_read(gone, monkeypatch):
    """Also when some rows are gone, and in documents that began in the segment before."""
    monkeypatch.setattr("index.lexical.SCORED_WHOLE", 0)
    monkeypatch.setattr("index.sampling.SAMPLE_PASSAGES", 300)
    monkeypatch.setattr("index.sampling.SAMPLE_DOCUMENTS", 40)
    passages = [(at, at // 7, text) for at, text in enumerate(texts_like_a_corpus(4_000, 2), 1)]
    lowest = min(range(200, 400), key=lambda document: key_of(passages[7 * document - 1][2]))
    cut = 7 * lowest + 2  # inside a document of the sample
    pieces = [passages[:cut], passages[cut:3_001], passages[3_001:]]
    removed = np.concatenate([np.arange(at, at + gone) for at in (500, 2_500, 3_500)])
    whole = LexicalIndex.of(list(map(segment_of, pieces)), removed)
    monkeypatch.setattr("index.segments.LOWEST_PASSAGES", 600)
    monkeypatch.setattr("index.segments.LOWEST_DOCUMENTS", 80)
    index = LexicalIndex.of(list(map(segment_of, pieces)), removed)
    assert [part.continues for part in index.parts] == [False, True, True]
    assert all(index.sample.written)
    assert all(index.sample_of_documents.written)
    for question in QUESTIONS:
        mine, its = index.score(question), whole.score(question)
        assert (mine.passages, mine.documents) == (its.passages, its.documents)
    asked = index.score(["t1"]).asked
    for sample, documents in ((index.sample, False), (index.sample_of_documents, True)):
        for at, part in enumerate(index.parts):
            number = part.segment.find("t1")
            read, written = sample._possible(at, part, number)[0], part.segment.lowest_of(number, documents)
            held = read[sample.places[at][read] > 0]
            everywhere = part.segment.posting(number)[0]
            assert held.tolist() == everywhere[sample.places[at][everywhere] > 0].tolist()
            assert 0 < len(held) <= len(read) < 0.7 * len(written) < len(everywhere)
        assert len(sample.postings(asked, 0)[0]) > 30


def test_lengths_take_as_many_bytes_as_the_longest_passage_needs():
    texts = [["a"] * 255, ["a", *["b"] * 255], ["a", *["c"] * 69_999], ["a", "d"]]
    pieces = [[(at, at, text)] for at, text in enumerate(texts, 1)]
    segments = list(map(segment_of, pieces))
    assert [str(segment.lengths.dtype) for segment in segments] == ["uint8", "uint16", "uint32", "uint8"]
    merged = Segment.merged(segments, [np.ones(1, np.bool_)] * 4)
    assert merged.lengths.tolist() == [255, 256, 70_000, 2]
    assert Segment.merged([merged], [np.array([True, False, False, True])]).lengths.dtype == np.uint8
    fresh, grown = index_of([each for piece in pieces for each in piece]), LexicalIndex.of(segments)
    mine, its = grown.score(["a", "c"]), fresh.score(["a", "c"])
    assert by_id(grown, ["a", "c"]) == pytest.approx(by_id(fresh, ["a", "c"]))
    assert (mine.passages, mine.documents) == (pytest.approx(its.passages), pytest.approx(its.documents))
    assert grown.best(mine, 4).tolist() == fresh.best(its, 4).tolist()
    assert by_id(fresh, ["a"])[3] < by_id(fresh, ["a"])[2] < by_id(fresh, ["a"])[4]


@pytest.mark.parametrize("lost", [0.0, 0.5])
def test_postings_of_the_sample_that_are_written_down_are_all_of_them(large, lost, monkeypatch):
    monkeypatch.setattr("index.lexical.SCORED_WHOLE", 0)
    monkeypatch.setattr("index.sampling.SAMPLE_PASSAGES", 1_000)
    monkeypatch.setattr("index.sampling.SAMPLE_DOCUMENTS", 150)
    whole = [Segment.merged([segment], [np.ones(len(segment), np.bool_)]) for segment in large.segments]
    monkeypatch.setattr("index.segments.LOWEST_PASSAGES", 1_500)
    monkeypatch.setattr("index.segments.LOWEST_DOCUMENTS", 200)
    short = [Segment.merged([segment], [np.ones(len(segment), np.bool_)]) for segment in large.segments]
    assert [len(segment.lowest_ends) > 0 for segment in (*whole, *short)] == [False] * 3 + [True, True, False]
    assert len(short[0].postings_by_rank) < len(short[0].posting_rows) / 3
    # Documents of many segments go: what is written down no longer does, and all postings are looked through.
    documents = np.unique(large.documents_of(living_of(large)))
    gone = documents[: int(lost * len(documents))]
    removed = np.append(large.dead, [p for p in living_of(large) if large.documents_of(np.array([p]))[0] in gone])
    one, other = LexicalIndex.of(whole, removed), LexicalIndex.of(short, removed)
    assert all(other.sample.written) == all(other.sample_of_documents.written) == (not lost)
    for question in QUESTIONS:
        mine, its = one.score(question), other.score(question)
        assert (mine.passages, mine.documents) == (its.passages, its.documents)
