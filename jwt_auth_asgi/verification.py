"""From the bytes of an Authorization header to an identity, fast the second time.

Only verified headers are remembered, and every hit asks the tokens' own `verify` again: it
checks expiry and keys each time, and is where a check for revoked sessions belongs, too.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Final, Protocol

from jwt_auth_asgi.credentials import bearer_token
from jwt_auth_asgi.identity import Identity, identity_of
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
    """Answers with an identity; a class because it remembers the headers that it verified."""

    __slots__ = ("_known", "_verify")

    def __init__(self, tokens: Tokens) -> None:
        self._verify = tokens.verify
        self._known: dict[bytes, tuple[str, Claims, Identity]] = {}

    def of_token(self, token: str) -> Identity:
        """Return whom the token names.

        Raises:
            TokenError: it is not valid, or no longer.
        """
        return identity_of(self._verify(token))

    def of_header(self, header: bytes) -> Identity | None:
        """Return whom the token of an Authorization header names; None when it has another scheme.

        Raises:
            TokenError: the token is not valid, or no longer.
            InvalidBearerError: several credentials in one header.
        """
        known = self._known.get(header)
        if known is None:
            return self._first(header)
        token, claims, identity = known
        try:
            verified = self._verify(token)
        except AuthError:
            self._known.pop(header, None)
            raise
        return identity if verified is claims else identity_of(verified)

    def _first(self, header: bytes) -> Identity | None:
        token = bearer_token(header)
        if token is None:
            return None
        claims = self._verify(token)
        identity = identity_of(claims)
        self._remember(header, (token, claims, identity))
        return identity

    def _remember(self, header: bytes, known: tuple[str, Claims, Identity]) -> None:
        if len(self._known) >= REMEMBERED:
            # First in, first out. Another thread may change the dict meanwhile: then it made room.
            with suppress(KeyError, RuntimeError, StopIteration):
                del self._known[next(iter(self._known))]
        self._known[header] = known
