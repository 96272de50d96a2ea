"""What stands at which path, as far as access is concerned: pages, their API, their uploads, signing in."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.types import Scope

__all__ = ["SIGN_IN", "SIGN_OUT", "TAKEN", "Paths", "below_root"]

SIGN_IN = "/sign-in"
SIGN_OUT = "/sign-out"

TAKEN = frozenset({"api", "assets", "config", "gradio_api", "sign-in", "sign-out", "static", "svelte", "theme.css"})
"""First parts of paths that the server itself uses: no corpus and no prefix may be called so."""


@dataclass(frozen=True, slots=True)
class Paths:
    """Where the pages are: one at "/", or one for each of several corpora at "/<slug>/"."""

    slugs: tuple[str, ...] = ()

    @property
    def bases(self) -> tuple[str, ...]:
        """What each page's paths begin with: ("",), or ("/reports", "/news")."""
        return tuple(f"/{slug}" for slug in self.slugs) or ("",)

    def is_page(self, path: str) -> bool:
        """Whether a person sees a page there, that may be linked to from anywhere."""
        return path in {"/", SIGN_IN} or any(path in {base, f"{base}/"} for base in self.bases if base)

    def is_api(self, path: str) -> bool:
        """Whether programs ask there: errors are JSON."""
        return any(path == f"{base}/api" or path.startswith(f"{base}/api/") for base in self.bases)

    def is_upload(self, path: str) -> bool:
        """Whether documents arrive there."""
        return any(path.rstrip("/") == f"{base}/gradio_api/upload" for base in self.bases)


def below_root(scope: Scope) -> str:
    """The path of a request without the prefix that a proxy puts in front."""
    path, root = str(scope["path"]), str(scope.get("root_path", ""))
    return path[len(root) :] or "/" if root and (path == root or path.startswith(f"{root}/")) else path
