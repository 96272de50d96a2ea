"""A growing text, cut into sentences with their citations."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.written.sentences import MOST_CHARACTERS, Draft, Drafted


def drafted(text, size=1):
    draft = Draft()
    found = [sentence for at in range(0, len(text), size) for sentence in draft.said(text[at : at + size])]
    return found + draft.ended()


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Aid waits [1]. It came by truck. [2]", [("Aid waits.", (1,)), ("It came by truck.", (2,))]),
        ("It fell by 1.5 percent, says No. 5 [1][3].", [("It fell by 1.5 percent, says No. 5.", (1, 3))]),
        ("The U.S. Treasury acted on Jan. 28 [2].", [("The U.S. Treasury acted on Jan. 28.", (2,))]),
        ("Aid waits.[1]It came.[2]", [("Aid waits.", (1,)), ("It came.", (2,))]),
        ("One [1, 3]. Two [2-4]. Three [1 and 2].", [("One.", (1, 3)), ("Two.", (2, 3, 4)), ("Three.", (1, 2))]),
        ("Aid【1】. It [^2]. So [passage 3]!", [("Aid.", (1,)), ("It.", (2,)), ("So!", (3,))]),
        ("- **Aid** waits [1]\n- It came [2]\n", [("Aid waits", (1,)), ("It came", (2,))]),
        ("<think>\nWell. [9]\n</think>\n\nAid waits [1].", [("Aid waits.", (1,))]),
        ("<think>it never ends. [1]", []),
        ("Aid waits. Nobody knows", [("Aid waits.", ()), ("Nobody knows", ())]),
        ("Array a[i] is it [1].", [("Array a[i] is it.", (1,))]),
        ("It waits [4294967296].", [("It waits [4294967296].", ())]),
        ("[1]. ... \n\n", []),
        ("", []),
    ],
)
@pytest.mark.parametrize("size", [1, 3, 10_000])
def test_sentences_and_their_numbers_are_the_same_however_the_text_comes(text, sentences, size):
    assert drafted(text, size) == [Drafted(*sentence) for sentence in sentences]


def test_a_sentence_is_given_as_soon_as_the_next_has_begun():
    draft = Draft()
    assert draft.said("Aid waits. [1") == []
    assert draft.pending == "Aid waits."
    assert draft.said("] It ") == []
    assert draft.said("came ") == [Drafted("Aid waits.", (1,))]
    assert draft.pending == "It came"


def test_thoughts_are_not_shown_and_do_not_count():
    draft = Draft()
    for _ in range(500):
        draft.said("<think>Let me see ... " if not _ else "what it says. ")
        assert draft.pending == ""
    assert not draft.is_full
    assert draft.said("</think>Aid waits [1]. It came ") == [Drafted("Aid waits.", (1,))]


def test_an_endless_answer_is_full_at_some_length():
    draft = Draft()
    given_back = 0
    while not draft.is_full:
        given_back += sum(len(sentence.text) for sentence in draft.said("And so on and on [1]. "))
    assert given_back <= MOST_CHARACTERS


@given(st.text(alphabet="aB1. []<>/\n-*,【】!?thinksé日", max_size=80), st.integers(1, 7))
def test_any_text_is_cut_without_loss(text, size):
    kept = "".join(sentence.text for sentence in drafted(text, size))
    assert sum(kept.count(letter) for letter in "aBé日") <= sum(text.count(letter) for letter in "aBé日")
    if "<" not in text:
        assert sum(kept.count(letter) for letter in "aBé日") == sum(text.count(letter) for letter in "aBé日")
