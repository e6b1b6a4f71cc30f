"""The browser's token: what a browser is known by that signs in with a provider. It never leaves the browser.

Stores see its digest; what is bound to a browser is good together with its token alone.
"""

from __future__ import annotations

from typing import Final

from jwt_auth_core.errors import TokenInvalidError
from jwt_auth_core.one_time.code import Purpose
from jwt_auth_core.vocabulary import Secret

BROWSER: Final = Purpose("oauth_browser", ttl_seconds=600)
"""What a browser is known by while it is at a provider; each sign-in begins its ten minutes anew."""


def browser_digest(browser: Secret | None) -> str | None:
    """Return what is stored of a browser's token; None where there is none, or it is none of ours."""
    try:
        return None if browser is None else BROWSER.digest_of(browser.reveal())
    except TokenInvalidError:
        return None
