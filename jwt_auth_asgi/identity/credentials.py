"""The Authorization header of RFC 6750 §2.1: one header, one scheme, one space, one token."""

from __future__ import annotations

import re
from typing import Final

from jwt_auth_asgi.asgi import Scope
from jwt_auth_asgi.errors import InvalidBearerError
from jwt_auth_asgi.http.headers import OUTER
from jwt_auth_core.api_keys.key_text import PREFIX
from jwt_auth_core.errors import TokenInvalidError

ONE_HEADER: Final = "send one Authorization header, not several"

_PLAIN: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/"
_KEY: Final = PREFIX.encode()
_BEARER: Final = re.compile(rb"(?i:bearer) ([A-Za-z0-9\-._~+/]+=*)")
_SEVERAL: Final = re.compile(rb"(?i)(?:^|,)[ \t]*bearer(?:[ \t,]|$)")
_OTHER: Final = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+) +[^ ].*", re.DOTALL)


def authorization(scope: Scope) -> bytes | None:
    """Return the value of the Authorization header without white space around it, None when there is none.

    Raises:
        InvalidBearerError: there are two (RFC 9110 §5.3), whatever their order or content.
    """
    found: bytes | None = None
    for name, value in scope.get("headers", ()):
        if name == b"authorization":
            if found is not None:
                raise InvalidBearerError(ONE_HEADER)
            found = value
    return None if found is None else found.strip(OUTER)


def presumed_token(value: bytes) -> bytes | None:
    """Return what `bearer_token` does, but do not look at the characters of what follows ``Bearer``.

    For those who verify it and ask `bearer_token` when that fails: no key has signed a text with other
    characters than a token's.
    """
    token = value.removeprefix(b"Bearer ")
    return bearer_token(value) if len(token) == len(value) else token


def is_key_presented(value: bytes) -> bool:
    """Tell whether an Authorization header begins as with an API key."""
    return value[7:11] == _KEY


def bearer_token(value: bytes) -> bytes | None:
    """Return the token of an Authorization header, None when it is empty or names another scheme.

    Another scheme is as good as no credentials (RFC 6750 §3.1): it may be the application's own. Without a
    scheme there are no credentials (RFC 9110 §11.4).

    Raises:
        InvalidBearerError: a list of credentials, one of them a bearer token.
        TokenInvalidError: not in the form ``Bearer <token>``, and not in another scheme's either.
    """
    token = value[7:]
    if token and value[:7].lower() == b"bearer " and not token.translate(None, _PLAIN):
        return token  # what the pattern finds, too, in a third of the time
    match = _BEARER.fullmatch(value)
    if match:
        return match[1]
    if b"," in value and _SEVERAL.search(value):
        raise InvalidBearerError("send one access token, not a list")
    if not value.strip(OUTER):
        return None
    other = _OTHER.fullmatch(value)
    if other is None or other[1].lower() == b"bearer":
        raise TokenInvalidError("malformed Authorization header")
    return None
