"""A cluster of one's own that is late to start is started again, and nothing of the first is left."""

from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace

import pytest

from index.errors import ClusterError
from index.spreading import own_cluster


class Node:
    """Started, and not there in time."""

    def __init__(self, ended):
        self.ended = ended

    def kill_all_processes(self, *, check_alive, allow_graceful):
        self.ended.append((check_alive, allow_graceful))

    def start(self, says):
        raise RuntimeError(says)


class Ray:
    """Fails so many times."""

    _private = SimpleNamespace()

    def __init__(self, failures, says="The current node timed out during startup."):
        self.left, self.says, self.folders, self.ended = failures, says, [], []

    def init(self, *_, _temp_dir, **__):
        self.folders.append(_temp_dir)
        if self.left:
            self.left -= 1
            Node(self.ended).start(self.says)

    def shutdown(self):
        assert all(map(Path.exists, map(Path, self.folders))), "Ray still writes there"


@pytest.mark.parametrize("failures", [0, 1, own_cluster.STARTS - 1])
def test_it_is_started_again_in_a_folder_of_its_own(failures):
    ray = Ray(failures)
    with ExitStack() as leaving:
        own_cluster.start(ray, leaving, 2)
        assert len(set(ray.folders)) == failures + 1
        assert len(ray.ended) == failures
    assert not any(map(Path.exists, map(Path, ray.folders)))


@pytest.mark.parametrize(("failures", "says", "tries"), [(9, "it timed out during startup", 3), (9, "no room", 1)])
def test_it_is_said_when_it_does_not_start(failures, says, tries):
    ray = Ray(failures, says)
    with ExitStack() as leaving, pytest.raises(ClusterError, match=f"Ray says: {says}"):
        own_cluster.start(ray, leaving, 2)
    assert len(ray.folders) == len(ray.ended) == tries
