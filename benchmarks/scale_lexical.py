"""BM25 over very many passages: made, merged, opened, asked and changed; time and memory of each.

    python -m benchmarks.scale_lexical FOLDER [--passages 1000000] [--questions FILE] [--work FOLDER]

The passages are those of a folder that Footnote has indexed, taken again and again until there are enough: in every
copy one term in seven is another of the corpus, and one in 150 a new one, so that lists and vocabulary grow as they do
in larger corpora. What is drawn hangs on the number of the copy only. They are made in a process of their own, and
stay in `--work` (about 230 bytes a passage) for the next time. Everything asked is on one thread; milliseconds are of
that thread, not of the clock on the wall.
"""

from __future__ import annotations

import argparse
import multiprocessing
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TypeVar

import numpy as np

from benchmarks.scale import memory
from benchmarks.scale_vectors import QUESTIONS, read_questions
from index.analysis import terms
from index.arrays import read_arrays, write_arrays
from index.derived import SEGMENT_PASSAGES, passage_terms
from index.lexical import LexicalIndex
from index.segments import Segment
from index.store import Store

T = TypeVar("T")
Passage = tuple[int, int, int, list[str]]

DOCUMENT_PASSAGES = 10
"""Passages of each document, as in `benchmarks.scale_corpus`."""

SOURCE_PASSAGES = 100_000
"""Passages read from the folder at most."""

OTHER, NEW = 1 / 7, 1 / 150
"""Shares of the terms of a copy that are another of the corpus, and that stand nowhere else."""

MERGED_AT_ONCE, RUN_PASSAGES = 25, 4_000_000
"""Segments merged into one, and passages of the largest (as `index.runs` has it)."""

CANDIDATES = 200
"""Passages that each list gives to the fusion (`qa.retrieve`)."""

MISSPELT = ("venezuala", "protien", "experiement", "contaner", "colmbia", "resistence", "goverment", "temperture")


def main() -> None:
    """Print the figures, one a line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--passages", type=int, default=1_000_000)
    parser.add_argument("--questions", type=Path, default=QUESTIONS, help="JSON lines with a question each")
    parser.add_argument("--most", type=int, default=200, help="questions asked at most")
    parser.add_argument("--work", type=Path, help="keep the segments here (default: a temporary folder)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        work = (options.work or Path(temporary)) / f"lexical-{options.passages}"
        if not (work / "whole").exists():
            work.mkdir(parents=True, exist_ok=True)
            making = multiprocessing.get_context("spawn").Process(
                target=make, args=(options.folder, options.passages, work)
            )
            making.start()
            making.join()
            if making.exitcode:
                raise SystemExit("the segments could not be made: see above")
        measure(work, read_questions(options.questions)[: options.most])


def make(folder: Path, count: int, work: Path) -> None:
    """Write segments of `count` passages, as a first sync does."""
    taken, source = timed(lambda: _analysed(folder))
    print(f"terms of a passage: {1e6 * taken / len(source):.0f} us, {len(source) / taken:,.0f} passages/s")
    passages, built, building, merging, paths = _copies(source, count), 0, 0.0, 0.0, list[Path]()
    while batch := list(islice(passages, SEGMENT_PASSAGES)):
        taken, segment = timed(partial(Segment.build, batch))
        building, built = building + taken, built + len(batch)
        paths.append(work / f"small-{built}.fn")
        write_arrays(paths[-1], segment.arrays(), {})
        del segment
        if len(paths) == MERGED_AT_ONCE or built == count:
            merging += _merge(paths, work / f"middle-{built}.fn")
            paths.clear()
    print(f"postings of a passage: {1e6 * building / count:.1f} us, {count / building:,.0f} passages/s, {memory()}")
    print(f"segments merged by {MERGED_AT_ONCE}: {count / merging:,.0f} passages/s, {memory()}")
    middles = sorted(work.glob("middle-*.fn"), key=lambda path: int(path.stem.split("-")[1]))
    each = max(1, RUN_PASSAGES // (MERGED_AT_ONCE * SEGMENT_PASSAGES))
    for at in range(0, len(middles), each):
        taken = _merge(middles[at : at + each], work / f"run-{at:04d}.fn")
        print(f"the large ones merged, {len(middles[at : at + each])} into one: {taken:.1f} s, {memory()}", flush=True)
    (work / "whole").touch()


def measure(work: Path, questions: Sequence[str]) -> None:
    """Open what was made, ask and change it."""
    paths = sorted(work.glob("run-*.fn"))
    before = time.perf_counter()
    segments = [Segment(**read_arrays(path).arrays) for path in paths]
    index = LexicalIndex.of(segments)
    opened = 1e3 * (time.perf_counter() - before)
    postings, size = sum(len(s.posting_rows) for s in segments), sum(path.stat().st_size for path in paths)
    print(
        f"{index.living:,} passages, {index.living_documents:,} documents, {postings:,} postings, {size / 1e6:,.0f} MB"
    )
    print(f"opened, checksums included: {opened:.0f} ms, {memory()}")
    taken, _ = timed(lambda: (index.sample, index.sample_of_documents))
    print(f"fixed samples: {1e3 * taken:.1f} ms, {memory()}")
    for name in ("first round", "second round"):
        ask(index, questions, name)
        print(f"after it: {memory()}")
    read = [sum(index.score(terms(question)).asked.dfs) for question in questions]
    print(f"postings of a question's terms: median {statistics.median(read):,.0f}, most {max(read):,}")
    tell("spelt_like", [timed(partial(index.spelt_like, word, word))[0] for word in MISSPELT])
    tell("holding two terms", [timed(partial(index.holding, terms(q)[:2]))[0] for q in questions])
    change(index, questions)
    print(f"at the end: {memory()}")


def ask(index: LexicalIndex, questions: Sequence[str], name: str) -> None:
    """What `qa.retrieve` asks of the lexical index for each question; half of the candidates are anyone's."""
    random, times = np.random.default_rng(0), dict[str, list[float]]()
    for question in questions:
        own, ids, spent = terms(question), index.sample_ids(1), 0.0

        def step(what: str, action: Callable[[], T]) -> T:
            nonlocal spent
            taken, found = timed(action)
            times.setdefault(what, []).append(taken)
            spent += taken
            return found

        step("idf, for the spelling", partial(_idf, index, own))
        scores = step("score", partial(index.score, own))
        best = step("best", partial(index.best, scores, CANDIDATES))
        others = np.concatenate([segment.ids[random.integers(0, len(segment), 80)] for segment in index.segments])
        ids = np.union1d(best, others[:CANDIDATES])
        step("of_passages", partial(index.of_passages, scores, ids))
        step("of_documents", partial(index.of_documents, scores, ids))
        step("spread over passages", partial(getattr, scores, "passages"))
        step("spread over documents", partial(getattr, scores, "documents"))
        step("keys", partial(index.keys_of, ids))
        step("documents", partial(index.documents_of, ids))
        step("around", partial(index.around, ids, (-2, -1, 1, 2)))
        times.setdefault("all of it", []).append(spent)
    for what, found in times.items():
        tell(f"{name}: {what}", found)


def _idf(index: LexicalIndex, words: Sequence[str]) -> dict[str, float]:
    return index.score(words).idf


def change(index: LexicalIndex, questions: Sequence[str]) -> None:
    """One document more, one less: until the new state has answered its first question."""
    last, times = int(index.segments[-1].ids[-1]), dict[str, list[float]]()
    for at, question in enumerate(questions[:20]):
        old, gone = index.segments[0], at * len(index.segments[0].document_ids) // 20
        removed = old.ids[old.documents == old.document_ids[gone]]
        added = [(last + 1 + n, last + 1, 977 * n, terms(other)) for n, other in enumerate(questions[:10])]

        def changed(added: Sequence[Passage] = added, removed: np.ndarray = removed) -> LexicalIndex:
            return LexicalIndex.of([*index.segments, Segment.build(added)], np.append(index.dead, removed))

        taken, state = timed(changed)
        times.setdefault("a changed document: the new state", []).append(taken)

        def first(state: LexicalIndex = state, question: str = question) -> object:
            scores = state.score(terms(question))
            return state.best(scores, CANDIDATES), scores.passages, scores.documents

        times.setdefault("a changed document: its first question", []).append(timed(first)[0])
    for what, found in times.items():
        tell(what, found)


def _analysed(folder: Path) -> list[tuple[int, list[str]]]:
    store = Store.open(folder / ".footnote" / "index.db")
    try:
        texts = islice(store.texts_after(0), SOURCE_PASSAGES)
        return [(key, passage_terms(context, text)) for _, _, key, context, text in texts]
    finally:
        store.close()


def _copies(source: Sequence[tuple[int, list[str]]], count: int) -> Iterator[Passage]:
    words = [term for _, found in source for term in found]
    for at in range(count):
        copy, place = divmod(at, len(source))
        key, found = source[place]
        if place == 0:
            random = np.random.default_rng(copy)
        if copy:
            drawn, picked = random.random(len(found)), random.integers(0, len(words), len(found)).tolist()
            key = int(random.integers(0, 1 << 64, dtype=np.uint64))
            found = list(found)
            for position in np.flatnonzero(drawn < OTHER).tolist():
                found[position] = words[picked[position]]
            for position in np.flatnonzero(drawn < NEW).tolist():
                found[position] = f"{words[picked[position]][:5]}{picked[position] % 100_000}"
        yield at + 1, at // DOCUMENT_PASSAGES + 1, key, found


def _merge(paths: Sequence[Path], target: Path) -> float:
    segments = [Segment(**read_arrays(path).arrays) for path in paths]
    taken, merged = timed(lambda: Segment.merged(segments, [np.ones(len(s), np.bool_) for s in segments]))
    write_arrays(target, merged.arrays(), {})
    for path in paths:
        path.unlink()
    return taken


def timed(action: Callable[[], T]) -> tuple[float, T]:
    """Seconds of this thread that it takes, and what it gives."""
    started = time.thread_time()
    found = action()
    return time.thread_time() - started, found


def tell(name: str, seconds: Sequence[float]) -> None:
    """One line of figures."""
    ordered = sorted(1e3 * each for each in seconds)
    p95 = ordered[int(0.95 * (len(ordered) - 1))]
    print(f"{name}: median {statistics.median(ordered):.2f} ms, p95 {p95:.2f} ms, n {len(ordered)}", flush=True)


if __name__ == "__main__":
    main()
