"""Whatever is asked, an answer or one of our own errors comes, in bounded time: the parser of questions under fire."""

import string
import sys
import unicodedata

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from index.errors import QuestionError
from qa import Corpus, Turn
from qa.corpus import MAX_QUESTION_CHARACTERS
from tests.fake_embedder import CountingEmbedder
from tests.security.pumped import busy_texts, seconds_of
from tests.security.test_patterns_take_no_time import gathered

FILES = {
    "aid.md": "# Aid\n\n## Colombia\n\nAbout 2,500 migrants arrive each day. He said that it waits in Cucuta.\n",
    "reports/[draft] 2019*.md": "# Water\n\nThe pumps of the city stand still since Thursday, 3 May 2019.\n",
    "data.csv": "place,barrels\nquay,41\nmill,12\n",
}
SECONDS = 3.0
"""For one question of the greatest length on a busy machine; the slowest takes a tenth of a second."""

TOKENS = [
    *'"“”«»‘’„()[]{}<>,;:.!?*/\\|&%$#@^~`+-=_',
    *("who", "When was", "how many", "and", "they", "it", "that is", "Aid", "Colombia", "migrnats", "2,500", "§ 4.2"),
    *(
        "\0",
        "\ud800",
        "\udfff",
        "\u202e",
        "\u200d",
        "\u0301",
        "\ufeff",
        "\u2028",
        "\n",
        "\t",
        "文",
        "ß",
        "İ",
        "ﬁ",
        "🏴‍☠️",
        "٣",
    ),
    *("a::b", "x@y.z", "a/b.c", "reports/*", "NEAR", "OR", "--", "'; DROP TABLE passages; --", "%s", "{0}", "${x}"),
]
QUESTIONS = (
    st.text(st.characters())
    | st.lists(st.sampled_from(TOKENS), max_size=60).map(" ".join)
    | st.lists(st.sampled_from(TOKENS), max_size=60).map("".join)
)
PATTERNS = st.lists(st.text(st.sampled_from("*?[]!-./\\ab\0\ud800文") | st.characters(), max_size=40), max_size=4)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    folder = tmp_path_factory.mktemp("asked") / "corpus"
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    corpus = Corpus(folder, embedder=CountingEmbedder())
    corpus.sync()
    return corpus


def asked(corpus, question, **more):
    """The answer, whose citations are slices; None for one that was refused on purpose."""
    try:
        answer = corpus.ask(question, **more)
    except QuestionError:
        return None
    for cited in answer.citations:
        assert corpus.document_text(cited.path)[cited.start : cited.end] == cited.quote
    return answer


@given(QUESTIONS, QUESTIONS, PATTERNS, st.none() | st.lists(QUESTIONS, max_size=2))
@example("\ud800", "\udfff", ["\ud800"], ["\ud800"])
@example("Who?", "x", ["[" * 1_000, "*" * 3_000, "**/" * 1_000], None)
@example("İ" * 3_000, "", [], None)
@example('"' * 4_000, "“" * 4_000, [], None)
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_any_text_is_a_question_or_refused(corpus, question, earlier, within, carry):
    asked(corpus, question)
    asked(corpus, question, history=[Turn(earlier, question)], carry=carry)
    asked(corpus, question, within=within)


@given(QUESTIONS, st.integers(-5, 5_000), PATTERNS)
def test_any_text_is_searched_for_or_refused(corpus, query, k, within):
    try:
        hits = corpus.search(query, k, within=within, carry=[query])
    except QuestionError:
        return
    assert len(hits) <= k


@given(
    st.text(st.characters())
    | st.sampled_from(["../../etc/passwd", "/etc/passwd", "aid.md/../aid.md", "aid.md\0", "\ud800"]),
    st.data(),
)
def test_a_document_is_named_by_its_own_name_only(corpus, path, data):
    if path in FILES:
        return
    numbers = st.integers(-(2**70), 2**70)
    with pytest.raises(QuestionError):
        corpus.excerpt(path, data.draw(numbers), data.draw(numbers))


@pytest.mark.parametrize("length", [MAX_QUESTION_CHARACTERS, 100_000, 1_000_000])
@pytest.mark.parametrize(
    "unit", ["a", "a b ", '"', "(", "\ud800", "文", "1,", "And they ", "Aa-", "İ", "\u0301", "\n", "*"]
)
def test_long_questions_take_no_time(corpus, unit, length):
    question = (unit * length)[:length]
    assert seconds_of(lambda: asked(corpus, question)) < SECONDS


def test_every_kind_of_character_can_be_asked(corpus):
    """The first three of each category that Unicode knows, alone and between letters."""
    found: dict[str, list[str]] = {}
    for number in range(sys.maxunicode + 1):
        kind = found.setdefault(unicodedata.category(chr(number)), [])
        if len(kind) < 3:
            kind.append(chr(number))
    assert len(found) == 30
    for character in [c for kind in found.values() for c in kind]:
        asked(corpus, character)
        asked(corpus, f"Who{character}s aid {character}{character}?")


@pytest.mark.torture
def test_what_keeps_a_pattern_busy_is_answered_at_once(corpus):
    """The pumped texts of all patterns through the whole of asking: they meet in other places than their own."""
    slow, tried = [], set()
    for name, pattern, _ in gathered():
        if isinstance(pattern.pattern, bytes) or not name.startswith(("qa.", "index.analysis", "index.names")):
            continue
        for text in busy_texts(pattern, MAX_QUESTION_CHARACTERS - 100):
            if (key := (text[:12], text[-2:])) not in tried and text.strip(string.whitespace):
                tried.add(key)
                if seconds_of(lambda: asked(corpus, text)) >= SECONDS:  # noqa: B023
                    slow.append(f"{name}: {text[:20]!r}")
    assert len(tried) > 300
    assert slow == []
