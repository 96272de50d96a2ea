"""Text recognition of scanned pages: with Tesseract where it is installed, and with programs in its place that fail."""

import shutil
import sys

import pytest

from index import Index, State
from index.database import recorded
from index.documents import Span
from index.errors import ReadError, SettingError
from index.reading import Reader, Tesseract, checked_languages, recognition
from index.reading.recognition import TesseractMissing
from index.reading.scans import Raster, ScannedFile
from qa import Corpus
from qa.cli_options import recognised
from tests.fake_embedder import CountingEmbedder
from tests.index.reading.minimal_pdf import lines, pdf
from tests.index.reading.scanned_pdf import scanned, write_scanned

LETTER = (
    "The harbour master counted forty-one barges on Tuesday.\nNine of them carried grain from the upper river.",
    "The ferry to Saltmarsh Island leaves at seven.\nIt returns before the tide turns.",
)
NOTE = "# Notes\n\nThe bakery opens at six.\n"

with_tesseract = pytest.mark.skipif(
    shutil.which("tesseract") is None, reason="Tesseract is not installed (Debian: tesseract-ocr)"
)


@pytest.fixture
def program(tmp_path_factory, monkeypatch):
    """Put a Python program in the place of Tesseract, and nothing else on the path."""

    def put(code, languages="eng"):
        folder = tmp_path_factory.mktemp("bin")
        listed = "\n".join(["List of available languages (1):", *languages.split()])
        (folder / "tesseract").write_text(
            f"#!{sys.executable}\nimport sys\nif '--list-langs' in sys.argv:\n    print({listed!r})\n    sys.exit()\n"
            f"picture = sys.stdin.buffer.read()\n{code}\n"
        )
        (folder / "tesseract").chmod(0o755)
        monkeypatch.setenv("PATH", str(folder))
        recognition._languages_of.cache_clear()

    yield put
    recognition._languages_of.cache_clear()


@pytest.fixture
def absent(tmp_path, monkeypatch):
    """No Tesseract on the path."""
    monkeypatch.setenv("PATH", str(tmp_path))


def says(text):
    """A program that finds this text in every page."""
    return f"sys.stdout.buffer.write({pdf([lines(text)])!r})"


@with_tesseract
def test_a_question_is_answered_from_a_scanned_page(tmp_path):
    write_scanned(tmp_path / "letter.pdf", LETTER)
    corpus = Corpus(tmp_path, ocr="eng")
    report = corpus.sync()
    assert report.new == ("letter.pdf",)
    [(path, note)] = report.in_part
    assert (path, note) == (
        "letter.pdf",
        "2 of 2 pages by text recognition (OCR): check words and figures against the pages",
    )
    answer = corpus.ask("When does the ferry to Saltmarsh Island leave?")
    assert answer.text == "The ferry to Saltmarsh Island leaves at seven."
    [cited, *_] = answer.citations
    assert (cited.page, corpus.document_text("letter.pdf")[cited.start : cited.end]) == (2, answer.text)
    picture = corpus.page_picture("letter.pdf", page=2, span=Span(cited.start, cited.end))
    assert picture.png.startswith(b"\x89PNG")
    assert picture.boxes == (), "the file has no characters there to draw boxes over"


@pytest.fixture
def mixed(tmp_path):
    """A file whose first page has text, and whose second is a picture."""
    import pypdfium2

    made = pypdfium2.PdfDocument.new()
    for part in (pdf([lines("This page has characters of its own.")]), scanned(LETTER[:1])):
        made.import_pages(pypdfium2.PdfDocument(part))
    made.save(tmp_path / "mixed.pdf")
    return tmp_path / "mixed.pdf"


@with_tesseract
def test_only_pages_without_text_are_recognised(mixed):
    with Reader(recogniser=Tesseract("eng")) as reader:
        document = reader.read(mixed)
    assert document.note.startswith("1 of 2 pages by text recognition (OCR)")
    assert [block.place.page for block in document.blocks] == [1, 2]
    assert "characters of its own" in document.text
    assert "forty-one barges on Tuesday. Nine of them" in document.text


@with_tesseract
def test_an_empty_sheet_says_that_nothing_was_found(tmp_path):
    path = write_scanned(tmp_path / "empty.pdf", [""])
    with Reader(recogniser=Tesseract("eng")) as reader, pytest.raises(ReadError, match="found no words in it"):
        reader.read(path)


def test_without_recognition_a_scanned_file_says_how_to_have_it(tmp_path):
    path = write_scanned(tmp_path / "letter.pdf", LETTER)
    with Reader() as reader, pytest.raises(ScannedFile, match="sync with --ocr") as found:
        reader.read(path)
    assert found.value.pages == (1, 2)


def test_turning_it_on_and_off_reads_scanned_kinds_again_and_nothing_else(tmp_path, program):
    program(says("The ferry leaves at seven."))
    write_scanned(tmp_path / "letter.pdf", LETTER)
    (tmp_path / "note.md").write_text(NOTE)

    def synced(ocr=None, **options):
        report = Index(tmp_path, embedder=CountingEmbedder(), ocr=ocr).sync(**options)
        return report.new + report.changed, [path for path, _ in report.failed]

    assert synced() == (("note.md",), ["letter.pdf"])
    assert synced("eng") == (("letter.pdf",), [])
    assert synced() == ((), []), "the index remembers that text is recognised"
    assert synced(rebuild=True) == (("letter.pdf", "note.md"), []), "when it is built anew, too"
    assert synced("") == ((), ["letter.pdf"])
    assert synced() == ((), ["letter.pdf"])
    assert synced(False) == ((), ["letter.pdf"])


def test_turning_it_on_keeps_the_languages_that_the_index_remembers(tmp_path, program):
    program(says("The ferry leaves at seven."), languages="eng deu")
    write_scanned(tmp_path / "letter.pdf", LETTER)

    def languages(**options):
        Index(tmp_path, embedder=CountingEmbedder(), **options).sync()
        return recorded(tmp_path / ".footnote" / "index.db").ocr

    on = recognised(True, "")
    assert languages(ocr=on) == "eng"
    assert languages(ocr=recognised(True, "deu")) == "deu"
    assert languages(ocr=on) == "deu"
    assert languages(ocr=recognised(None, "")) == "deu"
    assert languages(ocr=recognised(False, "deu")) == ""
    assert languages(ocr=on) == "eng"


def test_where_tesseract_is_missing_a_scanned_file_waits_for_it(tmp_path, program, monkeypatch):
    program(says("The ferry leaves at seven."))
    write_scanned(tmp_path / "letter.pdf", LETTER)
    Index(tmp_path, embedder=CountingEmbedder(), ocr="eng").sync()
    with monkeypatch.context() as without:
        without.setenv("PATH", str(tmp_path))
        write_scanned(tmp_path / "second.pdf", LETTER[:1])
        for _ in range(2):
            [(path, why)] = Index(tmp_path, embedder=CountingEmbedder()).sync().failed
            assert path == "second.pdf"
            assert "needs Tesseract, which is not installed: install it" in why
        with pytest.raises(SettingError, match="needs Tesseract"):
            Index(tmp_path, embedder=CountingEmbedder(), ocr="eng").sync()
    report = Index(tmp_path, embedder=CountingEmbedder()).sync()
    assert (report.changed, report.failed) == (("second.pdf",), ())
    with Index(tmp_path, embedder=CountingEmbedder()).snapshot() as snapshot:
        assert {record.path: record.state for record in snapshot.documents()} == {
            "letter.pdf": State.INDEXED,
            "second.pdf": State.INDEXED,
        }


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ("deu", r"no language 'deu' here \(it has eng\): install .*tesseract-ocr-deu"),
        ("eng+chi_sim", "apt install tesseract-ocr-chi-sim"),
        ("English please", "names no languages of Tesseract"),
        ("-l", "names no languages of Tesseract"),
        ("../eng", "names no languages of Tesseract"),
    ],
)
def test_languages_that_cannot_be_used_are_named_with_what_to_do(program, named, said):
    program("")
    with pytest.raises(SettingError, match=said):
        checked_languages(named)


def test_languages_are_given_to_tesseract_as_they_were_named(program, tmp_path):
    program(f"open({str(tmp_path / 'seen')!r}, 'w').write(' '.join(sys.argv[1:]))", languages="eng deu osd")
    assert checked_languages(" deu + eng ") == "deu+eng"
    with pytest.raises(ReadError, match="text recognition failed"):
        Tesseract("deu+eng").text_of(Raster(2, 1, b"\0\xff", 300))
    assert "-l deu+eng --dpi 300 --psm 1" in (tmp_path / "seen").read_text()


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("sys.stderr.write('out of ideas'); sys.exit(3)", r"failed \(out of ideas\)"),
        ("print('no PDF')", r"failed \(status 0\)"),
        ("import time; time.sleep(60)", "took longer than 1 s"),
    ],
)
def test_a_program_that_fails_says_so(program, monkeypatch, code, said):
    monkeypatch.setattr(recognition, "PAGE_SECONDS", 1.0)
    program(code)
    with pytest.raises(ReadError, match=said):
        Tesseract("eng").text_of(Raster(2, 1, b"\0\xff", 300))


def test_a_page_that_it_fails_at_costs_that_page_only(tmp_path, program):
    first = f"{str(tmp_path / 'was here')!r}"
    program(f"import os\nif not os.path.exists({first}): open({first}, 'w'); sys.exit(1)\n{says('Found here.')}")
    with Reader(recogniser=Tesseract("eng")) as reader:
        document = reader.read(write_scanned(tmp_path / "letter.pdf", LETTER))
    assert [(block.place.page, document.text[block.start : block.end]) for block in document.blocks] == [
        (2, "Found here.")
    ]
    assert "1 of 2 pages have no text (scanned image)" in document.note


def test_where_it_fails_at_every_page_its_reason_is_said(tmp_path, program):
    program("sys.stderr.write('out of ideas'); sys.exit(3)")
    path = write_scanned(tmp_path / "letter.pdf", LETTER)
    with Reader(recogniser=Tesseract("eng")) as reader, pytest.raises(ReadError, match=r"failed \(out of ideas\)"):
        reader.read(path)


def test_a_file_with_text_keeps_it_where_recognition_fails_at_its_pictures(mixed, program):
    program("sys.stderr.write('out of ideas'); sys.exit(3)")
    with Reader(recogniser=Tesseract("eng")) as reader:
        document = reader.read(mixed)
    assert document.text == "This page has characters of its own."
    assert document.note == "1 of 2 pages have no text (scanned image); text recognition failed (out of ideas)"


def test_a_reader_that_is_stopped_begins_no_other_page(tmp_path, program):
    program(says("Found here."))
    with Reader(recogniser=Tesseract("eng")) as reader:
        reader.stop()
        with pytest.raises(ReadError, match="stopped before its end"):
            reader.read(write_scanned(tmp_path / "letter.pdf", LETTER))


@pytest.mark.parametrize(
    "raster", [Raster(0, 1, b"", 300), Raster(2, 2, b"\0", 300), Raster(9_000, 1, b"\0" * 9_000, 300)]
)
def test_a_picture_that_makes_no_sense_is_not_passed_on(program, raster):
    program(says("Found here."))
    with pytest.raises(ReadError, match="makes no sense"):
        Tesseract("eng").text_of(raster)


@pytest.mark.usefixtures("absent")
def test_without_the_program_each_page_says_so():
    with pytest.raises(TesseractMissing, match="not installed"):
        Tesseract("eng").text_of(Raster(2, 1, b"\0\xff", 300))
