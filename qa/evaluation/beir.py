"""BEIR-style folders: `corpus.jsonl`, `queries.jsonl` and `qrels/*.tsv`.

Each document becomes a text file (title, blank line, text), named after its id so that the id can be read back.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, unquote

from qa.evaluation.errors import EvaluationError
from qa.evaluation.fields import Fields
from qa.evaluation.lines import objects, text_of
from qa.evaluation.questions import Gold, Question, distinct

__all__ = ["document_id", "document_path", "read_beir", "write_documents"]

LONGEST_NAME = 180
"""Characters of a file name; most file systems take 255 bytes."""

MARKER = "footnote-eval.json"
"""Says that a work folder is ours: files that no document stands for are removed there."""


def document_path(identity: str) -> str:
    """A file name from any id, different for different ids: "a/b" -> "a%2Fb.txt"; a long one goes on in folders."""
    safe = quote(identity, safe="", errors="surrogatepass").replace("~", "%7E")
    safe = "%2E" + safe[1:] if safe.startswith(".") else safe or "%"
    pieces = [safe[at : at + LONGEST_NAME] for at in range(0, len(safe), LONGEST_NAME)]
    return "+/".join(pieces) + ".txt"  # "+" itself is written "%2B"


def document_id(path: str) -> str:
    """The inverse of `document_path`."""
    safe = path.removesuffix(".txt").replace("+/", "")
    return "" if safe == "%" else unquote(safe, errors="surrogatepass")


def read_beir(folder: Path, queries: str = "queries.jsonl") -> tuple[tuple[Question, ...], list[str]]:
    """The judged queries as questions, and notes on what was passed over. Raises `EvaluationError`."""
    for name in ("corpus.jsonl", queries):
        if not (folder / name).is_file():
            raise EvaluationError(
                f"{folder} has no {name}: give a BEIR-style folder (corpus.jsonl, queries.jsonl, qrels/*.tsv) or a "
                "JSON Lines file of questions"
            )
    texts = {_identity(line.raw, line.at): (_text(line.raw, line.at), line.at) for line in objects(folder / queries)}
    known = {_identity(line.raw, line.at) for line in objects(folder / "corpus.jsonl")}
    judgements = _judgements(_qrels(folder))
    questions = distinct(
        [
            Question(
                id=query,
                question=texts[query][0],
                documents=tuple(Gold(document_path(name)) for name, grade in grades.items() if grade > 0),
                grades={document_path(name): grade for name, grade in grades.items()},
                at=texts[query][1],
            )
            for query, grades in judgements.items()
            if query in texts and any(grade > 0 for grade in grades.values())
        ]
    )
    judged = {name for grades in judgements.values() for name, grade in grades.items() if grade > 0}
    if not questions or not judged & known:
        raise EvaluationError(f"{_qrels(folder)} judges no query of {queries} and document of corpus.jsonl: check ids")
    left = len(judgements) - len(questions)
    notes = [f"{left:,} judged queries have no text or no relevant document and were not asked."] if left else []
    return questions, notes


def write_documents(folder: Path, work: Path) -> Path:
    """Write the documents of a BEIR-style folder below `work`, and remove what is none of them; their folder.

    Raises `EvaluationError` when `work` holds something else already.
    """
    documents = work / "documents"
    _claim(work, folder)
    written: set[Path] = set()
    try:
        for line in objects(folder / "corpus.jsonl"):
            path = documents / document_path(_identity(line.raw, line.at))
            if path in written:
                raise EvaluationError(f"{line.at} has the _id of an earlier document: ids are unique")
            _write(path, _document(line.raw, line.at))
            written.add(path)
        for path in documents.rglob("*.txt"):
            if path not in written:
                path.unlink()
    except OSError as error:
        raise EvaluationError(f"{work} cannot be written to ({error.strerror}): choose another --work") from error
    if not written:
        raise EvaluationError(f"{folder / 'corpus.jsonl'} holds no document: write one JSON object a line")
    return documents


def _claim(work: Path, folder: Path) -> None:
    marker = work / MARKER
    try:
        if work.exists() and any(work.iterdir()) and not marker.is_file():
            raise EvaluationError(f"{work} holds other files: give --work an empty or a new folder")
        work.mkdir(parents=True, exist_ok=True)
        (work / "documents").mkdir(exist_ok=True)
        marker.write_text(json.dumps({"source": str(folder)}), "utf-8")
    except OSError as error:
        raise EvaluationError(f"{work} cannot be used ({error.strerror}): choose another --work") from error


def _write(path: Path, text: str) -> None:
    """Write what is not there yet: a file that stays as it was is not read again."""
    data = text.encode("utf-8", "replace")
    if path.is_file() and path.read_bytes() == data:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def _document(raw: dict[str, object], at: str) -> str:
    title, text = raw.get("title") or "", raw.get("text")
    if not isinstance(title, str) or not isinstance(text, str):
        raise EvaluationError(f'{at} has no text: give {{"_id": ..., "title": ..., "text": ...}}')
    return f"{title}\n\n{text}\n" if title.strip() else f"{text}\n"


def _qrels(folder: Path) -> Path:
    test = folder / "qrels" / "test.tsv"
    if test.is_file():
        return test
    others = sorted((folder / "qrels").glob("*.tsv"))
    if not others:
        raise EvaluationError(f"{folder} has no qrels/*.tsv: give the judgements as query-id, corpus-id, score")
    return others[0]


def _judgements(path: Path) -> dict[str, dict[str, int]]:
    """{query: {document: grade}} of a table with a header (BEIR) or of four columns without one (TREC)."""
    judged: dict[str, dict[str, int]] = {}
    for query, document, grade in _rows(path):
        judged.setdefault(query, {})[document] = grade
    return judged


def _rows(path: Path) -> Iterator[tuple[str, str, int]]:
    for number, line in enumerate(text_of(path).splitlines(), 1):
        cells = [cell.strip() for cell in line.split("\t")]
        if not line.strip():
            continue
        query, document, grade = (cells[0], cells[-2], cells[-1]) if len(cells) in (3, 4) else ("", "", "")
        try:
            yield query, document, int(grade)
        except ValueError as error:
            if number == 1 and len(cells) in (3, 4):
                continue  # the header
            raise EvaluationError(
                f"{path.name}, line {number} is not a judgement: give query-id, corpus-id and score, with tabs between"
            ) from error


def _identity(raw: dict[str, object], at: str) -> str:
    value = raw.get("_id")
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise EvaluationError(f"{at} has no _id: give each document and query one, as text")
    return str(value)


def _text(raw: dict[str, object], at: str) -> str:
    return Fields(raw, at).required_text("text")
