"""References: words of documents stay words in Markdown and in TeX, and the place is named in full."""

import re
from datetime import date

import pytest
from markdown_it import MarkdownIt

from qa.references import QUOTED_CHARACTERS, bibtex, label, markdown, text
from tests.qa.web.exchanges import HOSTILE, cited

BEGINNINGS = [
    "1. one",
    "2) two",
    "- dash",
    "+ plus",
    "* star",
    "# head",
    "=== x",
    "--- x",
    "> quote",
    ": term",
    "    code",
]
MORE = [
    "a | b\n--|--",
    "~~~\ncode",
    "[^1]: note",
    "![x](http://a.invalid/b.png)",
    "<http://a.invalid>",
    "a  \nb",
    "100 % of $5_000",
]
ADDRESS = "http://127.0.0.1:7860/?source=a%20b.md&start=3 (x) <y>"


def of(quote: str, **facts):
    return cited(f"Before. {quote} After.", quote, **{"path": "reports/aid-2019.pdf", "line": None, **facts})


def test_a_citation_as_a_line_of_text():
    citation = of("Aid waits\nin Cucuta.", title="Aid", page=4, page_label="iv", heading=("Migration", "Colombia"))
    assert text(citation) == "“Aid waits in Cucuta.” — Aid, p. 4 (iv), Migration › Colombia, reports/aid-2019.pdf"
    titled = of("Yes.", title="Aid", heading=("Aid", "Colombia"), page=4)
    assert text(titled) == "“Yes.” — Aid, p. 4, Colombia, reports/aid-2019.pdf"


def test_a_citation_in_markdown_is_a_quote_with_a_footnote():
    citation = of("Aid waits.", title="Aid", page=4)
    assert markdown(citation) == ("> Aid waits.[^aid-2019-108]\n\n[^aid-2019-108]: Aid, p. 4. reports/aid-2019.pdf\n")
    assert "[^aid-2019-108]: [Aid, p. 4](<http://a/?b=c%20%3Cd%3E>). reports" in markdown(
        citation, link="http://a/?b=c <d>"
    )


def test_a_citation_for_a_bibliography():
    citation = of("Costs: 5 % & more.", title="Aid_2019 {draft", page=4)
    assert bibtex(citation, added=date(2026, 11, 25)) == (
        "@misc{aid-2019-108,\n"
        r"  title = {{Aid\_2019 \textbraceleft{}draft}}," + "\n"
        "  howpublished = {reports/aid-2019.pdf},\n"
        "  note = {p. 4; read 2026-11-25},\n"
        r"  annote = {“Costs: 5 \% \& more.”}," + "\n"
        "}\n"
    )
    assert "note" not in bibtex(of("Yes.")).replace("annote", "")


def seen(markdown_text: str) -> tuple[list[str], str]:
    """The elements that a Markdown renderer makes, and the text that is read."""
    parser = MarkdownIt("commonmark", {"linkify": False}).enable(["table", "strikethrough"])
    tokens = [token for block in parser.parse(markdown_text) for token in (block, *(block.children or ()))]
    kinds = [token.type for token in tokens if token.type not in {"inline", "text", "text_special"}]
    return kinds, "".join(token.content for token in tokens if token.type in {"text", "text_special"})


@pytest.mark.parametrize("hostile", [*HOSTILE, *BEGINNINGS, *MORE])
def test_nothing_becomes_markup_in_markdown(hostile):
    citation = of(hostile, title=hostile, path=f"{hostile}.md")
    quote = ["blockquote_open", "paragraph_open", "paragraph_close", "blockquote_close"]
    kinds, words = seen(markdown(citation))
    assert kinds == [*quote, "paragraph_open", "paragraph_close"]
    plain = re.sub("[\0\a\u202e\u2066]", "", " ".join(hostile.split()))
    assert words.count(plain) >= 3
    linked, _ = seen(markdown(citation, link=ADDRESS))
    assert linked == [*quote, "paragraph_open", "link_open", "link_close", "paragraph_close"]


@pytest.mark.parametrize(
    "hostile", [*HOSTILE, *MORE, "{", "}", "}}\\end{document}", "\\input{/etc/passwd}", "a @misc{b, c}"]
)
def test_nothing_becomes_a_command_in_tex(hostile):
    entry = bibtex(of(hostile, title=hostile, path=f"{hostile}.md", heading=(hostile,)))
    depth, ends = 0, []
    for at, character in enumerate(entry):
        depth += (character == "{") - (character == "}")
        assert depth >= 0
        if depth == 0 and character == "}":
            ends.append(at)
    assert ends == [entry.rindex("}")]  # one entry, whose braces are in balance
    commands = set(re.findall(r"\\([a-z]+|.)", entry))
    assert all(len(command) == 1 or command.startswith("text") for command in commands)
    assert not re.search(r"(?<!\\)[$&#%_~^]", entry)


def test_a_long_quote_is_cut_and_says_so():
    said = text(of("x" * 200_000))
    assert len(said) < QUOTED_CHARACTERS + 100
    assert " […]” — " in said


@pytest.mark.parametrize(
    ("path", "name"),
    [("a/Über uns (2).pdf", "ber-uns-2-108"), ("名前.txt", "source-108"), ("a" * 99 + ".md", "a" * 40 + "-108")],
)
def test_the_label_is_made_of_ascii_letters(path, name):
    assert label(of("Yes.", path=path)) == name
