"""From an Authorization header or a token to a caller.

What was verified is remembered by the access tokens themselves, and minded each time: its expiry,
its key, and then whether it was revoked since, a lookup in memory.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Protocol, cast

from jwt_auth_asgi.http.headers import OUTER
from jwt_auth_asgi.identity.credentials import bearer_token, is_key_presented, presumed_token
from jwt_auth_asgi.identity.identity import AuthenticatedUser
from jwt_auth_core.errors import AuthError
from jwt_auth_core.tokens.any_of import AnyOf
from jwt_auth_core.tokens.claims import Claims
from jwt_auth_core.tokens.verifier import TokenVerifier

HeaderVerifier = Callable[
    [bytes, Callable[[bytes], bytes | None], Callable[[Claims], AuthenticatedUser]], AuthenticatedUser | None
]
"""See `AccessTokens.verify_header`."""


class VerifiesTokens(Protocol):
    """What verifies access tokens: `AccessTokens`, `any_of` several, or something like them."""

    def verify(self, token: str, /) -> Claims:
        """Return the claims of a valid token.

        Raises TokenInvalidError or TokenExpiredError.
        """
        ...


class HasTokens(Protocol):
    """What an `Auth` is to the middleware: the access tokens that it verifies."""

    @property
    def tokens(self) -> VerifiesTokens:
        """Return what verifies access tokens."""
        ...


class Verification:
    """Answers with a caller; a class because the ways to ask the tokens are found once.

    ``check``, where given, is called with the claims each time, and raises when they were revoked.
    ``of_key`` returns whom an API key names; without it there are none.
    """

    __slots__ = ("_check", "_of_header", "_of_key", "_token_of", "_verify", "tokens")

    def __init__(
        self,
        tokens: VerifiesTokens,
        check: Callable[[Claims], None] | None = None,
        of_key: Callable[[bytes], AuthenticatedUser] | None = None,
    ) -> None:
        self.tokens = tokens
        self._of_key, self._token_of = of_key, presumed_token if of_key is None else _unless_key
        self._verify = tokens.verify
        self._of_header = _header_verifier(tokens)
        self._check = check

    def of_token(self, token: str) -> AuthenticatedUser:
        """Return whom the token names.

        Raises:
            TokenError: it is not valid, or no longer.
            UnavailableError: nobody knows whether it was revoked, and the policy wants to know.
        """
        claims = self._verify(token)
        if self._check is not None:
            self._check(claims)
        return AuthenticatedUser(claims)

    def of_header(self, header: bytes) -> AuthenticatedUser | None:
        """Return whom the token of an Authorization header names; None when it has another scheme.

        Raises:
            TokenError: the token is not valid, or no longer.
            InvalidBearerError: several credentials in one header.
            UnavailableError: nobody knows whether it was revoked, and the policy wants to know.
        """
        try:
            user = self._of_header(header, self._token_of, AuthenticatedUser)
        except AuthError:
            bare = header.strip(OUTER)
            if bare != header:  # no part of the value, yet some servers leave it there
                return self.of_header(bare)
            bearer_token(header)  # raises what there is to say of the form, before the token
            raise
        if user is None:
            return self._key_of(header)
        if self._check is not None:
            self._check(user.claims)
        return user

    def _key_of(self, header: bytes) -> AuthenticatedUser | None:
        if self._of_key is None or not is_key_presented(header):
            return None
        key = bearer_token(header.strip(OUTER))
        return None if key is None else self._of_key(key)


def _header_verifier(tokens: VerifiesTokens) -> HeaderVerifier:
    # A subclass that verifies in its own way is asked in its own way.
    if isinstance(tokens, AnyOf):
        return tokens.verify_header
    if isinstance(tokens, TokenVerifier) and type(tokens).verify is TokenVerifier.verify:
        return tokens.verify_header
    return partial(_verify_header, tokens)


def _unless_key(value: bytes) -> bytes | None:
    """Return the presumed token: of an API key there is none, so that nobody takes it for one."""
    return None if is_key_presented(value) else presumed_token(value)


def _verify_header(
    tokens: VerifiesTokens,
    value: bytes,
    presume: Callable[[bytes], bytes | None],
    caller_of: Callable[[Claims], AuthenticatedUser],
) -> AuthenticatedUser | None:
    token = None if presume(value) is None else bearer_token(value)
    return None if token is None else caller_of(tokens.verify(token.decode("ascii")))


def tokens_of(auth: HasTokens | VerifiesTokens) -> VerifiesTokens:
    """Return what verifies tokens: itself, or that of an `Auth`.

    Raises:
        TypeError: it is neither.
    """
    tokens = cast("VerifiesTokens", getattr(auth, "tokens", auth))
    if not callable(getattr(tokens, "verify", None)):
        msg = f"auth must be an Auth, an AccessTokens or any_of them, not {type(auth).__name__}"
        raise TypeError(msg)
    return tokens


def own_auth() -> HasTokens:
    """Return the process's own `Auth`, for a middleware that was given none; made with its stores."""
    from jwt_auth_core.default import default_auth  # noqa: PLC0415 - all stores, which most were given

    return default_auth()
