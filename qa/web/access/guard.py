"""All that a request passes before anything of the page sees it."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

from qa.web.access.addressed import Addressed
from qa.web.access.gate import Gate
from qa.web.access.limits import Limits
from qa.web.access.origin import SameOrigin
from qa.web.access.paths import Paths
from qa.web.access.settings import Access

__all__ = ["Guard"]


class Guard:
    """In front of everything: page, events, files, uploads and API alike."""

    def __init__(self, app: ASGIApp, *, paths: Paths, access: Access, cookie: str = "footnote") -> None:
        """`cookie`: its name; cookies know no ports, so two pages on one machine need different ones."""
        if access.logins:
            app = Gate(app, paths=paths, logins=access.logins, cookie=cookie)
        app = SameOrigin(Limits(app, paths), paths)
        self._app = Addressed(
            app,
            paths,
            access.names,
            access.listens_everywhere,
            access.trusted_proxies,
            access.root_path,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer it."""
        await self._app(scope, receive, send)
