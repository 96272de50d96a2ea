"""Terms that a misspelt one may have meant."""

import pytest

from index.spelling import similar

VOCABULARY = ["venezuela", "venice", "venezuelan", "colombia", "colombo", "columbia", "army", "arms", "amnesty"]


@pytest.mark.parametrize(
    ("term", "found"),
    [
        ("venezuala", [("venezuela", 1), ("venezuelan", 2)]),
        ("venezeula", [("venezuela", 1), ("venezuelan", 2)]),
        ("colmbia", [("colombia", 1), ("columbia", 1)]),
        ("colobmia", [("colombia", 1)]),
        ("kolombia", []),
        ("arny", []),
        ("amnetsy", [("amnesty", 1)]),
        ("amnetys", []),
        ("x1234567", []),
        ("", []),
    ],
)
def test_near_terms(term, found):
    assert similar(term, [word for word in VOCABULARY if word[:1] == term[:1]]) == found
