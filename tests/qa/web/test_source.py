"""The source of a citation: found by what the page cited, shown as it is, and honest when it is not there any more."""

from dataclasses import replace

import pytest

from index.documents import Block, BlockKind, Document, Place, Span
from qa import Corpus
from qa.answers import Citation, Elsewhere
from qa.web import source as opening
from qa.web.conversation import Exchange
from qa.web.links import Link
from qa.web.sheet import sheet_html
from qa.web.source import Asked, Source, asked_for, source_of
from qa.web.windows import WINDOW, window
from tests.fake_embedder import CountingEmbedder
from tests.index.reading.minimal_pdf import lines, pdf
from tests.qa.web.exchanges import HOSTILE, Seen, answered, citation_of, cited

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


def opened(corpus: Corpus, citation: Citation, **how) -> Source:
    exchange = Exchange("Where?", answered(citation))
    return source_of(corpus, [exchange], Asked(exchange.key, 1, **how))


def test_the_text_is_shown_with_its_headings_and_the_quote_marked(corpus):
    html = sheet_html(opened(corpus, citation_of(corpus, "aid.md", "Aid waits in Cucuta.")))
    assert '<h3 class="fn-heading" dir="auto">Aid</h3>' in html
    assert '<p class="fn-paragraph fn-item" dir="auto"><mark>Aid waits in Cucuta.</mark></p>' in html
    assert "It is flour &amp; rice." in html
    assert "<h2" in html
    assert "A title" in Seen(html).text
    assert "data-turn" not in html  # all of it is shown


def test_a_quote_over_two_paragraphs_is_marked_in_both(corpus):
    text = corpus.document_text("aid.md")
    quote = text[text.index("closed.") : text.index(" & rice.")]
    html = sheet_html(opened(corpus, citation_of(corpus, "aid.md", quote)))
    assert html.count("<mark>") == 3
    assert "The bridge was <mark>closed.</mark>" in html
    assert "<mark>It is flour</mark> &amp; rice." in html


def test_a_page_is_shown_as_it_looks_with_the_pages_around_it(corpus):
    citation = citation_of(corpus, "report.pdf", "Aid waits in a warehouse.", page=2, line=None)
    source = opened(corpus, citation)
    assert (source.page, source.pages, len(source.picture.boxes)) == (2, 3, 2)
    html = sheet_html(source)
    assert html.count('class="fn-box"') == 2
    assert "data:image/png;base64,iVBOR" in html
    assert "2 of 3" in Seen(html).text
    before, after = opened(corpus, citation, step=-1), opened(corpus, citation, step=1)
    assert (before.page, before.has_earlier, before.picture.boxes) == (1, False, ())
    assert (after.page, after.has_later, after.picture.boxes) == (3, False, ())
    assert opened(corpus, citation, step=10**6).page == 3
    assert "The quote: p. 2" in Seen(sheet_html(after)).text
    assert "<mark>Aid waits in a warehouse.</mark>" in sheet_html(opened(corpus, citation, as_text=True))


@pytest.mark.parametrize("change", ["changed", "gone"])
def test_a_page_of_a_file_that_is_not_the_indexed_one_is_not_shown(corpus, folder, change):
    citation = citation_of(corpus, "report.pdf", "Aid waits in a warehouse.", page=2, line=None)
    file = folder / "report.pdf"
    file.write_bytes(pdf([lines("Another file.")])) if change == "changed" else file.unlink()
    source = opened(corpus, citation)
    assert source.picture is None
    assert source.notice.startswith("The page cannot be shown as it looks: ")
    html = sheet_html(source)
    assert "<mark>Aid waits in a warehouse.</mark>" in html
    assert "<img" not in html


def test_of_a_removed_document_the_cited_passage_is_left(corpus, folder):
    citation = citation_of(corpus, "aid.md", "Aid waits in Cucuta.")
    (folder / "aid.md").unlink()
    corpus.sync()
    source = opened(corpus, citation)
    assert (source.notice, source.document) == (opening.GONE, None)
    assert "<mark>Aid waits in Cucuta.</mark>" in sheet_html(source)


def test_a_quote_that_stands_elsewhere_now_is_not_marked_in_the_document(corpus, folder):
    citation = citation_of(corpus, "aid.md", "Aid waits in Cucuta.")
    (folder / "aid.md").write_text("Something new.\n\n" + AID)
    corpus.sync()
    source = opened(corpus, citation)
    assert (source.notice, source.document) == (opening.CHANGED, None)


def test_only_what_was_cited_on_the_page_can_be_opened(corpus):
    exchange = Exchange("Where?", answered(citation_of(corpus, "aid.md", "Aid waits in Cucuta.")))
    unanswered = Exchange("Where?", notice="Still reading.")
    for asked in (
        Asked("unknown", 1),
        Asked("", 1),
        Asked("other.txt", 1),
        Asked(exchange.key, 0),
        Asked(exchange.key, 2),
        Asked(exchange.key, -1),
        Asked(unanswered.key, 1),
    ):
        source = source_of(corpus, [exchange, unanswered], asked)
        assert (source.notice, source.citation, source.document, source.picture) == (opening.NOT_HERE, None, None, None)
        assert opening.NOT_HERE in Seen(sheet_html(source)).text


def test_what_else_the_answer_cites_of_the_document_is_marked_too(corpus):
    first = citation_of(corpus, "aid.md", "Aid waits in Cucuta.")
    second, third = citation_of(corpus, "aid.md", "The bridge was closed."), citation_of(corpus, "other.txt", "Nobody")
    exchange = Exchange("Where?", answered(first, second, third))
    html = sheet_html(source_of(corpus, [exchange], Asked(exchange.key, 1)))
    assert "Citation 1 of 3" in Seen(html).text
    assert 'data-go="2" data-place="0">The bridge was closed.</span>' in html
    assert html.count("<mark>") == 1
    assert ('data-go="0"' in html, 'data-go="3"' in html) == (True, False)  # no way back from the first
    assert html.index('data-key="p"') < html.index("disabled") < html.index('data-key="n"')
    last = sheet_html(source_of(corpus, [exchange], Asked(exchange.key, 3)))
    assert "fn-faint" not in last
    changed = replace(second, quote="The bridge was opened.")
    exchange = Exchange("Where?", answered(first, changed))
    assert source_of(corpus, [exchange], Asked(exchange.key, 1)).others == ()


def test_the_other_citations_of_a_page_have_boxes_of_their_own(corpus):
    first, second = (
        citation_of(corpus, "report.pdf", words, page=page, line=None)
        for words, page in (("Aid waits in a warehouse.", 2), ("The last page.", 3))
    )
    exchange = Exchange("Where?", answered(first, second))
    html = sheet_html(source_of(corpus, [exchange], Asked(exchange.key, 1, step=1)))
    assert html.count('class="fn-faint fn-there" data-go="2"') == 1
    assert html.count('class="fn-cite" data-go="2"') == 1
    larger = source_of(corpus, [exchange], Asked(exchange.key, 1, enlarged=True))
    usual = source_of(corpus, [exchange], Asked(exchange.key, 1))
    assert larger.picture.width == 2 * usual.picture.width
    assert 'data-enlarged="true"' in sheet_html(larger)


def twin_of(corpus: Corpus, path: str, words: str) -> Elsewhere:
    start = corpus.document_text(path).index(words)
    return Elsewhere(path, "A twin", "line 1", start, start + len(words))


def test_another_place_that_says_the_same_opens_in_its_own_document(corpus, folder):
    (folder / "twin.md").write_text("First.\n\nAid waits in Cucuta.\n")
    corpus.sync()
    also = twin_of(corpus, "twin.md", "Aid waits in Cucuta.")
    citation = replace(citation_of(corpus, "aid.md", "Aid waits in Cucuta."), also=(also,))
    source = opened(corpus, citation, place=1)
    assert (source.citation.path, source.citation.line, source.notice) == ("twin.md", 3, "")
    html = sheet_html(source)
    assert "<mark>Aid waits in Cucuta.</mark>" in html
    assert "also in: A title, line 3" in Seen(html).text
    assert 'data-go="1" data-place="0">A title' in html.replace("<bdi>", "")
    assert opened(corpus, citation, place=2).notice == opening.NOT_HERE

    (folder / "twin.md").write_text("Something else stands here today, all new.\n")
    corpus.sync()
    source = opened(corpus, citation, place=1)
    assert (source.notice, source.citation.title, source.document) == (opening.CHANGED_THERE, "A twin", None)
    assert "<mark>Aid waits in Cucuta.</mark>" in sheet_html(source)
    (folder / "twin.md").unlink()
    corpus.sync()
    assert opened(corpus, citation, place=1).notice == opening.GONE_THERE


def test_a_document_that_changes_while_it_is_on_screen_is_told_when_pages_are_turned(corpus, folder):
    citation = citation_of(corpus, "report.pdf", "Aid waits in a warehouse.", page=2, line=None)
    assert opened(corpus, citation, step=1).page == 3
    (folder / "report.pdf").write_bytes(pdf([lines("Another file."), lines("Of two."), lines("Of three pages.")]))
    corpus.sync()
    assert opened(corpus, citation, step=1).notice == opening.CHANGED
    (folder / "report.pdf").unlink()
    corpus.sync()
    source = opened(corpus, citation, step=-1)
    assert source.notice == opening.GONE
    assert "<mark>Aid waits in a warehouse.</mark>" in sheet_html(source)


@pytest.mark.parametrize(
    ("sent", "asked"),
    [
        ({"exchange": "ab", "citation": 2, "step": -1, "as_text": True}, Asked("ab", 2, -1, True)),
        ({}, Asked("", 0)),
        ({"exchange": ["../etc"], "citation": "1", "step": 1.5, "as_text": "yes"}, Asked("['../etc']", 0)),
        ({"exchange": "ab", "citation": True, "step": 10**40}, Asked("ab", 0, 1_000_000)),
        ({"exchange": "ab", "citation": 1, "path": "/etc/passwd"}, Asked("ab", 1)),
        ({"exchange": "ab", "citation": 1, "place": 2, "enlarged": True}, Asked("ab", 1, place=2, enlarged=True)),
        ({"exchange": "ab", "citation": 1, "place": -2, "link": 7, "enlarged": 1}, Asked("ab", 1)),
        ({"link": "?source=a&x=1"}, Asked("", 0, link=Link("a"), address="?source=a&x=1")),
    ],
)
def test_whatever_the_browser_sends_is_read_as_a_place(sent, asked):
    assert asked_for(sent) == asked


class Failing:
    """A corpus whose documents cannot be had."""

    def document(self, path):
        raise ZeroDivisionError("inner workings")


def test_a_failure_is_one_calm_line():
    source = opened(Failing(), cited("Yes.", "Yes."))
    assert source.notice == opening.SOMETHING_WRONG
    assert "inner workings" not in sheet_html(source)


def document_of(paragraphs: list[str]) -> Document:
    blocks, at = [], 0
    for paragraph in paragraphs:
        blocks.append(Block(BlockKind.PARAGRAPH, at, at + len(paragraph), Place()))
        at += len(paragraph) + 2
    return Document("", "txt", "\n\n".join(paragraphs), tuple(blocks))


@pytest.mark.parametrize("length", [10, 700, 1_500, 30_000])
@pytest.mark.parametrize("at", [0, 3, 9_000, 20_000, 29_990])
def test_windows_follow_each_other_without_a_gap_and_the_first_holds_the_quote(length, at):
    document = document_of(["x" * length] * (30_000 // length))
    quote = Span(at, min(at + 8, len(document.text)))
    shown = window(document, quote, 0)
    assert shown.start <= quote.start
    assert shown.end >= quote.end
    assert shown.end - shown.start <= 3 * WINDOW
    for by in (-1, 1):
        step, edge = by, shown[by > 0]
        while 0 < edge < len(document.text):
            following = window(document, quote, step)
            assert following[by < 0] == edge
            assert following.start < following.end
            step, edge = step + by, following[by > 0]
        far = window(document, quote, by * 10**6)
        assert 0 <= far.start <= far.end <= len(document.text)


def full_source(text: str) -> Source:
    """A source that has `text` wherever text of documents can stand."""
    words = f"a {text} b"
    blocks = tuple(Block(kind, 0, len(words), Place(heading=(text,))) for kind in BlockKind)
    citation = replace(
        cited(words, text, path=text, title=text, heading=(text,), sheet=text),
        start=2,
        end=2 + len(text),
        passage_start=0,
    )
    asked = Asked(text, 1, 1)
    return Source(asked, citation, text, Document(text, text, words, blocks), Span(0, len(words)))


@pytest.mark.parametrize("hostile", HOSTILE)
def test_nothing_of_a_document_becomes_markup(hostile, corpus):
    pages = opened(corpus, citation_of(corpus, "report.pdf", "The last page.", page=3, line=None))
    for make in (
        full_source,
        lambda text: replace(full_source(text), document=None),
        lambda text: replace(pages, citation=full_source(text).citation, notice=text),
    ):
        html, plain = (sheet_html(make(text)) for text in (hostile, "x" * len(hostile)))
        assert sorted(Seen(html).elements) == sorted(Seen(plain).elements)
        assert {name for name, _ in Seen(html).attributes} == {name for name, _ in Seen(plain).attributes}
        assert "\0" not in html
        assert hostile.replace("\0", "\ufffd") in Seen(html).text
