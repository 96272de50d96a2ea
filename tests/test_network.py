import socket
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import suppress

import pytest

from tests.guarded.network_guard import is_local

ABROAD = "192.0.2.1"  # RFC 5737: an address for documentation, which no machine has
CARELESS = f"""
import multiprocessing, socket
def call():
    try:
        socket.create_connection(("{ABROAD}", 443))
    except OSError:
        pass
process = multiprocessing.get_context("fork").Process(target=call)
process.start()
process.join()
"""


@pytest.mark.parametrize(
    "address", [None, "", "localhost", "127.0.0.1", "127.8.8.8", "::1", "0.0.0.0", b"127.0.0.1", ("::1", 80, 0, 0)]
)
def test_this_machine_is_local(address):
    assert is_local(address)


@pytest.mark.parametrize("address", ["example.org", ABROAD, (ABROAD, 443), "2001:db8::1", "localhost.example.org"])
def test_another_machine_is_not_local(address):
    assert not is_local(address)


@pytest.mark.parametrize(
    ("url", "local"),
    [("http://localhost:7860/", True), ("ws://127.0.0.1/queue", True), ("https://example.org/127.0.0.1", False)],
)
def test_a_url_is_as_local_as_its_host(url, local):
    assert is_local(url) is local


def test_connections_abroad_are_refused_and_written_down_even_if_nobody_minds(network_attempts):
    with suppress(OSError), socket.socket() as sock:
        sock.connect((ABROAD, 443))
    with suppress(OSError), socket.socket(type=socket.SOCK_DGRAM) as sock:
        sock.sendto(b"?", (ABROAD, 53))
    assert network_attempts.take() == [f"('{ABROAD}', 443)", f"('{ABROAD}', 53)"]


def test_names_are_not_looked_up(network_attempts):
    with pytest.raises(urllib.error.URLError, match=r"tried to reach example\.org"):
        urllib.request.urlopen("http://example.org/")
    assert network_attempts.take() == ["example.org"]


def test_processes_of_a_test_and_those_that_they_start_are_guarded_too(network_attempts):
    subprocess.run([sys.executable, "-c", CARELESS], check=True)
    assert network_attempts.take() == [ABROAD]


def test_this_machine_can_be_reached(free_port):
    with socket.create_server(("127.0.0.1", free_port)), socket.create_connection(("localhost", free_port)) as sock:
        assert sock.getpeername()[1] == free_port


@pytest.mark.browser
def test_what_a_page_asks_of_other_machines_is_stopped_and_written_down(page, sent_abroad):
    page.set_content(f"<p>Home</p><img src='http://{ABROAD}/pixel.png'>")
    assert page.inner_text("p") == "Home"
    assert sent_abroad == [f"http://{ABROAD}/pixel.png"]
    sent_abroad.clear()
