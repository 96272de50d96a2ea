"""python whole_product.py CORPUS: everything that Footnote does for its users, one thing after the other.

Run as a user would, in an environment that knows nothing of tests: sync, check, ask and search in the shell, the page
(a question, the same as a program, an export, an upload), and an assistant. Prints a line for each that went well.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

FOOTNOTE = [sys.executable, "-c", "from qa.cli import main; main()"]
QUESTION = "Where does the aid wait?"
TAB = f"{'a' * 32}:{'b' * 32}"


def shell(*arguments: str) -> str:
    done = subprocess.run([*FOOTNOTE, *arguments], capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, f"{arguments}: {done.stderr}"
    return done.stdout


def in_the_shell(corpus: str) -> None:
    assert "1 new" in shell("sync", "-c", corpus)
    assert "All is well" in shell("check", "-c", corpus)
    assert "Cucuta" in shell("ask", QUESTION, "-c", corpus)
    assert "Cucuta" in shell("search", "aid", "-c", corpus, "--json")


class Page:
    """What a browser sends."""

    def __init__(self, address: str) -> None:
        self.address = address.rstrip("/")
        self.events = {each["api_name"]: each["id"] for each in json.loads(self.get("/config"))["dependencies"]}

    def get(self, path: str) -> str:
        with urllib.request.urlopen(self.address + path, timeout=60) as answer:
            return str(answer.read().decode())

    def post(self, path: str, body: bytes, kind: str = "application/json") -> str:
        headers = {"Content-Type": kind, "Origin": self.address}
        with urllib.request.urlopen(urllib.request.Request(self.address + path, body, headers), timeout=120) as answer:
            return str(answer.read().decode())

    def event(self, name: str, data: list[object], event: object = None) -> str:
        body = {"fn_index": self.events[name], "session_hash": "s", "data": data, "event_data": event}
        return self.post("/gradio_api/run/predict", json.dumps(body).encode())


def on_the_page(corpus: str) -> None:
    server = subprocess.Popen(
        [*FOOTNOTE, "serve", corpus, "--port", "0", "--watch"],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stdout
        found = re.search(r"http://127\.0\.0\.1:\d+", server.stdout.readline())
        assert found
        page = Page(_when_it_answers(found[0]))
        while json.loads(page.get("/api/health"))["status"] != "ready":
            time.sleep(0.2)
        assert "Footnote" in page.get("/")
        while "Not ready yet" in (answer := page.event("ask", [QUESTION, TAB, None])):
            time.sleep(0.2)
        assert "Cucuta" in answer
        assert "Cucuta" in page.event("exported", [TAB], {"conversation": TAB.rpartition(":")[2], "form": "html"})
        assert "Cucuta" in page.post("/api/ask", json.dumps({"question": QUESTION}).encode())
        head = b'--b\r\nContent-Disposition: form-data; name="files"; filename="b.txt"\r\n\r\n'
        part = head + b"The boat is blue.\r\n--b--\r\n"
        [path] = json.loads(page.post("/gradio_api/upload", part, "multipart/form-data; boundary=b"))
        file = {"path": path, "orig_name": "b.txt", "meta": {"_type": "gradio.FileData"}}
        assert "b.txt" in page.event("upload", [[file], None])
        page.post("/api/sync", b"")
    finally:
        server.terminate()
        server.wait(60)


def _when_it_answers(address: str) -> str:
    for _ in range(300):
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return address
        except OSError:
            time.sleep(0.2)
    raise AssertionError("the page did not answer")


def for_an_assistant(corpus: str) -> None:
    facts = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}
    asked = {"name": "ask", "arguments": {"question": QUESTION}}
    said = [
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": facts},
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": asked},
    ]
    with subprocess.Popen(
        [*FOOTNOTE, "mcp", "-c", corpus], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdin
        assert server.stdout
        for line in said:
            server.stdin.write(json.dumps(line) + "\n")
            server.stdin.flush()
        while True:
            answer = json.loads(server.stdout.readline())
            if answer.get("id") == 2:
                break
        assert "Cucuta" in json.dumps(answer)
        server.stdin.close()


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    for step in (in_the_shell, on_the_page, for_an_assistant):
        step(str(folder))
        sys.stdout.write(f"{step.__name__}\n")
        sys.stdout.flush()
