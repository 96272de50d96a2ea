import threading
import time

import pytest

from index.embedding.occasional import Occasional


class Model:
    """Stands for what is large and slow to load."""


@pytest.fixture
def made():
    return []


@pytest.fixture
def occasional(made):
    def load():
        made.append(Model())
        return made[-1]

    return Occasional(load, worth=100, idle_seconds=0.05)


def let_go(occasional):
    deadline = time.monotonic() + 20
    while occasional.is_loaded:
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_it_is_loaded_once_there_is_enough_to_do(made):
    occasional = Occasional(lambda: made.append(0) or Model(), worth=100, idle_seconds=60)
    for size, is_there in ((60, False), (40, False), (1, True), (1, True)):
        with occasional.used(size) as model:
            assert isinstance(model, Model) is is_there
    assert len(made) == 1


def test_it_is_let_go_when_nothing_has_come_for_a_while_and_loaded_again(occasional, made):
    with occasional.used(101) as model:
        assert occasional.is_loaded
    let_go(occasional)
    with occasional.used(50) as model:
        assert model is None  # what came before the pause does not count
    with occasional.used(101) as model:
        assert model is made[1]
    let_go(occasional)
    assert len(made) == 2


def test_it_stays_while_it_is_used(occasional, made):
    with occasional.used(101) as model, occasional.used(1) as same:
        time.sleep(0.3)  # it would have been let go six times
        assert occasional.is_loaded
        assert same is model
    let_go(occasional)
    assert len(made) == 1


def test_threads_share_it(made):
    def load():
        time.sleep(0.01)
        made.append(Model())
        return made[-1]

    occasional, begin = Occasional(load, worth=100, idle_seconds=60), threading.Barrier(8)

    def use():
        begin.wait()
        with occasional.used(101):
            pass

    threads = [threading.Thread(target=use) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1


def test_what_fails_to_load_is_tried_again():
    tries = []

    def load():
        tries.append(0)
        if len(tries) == 1:
            raise OSError("no such file")
        return Model()

    occasional = Occasional(load, worth=0, idle_seconds=60)
    with pytest.raises(OSError, match="no such file"), occasional.used(1):
        pass
    with occasional.used(1) as model:
        assert isinstance(model, Model)


def test_without_its_files_work_goes_on_without_it(caplog):
    files = [Model()]

    def load():
        if not files:
            raise RuntimeError("Could not open the file: model.xml")
        return files[0]

    occasional = Occasional(load, worth=0, idle_seconds=0.02)
    with occasional.used(1) as model:
        assert model is files[0]
    let_go(occasional)
    files.clear()
    for _ in range(3):
        with occasional.used(1) as model:
            assert model is None
    assert caplog.text.count("model.xml") == 1  # a large sync comes here thousands of times
