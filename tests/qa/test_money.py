"""Sentences that may say a sum without its currency."""

import pytest

from qa.money import may_say_a_sum


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("The rent is 1500.", True),
        ("It was bought for 1500.", True),
        ("It is 300 dinars, or 40 AED.", True),
        ("It is ₹40.", True),
        ("It came to €20 and 1500.", True),
        ("It rose to 45.2 million.", True),
        ("Tents | 1999 | new.", True),
        ("Total 1,577 1,439", True),
        ("Cucuta has 1,100 and needs 3,000.", False),
        ('"It has 3,000." ', False),
        ("Parents are 1,100.", False),
        ("", True),
    ],
)
def test_known_sentences(sentence, expected):
    assert may_say_a_sum(sentence) is expected
