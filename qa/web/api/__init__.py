"""The documents for programs: questions over HTTP, answers in JSON."""

from __future__ import annotations

from qa.web.api.routes import api_app

__all__ = ["api_app"]
