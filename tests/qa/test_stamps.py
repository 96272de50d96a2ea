"""Lines that only say when the document was revised, published or printed."""

import pytest

from qa.stamps import stamps, without_stamps

ALONE = [
    "Revised in May 2019",
    "Version of September 2024.",
    "Version 2.1, 3 May 2019",
    "Last updated: 3 May 2019, 14:05 UTC",
    "Last updated by Ana Ruiz on 3 May 2019",
    "This document was last revised in May 2019.",
    "Second edition, 2019",
    "May 2019 issue",
    "Travel report, May 2019",
    "Briefing for donors, Bogota, 14 May 2019",
    "A guide to the bridges (May 2019)",
    "Newsletter of May 2019",
    "Research note, April 2019",
]
OTHERS = [
    "Revised by the government in May 2019, the law forbids it.",
    "The law was\nrevised in May 2019.",
    "Published in 1925, the novel was a success.",
    "Update: the bridge was closed on 3 May 2019.",
    "A2 | Forecast model, version 1 | 31 October 2023",
    "The report, which came late, says May 2019",
    "The report was finished in May 2019",
    "- Progress report: January, 3 May 2019",
    "Travel report, Room 2019",
    "3 May 2019",
    "",
]


@pytest.mark.parametrize("line", ALONE)
def test_a_line_that_is_a_stamp(line):
    assert [tuple(span) for span in stamps(line, "When did the hyperinflation begin?")] == [
        (0, len(line.rstrip(".")) if ". " in line else len(line))
    ]


@pytest.mark.parametrize("line", OTHERS)
def test_what_tells_of_something_else(line):
    assert stamps(line, "When did the hyperinflation begin?") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Money in Venezuela\nRevised in May 2019", "Revised in May 2019"),
        ("By Ana Ruiz | Updated 3 May 2019 | Five minutes", " Updated 3 May 2019 "),
        ("Version of 2024. In 2019 we moved.", "Version of 2024"),
    ],
)
def test_a_stamp_beside_other_text(text, expected):
    assert [text[start:end] for start, end in stamps(text, "When did it begin?")] == [expected]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("When was the paper revised?", False),
        ("When did this come out in a second edition?", False),
        ("When was it updated?", False),
        ("Of which month is the newsletter?", False),
        ("When did the unrest begin according to the report?", True),
        ("When did the unrest begin?", True),
    ],
)
def test_a_question_about_documents_is_answered_by_them(question, expected):
    assert bool(stamps("Revised in May 2019", question)) is expected


def test_all_else_stays_at_its_place():
    assert without_stamps("Money\nRevised in May 2019\nGone", "When?") == "Money\n                   \nGone"
    assert without_stamps("Revised in 2019", "When was it revised?") == "Revised in 2019"
