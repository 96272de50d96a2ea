"""The chat page: `serve` opens it on a folder of documents, for this machine, or for others behind a password."""

from __future__ import annotations

from qa.web.serving import serve

__all__ = ["serve"]
