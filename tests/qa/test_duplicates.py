"""What says the same is one group; what differs in a figure is not."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.duplicates import COMPARED, groups

NOTE = (
    "The president told the army to purge traitors in Carabobo. Soldiers crossed the river at night, carrying what was "
    "left of their food, and reached the shelters of Cucuta before dawn with their families, tools and some cattle."
)
TABLE = "\n".join(f"donor {name} gave {amount} million" for name, amount in zip("ABCDEFGH", range(10, 18), strict=True))


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        ([], []),
        (["one text"], [[0]]),
        (["Aid came.", "aid  CAME!", "The aid came"], [[0, 1], [2]]),
        (["Aid came.", "Oil fell.", "Aid came."], [[0, 2], [1]]),
        ([NOTE, "Oil fell.", NOTE + " Today."], [[0, 2], [1]]),
        ([NOTE, NOTE.replace("Carabobo", "Caracas")], [[0], [1]]),
        ([TABLE, TABLE.replace("gave 12", "gave 21")], [[0], [1]]),
        ([NOTE, NOTE + " " + TABLE], [[0], [1]]),
        (["Aid came.", "Came aid."], [[0], [1]]),
        (["", "the of and", "?!"], [[0], [1], [2]]),
        (["日本語の文", "日本語の文", "中文句子"], [[0, 1], [2]]),
        (["2,500 came", "2500 came", "250 came"], [[0, 1], [2]]),
    ],
    ids=range(12),
)
def test_known_groups(texts, found):
    assert groups(texts) == found


def words_of(letter, count):
    return [f"{letter}{chr(97 + number // 26)}{chr(97 + number % 26)}" for number in range(count)]


LONG = " ".join(words_of("w", 90))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("employed 1480 people", "employed 2950 people"),
        ("will approve it", "will not approve it"),
        ("won't approve it", "will approve it"),
        ("above five million", "below five million"),
        ("before the vote", "after the vote"),
        ("with a deposit", "without deposit"),
    ],
)
def test_what_turns_it_round_is_no_duplicate_however_long_the_rest(one, other):
    assert groups([f"{LONG} {one}", f"{LONG} {other}"]) == [[0], [1]]


def test_a_word_of_no_weight_is_no_difference_in_a_long_text():
    assert groups([f"{LONG} he said so", f"{LONG} she said so"]) == [[0, 1]]


def test_the_share_of_runs_in_common_decides():
    # Of 40 words, one more at the end makes 39 runs of the 38 before: 38 / 39 = .97; one other in the middle changes
    # three of 38 runs: 35 / 41 = .85.
    words = words_of("w", 40)
    assert groups([" ".join(words), " ".join([*words, "again"])]) == [[0, 1]]
    assert groups([" ".join(words), " ".join([*words[:20], "other", *words[21:]])]) == [[0], [1]]


def test_a_text_is_like_the_first_of_a_group_not_like_the_last():
    # Each step takes three of 60 runs away and brings three: .90 to the one before, less to the first.
    words = words_of("w", 62)
    steps = [" ".join(words[3 * step :] + words_of("x", 3 * step)) for step in range(3)]
    assert groups(steps[:2]) == [[0, 1]]
    assert groups(steps) == [[0, 1], [2]]


@given(st.lists(st.sampled_from(["a b c", "A, b c", "c b a", "", "zebra"]), max_size=12))
def test_every_text_is_in_one_group_in_order(texts):
    found = groups(texts)
    assert sorted(at for group in found for at in group) == list(range(len(texts)))
    assert all(group == sorted(group) for group in found)
    assert [group[0] for group in found] == sorted(group[0] for group in found)


def test_many_long_texts_do_not_take_long():
    texts = [" ".join(f"w{number}x{word}" for word in range(150)) for number in range(600)]
    begun = time.perf_counter()
    assert len(groups([*texts, texts[-1]])) == 600 > COMPARED
    assert time.perf_counter() - begun < 20
