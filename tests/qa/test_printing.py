"""What the shell prints of an answer: its lines, and that nothing of a document commands the terminal or the shell."""

import re
import shlex
import sys
from dataclasses import replace
from fnmatch import fnmatchcase

import pytest

from index.documents import Span
from qa.answers import Answer, Choice, Citation, Elsewhere, Hit
from qa.printing import LISTED, print_answer, print_hits

QUOTE = "On 30 April, Juan Guaido appeared on a road beside the base."
ESCAPES = "\x1b[31mred\x1b[0m \x07\x9b2J\u202e"


@pytest.fixture(autouse=True)
def _width(monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("TERM", "xterm")


@pytest.fixture
def printed_on_a_terminal(capsys, monkeypatch):
    """What is printed of an answer where standard output is a terminal."""

    def printed_there(answer):
        monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
        return printed(capsys, answer)

    return printed_there


def cited(quote=QUOTE, **facts):
    given = {"path": "news/dawn.html", "title": "Dawn", "passage": quote, "passage_start": 40, "score": 1.0}
    return Citation(**{**given, "quote": quote, "start": 40, "end": 40 + len(quote), **facts})


def answered(*citations, found=True, **facts):
    text = citations[0].quote if found else ""
    return Answer(question="When?", text=text, found=found, confidence=0.5, citations=citations, **facts)


def printed(capsys, answer):
    print_answer(answer)
    return capsys.readouterr().out


def test_an_answer_alone_is_four_lines(capsys):
    assert printed(capsys, answered(cited(line=5))) == (
        f"“{QUOTE}” [1]\nconfidence 50%\n\n[1] news/dawn.html · line 5\n"
    )


def test_what_is_needed_before_a_quote_is_printed_with_it(capsys):
    row = cited("Peru | 506", lead="Country | End of 2018", row=3)
    said = printed(capsys, answered(cited("He came.", lead="Juan Guaido\n called."), row))
    assert said.startswith("“He came.” [1]\nbefore it: Juan Guaido called.\nconfidence 50%\n")
    assert said.endswith("[2] news/dawn.html · row 3\n    columns: Country | End of 2018\n    “Peru | 506”\n")


def test_the_closest_passages_have_their_context_too(capsys):
    said = printed(capsys, answered(cited("He came.", lead="Juan called."), found=False))
    assert said.startswith("Not in these documents. The closest passages:\nconfidence 50%\n\n[1] ")
    assert said.endswith("\n    before it: Juan called.\n    “He came.”\n")


def test_carried_words_are_named(capsys):
    assert "\nunderstood with: Venezuelans, live\n" in printed(
        capsys, answered(cited(), carried=("Venezuelans", "live"))
    )


def test_words_that_were_read_as_others_are_named(capsys):
    said = printed(capsys, answered(cited(), read_as=(("Venezuala", "Venezuela"),)))
    assert "\nno “Venezuala” here, looked for Venezuela\n" in said


def places(count):
    return tuple(Elsewhere(f"copies/{n}.md", "Dawn", f"line {n}", 0, 4) for n in range(1, count + 1))


@pytest.mark.parametrize(
    ("count", "named", "more"), [(0, 0, ""), (2, 2, ""), (LISTED + 300, LISTED, "... and 300 more")]
)
def test_other_places_are_named_up_to_a_limit(capsys, count, named, more):
    said = printed(capsys, answered(cited(also=places(count))))
    assert re.findall(r"^    also in: (.*)$", said, re.MULTILINE) == [
        f"copies/{n}.md · Dawn · line {n}" for n in range(1, named + 1)
    ]
    assert ("more" in said) == bool(more)
    assert more in said


def test_hits_name_their_other_places(capsys):
    print_hits(
        [Hit(path="a.md", title="a", start=0, end=4, passage="Text", passage_start=0, also=places(1), score=1.0)]
    )
    said = capsys.readouterr().out
    assert said == "[1] a.md  (score 1.00)\n    Text\n    also in: copies/1.md · Dawn · line 1\n\n"


def test_a_question_back_names_each_choice_once_with_the_option_that_asks_it(capsys):
    choices = (Choice("One: a tale", within="a/one.md"), Choice("Two", within="the two.md"))
    clarify = "Which of these do you mean: “One: a tale”, “Two”?"
    said = printed(capsys, answered(cited(), found=False, clarify=clarify, choices=choices))
    assert (
        "confidence 50%\nWhich of these do you mean? Ask again with one of:\n"
        "    --within a/one.md  (One: a tale)\n    --within 'the two.md'  (Two)\n\n[1] "
    ) in said


@pytest.mark.parametrize(
    "path",
    [
        "$(touch hacked).md",
        "`id`.md",
        "it's; rm -rf ~.md",
        '"quoted".md',
        "-x.md",
        "a" * 300,
        " donor  report.md ",
        "[1] a.md",
    ],
)
def test_a_choice_can_be_pasted_into_a_shell(capsys, path):
    answer = answered(cited(), clarify="Which: “One”?", choices=(Choice("One", within=path),))
    line = next(line for line in printed(capsys, answer).splitlines() if "--within" in line)
    assert shlex.split(line.removesuffix("  (One)")) == ["--within", path]


@pytest.mark.parametrize(
    ("path", "pattern"),
    [
        ("a\u00a0b  c.md", "a?b  c.md"),
        ("a\tb\nc.md", "a?b?c.md"),
        ("[1] \x1b[2J.md", "?1] ??2J.md"),
        ("\udce9t\u202e.md", "?t?.md"),
    ],
)
def test_a_choice_that_cannot_be_printed_is_a_pattern_that_finds_it(capsys, path, pattern):
    answer = answered(cited(), clarify="Which: “One”?", choices=(Choice("One", within=path),))
    line = next(line for line in printed(capsys, answer).splitlines() if "--within" in line)
    assert shlex.split(line.removesuffix("  (One)")) == ["--within", pattern]
    assert fnmatchcase(path, pattern)


def test_nothing_of_a_document_commands_the_terminal(capsys):
    also = (Elsewhere(ESCAPES, ESCAPES, ESCAPES, 0, 4),)
    first = cited(ESCAPES, path=ESCAPES, title=f"t {ESCAPES}", heading=(ESCAPES,), lead=ESCAPES, also=also)
    facts = {
        "carried": (ESCAPES,),
        "read_as": ((ESCAPES, ESCAPES),),
        "clarify": f"{ESCAPES}: x?",
        "choices": (Choice(ESCAPES, ESCAPES),),
    }
    said = printed(capsys, answered(first, first, **facts))
    assert [character for character in said if not (character.isprintable() or character == "\n")] == []


def bold(said):
    return re.findall("\x1b\\[1m(.*?)\x1b\\[0m", said)


def marked(*words, quote=QUOTE):
    return tuple(Span(40 + quote.index(word), 40 + quote.index(word) + len(word)) for word in words)


def test_the_words_that_answer_are_bold_on_a_terminal(printed_on_a_terminal):
    said = printed_on_a_terminal(answered(cited(marks=marked("30 April", "road"))))
    assert bold(said) == ["30", "April", "road"]
    assert re.sub("\x1b\\[\\dm", "", said).startswith(f"“{QUOTE}” [1]\nconfidence")


def test_wrapping_and_joined_white_space_do_not_move_what_is_bold(printed_on_a_terminal, monkeypatch):
    monkeypatch.setenv("COLUMNS", "24")
    quote = "Soldiers   with\nblue \x07 bands\u00a0of  General Juan\t Guaido appeared."
    said = printed_on_a_terminal(answered(cited(quote, marks=marked("General Juan\t Guaido", quote=quote))))
    assert bold(said) == ["General", "Juan", "Guaido"]


@pytest.mark.parametrize(
    "facts", [{"marks": marked("30 April"), "end": 41}, {"marks": (Span(0, 9), Span(900, 999))}, {"marks": ()}]
)
def test_marks_that_are_not_of_the_quote_make_nothing_bold(printed_on_a_terminal, facts):
    assert "\x1b" not in printed_on_a_terminal(answered(cited(**facts)))


def test_where_no_terminal_shows_it_nothing_is_bold(capsys):
    assert "\x1b" not in printed(capsys, answered(cited(marks=marked("30 April"))))


def test_a_dumb_terminal_gets_plain_text(printed_on_a_terminal, monkeypatch):
    monkeypatch.setenv("TERM", "dumb")
    assert "\x1b" not in printed_on_a_terminal(answered(cited(marks=marked("30 April"))))


def found(**facts):
    return Hit(start=0, end=4, passage="Text", passage_start=0, score=1.0, **facts)


def test_a_sheet_and_a_title_that_are_the_first_heading_too_are_named_once(capsys):
    sheet = found(path="aid.xlsx", title="aid", sheet="Crossings", row=6, heading=("Crossings",))
    titled = found(path="news/roraima.md", title="A town of tents", heading=("A town of tents", "A border"))
    other = Elsewhere("copy.md", "A town of tents", "A town of tents › A border, line 3", 0, 4)
    print_hits([sheet, replace(titled, also=(other,)), replace(titled, path="a town of tents.md")])
    assert [line.strip() for line in capsys.readouterr().out.splitlines() if "·" in line] == [
        "[1] aid.xlsx · sheet Crossings, row 6  (score 1.00)",
        "[2] news/roraima.md · A town of tents · A border  (score 1.00)",
        "also in: copy.md · A town of tents · A border, line 3",
        "[3] a town of tents.md · A town of tents › A border  (score 1.00)",
    ]
