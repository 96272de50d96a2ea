"""The sample corpus is what its sources say, and the quality questions are answered where they claim to be."""

from __future__ import annotations

import html
import json
import re
from collections import Counter
from pathlib import Path

import pypdfium2
import pytest

from tests.corpus_files.fixed_zip import zip_entries
from tests.corpus_files.make_corpus import CORPUS, DOCUMENTS, make_corpus
from tests.corpus_files.paper_file import printed_label
from tests.corpus_files.source_text import SOURCES, Heading, read_source, sections

QUESTIONS = Path(__file__).parent / "quality" / "questions.jsonl"
BRIEFING = "reports/regional-briefing.pdf"
NOTE = "reports/border-health-note.pdf"
MADE_OUTSIDE = {".csv", ".eml", ".html", ".md", ".txt"}
"""Formats that are written by hand."""


def documents() -> list[str]:
    """Each document of the corpus, by its path in it; what an index adds (`.footnote`) is left out."""
    paths = (path.relative_to(CORPUS) for path in CORPUS.rglob("*") if path.is_file())
    return sorted(path.as_posix() for path in paths if not path.parts[0].startswith("."))


def questions() -> list[dict]:
    return [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]


def pdf_pages(path: Path) -> list[str]:
    """The text of each page, on one line, words that were broken at a line end joined again."""
    with pypdfium2.PdfDocument(path) as pdf:
        return [one_line(re.sub("[\x02\ufffe]\\s*", "", page_text(pdf, number))) for number in range(len(pdf))]


def page_text(pdf: pypdfium2.PdfDocument, index: int) -> str:
    page = pdf[index]
    text_page = page.get_textpage()
    try:
        return text_page.get_text_bounded()
    finally:
        text_page.close()
        page.close()


def one_line(text: str) -> str:
    return " ".join(text.split())


def text_of(document: str) -> str:
    """What a reader of the document reads, on one line: its source text where the file itself is binary."""
    if document in DOCUMENTS:
        text = (SOURCES / DOCUMENTS[document][0]).read_text(encoding="utf-8")
    else:
        text = (CORPUS / document).read_text(encoding="utf-8")
    if document.endswith(".html"):
        text = html.unescape(re.sub(r"<script.*?</script>|<[^>]*>", " ", text, flags=re.DOTALL))
    return one_line(text)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    make_corpus(folder)
    return folder


def test_every_document_is_written_by_hand_or_made_by_the_script() -> None:
    binary = {name for name in documents() if Path(name).suffix not in MADE_OUTSIDE}
    assert binary == set(DOCUMENTS)


def test_the_corpus_is_varied_and_small() -> None:
    formats = Counter(Path(name).suffix for name in documents())
    assert formats.total() >= 16
    assert {".csv", ".docx", ".epub", ".html", ".md", ".pdf", ".pptx", ".txt", ".xlsx"} <= set(formats)
    assert sum((CORPUS / name).stat().st_size for name in documents()) < 1_500_000


def test_making_the_corpus_twice_gives_the_same_bytes(made: Path, tmp_path: Path) -> None:
    for path in make_corpus(tmp_path):
        assert path.read_bytes() == (made / path.relative_to(tmp_path)).read_bytes(), path.name


@pytest.mark.parametrize("document", [name for name in DOCUMENTS if not name.endswith(".pdf")])
def test_committed_zip_documents_hold_what_the_sources_say(made: Path, document: str) -> None:
    # Entry by entry: another zlib may compress the same content to other bytes.
    assert zip_entries((CORPUS / document).read_bytes()) == zip_entries((made / document).read_bytes())


@pytest.mark.parametrize("document", [BRIEFING, NOTE])
def test_committed_pdf_documents_hold_what_the_sources_say(made: Path, document: str) -> None:
    assert pdf_pages(CORPUS / document) == pdf_pages(made / document)


def test_the_briefing_prints_other_page_numbers_than_it_counts() -> None:
    with pypdfium2.PdfDocument(CORPUS / BRIEFING) as pdf:
        labels = [pdf.get_page_label(number) for number in range(len(pdf))]
    assert labels[:6] == ["i", "ii", "iii", "iv", "1", "2"]
    assert labels == [printed_label(page) for page in range(1, len(labels) + 1)]
    assert 8 <= len(labels) <= 12
    for label, text in zip(labels[1:], pdf_pages(CORPUS / BRIEFING)[1:], strict=True):
        assert label in text.split(), f"page {label} does not print its number"


def test_the_briefing_has_an_outline_of_two_levels_as_its_source_has_headings() -> None:
    headings = [block for block in read_source("regional-briefing.md") if isinstance(block, Heading)]
    with pypdfium2.PdfDocument(CORPUS / BRIEFING) as pdf:
        outline = [(entry.level + 1, entry.get_title()) for entry in pdf.get_toc()]
    expected = [(heading.level, heading.text.removeprefix("Front matter: ")) for heading in headings]
    assert outline == expected
    assert {level for level, _ in outline} == {1, 2}


@pytest.mark.parametrize("document", [BRIEFING, NOTE])
def test_the_pdf_documents_break_words_at_line_ends(document: str) -> None:
    with pypdfium2.PdfDocument(CORPUS / document) as pdf:
        assert any(re.search("\\w[\x02\ufffe]", page_text(pdf, number)) for number in range(len(pdf)))


def test_there_are_enough_questions_of_each_kind() -> None:
    kinds = Counter(question.get("unanswerable", "answerable") for question in questions())
    assert set(kinds) == {"answerable", "out-of-corpus", "missing-fact", "false-premise"}
    assert kinds["answerable"] >= 60
    assert kinds["out-of-corpus"] >= 15
    assert kinds["missing-fact"] + kinds["false-premise"] >= 10
    assert len({question["id"] for question in questions()}) == kinds.total()
    assert len({question["question"] for question in questions()}) == kinds.total()


def test_every_document_answers_a_question() -> None:
    assert {name for question in questions() for name in question["documents"]} == set(documents())


@pytest.mark.parametrize("question", questions(), ids=lambda question: question["id"])
def test_the_answer_stands_where_the_question_says(question: dict) -> None:
    answers, named = question["answers"], question["documents"]
    assert bool(answers) == bool(named) == ("unanswerable" not in question)
    for document in named:
        assert one_of(answers, text_of(document)), f"{document} holds none of {answers}"


def with_place(kind: str) -> list[dict]:
    return [question for question in questions() if kind in question]


def one_of(answers: list[str], text: str) -> bool:
    return any(answer in text for answer in answers)


@pytest.mark.parametrize("question", with_place("page"), ids=lambda question: question["id"])
def test_the_page_named_holds_the_answer(question: dict) -> None:
    (document,) = [name for name in question["documents"] if name.endswith(".pdf")]
    assert one_of(question["answers"], pdf_pages(CORPUS / document)[question["page"] - 1])


@pytest.mark.parametrize("question", with_place("heading"), ids=lambda question: question["id"])
def test_the_heading_named_is_in_a_named_document(question: dict) -> None:
    assert any(question["heading"] in text_of(document) for document in question["documents"])


@pytest.mark.parametrize("question", with_place("slide"), ids=lambda question: question["id"])
def test_the_slide_named_holds_the_answer(question: dict) -> None:
    title, body = list(sections(read_source("donor-briefing.md")))[question["slide"] - 1]
    assert one_of(question["answers"], " ".join([title, *(block.text for block in body)]))


@pytest.mark.parametrize("question", with_place("sheet"), ids=lambda question: question["id"])
def test_the_sheet_named_holds_the_answer(question: dict) -> None:
    (document,) = question["documents"]
    content = json.loads((SOURCES / DOCUMENTS[document][0]).read_text(encoding="utf-8"))
    (rows,) = [sheet["rows"] for sheet in content["sheets"] if sheet["name"] == question["sheet"]]
    assert one_of(question["answers"], json.dumps(rows))
