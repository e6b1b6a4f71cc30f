"""Where the pages are: plain data, no framework is imported here.

All are one level below ``/account``, so that references between them are the same under any prefix. The first
eight are for anybody, and those that letters lead to are named as their links are (`mail.letter.KINDS`).
"""

from __future__ import annotations

from typing import Final

from jwt_auth_asgi.features.paths import PREFIX
from jwt_auth_asgi.pages import desk_paths as desk

FOLDER: Final = "/account"
STATIC: Final = f"{FOLDER}/static"

OPEN: Final = ("login", "signin", "register", "verify", "forgot", "reset", "email", "email-undo")
"""For who is not signed in; ``signin`` is ``login``, where a provider's errors lead to."""

SIGNED_IN: Final = (
    "profile",
    "password",
    "factors",
    "passkeys",
    "identities",
    "devices",
    "api-keys",
    "delete",
)
"""For who is, in the order of their links."""

CHANGE_PASSWORD: Final = "/.well-known/change-password"
PASSKEY_ENDPOINTS: Final = "/.well-known/passkey-endpoints"
"""At the root of the host."""

FILES: Final = (
    *("account.css", "icon.svg", "call.js", "forms.js", "passkey.js", "totp.js", "words.js"),
    *("account.js", "acting.js", "agents.js", "files.js", "proof.js", "rows.js"),
    *(f"page-{name}.js" for name in ("login", "register", "verify", "forgot", "reset", "email")),
    *(f"page-{name}.js" for name in SIGNED_IN),
    *desk.FILES,
)
"""What pages load."""


def page_paths(prefix: str = PREFIX) -> tuple[str, ...]:
    """Return the paths of all pages and files, most below a prefix, for a middleware with ``public=``."""
    pages = (f"{FOLDER}/{name}" for name in (*OPEN, *SIGNED_IN))
    files = (f"{STATIC}/{name}" for name in FILES)
    desks = (desk.FOLDER, f"{desk.FOLDER}/", *(f"{desk.FOLDER}/{name}" for name in desk.PAGES))
    below = (prefix + path for path in (FOLDER, f"{FOLDER}/", *pages, *files, *desks))
    return (*below, CHANGE_PASSWORD, PASSKEY_ENDPOINTS)


PAGE_PATHS: Final = page_paths()
"""Those of an auth app that is mounted at ``/auth``; no page needs a token, the desk leads to the login."""
