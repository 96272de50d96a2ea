"""Wrong passwords and sessions are counted within bounds, by a clock that the test moves."""

import pytest

from qa.web.access.attempts import FORGOTTEN_AFTER_SECONDS, FREE, Attempts
from qa.web.access.sessions import IDLE_SECONDS, LONGEST_SECONDS, Sessions


class Clock:
    def __init__(self):
        self.now = 1_000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def fail(attempts, source, times):
    for _ in range(times):
        attempts.begin(source)


def test_the_first_wrong_passwords_are_free_and_each_further_one_waits_twice_as_long(clock):
    attempts = Attempts(longest_wait_seconds=20, clock=clock)
    fail(attempts, "192.0.2.1", FREE - 1)
    assert attempts.wait_seconds("192.0.2.1") == 0
    waits = []
    for _ in range(7):
        attempts.begin("192.0.2.1")
        waits.append(attempts.wait_seconds("192.0.2.1"))
    assert waits == [1, 2, 4, 8, 16, 20, 20]
    assert attempts.wait_seconds("192.0.2.2") == 0
    clock.now += 19
    assert attempts.wait_seconds("192.0.2.1") == 1
    clock.now += 1
    assert attempts.wait_seconds("192.0.2.1") == 0


def test_many_at_the_same_time_do_not_get_around_the_wait(clock):
    attempts = Attempts(longest_wait_seconds=20, clock=clock)
    tried = 0
    for _ in range(100):
        if not attempts.wait_seconds("ann"):
            attempts.begin("ann")
            tried += 1
    assert tried == FREE


def test_wrong_passwords_are_forgotten_after_a_while_and_by_a_right_one(clock):
    attempts = Attempts(longest_wait_seconds=20, clock=clock)
    fail(attempts, "ann", FREE + 3)
    attempts.begin("ann")
    attempts.succeed("ann", forget_all=True)
    assert attempts.wait_seconds("ann") == 0
    fail(attempts, "ann", FREE + 3)
    attempts.begin("ann")
    attempts.succeed("ann", forget_all=False)  # one's own password is no way to guess another's
    assert attempts.wait_seconds("ann") > 0
    clock.now += FORGOTTEN_AFTER_SECONDS + 1
    assert attempts.wait_seconds("ann") == 0


def test_what_is_remembered_is_bounded(clock):
    attempts = Attempts(longest_wait_seconds=20, remembered=100, clock=clock)
    for number in range(1_000):
        attempts.begin(f"198.51.100.{number}")
    assert len(attempts) == 100


def test_a_session_is_known_by_its_token_until_it_ends(clock):
    sessions = Sessions(clock=clock)
    token, other = sessions.begin("ann"), sessions.begin("ann")
    assert token != other
    assert len(token) >= 43  # 256 bits in base64
    assert sessions.name_of(token) == "ann"
    assert sessions.name_of("") is None
    assert sessions.name_of(token[:-1]) is None
    sessions.end(token)
    assert sessions.name_of(token) is None
    assert sessions.name_of(other) == "ann"


def test_a_session_ends_when_nobody_used_it_and_after_a_week_in_any_case(clock):
    sessions = Sessions(clock=clock)
    idle, used = sessions.begin("ann"), sessions.begin("ben")
    began = clock.now
    while clock.now - began + IDLE_SECONDS < LONGEST_SECONDS:
        clock.now += IDLE_SECONDS * 0.9
        assert sessions.name_of(used) == "ben"
    assert sessions.name_of(idle) is None
    clock.now = began + LONGEST_SECONDS + 1
    assert sessions.name_of(used) is None


def test_sessions_are_bounded(clock):
    sessions = Sessions(most=10, clock=clock)
    first = sessions.begin("ann")
    for _ in range(10):
        sessions.begin("ben")
    assert len(sessions) == 10
    assert sessions.name_of(first) is None
