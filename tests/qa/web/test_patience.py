"""Connections that ask for nothing are closed, on a server of its own; those that are answered slowly are not."""

import asyncio
import socket
import threading
import time

import pytest
import uvicorn

from qa.web import patience
from qa.web.patience import AsksSoon

WAIT = 0.4
ASKED = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"


async def slow(scope, receive, send):
    if scope["type"] == "http":
        await asyncio.sleep(3 * WAIT)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"ok"})


@pytest.fixture
def connect(monkeypatch):
    monkeypatch.setattr(patience, "ASKS_WITHIN_SECONDS", WAIT)
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(slow, http=AsksSoon, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    opened = []

    def connected():
        opened.append(socket.create_connection(listening.getsockname(), timeout=20))
        return opened[-1]

    yield connected
    for connection in opened:
        connection.close()
    server.should_exit = True
    thread.join(20)
    listening.close()


def until_closed(connection, *, dripping=b""):
    """What arrives until the server closes, while a byte is sent now and then."""
    connection.settimeout(WAIT / 8)
    arrived, ends = b"", time.monotonic() + 20
    while time.monotonic() < ends:
        try:
            connection.sendall(dripping)
            if not (more := connection.recv(1024)):
                return arrived
            arrived += more
        except TimeoutError:
            continue
        except (ConnectionResetError, BrokenPipeError):
            return arrived
    raise AssertionError("the connection stayed open")


def test_a_connection_that_asks_for_nothing_is_closed(connect):
    assert until_closed(connect()) == b""
    half = connect()
    half.sendall(ASKED[:-2] + b"X: ")
    assert until_closed(half, dripping=b"x") == b""


def test_an_answer_may_take_longer_and_then_the_next_request_must_come(connect):
    connection = connect()
    connection.sendall(ASKED)
    assert until_closed(connection, dripping=b"").endswith(b"ok")
    again = connect()
    again.sendall(ASKED)
    arrived = b""
    while not arrived.endswith(b"ok"):
        arrived += again.recv(1024)
    again.sendall(ASKED)
    arrived = b""
    while not arrived.endswith(b"ok"):
        arrived += again.recv(1024)
    again.sendall(ASKED[:-2] + b"X: ")
    assert until_closed(again, dripping=b"x") == b""


def answered(connection):
    connection.sendall(ASKED)
    arrived = b""
    while not arrived.endswith(b"ok"):
        if not (more := connection.recv(1024)):
            return False
        arrived += more
    return True


def test_more_connections_than_there_is_room_for_are_closed_at_once_and_room_comes_back(connect, monkeypatch):
    monkeypatch.setattr(patience, "MOST_CONNECTIONS", 20)
    held = [connect() for _ in range(20)]
    time.sleep(WAIT / 4)
    assert until_closed(connect()) == b""
    assert answered(held[0])
    for connection in held:
        connection.close()
    ends = time.monotonic() + 10
    while AsksSoon._open and time.monotonic() < ends:
        time.sleep(0.02)
    assert not AsksSoon._open
    assert answered(connect())


def test_one_other_machine_cannot_take_all_of_them(connect, monkeypatch):
    monkeypatch.setattr(patience, "MOST_OF_ONE_ADDRESS", 3)
    monkeypatch.setattr(patience, "_address", lambda transport: "192.0.2.7")
    for _ in range(3):
        connect()
    time.sleep(WAIT / 4)
    assert until_closed(connect()) == b""
    monkeypatch.setattr(patience, "_address", lambda transport: "192.0.2.8")
    assert answered(connect())
