"""Citations and answers to render, hostile text to put into them, and what a browser sees of it."""

from dataclasses import replace
from html.parser import HTMLParser

from qa import Corpus
from qa.answers import Answer, Citation

HOSTILE = [
    "<script>alert(1)</script>",
    "</details></li></ol><img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)" x=\'',
    "[a](javascript:alert(1)) **bold** `code` # heading",
    "$x^2$ \\(y\\) $$z$$ \\[w\\]",
    "${alert(1)} {{value}} `${1}`",
    "&lt;b&gt; &amp; &#x3c;",
    "\u202eright to left\u2066 begun and never ended",
    "<!-- comment --> <![CDATA[ data ]]> <?xml?>",
    "nul\0 and bell\a",
]


def cited(passage: str, quote: str, start: int | None = None, **facts) -> Citation:
    at = passage.index(quote) if start is None else start
    given = {"path": "news/a.txt", "title": "A title", "score": 1.0, "line": 3, **facts}
    return Citation(start=100 + at, end=100 + at + len(quote), passage=passage, passage_start=100, quote=quote, **given)


def citation_of(corpus: Corpus, path: str, quote: str, **facts) -> Citation:
    """A citation of a document of the index, where the quote really stands."""
    text = corpus.document_text(path)
    citation = cited(text, quote, path=path, **facts)
    return replace(citation, start=citation.start - 100, end=citation.end - 100, passage_start=0)


def answered(*citations: Citation, text: str | None = None, found: bool = True, **facts) -> Answer:
    text = citations[0].quote if text is None and found else text or ""
    return Answer(question="Who?", text=text, found=found, confidence=0.84, citations=citations, **facts)


class Seen(HTMLParser):
    """The elements, attributes and text that a browser would see."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append(tag)
        self.attributes += attrs
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data
