"""Names of documents as evidence."""

import math

import pytest

from index.names import DocumentNames, name_terms
from qa import Corpus
from tests.fake_embedder import CountingEmbedder

FILINGS = DocumentNames(
    [(1, "filings/BESTBUY_2023_10K.pdf"), (2, "filings/NIKE_2023_10K.pdf"), (3, "a/Guaidó-speech.txt")]
)


@pytest.mark.parametrize(
    ("name", "terms"),
    [
        ("BESTBUY_2024Q2_10Q", ["bestbuy", "2024", "q2", "10", "q"]),
        ("MyReport FY2019", ["report", "fy", "2019"]),
        ("news/2019-05-01-moscow-accuses", ["news", "2019", "05", "01", "moscow", "accus"]),
        ("PDFReader.v3", ["pdf", "reader", "v3"]),
        ("", []),
        ("報告書", ["報告", "告書"]),
    ],
)
def test_names_are_cut_into_terms(name, terms):
    assert name_terms(name) == terms


def test_a_name_is_worth_the_idf_of_what_the_question_says_of_it():
    # best buy: 1 of 3 documents; 2023: 2 of 3
    evidence = FILINGS.evidence("What did Best Buy earn in FY2023?")
    assert evidence[1] == pytest.approx(math.log(4 / 1.5) + math.log(4 / 2.5))
    assert evidence[2] == pytest.approx(math.log(4 / 2.5))
    assert 3 not in evidence


def test_accents_and_case_are_no_difference():
    assert set(FILINGS.evidence("guaido's SPEECH")) == {3}


@pytest.mark.parametrize("question", ["Who is it?", "", "10 K q", "What is oil?"])
def test_nothing_named_is_no_evidence(question):
    assert FILINGS.evidence(question).get(3) is None


def test_a_question_that_names_the_document_finds_it(make_corpus):
    same = "Total revenue was {} million. Revenue grew."
    files = {f"{company}_{year}.txt": same.format(year) for company in ("Acme", "Zenith") for year in (2017, 2018)}
    corpus = Corpus(make_corpus(files), embedder=CountingEmbedder())
    corpus.sync()
    assert corpus.search("How did revenue grow at Zenith in FY2018?")[0].path == "Zenith_2018.txt"
    assert corpus.ask("What was the total revenue of Acme in 2017?").citations[0].path == "Acme_2017.txt"


def test_a_renamed_document_is_found_by_its_new_name(make_corpus):
    folder = make_corpus({"a1.txt": "Revenue grew fast.", "b2.txt": "Revenue grew fast, too."})
    corpus = Corpus(folder, embedder=CountingEmbedder())
    corpus.sync()
    (folder / "a1.txt").rename(folder / "Zenith.txt")
    corpus.sync()
    assert corpus.search("How did revenue grow at Zenith?")[0].path == "Zenith.txt"
