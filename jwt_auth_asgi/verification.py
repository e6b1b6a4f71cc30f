"""From the bytes of an Authorization header to a caller, fast the second time.

Only verified headers are remembered, and every hit asks the tokens' own `verify` again, which
checks expiry and keys each time, and then whether the token was revoked since: a lookup in memory.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Protocol

from jwt_auth_asgi.credentials import bearer_token
from jwt_auth_asgi.identity import AuthenticatedUser
from jwt_auth_core.errors import AuthError
from jwt_auth_core.tokens.claims import Claims

REMEMBERED: Final = 4096  # headers; some 4 MB of usual tokens


class Tokens(Protocol):
    """What verifies access tokens: `jwt_auth_core.AccessTokens`, or something like it."""

    def verify(self, token: str, /) -> Claims:
        """Return the claims of a valid token; the same object when asked again, if it can.

        Raises TokenInvalidError or TokenExpiredError.
        """
        ...


class Verification:
    """Answers with a caller; a class because it remembers the headers that it verified.

    ``check``, where given, is called with the claims each time, and raises when they were revoked.
    """

    __slots__ = ("_check", "_known", "_verify")

    def __init__(self, tokens: Tokens, check: Callable[[Claims], None] | None = None) -> None:
        self._verify = tokens.verify
        self._check = check
        self._known: dict[bytes, tuple[str, Claims, AuthenticatedUser]] = {}

    def of_token(self, token: str) -> AuthenticatedUser:
        """Return whom the token names.

        Raises:
            TokenError: it is not valid, or no longer.
            UnavailableError: nobody knows whether it was revoked, and the policy wants to know.
        """
        return AuthenticatedUser(self._checked(token))

    def of_header(self, header: bytes) -> AuthenticatedUser | None:
        """Return whom the token of an Authorization header names; None when it has another scheme.

        Raises:
            TokenError: the token is not valid, or no longer.
            InvalidBearerError: several credentials in one header.
            UnavailableError: nobody knows whether it was revoked, and the policy wants to know.
        """
        known = self._known.get(header)
        if known is None:
            return self._first(header)
        token, claims, user = known
        try:
            verified = self._verify(token)
            if self._check is not None:
                self._check(verified)
        except AuthError:
            self._known.pop(header, None)
            raise
        return user if verified is claims else AuthenticatedUser(verified)

    def _first(self, header: bytes) -> AuthenticatedUser | None:
        token = bearer_token(header)
        if token is None:
            return None
        claims = self._checked(token)
        user = AuthenticatedUser(claims)
        if len(self._known) >= REMEMBERED:
            # All at once is cheaper than one by one, and the tokens' own memory softens it.
            self._known.clear()
        self._known[header] = (token, claims, user)
        return user

    def _checked(self, token: str) -> Claims:
        claims = self._verify(token)
        if self._check is not None:
            self._check(claims)
        return claims
