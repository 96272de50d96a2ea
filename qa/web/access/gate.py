"""Nothing is served to those who have not signed in: not the page, its files and events, nor the API."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from urllib.parse import parse_qs, quote, urlencode

from starlette.requests import ClientDisconnect, HTTPConnection, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa.web.access.door import Door, NotLetIn, name_and_password
from qa.web.access.passwords import Hashed
from qa.web.access.paths import SIGN_IN, SIGN_OUT, Paths, below_root
from qa.web.access.refusals import refusal
from qa.web.access.sessions import Sessions
from qa.web.access.sign_in_page import once_more_page, sign_in_page

__all__ = ["Gate"]

ASK_FIRST = "Sign in first."
BASIC = 'Basic realm="Footnote", charset="UTF-8"'
NOT_KEPT = b"no-store"
"""What the documents say is kept by no cache on the way, nor shown by the "back" button after signing out."""

TYPED_WITHIN_SECONDS = 20.0
"""How long a form of a few bytes may be on its way; everybody can send it."""

SIGNED_OUT = "You are signed out."


class Gate:
    """A session in a cookie for people; for programs a name and a password with each request (HTTP Basic)."""

    def __init__(self, app: ASGIApp, *, paths: Paths, logins: Mapping[str, Hashed], cookie: str) -> None:
        self._app = app
        self._paths = paths
        self._door = Door(logins)
        self._sessions = Sessions()
        self._cookie = cookie

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or ask to sign in."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        path = below_root(scope)
        if path == SIGN_IN and scope["type"] == "http":
            response = await self._sign_in(Request(scope, receive))
        elif path == SIGN_OUT and scope["type"] == "http":
            response = self._sign_out(Request(scope, receive))
        elif refused := await self._refused(HTTPConnection(scope)):
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1008, "reason": ASK_FIRST})
                return
            response = refused
        else:
            await self._app(scope, receive, _not_kept(send))
            return
        response.headers["cache-control"] = NOT_KEPT.decode()
        await response(scope, receive, send)

    async def _refused(self, request: HTTPConnection) -> Response | None:
        """None for whom is let in."""
        if self._sessions.name_of(request.cookies.get(self._cookie, "")):
            return None
        path = below_root(request.scope)
        sent = name_and_password(request.headers.get("authorization", ""))
        if sent:
            try:
                await self._door.let_in_again(*sent, address=_address(request))
            except NotLetIn as why:
                return self._not_let_in(why, as_json=self._paths.is_api(path))
            return None
        if self._paths.is_page(path) and request.scope.get("method") in {"GET", "HEAD"}:
            return self._ask(request, path)
        if path == "/favicon.ico":
            return Response(status_code=204)  # browsers ask for it beside any page, without the cookie of a prefix
        is_api = self._paths.is_api(path)
        headers = {"WWW-Authenticate": BASIC} if is_api else {}
        return refusal(401, ASK_FIRST, as_json=is_api, headers=headers)

    def _ask(self, request: HTTPConnection, path: str) -> Response:
        if request.headers.get("sec-fetch-site") == "cross-site":
            # The cookie does not come along when a link of another site is followed; it does when we ask again.
            return HTMLResponse(once_more_page())
        wanted = path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"{_root(request)}{SIGN_IN}?{urlencode({'next': wanted})}", 303)

    async def _sign_in(self, request: Request) -> Response:
        wanted = self._wanted(request.query_params.get("next", ""))
        if request.method in {"GET", "HEAD"}:
            if self._sessions.name_of(request.cookies.get(self._cookie, "")):
                return RedirectResponse(_root(request) + wanted, 303)
            said = SIGNED_OUT if "out" in request.query_params else ""
            return HTMLResponse(sign_in_page(_action(request, wanted), said=said))
        if request.method != "POST":
            return refusal(405, "Signing in is a GET or a POST.", as_json=False)
        try:
            async with asyncio.timeout(TYPED_WITHIN_SECONDS):
                name, password = _typed(await request.body())
        except (ClientDisconnect, TimeoutError):
            return refusal(408, "Name and password did not arrive.", as_json=False, headers={"Connection": "close"})
        try:
            await self._door.let_in(name, password, _address(request))
        except NotLetIn as why:
            page = sign_in_page(_action(request, wanted), name=name, failed=why.message)
            return HTMLResponse(page, why.status, _later(why))
        self._sessions.end(request.cookies.get(self._cookie, ""))
        response = RedirectResponse(_root(request) + wanted, 303)
        response.set_cookie(
            self._cookie,
            self._sessions.begin(name),
            path=_root(request) or "/",
            secure=request.url.scheme == "https",
            httponly=True,
            samesite="strict",
        )
        return response

    def _sign_out(self, request: Request) -> Response:
        if request.method != "POST":
            return RedirectResponse(f"{_root(request)}/", 303)
        self._sessions.end(request.cookies.get(self._cookie, ""))
        response = RedirectResponse(f"{_root(request)}{SIGN_IN}?out", 303)
        response.delete_cookie(self._cookie, path=_root(request) or "/", httponly=True, samesite="strict")
        return response

    def _wanted(self, path_and_query: str) -> str:
        """Where to go after signing in: only to a page of ours."""
        path, mark, query = path_and_query.partition("?")
        if not self._paths.is_page(path) or path == SIGN_IN:
            return "/"
        return path + mark + quote(query, safe="=&%/+-._~:,;@!$'()*")

    def _not_let_in(self, why: NotLetIn, *, as_json: bool) -> Response:
        headers = _later(why) | ({"WWW-Authenticate": BASIC} if why.status == 401 else {})
        return refusal(why.status, why.message, as_json=as_json, headers=headers)


def _typed(form: bytes) -> tuple[str, str]:
    """What was typed: b"name=ann&password=correct+horse" -> ("ann", "correct horse"); "" for what is missing."""
    try:
        fields = parse_qs(form.decode("utf-8", "replace"), max_num_fields=8)
    except ValueError:
        return "", ""
    return fields.get("name", [""])[0], fields.get("password", [""])[0]


def _later(why: NotLetIn) -> dict[str, str]:
    return {"Retry-After": str(why.retry_seconds)} if why.retry_seconds else {}


def _root(request: HTTPConnection) -> str:
    return str(request.scope.get("root_path", ""))


def _action(request: HTTPConnection, wanted: str) -> str:
    return f"{_root(request)}{SIGN_IN}?{urlencode({'next': wanted})}"


def _address(request: HTTPConnection) -> str:
    return request.client.host if request.client else ""


def _not_kept(send: Send) -> Send:
    """What says nothing of caching itself is not cached; the page's scripts and styles do, and may be."""

    async def send_not_kept(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = message.get("headers", ())
            if all(name.lower() != b"cache-control" for name, _ in headers):
                message["headers"] = [*headers, (b"cache-control", NOT_KEPT)]
        await send(message)

    return send_not_kept
