"""One request to a real local server of the protocol, and everything such a server may do instead of answering."""

import socket
import threading
import time

import pytest

from qa.written.client import name_of_model, said_by
from qa.written.endpoint import KEY_VARIABLE, language_model
from qa.written.errors import WriterError
from tests.qa.written.llm_server import Moves, Refuses, Says, SaysAtOnce, Sends, Status, event, running

TEXT = "Aid waits in Cucuta [1].\nIt came\u2028by truck, “all” of it — 日本 [2]."
QUESTION = [{"role": "user", "content": "Where does the aid wait?"}]
SECRET = "sk-very-secret"


@pytest.fixture(scope="module")
def server():
    behaviours = {
        "good": Says(TEXT),
        "whole": SaysAtOnce(TEXT),
        "plain": Refuses("temperature", TEXT),
        "bytes": Sends([bytes([byte]) for byte in event({"content": "Aïd [1]."}) + b"data: [DONE]\r\n\r\n"]),
        "returns": Sends([b": hello\r\revent: message\rdata:", event({"content": "Aid."})[5:], b"data: [DONE]\r\r"]),
        "parts": Sends([event({"content": [{"type": "text", "text": "Aid."}]}, "stop")]),
        "long": Says("Aid waits", finish="length"),
        "refuses": Status(400, {"error": {"message": "context window exceeded"}}),
        "unauthorised": Status(401, {"error": {"message": f"Incorrect API key provided: {SECRET}"}}),
        "missing": Status(404, {"error": {"message": "model 'missing' not found, try pulling it first"}}),
        "busy": Status(429, {"error": "slow down"}),
        "broken": Status(500, "<h1>Traceback</h1>\x1b[31m"),
        "page": Status(200, "<html><p>Welcome to the router</p></html>"),
        "moves": Moves("http://192.0.2.1/v1/chat/completions"),
        "no json": Sends([b"data: {not json}\n\n"]),
        "list": Sends([b"data: [1, 2]\n\n"]),
        "other": Sends([b'data: {"response": "Aid"}\n\n']),
        "error": Sends([event({"content": "Aid "}), b'data: {"error": {"message": "out of memory\\nat 0x1"}}\n\n']),
        "cut": Sends([event({"content": "Aid waits in"})], then="cut"),
        "ends": Sends([event({"content": "Aid waits in"})]),
        "stalls": Sends([event({"content": "Aid "})], then="stall"),
        "comments": Sends([event({"content": "Aid "})], then="comments"),
        "endless line": Sends([b"data: " + b"x" * (3 << 20)] * 2),
    }
    with running(behaviours) as started:
        yield started


def said(server, model, *, key="", seconds=20.0, stop=None):
    llm = language_model(server.url, model, key=key, seconds=seconds)
    return "".join(piece.text for piece in said_by(llm, model, QUESTION, stop))


@pytest.mark.parametrize("model", ["good", "whole", "plain"])
def test_an_answer_comes_whole_and_unchanged(server, model):
    assert said(server, model) == TEXT


def test_an_answer_comes_piece_by_piece(server):
    llm = language_model(server.url, "good", key="")
    assert sum(bool(piece.text) for piece in said_by(llm, "good", QUESTION)) > 5


@pytest.mark.parametrize(("model", "text"), [("bytes", "Aïd [1]."), ("returns", "Aid."), ("parts", "Aid.")])
def test_a_stream_is_cut_where_it_may_be_cut(server, model, text):
    assert said(server, model) == text


def test_the_end_says_why_an_answer_is_not_whole(server):
    llm = language_model(server.url, "long", key="")
    assert list(said_by(llm, "long", QUESTION))[-1].cut == "the model was cut off at its length limit"


@pytest.mark.parametrize(
    ("model", "told"),
    [
        ("refuses", r"does not take the question.*\(status 400, it says: context window exceeded\)"),
        ("unauthorised", rf"asks for a key.*{KEY_VARIABLE} \(status 401"),
        (
            "missing",
            r'no model "missing": check --llm and --llm-model \(status 404, it says: model .missing. not found',
        ),
        ("busy", r"takes no more questions for now.*slow down"),
        ("broken", r"has a trouble of its own.*\(status 500\)$"),
        ("page", "in another form than chat completions"),
        ("moves", "sends elsewhere, where Footnote does not follow"),
        ("no json", "in another form than chat completions"),
        ("list", "in another form than chat completions"),
        ("other", "in another form than chat completions"),
        ("error", "the language model's server said: out of memory at 0x1$"),
        ("cut", "broke off before its answer was whole"),
        ("ends", "broke off before its answer was whole"),
        ("endless line", "in another form than chat completions"),
    ],
)
def test_what_goes_wrong_is_one_clear_line(server, model, told):
    with pytest.raises(WriterError, match=told) as caught:
        said(server, model)
    assert str(caught.value).isprintable()


def test_what_was_said_before_a_cut_is_given(server):
    llm = language_model(server.url, "cut", key="")
    pieces = said_by(llm, "cut", QUESTION)
    assert next(pieces).text == "Aid waits in"
    with pytest.raises(WriterError):
        next(pieces)


@pytest.mark.parametrize("model", ["stalls", "comments"])
def test_a_server_that_falls_silent_is_waited_for_so_long_and_no_longer(server, model):
    began = time.monotonic()
    with pytest.raises(WriterError, match="said nothing for 1 seconds"):
        said(server, model, seconds=1.0)
    assert 0.9 < time.monotonic() - began < 5


def test_a_stop_is_noticed_at_once_and_hangs_up(server):
    stop = threading.Event()
    threading.Timer(0.3, stop.set).start()
    began, before = time.monotonic(), server.ended.count("comments")
    assert said(server, "comments", stop=stop) == "Aid "
    assert time.monotonic() - began < 2
    assert _soon(lambda: server.ended.count("comments") == before + 1)


def test_closing_the_iterator_hangs_up(server):
    before = server.ended.count("comments")
    llm = language_model(server.url, "comments", key="")
    pieces = said_by(llm, "comments", QUESTION)
    assert next(pieces).text == "Aid "
    pieces.close()
    assert _soon(lambda: server.ended.count("comments") == before + 1)


def test_a_server_that_is_not_there_is_said(free_port):
    llm = language_model(f"http://127.0.0.1:{free_port}", "m", key="")
    with pytest.raises(WriterError, match=rf"127\.0\.0\.1:{free_port} cannot be reached: is it running"):
        list(said_by(llm, "m", QUESTION))
    with pytest.raises(WriterError, match="cannot be reached"):
        name_of_model(language_model(f"http://127.0.0.1:{free_port}", key=""))


def test_a_server_of_another_protocol_is_said():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=_greets, args=[listening], daemon=True).start()
        llm = language_model(f"http://127.0.0.1:{listening.getsockname()[1]}", "m", key="")
        with pytest.raises(WriterError, match="broke off"):
            list(said_by(llm, "m", QUESTION))


def test_the_key_goes_to_the_server_and_into_no_message(server):
    with pytest.raises(WriterError, match="refuses the key") as caught:
        said(server, "unauthorised", key=SECRET)
    assert SECRET not in str(caught.value)
    assert server.asked()[-1]["headers"]["authorization"] == f"Bearer {SECRET}"
    assert SECRET not in repr(language_model(server.url, key=SECRET))


def test_without_a_key_none_is_sent_and_the_request_is_what_the_protocol_wants(server):
    said(server, "good")
    request = server.asked()[-1]
    assert "authorization" not in request["headers"]
    assert request["body"] == {"model": "good", "messages": QUESTION, "stream": True, "temperature": 0.0}


def test_no_proxy_of_the_environment_is_used(server, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://192.0.2.1:3128")
    assert said(server, "good") == TEXT


def test_the_only_model_of_a_server_needs_no_name():
    with running({"only": Says(TEXT)}) as server:
        assert name_of_model(language_model(server.url, key="")) == "only"


def test_of_several_models_one_must_be_named(server):
    with pytest.raises(WriterError, match=r"offers 23 models \(good, whole, plain, bytes, returns, ...\): name one"):
        name_of_model(language_model(server.url, key=""))
    assert name_of_model(language_model(server.url, "good", key="")) == "good"


def test_a_server_that_does_not_say_its_models_is_asked_for_none():
    with (
        running({"/models": Status(404, {})}) as server,
        pytest.raises(WriterError, match="does not say which models it has: name one with --llm-model"),
    ):
        name_of_model(language_model(server.url, key=""))


def _greets(listening):
    connection, _ = listening.accept()
    with connection:
        connection.recv(65536)
        connection.sendall(b"220 mail.example.org ESMTP ready\r\n")


def _soon(holds):
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.02)
    return False
