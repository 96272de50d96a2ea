"""`footnote serve`, and `footnote password`, which makes the logins of a page that others may ask."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from index.errors import CorpusError
from qa.cli_options import (
    DeviceOption,
    IndexOption,
    ModelOption,
    OcrLanguagesOption,
    OcrOption,
    RerankerOption,
    StoreOption,
    recognised,
)
from qa.written.endpoint import SECONDS
from qa.written.options import LlmModelOption, LlmOption, LlmSecondsOption, llm_named

__all__ = ["password", "serve"]

FoldersArgument = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="FOLDER|s3://...", help="Folders or addresses of documents, each with a page (default: corpus)."
    ),
]
HostOption = Annotated[
    str, typer.Option("--host", help="Address to listen at; 0.0.0.0 for all. Others than this machine need a password.")
]
AuthOption = Annotated[
    list[str] | None,
    typer.Option(
        "--auth", metavar="NAME:PASSWORD", help="A login; repeatable. Better kept in FOOTNOTE_AUTH or a file."
    ),
]
LoginFileOption = Annotated[
    Path | None, typer.Option("--login-file", help="A file of logins, as `footnote password` writes it.")
]
AllowHostOption = Annotated[
    list[str] | None, typer.Option("--allow-host", metavar="NAME", help="Another name to answer under; repeatable.")
]
TrustProxyOption = Annotated[
    list[str] | None,
    typer.Option("--trust-proxy", metavar="ADDRESS", help="A reverse proxy on another machine to believe; repeatable."),
]
RootPathOption = Annotated[
    str, typer.Option("--root-path", metavar="/PREFIX", help="What a reverse proxy puts in front of the path.")
]


def serve(
    folders: FoldersArgument = None,
    corpus: Annotated[str | None, typer.Option("--corpus", "-c", help="One folder or address of documents.")] = None,
    index: IndexOption = None,
    store: StoreOption = None,
    model: ModelOption = None,
    device: DeviceOption = None,
    port: Annotated[
        int | None,
        typer.Option("--port", min=0, max=65535, help="Port of the page; 0 takes a free one (default: from 7860 on)."),
    ] = None,
    reranker: RerankerOption = None,
    ocr: OcrOption = None,
    ocr_languages: OcrLanguagesOption = "",
    open_browser: Annotated[bool, typer.Option("--open/--no-open", help="Open the page in the browser.")] = True,
    watch: Annotated[bool, typer.Option("--watch/--no-watch", help="Sync whenever documents change.")] = True,
    askers: Annotated[
        int | None,
        typer.Option("--askers", min=0, help="Processes that answer when many ask at once (default: one a core)."),
    ] = None,
    waiting: Annotated[
        int, typer.Option("--waiting", min=0, help="Questions that may wait for them; one more is turned away.")
    ] = 64,
    host: HostOption = "127.0.0.1",
    auth: AuthOption = None,
    login_file: LoginFileOption = None,
    allow_host: AllowHostOption = None,
    trust_proxy: TrustProxyOption = None,
    root_path: RootPathOption = "",
    llm: LlmOption = None,
    llm_model: LlmModelOption = "",
    llm_seconds: LlmSecondsOption = SECONDS,
) -> None:
    """Open the chat page in the browser: for this machine, or behind a password for others."""
    from qa.web import serve as serve_page
    from qa.web.access import access_from

    serve_page(
        _folders(folders, corpus),
        index=index,
        store=store,
        model=model,
        device=device,
        reranker=reranker,
        ocr=recognised(ocr, ocr_languages),
        port=port,
        open_browser=open_browser,
        watch=watch,
        askers=askers,
        waiting=waiting,
        access=access_from(
            host=host,
            auth=auth or (),
            login_file=login_file,
            allow_hosts=allow_host or (),
            trust_proxies=trust_proxy or (),
            root_path=root_path,
        ),
        llm=llm_named(llm, llm_model, llm_seconds),
    )


def password(
    name: Annotated[str, typer.Argument(help="Who signs in with it.")],
    login_file: Annotated[
        Path | None, typer.Option("--login-file", help="Write the login into this file (default: print its line).")
    ] = None,
) -> None:
    """Make a login for `serve --login-file`: asks for a password, and keeps only its hash."""
    from qa.web.access.logins import check_name, stored_login
    from qa.web.access.passwords import check_password, hashed

    check_name(name)
    typed = _typed()
    check_password(typed)
    kept = hashed(typed)
    if login_file is None:
        typer.echo(f"{name}:{kept}")
        return
    replaced = stored_login(login_file.expanduser(), name, kept)
    typer.echo(f"{login_file}: {'a new password' if replaced else 'a login'} for {name}")


def _typed() -> str:
    """Asked for twice, without showing it; from a pipe, its first line."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt="The same once more", err=True))


def _folders(folders: Sequence[str] | None, corpus: str | None) -> list[str]:
    """The folders of the arguments, or the one of `--corpus`. Raises `CorpusError` when both are given."""
    if folders and corpus:
        raise CorpusError("folders were named both with --corpus and without: name them all without")
    return list(folders or [corpus or "corpus"])
