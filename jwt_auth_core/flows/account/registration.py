"""What a browser is known by that registered: one token for all that it registers, good for each on its own.

The browser keeps the token. Kept here is the digest of another one, made of it and the user: so a second
registration, answered alike whether there is a new account or not, takes nothing from the first.
"""

from __future__ import annotations

import hashlib
import hmac

from jwt_auth_core.encoding import b64url_encode
from jwt_auth_core.errors import TokenInvalidError
from jwt_auth_core.one_time.proof import REGISTRATION
from jwt_auth_core.vocabulary import Secret, UserId


def held_or_new(browser: Secret | None) -> Secret:
    """Return what a browser is known by: as before, if it is of our form, or anew.

    Raises:
        UnavailableError: the system gives no random bytes.
    """
    return REGISTRATION.new() if browser is None or not _is_ours(browser) else browser


def registration_digest(browser: Secret | None, user_id: UserId) -> str | None:
    """Return what is kept of a browser that registered a user; None where it has no token of ours."""
    if browser is None or not _is_ours(browser):
        return None
    made = hmac.digest(browser.reveal().encode(), user_id.encode(), hashlib.sha256)
    return REGISTRATION.digest_of(REGISTRATION.prefix + b64url_encode(made))


def _is_ours(browser: Secret) -> bool:
    try:
        REGISTRATION.digest_of(browser.reveal())
    except TokenInvalidError:
        return False
    return True
