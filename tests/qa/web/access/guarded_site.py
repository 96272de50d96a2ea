"""A site behind the guard as a server would be: what comes through answers with what it has seen."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket

from qa.web.access import Access, Guard
from qa.web.access.paths import Paths

METHODS = ["GET", "POST", "PUT", "OPTIONS", "DELETE"]


async def seen(request: Request) -> JSONResponse:
    """What the application behind the guard sees of a request."""
    body = await request.body()
    return JSONResponse(
        {
            "url": str(request.url),
            "root": request.scope.get("root_path"),
            "client": request.client.host if request.client else None,
            "headers": sorted(request.headers.keys()),
            "bytes": len(body),
        }
    )


async def socket(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.send_text("in")
    await websocket.close()


def client_of(
    access: Access, *, slugs: tuple[str, ...] = (), base_url: str = "http://localhost:7860", client: str = "127.0.0.1"
) -> TestClient:
    """A client that speaks to it from the address `client`, and follows no redirection."""
    inner = [WebSocketRoute("/socket", socket), Route("/{path:path}", seen, methods=METHODS)]
    app = Starlette(routes=[*(Mount(f"/{slug}", routes=inner) for slug in slugs), *inner])
    guarded = Guard(app, paths=Paths(slugs), access=access)
    return TestClient(guarded, base_url=base_url, client=(client, 50_000), follow_redirects=False)


def page_of(origin: str, *, site: str = "cross-site") -> Mapping[str, str]:
    """The headers of a script on a page of `origin`."""
    return {"Origin": origin, "Sec-Fetch-Site": site, "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"}
