"""Both stores give the same answers to the same questions, score for score."""

import pytest

from index.opening import moved_to
from qa import Turn
from tests.index.stores.states import FILES, state_of

MORE = {
    "reports/BESTBUY_2023_10K.md": "# Results\n\nRevenue fell to 46.3 billion dollars. Stores were closed in May.\n",
    "reports/NIKE_2023_10K.md": "# Results\n\nRevenue rose to 51.2 billion dollars. Stores were opened in June.\n",
    "notes/letters.txt": "The ambassador wrote that “the bridge is closed” and that nobody may cross it.\n",
    "notes/table.csv": "camp,people\nMaicao,2200\nCucuta,4100\nArauca,800\n",
    "notes/same.txt": FILES["army.md"],
    "empty.txt": "",
}
QUESTIONS = (
    "What was the revenue of Best Buy in 2023?",
    "How many people are in Maicao?",
    "who wrote “the bridge is closed”?",
    "Who purges teh armyy?",
    "crude exports",
    "nothing of the kind stands here, xylophone",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("corpus")
    for name, text in (FILES | MORE).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return folder


def found(corpus, **options):
    answers = [corpus.ask(question, **options) for question in QUESTIONS]
    return [
        (
            a.text,
            a.found,
            round(a.confidence, 5),
            a.carried,
            a.read_as,
            [(c.path, c.start, c.quote) for c in a.citations],
        )
        for a in answers
    ], [[(hit.path, hit.start, round(hit.score, 5)) for hit in corpus.search(question, 10)] for question in QUESTIONS]


def test_they_agree_score_for_score(folder, in_folder, on_server):
    in_folder.index(folder).sync()
    on_server.index(folder).sync()
    one, other = in_folder.corpus(folder), on_server.corpus(folder)
    assert found(one) == found(other)
    history = [Turn("What was the revenue of Nike?", one.ask("What was the revenue of Nike?").text)]
    assert found(one, history=history, within=["reports/"]) == found(other, history=history, within=["reports/"])


def test_they_agree_after_a_move_there_and_back(folder, in_folder, on_server, tmp_path):
    in_folder.index(folder).sync()
    there = moved_to(in_folder.index(folder), on_server.index(folder), lambda *_: None)
    assert (there.documents, there.copied) == (9, 9)
    assert state_of(folder, on_server, digits=5) == state_of(folder, in_folder, digits=5)
    back = type(in_folder)("", tmp_path / "back")
    again = moved_to(on_server.index(folder), back.index(folder), lambda *_: None)
    assert again.digest == there.digest
    assert state_of(folder, back, digits=5) == state_of(folder, in_folder, digits=5)
    assert not back.index(folder).sync().did_something
    assert not on_server.index(folder).sync().did_something
