"""Web pages: the main text stays, what surrounds it goes."""

import pytest

from index.documents import BlockKind
from index.errors import ReadError
from tests.index.reading.samples import document_of, place_of, texts

PARAGRAPH = "The minister said on Wednesday that the aid had come too late, and that more of it was needed. " * 3
PAGE = f"""<!doctype html><html><head><title>Aid came late</title><script>never()</script></head><body>
<nav><a href="/">Home</a> <a href="/news">News</a></nav>
<div class="cookie-banner">We use cookies.</div>
<main><article><h1>Aid came late</h1><p>{PARAGRAPH}</p><h2>Costs</h2><p>They <b>rose</b> in May.<br>And fell in June, as
it was said. {PARAGRAPH}</p><ul><li>food</li><li>medicine</li></ul>
<table><tr><th>Country</th><th>Arrivals</th></tr><tr><td>Peru</td><td>768,000</td></tr></table>
<p style="display: none">Hidden words.</p></article></main>
<footer>Copyright, all rights reserved.</footer></body></html>"""


def test_main_text(tmp_path):
    document = document_of(tmp_path, "a.html", PAGE)
    assert document.title == "Aid came late"
    for gone in ("Home", "cookies", "Copyright", "never()", "Hidden"):
        assert gone not in document.text
    assert texts(document, BlockKind.LIST_ITEM) == ["food", "medicine"]
    assert texts(document, BlockKind.ROW) == ["Country | Arrivals", "Peru | 768,000"]
    assert "They rose in May." in document.text
    assert place_of(document, "They rose").heading[-1] == "Costs"


def test_a_short_page_is_kept_whole(tmp_path):
    document = document_of(tmp_path, "a.html", "<html><body><h1>Aid</h1><p>Late.</p></body></html>")
    assert texts(document) == ["Aid", "Late."]


@pytest.mark.parametrize("declared", ["koi8-r", "utf-8", "nonsense"])
def test_charsets_that_lie_do_no_harm(tmp_path, declared):
    page = f"<html><head><meta charset={declared}></head><body><p>Café de l'été, 5 €.</p></body></html>"
    assert "Café de l'été, 5 €." in document_of(tmp_path, "a.html", page).text


def test_a_declared_charset_is_used(tmp_path):
    page = "<html><head><meta charset=koi8-r></head><body><p>Помощь пришла.</p></body></html>"
    assert "Помощь пришла." in document_of(tmp_path, "a.html", page.encode("koi8-r")).text


@pytest.mark.parametrize("depth", [100, 100_000])
def test_deep_nesting_is_no_danger(tmp_path, depth):
    page = "<html><body>" + "<div>" * depth + "deep words" + "</div>" * depth
    try:
        assert "deep words" in document_of(tmp_path, "a.html", page).text
    except ReadError:
        assert depth > 1_000


def test_no_entity_reads_a_file(tmp_path):
    (tmp_path / "secret").write_text("secret")
    page = f'<!DOCTYPE html [<!ENTITY x SYSTEM "file://{tmp_path}/secret">]><html><body><p>a &x; b</p></body></html>'
    assert "secret" not in document_of(tmp_path, "a.html", page).text.replace("/secret", "")


def test_links_to_other_stories_between_paragraphs_are_left_out(tmp_path):
    teaser = '<p>Related: <a href="/b">Flooding has closed the harbour</a></p><p><a href="/c">Read: The bridge</a></p>'
    page = f"<html><body><article><h1>Aid</h1><p>{PARAGRAPH}</p>{teaser}<p>{PARAGRAPH}</p><p>{PARAGRAPH}</p></article>"
    text = document_of(tmp_path, "a.html", page).text
    assert "The bridge" not in text
    assert "Flooding" in text, "a paragraph with words of its own stays"
    links = "".join(
        f'<p><a href="/{n}">Chapter {n} of the manual of the harbour of Maracaibo</a></p>' for n in range(9)
    )
    assert "Chapter 8 of" in document_of(tmp_path, "b.html", f"<html><body><h1>Manual</h1>{links}").text


def test_an_article_in_several_containers_is_read_to_its_end(tmp_path):
    parts = "".join(
        f'<div class="article__body"><p>Part {number}. {PARAGRAPH}</p></div><div class="ad"><p>Buy</p></div>'
        for number in range(1, 4)
    )
    text = document_of(tmp_path, "a.html", f"<html><body><article><h1>Aid</h1>{parts}</article>").text
    assert all(f"Part {number}." in text for number in range(1, 4))
    stories = "".join(
        f'<article><h2>Story {number}</h2><div class="post-content"><p>Part {number}. {PARAGRAPH}</p></div></article>'
        for number in range(1, 4)
    )
    document = document_of(tmp_path, "b.html", f"<html><body><main>{stories}</main>")
    assert place_of(document, "Part 2.").heading[-1] == "Story 2"


def test_a_page_nested_beyond_reason_keeps_its_words(tmp_path):
    deep = "<div>" * 3_000
    page = f"<html><script>never()</script><style>x</style><body>{deep}<p>Aid <b>came</b> late &amp; slow.<p>So it was."
    assert texts(document_of(tmp_path, "a.html", page)) == ["Aid came late & slow.", "So it was."]
