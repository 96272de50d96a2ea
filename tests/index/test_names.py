"""Names of documents as evidence."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.names import DocumentNames, name_terms
from qa import Corpus
from tests.fake_embedder import CountingEmbedder

FILINGS = DocumentNames.of(
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
    evidence = FILINGS.evidence("What did Best Buy earn in FY2023?", np.array([3, 2, 1, 1, 9]))
    both, year = math.log(4 / 1.5) + math.log(4 / 2.5), math.log(4 / 2.5)
    assert evidence == pytest.approx([0, year, both, both, 0])


def test_accents_and_case_are_no_difference():
    assert np.flatnonzero(FILINGS.evidence("guaido's SPEECH", np.array([1, 2, 3]))).tolist() == [2]


@pytest.mark.parametrize("question", ["Who is it?", "", "10 K q", "What is oil?"])
def test_nothing_named_is_no_evidence(question):
    assert FILINGS.evidence(question, np.array([3])) == [0]


PARTS = st.sampled_from(["Best", "Buy_2023", "nike", "Q2", "10K", "aid/Nike"])
PATHS = st.lists(PARTS, min_size=1, max_size=3).map(lambda parts: "-".join(parts) + ".pdf")
CHANGES = st.lists(st.dictionaries(st.integers(1, 6), st.none() | PATHS, max_size=3), max_size=6)


@pytest.mark.parametrize("at_once", [0, 3, 500])
@given(changes=CHANGES)
def test_names_after_changes_are_those_read_at_once(changes, at_once):
    there, names = {1: "Best_Nike.pdf", 2: "Buy.pdf"}, DocumentNames.of([(1, "Best_Nike.pdf"), (2, "Buy.pdf")])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("index.names.FOLDED_BEYOND", at_once)
        for change in changes:  # a path: added or renamed; None: taken out
            named = {document: path for document, path in change.items() if path}
            there = {document: path for document, path in there.items() if document not in change} | named
            names = names.moved(change, named.items())
    fresh, asked = DocumentNames.of(there.items()), "What did Nike and Best Buy say of aid in Q2 of 2023?"
    documents = np.arange(8)
    assert names.evidence(asked, documents).tolist() == fresh.evidence(asked, documents).tolist()
    assert names.last >= fresh.last


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


def test_what_another_process_renames_and_removes_is_known_by_the_next_question(make_corpus):
    corpus = Corpus(
        make_corpus({f"{n}.txt": f"Revenue grew {n} times." for n in range(6)}), embedder=CountingEmbedder()
    )
    corpus.sync()
    folder, asked = make_corpus({}), "How did revenue grow at Acme in 2019?"
    for change in (
        lambda: (folder / "2.txt").rename(folder / "Acme.txt"),
        lambda: (folder / "Acme 2019.txt").write_text("Revenue grew again."),
        (folder / "Acme.txt").unlink,
        lambda: (folder / "Acme 2019.txt").rename(folder / "2019.txt"),
    ):
        before = corpus.search(asked)
        change()
        other = Corpus(folder, embedder=CountingEmbedder())
        other.sync()
        found = corpus.search(asked)
        assert found == Corpus(folder, embedder=CountingEmbedder()).search(asked)
        assert found != before
