"""The page that asks for a name and a password: one file without scripts, in the colours of the chat page."""

from __future__ import annotations

from pathlib import Path

from qa.escaping import escaped
from qa.web.icon import icon_html

__all__ = ["once_more_page", "sign_in_page", "signed_out_script"]

_HERE = Path(__file__).parent


def sign_in_page(action: str, *, name: str = "", failed: str = "", said: str = "") -> str:
    """The form, sent to `action`. `failed`: why the last try was refused; `said`: what else to know."""
    told = f'<p class="failed" id="told" role="alert">{escaped(failed)}</p>' if failed else ""
    told = told or (f'<p class="said" role="status">{escaped(said)}</p>' if said else "")
    described = ' aria-invalid="true" aria-describedby="told"' if failed else ""
    # Whoever mistyped goes on with the password, everybody else begins with the name.
    first, second = ("", " autofocus") if name else (" autofocus", "")
    return _page(
        f"""<main>
<h1>Footnote<sup aria-hidden="true">1</sup></h1>
<h2>Sign in</h2>
{told}
<form method="post" action="{escaped(action)}">
<label for="name">Name</label>
<input id="name" name="name" value="{escaped(name[:200])}" autocomplete="username" autocapitalize="none" \
spellcheck="false" dir="auto" required{described}{first}>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required{described}{second}>
<button>Sign in</button>
</form>
</main>""",
        title="Sign in · Footnote",
    )


def once_more_page() -> str:
    """A page that asks for itself again at once."""
    return _page(
        '<main><p class="said"><a href="">Open Footnote</a></p></main>',
        title="Footnote",
        head='<meta http-equiv="refresh" content="0">',
    )


def signed_out_script() -> str:
    """What tells an open page that its session has ended."""
    return f"<script>{(_HERE / 'signed_out.js').read_text('utf-8')}</script>"


def _page(body: str, *, title: str, head: str = "") -> str:
    style = (_HERE / "sign_in.css").read_text("utf-8")
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"{icon_html()}{head}<style>{style}</style></head>\n"
        f"<body>{body}</body></html>\n"
    )
