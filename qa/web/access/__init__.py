"""Who may ask: names the page answers to, where requests may come from, passwords, and how much may be sent.

A request passes, from the outside in (`guard.py` puts them together):

    addressed   the name in `Host`, what a trusted proxy says of the client, the prefix of the path
    origin      a page of another site cannot send or read anything
    limits      a body that is too large is refused before it is read
    gate        a session, or a name and a password
"""

from __future__ import annotations

from qa.web.access.errors import AccessError
from qa.web.access.guard import Guard
from qa.web.access.settings import Access, access_from

__all__ = ["Access", "AccessError", "Guard", "access_from"]
