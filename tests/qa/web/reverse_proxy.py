"""A small reverse proxy on loopback: it takes the prefix off, says whom it speaks for, and passes everything on.

One request per connection, so that after the head of the request it has only bytes to pass on, events included.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from socketserver import StreamRequestHandler, ThreadingTCPServer
from urllib.parse import urlsplit

__all__ = ["proxy_to"]


class _Proxy(ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True


@contextmanager
def proxy_to(address: str, prefix: str) -> Iterator[str]:
    """The address of a proxy for what is at `address`, below `prefix`; its name "localhost" tells the two apart."""
    port = urlsplit(address).port
    assert port

    class Handler(StreamRequestHandler):
        def handle(self) -> None:
            with suppress(OSError):
                _pass_on(self, port, prefix)

    with _Proxy(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_address[1]}{prefix}/"
        server.shutdown()


def _pass_on(client: StreamRequestHandler, port: int, prefix: str) -> None:
    request, *lines = iter(lambda: client.rfile.readline().decode("latin-1").rstrip("\r\n"), "")
    method, path, _ = request.split(" ")
    if not path.startswith(f"{prefix}/"):
        client.wfile.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        return
    host = next(line.partition(":")[2].strip() for line in lines if line.lower().startswith("host:"))
    ours = [
        f"{method} {path.removeprefix(prefix)} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        f"X-Forwarded-Host: {host}",
        "X-Forwarded-Proto: http",
        "X-Forwarded-For: 203.0.113.9",
        "Connection: close",
    ]
    theirs = [line for line in lines if line.partition(":")[0].lower() not in {"host", "connection"}]
    with socket.create_connection(("127.0.0.1", port)) as upstream:
        upstream.sendall("\r\n".join([*ours, *theirs, "", ""]).encode("latin-1"))
        threading.Thread(target=_pump, args=(client, upstream), daemon=True).start()
        while data := upstream.recv(1 << 16):
            client.wfile.write(data)


def _pump(client: StreamRequestHandler, upstream: socket.socket) -> None:
    """What the client still sends: the body, which may have been read in part together with the head."""
    with suppress(OSError, ValueError):
        while data := client.rfile.read1(1 << 16):
            upstream.sendall(data)
