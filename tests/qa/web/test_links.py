"""Links to a place in a document: they say which words they mean, and nothing that is written into them does harm."""

from dataclasses import replace

import pytest

from index.documents import Block, BlockKind, Document, Place, Span
from qa.web.links import Link, address_of, link_of, linked
from tests.qa.web.exchanges import HOSTILE, cited

TEXT = "Before. Aid waits in Cucuta. After."
DOCUMENT = Document("Aid", "md", TEXT, (Block(BlockKind.PARAGRAPH, 0, len(TEXT), Place(line=1, heading=("Aid",))),))
AID = replace(cited(TEXT, "Aid waits in Cucuta.", path="a b/ü&=#?.md"), start=8, end=28, passage_start=0)


def test_a_link_leads_back_to_the_very_words():
    address = address_of(AID)
    assert address.startswith("?source=a%20b/%C3%BC%26%3D%23%3F.md&start=8&end=28&quote=")
    link = link_of(address)
    assert (link.path, link.span) == (AID.path, Span(8, 28))
    citation, is_same = linked(DOCUMENT, "Aid", link)
    assert is_same
    assert (citation.quote, citation.start, citation.line, citation.heading) == (AID.quote, 8, 1, ("Aid",))
    assert address_of(citation) == address


def test_a_link_tells_when_its_words_have_changed():
    changed = replace(DOCUMENT, text=TEXT.replace("Cucuta", "Bogota"))
    citation, is_same = linked(changed, "Aid", link_of(address_of(AID)))
    assert not is_same
    assert (citation.quote, citation.start) == ("", 8)


@pytest.mark.parametrize(
    ("address", "span", "names_place"),
    [
        ("?source=a.md", None, False),
        ("source=a.md&start=3&end=9", Span(3, 9), True),
        ("?source=a.md&start=9&end=3", None, True),
        ("?source=a.md&start=3", None, True),
        ("?source=a.md&start=-3&end=9", None, True),
        ("?source=a.md&start=3e2&end=%00", None, True),
        ("?source=a.md&start=٣&end=٩", None, True),
        (f"?source=a.md&start=1&end={'9' * 400}", None, True),
        ("?source=a.md&start=1&start=2&end=9", Span(1, 9), True),
    ],
)
def test_whatever_stands_in_an_address_is_read_as_a_place_or_as_none(address, span, names_place):
    assert link_of(address) == Link("a.md", span, names_place)


@pytest.mark.parametrize("address", [None, 3, ["source"], "", "?", "?start=1&end=2", "&" * 100])
def test_what_names_no_document_is_no_link(address):
    assert link_of(address) is None


def test_an_address_of_many_fields_is_no_link():
    assert link_of("?source=a&" + "x=1&" * 1_000) is None


@pytest.mark.parametrize("hostile", HOSTILE)
def test_any_path_is_carried_whole(hostile):
    assert link_of(address_of(replace(AID, path=hostile))).path == hostile


@pytest.mark.parametrize(
    ("span", "start", "quote"),
    [(Span(28, 10**9), 28, " After."), (Span(10**9, 10**9 + 1), 0, ""), (None, 0, ""), (Span(0, 6), 0, "Before")],
)
def test_places_outside_the_text_are_brought_inside(span, start, quote):
    citation, is_same = linked(DOCUMENT, "Aid", Link("a.md", span))
    assert (citation.start, citation.quote, is_same) == (start, quote, True)
