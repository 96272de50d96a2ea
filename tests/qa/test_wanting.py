"""Words by which a question asks."""

import pytest

from qa import Corpus
from qa.wanting import SHARE, wanting


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("How long is the fixed term?", {"long": SHARE}),
        ("Was anybody hurt?", {"anybodi": SHARE}),
        ("How heavy is a heavy tent?", {}),  # it is what is asked about, too
        ("Is it a long walk?", {}),
        ("How large language models work", {}),
        ("How many are there?", {}),
        ("", {}),
    ],
)
def test_words_that_ask_keep_a_share_of_their_weight(question, found):
    assert wanting(question) == found


def test_an_answer_is_not_missed_for_lacking_them(make_corpus):
    notice = (
        "# Recall\n\nThe hinge of the door may break. Four customers have reported broken hinges; nobody was hurt.\n\n"
        "Bats were marked with passive tags weighing 0.1 g.\n"
    )
    corpus = Corpus(make_corpus({"notice.md": notice}))
    corpus.sync()
    hurt, heavy = corpus.ask("Was anybody hurt?"), corpus.ask("How heavy were the tags?")
    assert (hurt.found, heavy.found) == (True, True)
    assert "nobody was hurt" in hurt.text
    assert "0.1 g" in heavy.text
