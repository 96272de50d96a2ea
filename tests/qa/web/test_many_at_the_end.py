"""Ctrl-C while many are asking: the server ends at once and quietly, and so does what answers for it."""

import http.client
import json
import signal
import threading
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from qa import Corpus
from tests.qa.askers.mills import FILES, QUESTIONS, alive, waited
from tests.qa.web.page_server import started_page


def children(process):
    """The processes that answer for it."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has just ended
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            if parent == process and b"qa.askers" in (folder / "cmdline").read_bytes():
                found.append(int(folder.name))
    return found


def test_nothing_is_left_of_a_server_that_is_stopped_while_many_ask(make_corpus, tmp_path):
    folder, log = make_corpus(FILES), tmp_path / "server.log"
    Corpus(folder).sync()
    with started_page(folder, log, "--askers", "2", "--waiting", "4") as (server, address):
        told = []

        def ask(at):
            connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
            body = json.dumps({"question": QUESTIONS[at % len(QUESTIONS)]})
            try:
                while True:
                    connection.request("POST", "/api/ask", body, {"Content-Type": "application/json"})
                    response = connection.getresponse()
                    told.append((response.status, json.loads(response.read() or b"{}")))
            except (OSError, http.client.HTTPException):
                return  # the server has ended

        asking = [threading.Thread(target=ask, args=(at,)) for at in range(40)]
        for thread in asking:
            thread.start()
        waited(lambda: len(children(server.pid)) == 2 and any(status == 503 for status, _ in told))
        waited(lambda: sum(status == 200 for status, _ in told) > 40)
        processes = children(server.pid)
        server.send_signal(signal.SIGINT)
        assert server.wait(60) == 130
        for thread in asking:
            thread.join()
    assert not any(map(alive, processes))
    assert [each for each in told if each[0] not in {200, 503}] == []
    assert all(answer.get("found") for status, answer in told if status == 200)
    refused = [answer["error"] for status, answer in told if status == 503 and answer]
    assert all("questions are being answered or wait their turn" in line for line in refused)
    [first, *others] = log.read_text().splitlines()
    assert first.startswith("Footnote reads ")
    assert [line for line in others if line and not line.startswith("footnote: stopped")] == []
