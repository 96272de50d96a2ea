"""What a client is told that is not let through: one line, as JSON to programs."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import JSONResponse, PlainTextResponse, Response

__all__ = ["refusal"]


def refusal(status: int, message: str, *, as_json: bool, headers: Mapping[str, str] | None = None) -> Response:
    """The response: {"error": "..."} or the line alone."""
    if as_json:
        return JSONResponse({"error": message}, status, headers)
    return PlainTextResponse(f"{message}\n", status, headers)
