"""What the check of a sentence sees, by its parts."""

from decimal import Decimal

import pytest

from qa.written.naming import unnamed
from qa.written.opposites import turned_round
from qa.written.quantities import quantities


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1,200 of 3.4 million", [1200, 3_400_000]),
        ("1\u202f200 and 1200.50", [1200, Decimal("1200.5")]),
        ("twenty-five men, two dozen trucks, a hundred tonnes", [25, 2, 12, 100]),
        ("$5bn, 40k, €1.5 billion", [5_000_000_000, 40_000, 1_500_000_000]),
        ("forty thousand on 1 May 2019", [40_000, 1, 2019]),
        ("one of them, and one million more", [1_000_000]),
        ("the 19th century, the third week", [19, 3]),
        ("A380 and X.25 have none", []),
        ("four-wheel drive in 0.2 to 0.4 percent", [4, Decimal("0.2"), Decimal("0.4")]),
        ("on 2019-05-01", [2019, 5, 1]),
    ],
)
def test_numbers_are_what_they_are_worth(text, values):
    assert [quantity.value for quantity in quantities(text)] == [Decimal(value) for value in values]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("1,200 people", "1200 people", True),
        ("1.3 million", "1,300,000", True),
        ("12 %", "twelve percent", True),
        ("12 percent", "12 dollars", False),
        ("$7 billion", "7 billion dollars", True),
        ("12 percent", "12", True),
        ("12", "13", False),
    ],
)
def test_numbers_that_may_be_the_same(one, other, same):
    assert quantities(one)[-1].may_be(quantities(other)[-1]) is same


@pytest.mark.parametrize(
    ("sentence", "text", "missing"),
    [
        ("In May Guaido met Juan.", "Juan Guaidó spoke in May", ""),
        ("There Colombian soldiers met the UN.", "Colombia, and the United Nations' soldiers", ""),
        ("Sanctions of the United States began.", "US sanctions", ""),
        ("It was Peru's turn.", "Peru", ""),
        ("It began on 5 Feb.", "on 5 February", ""),
        ("It was Maduro who spoke.", "Guaido spoke", "Maduro"),
        ("Peru hosts them.", "Colombia hosts them, not far from Peruvian towns", ""),
        ("Peru hosts them.", "Colombia hosts them", ""),
        ("WHO hosts them.", "Colombia hosts them", "WHO"),
    ],
)
def test_names_are_looked_for_in_every_form(sentence, text, missing):
    assert unnamed(sentence, text) == missing


def test_the_first_word_is_a_name_when_it_is_known_as_one():
    assert unnamed("Peru hosts them.", "Colombia hosts them", frozenset({"peru"})) == "Peru"


@pytest.mark.parametrize(
    ("sentence", "evidence", "words"),
    [
        ("Brazil will not take part.", "Brazil will take part in it", "not take"),
        ("Brazil will take part.", "Brazil will not take part in it", "not take"),
        ("Brazil won't take part.", "Brazil will not take part in it", ""),
        ("Output rose in March.", "output fell to 732,000 in March", "rose"),
        ("The border is open.", "the border has been closed", "open"),
        ("It left in May, and arrived in June.", "It left in May and arrived in June.", ""),
        ("No country has received as many.", "No country has received as many as Colombia.", ""),
        ("It is not only oil.", "It is oil", ""),
        ("Guaido never spoke of intervention.", "Guaido has himself spoken of intervention.", "never spoke"),
    ],
)
def test_a_denial_and_an_opposite_are_seen(sentence, evidence, words):
    assert turned_round(sentence, evidence) == words
