"""What a follow-up question takes from the conversation, and when it takes nothing."""

import pytest

from index import Index
from qa import Turn
from qa.followup import ANSWER_CHARACTERS, CARRIED, TURNS_BACK, carried_words
from tests.fake_embedder import CountingEmbedder

KINDS = {"Peru": "country", "Brazil": "country", "Colombia": "country", "women": "people", "men": "people"}
"""Words that are near in meaning."""

FILES = {
    "colombia.md": "# Migrants\n\nMany migrants live in Colombia, most of them women.",
    "peru.md": "# Migrants\n\nFewer migrants live in Peru or Brazil, most of them men.",
    "envoy.md": "# The envoy\n\nElliott Abrams, the envoy, met Sergei Ryabkov.",
    "talks.md": "# Talks\n\nAbrams had talks with Ryabkov.",
    "blackout.md": "# The blackout\n\nEngineers think that a fire caused the blackout to begin.",
    "power.md": "# Power\n\nThe engineers asked what caused this blackout.",
    "terms.md": "# Terms\n\nCLAP stands for food aid, SEBIN for the secret service, since 2018 or 2019.",
    "zorro.md": "# Zorro\n\nZorro has a horse.",
} | {f"notes/{number}.md": f"# Note {number}\n\nNote {number} is on matter{number}.\n" for number in range(60)}


class KindredEmbedder(CountingEmbedder):
    """Gives the words of one kind the same vector when they stand alone."""

    def _vector(self, text):
        return super()._vector(KINDS.get(text, text))


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory):
    folder = tmp_path_factory.mktemp("followup")
    (folder / "notes").mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(text)
    made = Index(folder, embedder=KindredEmbedder(dimension=1024))
    made.sync()
    with made.snapshot() as opened:
        yield opened


@pytest.fixture(scope="module")
def courteous(tmp_path_factory):
    """Documents that hold the words of greetings and thanks."""
    folder = tmp_path_factory.mktemp("courteous")
    for name, text in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    (folder / "speech.md").write_text(
        "# A speech\n\nHello, good morning, thank you very much, great and cool, ok please."
    )
    made = Index(folder, embedder=KindredEmbedder(dimension=1024))
    made.sync()
    with made.snapshot() as opened:
        yield opened


def turns(*questions):
    return [Turn(question) for question in questions]


MIGRANTS = turns("How many migrants live in Colombia?")


@pytest.mark.parametrize(
    ("history", "question", "carried"),
    [
        (MIGRANTS, "And Peru?", ("migrants", "live")),
        (MIGRANTS, "And in Peru and Brazil?", ("migrants", "live")),
        (MIGRANTS, "What about men?", ("migrants", "live", "Colombia")),
        (turns("How many women live in Colombia?"), "What about men?", ("live", "Colombia")),
        (MIGRANTS, "Why?", ("migrants", "live", "Colombia")),
        (MIGRANTS, "And how many migrants in Peru?", ("live",)),
        (turns("What does CLAP stand for?"), "And SEBIN?", ("stand",)),
        (turns("What was SEBIN in 2018?"), "And in 2019?", ("SEBIN",)),
        (turns("Who is Ryabkov?"), "What did he say about Colombia?", ("Ryabkov",)),
        (turns("How many zebras live in Colombia?"), "Why?", ("live", "Colombia")),
        (turns("How many migrants live in Colombia?", "And Peru?"), "And Brazil?", ("migrants", "live")),
    ],
)
def test_a_question_that_plainly_leans_takes_all_but_what_it_replaces(snapshot, history, question, carried):
    assert carried_words(snapshot, question, history) == carried


@pytest.mark.parametrize(
    ("history", "question", "carried"),
    [
        (turns("When did the blackout begin in Colombia?"), "What did engineers think caused it?", ("blackout",)),
        (turns("What is the horse of Zorro?"), "What did engineers think caused it?", ()),
        (turns("How many migrants live in Colombia?"), "Matter7 note?", ()),
    ],
)
def test_a_question_that_may_lean_takes_what_its_own_passages_speak_of(snapshot, history, question, carried):
    assert carried_words(snapshot, question, history) == carried


@pytest.mark.parametrize(
    ("between", "question", "carried"),
    [
        ("Does Zorro in Peru have a horse?", "Which engineers think?", ()),
        ("Does Zorro in Peru fear the blackout?", "Which engineers think?", ("blackout",)),
        ("And in Peru?", "Which engineers think?", ("blackout",)),
        ("Does Zorro in Peru have a horse?", "What did engineers think caused it?", ("blackout",)),
    ],
)
def test_a_short_question_leaves_what_one_that_stood_alone_has_left_behind(snapshot, between, question, carried):
    assert carried_words(snapshot, question, turns("When did the blackout begin?", between)) == carried


@pytest.mark.parametrize(
    "question", ["Who painted the Night Watch in Holland?", "Does Zorro have an old horse somewhere?"]
)
def test_a_change_of_topic_takes_nothing(snapshot, question):
    assert carried_words(snapshot, question, [*MIGRANTS, *turns("When did the blackout begin?")]) == ()


def test_a_question_that_stands_alone_needs_much_more_evidence(snapshot):
    # 2 of 68 passages speak of the blackout, and both are among the 20 of the pool: 2 / (2 * 20 / 68) = 3.4 times
    # more often than by chance, which is enough for "it" and too little without.
    history = turns("When did the blackout begin?")
    assert carried_words(snapshot, "What did engineers think caused it?", history) == ("blackout",)
    assert carried_words(snapshot, "What do engineers think caused Zorro?", history) == ()


def test_names_of_an_answer_are_taken_when_the_passages_found_speak_of_them(snapshot):
    said = "Elliott Abrams is the envoy. Zorro and the migrants of Colombia know."
    history = [Turn("Who is the envoy?", said)]
    assert carried_words(snapshot, "Where did he meet Ryabkov?", history) == ("envoy", "Abrams")


def test_an_answer_is_read_only_so_far(snapshot):
    late = [Turn("Who is the envoy?", "x" * ANSWER_CHARACTERS + " Elliott Abrams")]
    assert carried_words(snapshot, "Where did he meet Ryabkov?", late) == ("envoy",)


def test_only_some_passages_bear_witness(snapshot):
    among = snapshot.passages_within(["notes"])
    history = turns("When did the blackout begin?")
    assert carried_words(snapshot, "What did engineers think caused it?", history, among=among) == ()


def test_without_a_conversation_nothing_is_carried(snapshot):
    assert carried_words(snapshot, "And in Brazil?", []) == ()


def test_an_earlier_question_without_words_is_passed_over(snapshot):
    assert carried_words(snapshot, "And when?", [*MIGRANTS, Turn("Why?")]) == ("migrants", "live", "Colombia")


@pytest.mark.parametrize("said", ["hello", "OK, thanks!", "Good morning", "thank you very much", "Great!", "ok cool."])
def test_greetings_and_thanks_are_no_turns(courteous, said):
    once = turns("Please, how many migrants live in Colombia?", said)
    assert carried_words(courteous, "And Peru?", once) == ("migrants", "live")
    assert carried_words(courteous, "And Peru?", turns(said)) == ()
    assert carried_words(courteous, "Why?", [*MIGRANTS, *turns(said) * TURNS_BACK]) == ("migrants", "live", "Colombia")


def test_words_of_a_question_that_found_nothing_need_evidence(snapshot):
    refused = [Turn("Who is the horse of Zorro in note matter7?", found=False)]
    assert carried_words(snapshot, "And Peru?", refused) == ()
    assert carried_words(snapshot, "And Peru?", [*MIGRANTS, *refused]) == ("migrants", "live")
    assert carried_words(snapshot, "Where did he meet Ryabkov?", [Turn("Why Abrams?", found=False)]) == ("Abrams",)


def test_a_question_without_words_takes_those_of_one_that_found_nothing(snapshot):
    assert carried_words(snapshot, "Why?", [Turn("Zorro?", found=False)]) == ("Zorro",)


def test_what_was_asked_long_ago_is_forgotten(snapshot):
    later = turns(*(f"What is matter{number}?" for number in range(TURNS_BACK)))
    assert carried_words(snapshot, "Why?", [*MIGRANTS, *later[1:]])[:3] == ("migrants", "live", "Colombia")
    assert carried_words(snapshot, "Why?", [*MIGRANTS, *later]) == tuple(f"matter{n}" for n in range(TURNS_BACK))


def test_the_rarest_and_latest_words_are_kept_in_the_order_they_were_said(snapshot):
    earlier = " ".join(f"matter{number}" for number in range(20, 25))
    latest = " ".join(f"matter{number}" for number in range(30, 36))
    carried = carried_words(snapshot, "Why?", turns(f"note {earlier}?", f"note {latest}?"))
    assert len(carried) == CARRIED
    assert carried == ("matter20", "matter21", *(f"matter{number}" for number in range(30, 36)))
