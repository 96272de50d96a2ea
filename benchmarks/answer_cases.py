"""Questions whose right sentence is known, asked of folders of very different sizes: what `fit_answers` fits on.

| set | folder | questions |
| --- | --- | --- |
| squad | all paragraphs of the SQuAD 2 half-dev set | all of it; SciFact claims, MTRAG rewrites as out of corpus |
| articles | the paragraphs of one article, for each | a third of it; other articles and sets as out of corpus |
| paragraphs | one paragraph: a folder of one short file, for every twelfth | all of it; others as out of corpus |
| gaps | all paragraphs, of each one sentence left out that answers a question | its answerable ones |
| large | the paragraphs among SciFact, TIME and MTRAG-UN: 21,500 passages | a fourth; other sets as out of corpus |
| chunking | its five long documents | all; a sentence is right when it stands in a reference span |
| mtrag-un | its passages | all, in their conversation; a sentence is right when its passage was judged so |

A question of SQuAD 2 whose authors made it unanswerable is "same topic"; one whose answer was left out, "left out".
The first were written to be taken for answerable: what is asked for mostly stands there, of something else. MTRAG-UN
has kinds of its own.
"""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.documents import Span
from index.sentences import sentence_spans
from index.snapshot import Snapshot
from qa.followup import carried_words
from qa.judge import features
from qa.pick import PASSAGES, Picked, extended, pick
from qa.retrieve import retrieve

from .followups_turns import documents_of, un_turns
from .retrieval import indexed, read_lines

ANSWERABLE, SAME_TOPIC, LEFT_OUT, OUT_OF_CORPUS = "answerable", "same topic", "left out", "out of corpus"

Right = Callable[[Picked], bool]
Paragraph = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """One question with what was measured of it."""

    set: str
    kind: str
    group: int
    """Of questions that stay together when some are held out: an article."""
    question: str
    features: dict[str, float]
    right: bool
    """Whether the quoted sentence, with its neighbour where it has one, answers."""
    picked: Sequence[Picked]
    candidates: NDArray[np.bool_]
    """Which of the candidate sentences are right by themselves."""


@dataclass(frozen=True)
class Asked:
    """A question to be asked."""

    question: str
    kind: str
    group: int
    right: Right
    carried: tuple[str, ...] = ()


def collected(folder: Path, work: Path) -> Iterator[Case]:
    """The cases of every set; folders and indexes are kept in `work`."""
    squad = _Squad(folder, work)
    yield from squad.whole()
    yield from squad.articles()
    yield from squad.single_paragraphs()
    yield from squad.with_gaps()
    yield from squad.among_others()
    yield from _chunking(folder, work)
    yield from _mtrag_un(folder, work)


def _cases(name: str, snapshot: Snapshot, questions: Iterable[Asked]) -> Iterator[Case]:
    for asked in questions:
        retrieved = retrieve(snapshot, asked.question, k=PASSAGES, extra_terms=asked.carried)
        picked = pick(snapshot, retrieved, asked.question)
        if picked:
            yield Case(
                set=name,
                kind=asked.kind,
                group=asked.group,
                question=asked.question,
                features=features(retrieved, picked),
                right=asked.right(extended(picked)),
                picked=picked,
                candidates=np.array([asked.right(candidate) for candidate in picked]),
            )


def _nothing(_: Picked) -> bool:
    return False


class _Squad:
    """The SQuAD 2 half-dev set, as folders of several sizes."""

    def __init__(self, folder: Path, work: Path) -> None:
        self.folder, self.work = folder, work
        data = json.loads((folder / "squad2" / "dev-half.json").read_text())["data"]
        self.paragraphs: list[tuple[int, Paragraph]] = [
            (article, paragraph) for article, found in enumerate(data) for paragraph in found["paragraphs"]
        ]
        self.texts = {f"p{at:04d}": paragraph["context"] for at, (_, paragraph) in enumerate(self.paragraphs)}
        files = ("scifact/queries.jsonl", "mtrag-cloud/rewrite.jsonl")
        lines = [line["text"] for name in files for line in read_lines(folder / name)[:600]]
        self.others = [text.replace("|user|:", "").strip() for text in lines]
        self.random = random.Random(0)

    def whole(self) -> Iterator[Case]:
        """All paragraphs in one folder."""
        yield from self._asked("squad", self.work / "squad2", self.texts, self.paragraphs, self.others)

    def articles(self) -> Iterator[Case]:
        """A folder for each article."""
        for article in sorted({number for number, _ in self.paragraphs}):
            own = [found for found in self.paragraphs if found[0] == article]
            texts = {f"p{at:03d}": paragraph["context"] for at, (_, paragraph) in enumerate(own)}
            strange = self._of_other_articles(article, 60) + self.random.sample(self.others, 20)
            yield from self._asked("articles", self.work / "articles" / str(article), texts, own, strange, every=3)

    def single_paragraphs(self) -> Iterator[Case]:
        """A folder of one file for every twelfth paragraph."""
        for at in range(0, len(self.paragraphs), 12):
            article, paragraph = self.paragraphs[at]
            texts = {"one": paragraph["context"]}
            strange = self._of_other_articles(article, 8) + self.random.sample(self.others, 3)
            yield from self._asked(
                "paragraphs", self.work / "paragraphs" / str(at), texts, self.paragraphs[at : at + 1], strange
            )

    def with_gaps(self) -> Iterator[Case]:
        """All paragraphs in one folder, each without one sentence that answers a question.

        A question that it answers is left out of the cases where the same words stand elsewhere in the paragraph.
        """
        texts, questions = dict[str, str](), list[Asked]()
        for at, (article, paragraph) in enumerate(self.paragraphs):
            out = _answering_sentence(paragraph)
            kept = texts[f"p{at:04d}"] = _without(paragraph["context"], out)
            for question, asked in zip(paragraph["qas"], _of_paragraphs([(article, paragraph)]), strict=True):
                if asked.kind == ANSWERABLE:
                    if not any(answer["text"] in kept for answer in question["answers"]):
                        questions.append(replace(asked, kind=LEFT_OUT))
                    elif not out.start <= question["answers"][0]["answer_start"] < out.end:
                        questions.append(asked)
        with indexed(self.work / "gaps", texts)._index.snapshot() as snapshot:
            for case in _cases("gaps", snapshot, questions):
                if case.kind == ANSWERABLE or not case.right:
                    yield case

    def among_others(self) -> Iterator[Case]:
        """All paragraphs among those of three other sets."""
        texts = dict(self.texts)
        for name, file in (
            ("scifact", "corpus.jsonl"),
            ("time", "corpus.jsonl"),
            ("mtrag-un", "corpus_contexts.jsonl"),
        ):
            texts |= {f"{name}-{id_}": text for id_, text in documents_of(self.folder / name / file).items()}
        strange = [
            asked.question
            for asked in _chunking_questions(self.folder, {"state_of_the_union", "wikitexts", "chatlogs"})
        ]
        yield from self._asked("large", self.work / "large", texts, self.paragraphs, strange, every=4)

    def _of_other_articles(self, article: int, count: int) -> list[str]:
        questions = [q["question"] for other, p in self.paragraphs if other != article for q in p["qas"]]
        return self.random.sample(questions, count)

    def _asked(
        self,
        name: str,
        folder: Path,
        texts: dict[str, str],
        paragraphs: Sequence[tuple[int, Paragraph]],
        strange: Sequence[str],
        every: int = 1,
    ) -> Iterator[Case]:
        """`every`: of the paragraphs' questions, each such one is asked. `strange`: questions out of the corpus."""
        questions = list(_of_paragraphs(paragraphs))[every - 1 :: every]
        questions += [Asked(text, OUT_OF_CORPUS, at, _nothing) for at, text in enumerate(strange) if text]
        with indexed(folder, texts)._index.snapshot() as snapshot:
            yield from _cases(name, snapshot, questions)


def _of_paragraphs(paragraphs: Iterable[tuple[int, Paragraph]]) -> Iterator[Asked]:
    for article, paragraph in paragraphs:
        for question in paragraph["qas"]:
            kind = SAME_TOPIC if question["is_impossible"] else ANSWERABLE
            gold = tuple(answer["text"] for answer in question["answers"])
            yield Asked(question["question"], kind, article, _holding(gold))


def _answering_sentence(paragraph: Paragraph) -> Span:
    """Of the sentences that answer, the one in the middle; nothing where the paragraph is only one sentence."""
    spans = sentence_spans(paragraph["context"])
    places = sorted({answer["answer_start"] for asked in paragraph["qas"] for answer in asked["answers"][:1]})
    if len(spans) < 2 or not places:
        return Span(0, 0)
    return next(span for span in spans if places[len(places) // 2] < span.end)


def _without(text: str, out: Span) -> str:
    return text[: out.start] + text[out.end :].lstrip() if out.end else text


def _holding(gold: Sequence[str]) -> Right:
    return lambda picked: any(text in picked.text for text in gold)


def _chunking(folder: Path, work: Path) -> Iterator[Case]:
    texts = {path.stem: path.read_text() for path in sorted((folder / "chunking" / "corpora").glob("*.md"))}
    with indexed(work / "chunking", texts, suffix=".md")._index.snapshot() as snapshot:
        yield from _cases("chunking", snapshot, _chunking_questions(folder))


def _chunking_questions(folder: Path, only: set[str] | None = None) -> Iterator[Asked]:
    with (folder / "chunking" / "questions_df.csv").open(encoding="utf-8", newline="") as lines:
        for at, row in enumerate(csv.DictReader(lines)):
            document = row["corpus_id"]
            if only is None or document in only:
                raw = (folder / "chunking" / "corpora" / f"{document}.md").read_text()
                spans = [(found["start_index"], found["end_index"]) for found in json.loads(row["references"])]
                wanted = [_flat(raw[start:end]) for start, end in spans]
                yield Asked(row["question"], ANSWERABLE, at, _within(f"{document}.md", wanted))


def _within(path: str, wanted: Sequence[str]) -> Right:
    """A sentence is right when it stands in a span, holds one, or begins in one."""

    def right(picked: Picked) -> bool:
        text = _flat(picked.text)
        return picked.passage.document.path == path and any(
            text in span or span in text or (len(text) > 40 and text[:40] in span) for span in wanted
        )

    return right


def _flat(text: str) -> str:
    return " ".join(text.split())


def _mtrag_un(folder: Path, work: Path) -> Iterator[Case]:
    source = folder / "mtrag-un"
    kinds = {line["task_id"]: str(line["answerability"][0]).lower() for line in read_lines(source / "reference.jsonl")}
    with indexed(work / "mtrag-un", documents_of(source / "corpus_contexts.jsonl"))._index.snapshot() as snapshot:
        turns = [
            Asked(
                turn.question,
                kinds[turn.id],
                at,
                _judged(turn.grades),
                carried_words(snapshot, turn.question, turn.history),
            )
            for at, turn in enumerate(un_turns(source))
        ]
        yield from _cases("mtrag-un", snapshot, turns)


def _judged(grades: dict[str, int]) -> Right:
    return lambda picked: grades.get(picked.passage.document.path.removesuffix(".txt"), 0) > 0
