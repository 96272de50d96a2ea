"""The pages of all folders that are served, each with its API beside it, as one ASGI application."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa.web.access import Access, Guard
from qa.web.access.needed import NOTHING_THERE, Needed
from qa.web.access.paths import Paths
from qa.web.access.refusals import refusal
from qa.web.access.sign_in_page import signed_out_script
from qa.web.api import api_app
from qa.web.asking import Questions
from qa.web.gradio_alone import import_gradio
from qa.web.icon import icon_html
from qa.web.served import Served
from qa.written import LanguageModel

__all__ = ["site"]

POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; worker-src 'self' blob:; object-src 'none'; "
    "base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
"""The browser itself refuses to ask any other machine. Gradio's page needs inline scripts and eval."""

HEADERS = {
    b"content-security-policy": POLICY.encode(),
    b"cross-origin-resource-policy": b"same-origin",
    b"referrer-policy": b"same-origin",  # with none at all, our own forms would not say where they come from
    b"x-content-type-options": b"nosniff",
}

OF_OTHER_ORIGINS = b"access-control-"
"""Gradio lets pages of other sites read; nothing of ours is for them."""


def site(
    pages: Sequence[Served],
    access: Access,
    *,
    cookie: str = "footnote",
    llm: LanguageModel | None = None,
    questions: Questions | None = None,
) -> FastAPI:
    """All of `pages` behind one guard. `cookie`: the name of the one that sessions are kept in.

    `questions`: the queue that all questions stand in.
    """
    questions = questions or Questions()
    import_gradio()
    outer = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    slugs = tuple(page.slug for page in pages if page.slug)
    # The innermost: whoever is not signed in is told that first.
    outer.add_middleware(Needed, paths=Paths(slugs), streams=llm is not None)
    outer.add_middleware(Guard, paths=Paths(slugs), access=access, cookie=cookie)
    outer.add_middleware(_Headers)
    for page in pages:
        base = f"/{page.slug}" if page.slug else ""
        outer.mount(f"{base}/api", api_app(page.corpus, page.sync, questions))
        _mount_page(outer, page, base or "/", pages, questions, signs_out=bool(access.logins), llm=llm)
    outer.add_exception_handler(404, _nothing_there)
    if slugs:
        outer.add_route("/", _to_first(slugs[0]), methods=["GET", "HEAD"])
    return outer


def _mount_page(
    outer: FastAPI,
    page: Served,
    path: str,
    pages: Sequence[Served],
    questions: Questions,
    *,
    signs_out: bool,
    llm: LanguageModel | None,
) -> None:
    from gradio import mount_gradio_app

    from index.uploads import MAX_UPLOAD_BYTES
    from qa.web.appearance import head, theme
    from qa.web.page import chat_page
    from qa.web.switcher import leave_html, switcher_html

    mount_gradio_app(
        outer,
        chat_page(
            page.corpus,
            page.folder,
            page.sync,
            llm,
            questions=questions,
            switcher=switcher_html(pages, page),
            leave=leave_html(page) if signs_out else "",
        ),
        path=path,
        footer_links=[],
        run_history=False,
        enable_monitoring=False,
        ssr_mode=False,
        pwa=False,
        show_error=False,
        max_file_size=MAX_UPLOAD_BYTES,
        theme=theme(),
        head=head() + icon_html() + (signed_out_script() if signs_out else ""),
    )


def _to_first(slug: str) -> Callable[[Request], Awaitable[RedirectResponse]]:
    async def to_first(request: Request) -> RedirectResponse:
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(f"{request.scope.get('root_path', '')}/{slug}/{query}", 307)

    return to_first


async def _nothing_there(request: Request, error: Exception | None = None) -> Response:
    return refusal(404, NOTHING_THERE, as_json=False)


class _Headers:
    """Puts our headers on every response, and takes those off that let other sites read it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = [pair for pair in message.get("headers", ()) if not pair[0].lower().startswith(OF_OTHER_ORIGINS)]
                message["headers"] = [*own, *HEADERS.items()]
            await send(message)

        await self._app(scope, receive, send_with_headers)
