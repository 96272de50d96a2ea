"""What a visitor sends to a server: requests of the API, and the events of a page as Gradio's script sends them."""

from __future__ import annotations

import json
import random
import re
import socket
from collections.abc import Sequence
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import Any
from urllib.parse import urlencode

PATIENCE_SECONDS = 60.0
"""An answer that takes longer is lost."""

EXCHANGES = re.compile(r'data-exchange="([^"]+)"')
BOUNDARY = "----load"


class Lost(Exception):
    """A request that failed; says which and how."""


class Server:
    """The address of a server, and the numbers of its page's events."""

    def __init__(self, address: str) -> None:
        """`address`: "127.0.0.1:7860"."""
        self.address = address
        dependencies = self.json("GET", "/config")["dependencies"]
        self._events = {each["api_name"]: each["id"] for each in dependencies}

    def json(self, method: str, path: str, body: Any = None) -> Any:
        """What a request of the API is answered with. Raises `Lost`."""
        return json.loads(self.send(method, path, None if body is None else json.dumps(body).encode()))

    def send(self, method: str, path: str, body: bytes | None = None, kind: str = "application/json") -> bytes:
        """The body of an answer with status 200 or 202. Raises `Lost`."""
        connection = HTTPConnection(self.address, timeout=PATIENCE_SECONDS)
        headers = {"Origin": f"http://{self.address}", "Connection": "close"}
        try:
            connection.request(method, path, body, {**headers, "Content-Type": kind} if body is not None else headers)
            response = connection.getresponse()
            arrived = response.read()
        except (OSError, HTTPException) as error:
            raise Lost(f"{method} {path}: {type(error).__name__} {error}") from error
        finally:
            connection.close()
        if response.status not in {200, 202}:
            raise Lost(f"{method} {path}: status {response.status}: {arrived[:200]!r}")
        return arrived

    def ask(self, question: str, history: Sequence[str] = ()) -> dict[str, Any]:
        """An answer of the API."""
        return dict(self.json("POST", "/api/ask", {"question": question, "history": list(history)}))

    def search(self, query: str) -> list[dict[str, Any]]:
        """The passages of a search by the API."""
        return list(self.json("GET", f"/api/search?{urlencode({'query': query, 'k': 5})}")["hits"])

    def hang_up(self, question: str, seconds: float) -> None:
        """Ask, and be gone after so long."""
        body = json.dumps({"question": question}).encode()
        head = f"POST /api/ask HTTP/1.1\r\nHost: {self.address}\r\nContent-Type: application/json\r\n"
        host, port = self.address.split(":")
        with socket.create_connection((host, int(port)), timeout=PATIENCE_SECONDS) as connection:
            connection.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
            connection.settimeout(max(seconds, 0.001))
            with suppress(TimeoutError):
                connection.recv(1)

    def event(self, session: str, name: str, values: list[Any], about: dict[str, Any] | None = None) -> list[Any]:
        """What an event of a page changes on it. Raises `Lost`."""
        body = {"fn_index": self._events[name], "session_hash": session, "data": values, "event_data": about}
        return list(self.json("POST", "/gradio_api/run/predict", body)["data"])

    def heartbeat(self, session: str) -> tuple[HTTPConnection, HTTPResponse]:
        """The connection that an open page holds."""
        connection = HTTPConnection(self.address, timeout=PATIENCE_SECONDS)
        connection.request("GET", f"/gradio_api/heartbeat/{session}", headers={"Origin": f"http://{self.address}"})
        return connection, connection.getresponse()


class Tab:
    """One tab of a browser: its conversation lasts over reloads, its session does not."""

    def __init__(self, server: Server, chance: random.Random) -> None:
        """Open the page."""
        self._server, self._chance = server, chance
        self._browser, self._beating = _digits(chance, 32), None
        self._assets: list[str] = []
        self.exchanges: list[str] = []
        self.conversation = self._session = ""
        self.begin()
        self.reload()

    @property
    def name(self) -> str:
        """As the page's script names it: "<key of the browser>:<name of the conversation>"."""
        return f"{self._browser}:{self.conversation}"

    def begin(self) -> None:
        """A new conversation."""
        self.conversation, self.exchanges = _digits(self._chance, 32), []

    def reload(self) -> None:
        """Fetch the page and some of what it is made of, and show what was shown."""
        self.close()
        self._session = _digits(self._chance, 11)
        page = self._server.send("GET", "/").decode()
        self._assets = self._assets or re.findall(r'(?:src|href)="\.(/assets/[^"]+)"', page)
        for path in (*self._assets, "/theme.css", "/config"):
            self._server.send("GET", path)
        try:
            self._beating = self._server.heartbeat(self._session)
        except (OSError, HTTPException) as error:
            raise Lost(f"heartbeat: {type(error).__name__} {error}") from error
        self._server.event(self._session, "come_back", [self.name])
        self._server.event(self._session, "look", [self.name, None])

    def look(self) -> None:
        """What an open page asks every second and a half."""
        self._server.event(self._session, "look_again", [self.name, None, None])

    def ask(self, question: str) -> str:
        """The conversation as HTML, the newest exchange last."""
        log = str(self._server.event(self._session, "ask", [question, self.name, None])[0])
        self.exchanges = list(dict.fromkeys(EXCHANGES.findall(log)))
        return log

    def open_source(self) -> str:
        """The sheet of the first source of the last answer."""
        wanted = {"exchange": self.exchanges[-1], "citation": 1}
        return str(self._server.event(self._session, "opened_1", [self.name], {"wanted": wanted})[0])

    def listed(self) -> str:
        """The list of this browser's conversations."""
        return str(self._server.event(self._session, "listed", [self.name])[0])

    def export(self, form: str) -> str:
        """The conversation as a file's text; "" when nothing was asked in it yet."""
        about = {"conversation": self.conversation, "form": form}
        file = self._server.event(self._session, "exported", [self.name], about)[0]
        return str(file["text"]) if file else ""

    def delete(self) -> None:
        """Delete the conversation, and begin another."""
        self._server.event(self._session, "removed", [self.name], {"conversation": self.conversation})
        self.begin()

    def upload(self, name: str, content: bytes) -> str:
        """Hand a document in; what the page says."""
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n'
        body = f"{head}Content-Type: text/plain\r\n\r\n".encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()
        sent = self._server.send("POST", "/gradio_api/upload", body, f"multipart/form-data; boundary={BOUNDARY}")
        file = {"path": json.loads(sent)[0], "orig_name": name, "meta": {"_type": "gradio.FileData"}}
        return str(self._server.event(self._session, "upload", [[file], None])[1])

    def wish(self, kind: str, what: str) -> str:
        """Tell the list of documents to do something: "remove" a path; what the page says."""
        about = {"wish": {"kind": kind, "what": what, "number": self._chance.randrange(1, 1 << 20)}}
        return str(self._server.event(self._session, "wish", [None], about)[3])

    def close(self) -> None:
        """Hang up as a closed tab does."""
        if self._beating:
            connection, response = self._beating
            response.close()
            connection.close()
        self._beating = None


def _digits(chance: random.Random, count: int) -> str:
    return f"{chance.getrandbits(4 * count):0{count}x}"
