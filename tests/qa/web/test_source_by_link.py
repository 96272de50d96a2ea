"""A document opened by a link: of the index only, at the place that was meant, and honest when it has changed."""

from urllib.parse import quote as percent_encoded

import pytest

from qa import Corpus
from qa.web import source as opening
from qa.web.links import address_of
from qa.web.sheet import sheet_html
from qa.web.source import Source, asked_for, source_of
from tests.fake_embedder import CountingEmbedder
from tests.index.reading.minimal_pdf import lines, pdf
from tests.qa.web.exchanges import Seen, citation_of

AID = "# Aid\n\nThe bridge was closed.\n\n- Aid waits in Cucuta.\n\nIt is flour & rice.\n"
PAGES = [lines("The first page."), lines("Aid waits in a ware-", "house."), lines("The last page.")]


@pytest.fixture
def folder(make_corpus):
    return make_corpus({"aid.md": AID, "report.pdf": pdf(PAGES), "other.txt": "Nobody cited this.\n"})


@pytest.fixture
def corpus(folder):
    corpus = Corpus(folder, embedder=CountingEmbedder())
    corpus.sync()
    return corpus


def opened_at(corpus: Corpus, address: str, **how) -> Source:
    return source_of(corpus, [], asked_for({"link": address, **how}))


def test_a_link_opens_a_document_of_the_index_without_a_conversation(corpus):
    for path, quote, page in (("aid.md", "Aid waits in Cucuta.", None), ("report.pdf", "The last page.", 3)):
        address = address_of(citation_of(corpus, path, quote))
        source = opened_at(corpus, address)
        assert (source.citation.quote, source.citation.page, source.notice) == (quote, page, "")
        assert (source.picture is not None) == (page is not None)
        html = sheet_html(source)
        assert "Opened by a link" in Seen(html).text
        assert f'data-link="{address.replace("&", "&amp;")}"' in html
    turned = opened_at(corpus, address, step=-1)
    assert (turned.page, turned.picture.boxes) == (2, ())
    assert "<mark>The last page.</mark>" in sheet_html(opened_at(corpus, address, as_text=True))


def test_a_link_to_words_that_have_changed_says_so_and_marks_nothing(corpus, folder):
    addresses = [
        address_of(citation_of(corpus, path, quote))
        for path, quote in (("aid.md", "Aid waits in Cucuta."), ("report.pdf", "The last page."))
    ]
    (folder / "aid.md").write_text("Something new.\n\n" + AID)
    (folder / "report.pdf").write_bytes(pdf([lines("Another file.")]))
    corpus.sync()
    text, page = (opened_at(corpus, address) for address in addresses)
    assert text.notice == page.notice == opening.LINK_CHANGED
    assert "Something new." in sheet_html(text)
    assert "<mark" not in sheet_html(text)
    assert page.picture.boxes == ()


@pytest.mark.parametrize("path", ["gone.md", "", "../aid.md", "/etc/passwd", "./aid.md", ".footnote/index.db", "\0"])
def test_a_link_names_documents_of_the_index_only(corpus, path):
    source = opened_at(corpus, f"?source={percent_encoded(path)}")
    assert (source.notice, source.citation, source.document) == (opening.NO_DOCUMENT, None, None)
    assert opening.NO_DOCUMENT in Seen(sheet_html(source)).text


@pytest.mark.parametrize("place", ["&start=x&end=9", "&start=9&end=3", "&start=999&end=1000", "&start=1"])
def test_a_link_without_a_sensible_place_shows_the_beginning(corpus, place):
    source = opened_at(corpus, f"?source=aid.md{place}")
    assert (source.notice, source.shown.start) == (opening.NO_PLACE, 0)
    assert "<mark" not in sheet_html(source)
    assert opened_at(corpus, "?source=aid.md").notice == ""


def test_before_the_first_sync_a_link_says_what_to_do(make_corpus):
    source = opened_at(Corpus(make_corpus({"a.md": "A"}), embedder=CountingEmbedder()), "?source=a.md")
    assert "Open the link again" in source.notice
    assert source.notice in Seen(sheet_html(source)).text
