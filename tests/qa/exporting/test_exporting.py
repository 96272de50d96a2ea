"""Exports: every answer with its footnotes, and whatever stood in a document or a question stays text."""

import re

import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.footnote import footnote_plugin

from index.documents import Span
from qa.answers import Choice
from qa.exporting import exported, file_name
from qa.exporting.markdown import markdown_text
from qa.web.conversation import Asking, Exchange
from qa.written import Written, WrittenSentence
from tests.qa.web.exchanges import HOSTILE, answered, cited

AT = "2026-11-25T02:09:02+00:00"
QUOTE = "About 2,500 more arrive each day."
CITED = cited(
    f"He spoke on Monday. {QUOTE} Nobody counts them.",
    QUOTE,
    path="reports/a b.pdf",
    title="The briefing",
    page=4,
    page_label="iv",
    heading=("Migration", "Colombia"),
    line=None,
    marks=(Span(126, 131),),
    lead="He spoke on Monday.",
)
TALK = (
    Exchange("How many arrive each day?", answered(CITED, cited("A. B.", "B.")), at=AT),
    Exchange("And in Peru?", answered(CITED, found=False, carried=("arrive", "day")), at=AT),
    Exchange("Who?", notice="Still reading your documents.", asking=Asking(left_out=("army",), label="One"), at=AT),
    Exchange("What?", answered(CITED, clarify="Which one?: a or b?", choices=(Choice("The one", "a.md"),)), at=AT),
)
MORE_HOSTILE = [
    "# heading",
    "- item\n\n    code\n\n1. one\n+ two",
    "[^1]: not a footnote\n[^1] and ^[inline]",
    "a | b\n--- | ---\n1 | 2",
    "***bold*** __under__ ~~struck~~ ==marked== ^up^ ~down~",
    "![image](http://x.example/a.png) <http://x.example> http://x.example www.x.example a@x.example",
    "[ref]: http://x.example\n[ref]",
    "```\nfence\n```\n`code` ``two``",
    "<details><summary>x</summary></details><br/><!-- c -->&amp;&lt;&#35;&copy;",
    "\\*escaped\\\\ \\",
    "> quote\n>> deeper\n***\n===",
    "Setext\n======\n{#id .class} :smile: :::note",
    "שלום \u202eabc\u2066 עולם",
    "\ud800 half, \x07 bell, \x00 nul, \u2028 line",
    "$$x$$ $`y`$ \\(z\\)",
    "a\tb  \nhard break",
]
EVERYTHING = [*HOSTILE, *MORE_HOSTILE]


def markdown(text: str):
    """What a Markdown reader with many extensions makes of it."""
    reader = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    html = reader.use(footnote_plugin).use(dollarmath_plugin).render(text)
    return lxml.html.fromstring(f"<main>{html}</main>")


def page(text: str):
    return lxml.html.fromstring(text.encode())


def words(text: str) -> str:
    """The text without what an export may leave out: white space, controls, and halves of characters."""
    return "".join(c for c in text if c.isprintable() and c not in " \N{REPLACEMENT CHARACTER}?")


def hostile(text: str) -> list[Exchange]:
    """The text wherever a document, a question or a name can put it."""
    citation = cited(f"before {text}", text, path=text, title=text, heading=(text,), sheet=text, lead=text)
    facts = {"carried": (text,), "read_as": ((text, text),), "clarify": "Which?", "choices": (Choice(text, text),)}
    asking = Asking(left_out=(text,), within=(text,), label=text)
    return [
        Exchange(text, answered(citation, marks_nothing := cited(text, text), **facts), asking=asking, at=AT),
        Exchange(text, answered(marks_nothing, found=False), notice=text, at=AT),
        Exchange(text, notice=text, at=AT),
    ]


def test_markdown_has_real_footnotes_and_says_what_the_page_said():
    file = exported("markdown", "Migration", TALK, corpus="reports")
    assert (file.name, file.type) == ("migration-2026-11-25.md", "text/markdown;charset=utf-8")
    seen = markdown(file.text)
    assert [each.text_content() for each in seen.xpath("//h1 | //h2")] == [
        "Migration",
        "1. How many arrive each day?",
        "2. And in Peru?",
        "3. Who?",
        "4. What?",
    ]
    [note, *_] = notes = seen.xpath("//section[@class='footnotes']//li")
    assert len(notes) == 4
    said = " ".join(note.text_content().split())
    assert said.startswith(f"“{QUOTE}” The briefing, p. 4 (iv), Migration › Colombia (reports/a b.pdf)")
    references = seen.xpath("//sup[@class='footnote-ref']/a/@href")
    assert references == [f"#fn{number}" for number in range(1, 5)]
    assert seen.xpath("string(//blockquote[1]//strong)") == "2,500"
    text = seen.text_content()
    for line in (
        "Likely right, 84 %.",
        "before it: He spoke on Monday.",
        "Not in these documents.",
        "understood with: arrive, day",
        "Still reading your documents.",
        "left out: army",
        "asked of: One",
        "Which one? “The one”",
        "2026-11-25",
    ):
        assert line in text


def test_html_is_one_file_whose_footnotes_lead_there_and_back():
    file = exported("html", "Migration", TALK, corpus="reports")
    assert (file.name, file.type) == ("migration-2026-11-25.html", "text/html;charset=utf-8")
    assert file.text.startswith("<!doctype html>\n")
    seen = page(file.text)
    assert "default-src 'none'" in seen.xpath("//meta[@http-equiv]/@content")[0]
    assert seen.xpath("//script | //link | //img | //*[@src] | //*[starts-with(name(@*), 'on')]") == []
    targets = seen.xpath("//a/@href")
    assert len(targets) == len(set(targets)) == 8
    assert {target[1:] for target in targets} == set(seen.xpath("//@id"))
    note = seen.xpath("//li[@id='note-1']")[0].text_content()
    assert QUOTE in note
    assert "The briefing, p. 4 (iv), Migration › Colombia" in note
    assert seen.xpath("string(//blockquote//mark)") == "2,500"
    assert "Not in these documents." in seen.xpath("string(//*[@class='none'])")
    text = seen.text_content()
    for line in (
        "Likely right, 84 %",
        "understood with: arrive, day",
        "Still reading your documents.",
        "left out: army",
    ):
        assert line in text


def test_a_conversation_without_an_answer_has_no_footnotes():
    for form in ("markdown", "html"):
        text = exported(form, "", [Exchange("Who?", notice="Not yet.")], corpus="x").text
        assert "Not yet." in text
        assert "Footnotes" not in text
        assert "[^" not in text


@pytest.mark.parametrize("text", EVERYTHING)
def test_hostile_text_stays_text_in_markdown(text):
    plain = markdown(exported("markdown", "Name", hostile("words"), corpus="corpus").text)
    seen = markdown(exported("markdown", text, hostile(text), corpus=text).text)
    assert [each.tag for each in seen.iter()] == [each.tag for each in plain.iter()]
    assert seen.xpath("//a/@href") == plain.xpath("//a/@href")
    for where in ("//h1", "//h2[1]", "//blockquote[1]", "//section[@class='footnotes']//li[1]", "//section//em"):
        assert words(text) in words(seen.xpath(f"string({where})")), where


@pytest.mark.parametrize("text", EVERYTHING)
def test_hostile_text_stays_text_in_html(text):
    plain = page(exported("html", "Name", hostile("words"), corpus="corpus").text)
    html = exported("html", text, hostile(text), corpus=text).text
    seen = page(html)
    assert [each.tag for each in seen.iter()] == [each.tag for each in plain.iter()]
    for here, there in zip(seen.iter(), plain.iter(), strict=True):
        assert here.attrib == there.attrib
    for where in ("//title", "//h1", "//article[1]/h2", "//blockquote", "//li[1]//q", "//cite", "//code"):
        assert words(text) in words(seen.xpath(f"string({where})")), where
    assert not re.search(r"[\x00-\x08\x0b-\x1f]", html)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_any_text_is_one_paragraph_of_itself(text):
    seen = markdown(f"x {markdown_text(text)}")
    assert words(seen.text_content()) == words(f"x {text}")
    assert {each.tag for each in seen.iter()} == {"main", "p"}


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("What “now”?", "what-now"),
        ("../../etc/passwd", "etc-passwd"),
        ("CON: <x>|*.exe\0", "con-x-exe"),
        ("", "conversation"),
        ("🙂 \u202e", "conversation"),
        ("Où vont-ils?", "où-vont-ils"),
        ("語" * 100, "語" * 26),
    ],
)
def test_file_names_are_safe(name, stem):
    assert file_name(name, "2026-11-25", "md") == f"{stem}-2026-11-25.md"


@pytest.mark.parametrize("form", ["markdown", "html"])
def test_what_a_language_model_wrote_is_exported_with_what_was_struck_out(form):
    sentences = (
        WrittenSentence("Many arrive daily.", (1,), True),
        WrittenSentence("None <b>return</b>.", (2,), False, "it is not so"),
    )
    first = Exchange("Before?", answered(CITED))
    written = Exchange("How many?", answered(CITED, cited("A. B.", "B.")), written=Written("m", sentences, ended=True))
    text = exported(form, "Migration", (first, written), corpus="reports").text.replace("\\", "")
    assert "Written by m from these passages" in text
    assert "Many arrive daily. (footnote 2)" in text
    assert "Struck out, it is not so: None" in text
    assert form == "markdown" or "<b>" not in text
