"""The server for assistants: `serve` lets them ask a folder of documents over the Model Context Protocol (MCP)."""

from __future__ import annotations

from qa.assistants.serving import serve

__all__ = ["serve"]
