"""Pages of other sites may link to a page of ours, and nothing else: they send nothing and read nothing.

Browsers say with `Origin` and `Sec-Fetch-Site` which page a request comes from, and no page can change that. What says
neither is no browser of these years: programs, which may use the API.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from qa.web.access.paths import Paths, below_root
from qa.web.access.refusals import refusal

__all__ = ["SameOrigin"]

READS = {"GET", "HEAD"}
JSON = "application/json"

FROM_ELSEWHERE = "This request comes from a page of another site, and is refused."
BEHIND_A_PROXY = (
    "Behind a reverse proxy, let it pass the name on that the browser asked for (Host or X-Forwarded-Host)."
)
NOT_THE_API = "Programs use the API: see docs/api.md."
NOT_JSON = "Send JSON, with the header Content-Type: application/json."


@dataclass(frozen=True, slots=True)
class SameOrigin:
    """Refuses with 403 what comes from a page that is not ours, and what no program of ours would send."""

    app: ASGIApp
    paths: Paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        why = self._why_not(scope) if scope["type"] in {"http", "websocket"} else ""
        if not why:
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": why[:100]})
        else:
            await refusal(415 if why == NOT_JSON else 403, why, as_json=self.paths.is_api(below_root(scope)))(
                scope, receive, send
            )

    def _why_not(self, scope: Scope) -> str:
        headers, path = Headers(scope=scope), below_root(scope)
        reads = scope["type"] == "http" and scope["method"] in READS
        origin, site = headers.get("origin"), headers.get("sec-fetch-site")
        if origin is not None:
            own = site == "same-origin" if origin == "null" else _is_ours(origin, headers.get("host", ""))
            return "" if own else f"{FROM_ELSEWHERE} {BEHIND_A_PROXY}"
        if site in {"cross-site", "same-site"}:
            follows = headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"
            return "" if reads and follows and self.paths.is_page(path) else FROM_ELSEWHERE
        if reads or site == "same-origin":
            return ""
        if scope["type"] != "http" or not self.paths.is_api(path):
            return NOT_THE_API
        kind = headers.get("content-type", JSON).partition(";")[0].strip().lower()
        return "" if kind == JSON else NOT_JSON


def _is_ours(origin: str, host: str) -> bool:
    """Whether a page of `origin` was served under `host`; browsers leave the usual port out of both."""
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.netloc) and parts.netloc.lower() == host.lower()
