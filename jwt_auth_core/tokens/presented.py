"""What is presented as a token: text, octets, or anything else; and errors that show none of it."""

from __future__ import annotations

from typing import Any, cast

from jwt_auth_core.errors import AuthError, TokenInvalidError


def text_of(token: object, *, longest: int) -> str:
    """Return the text that was given as something else (JWT-15).

    Raises:
        TokenInvalidError: it is neither text nor bytes, or longer than *longest*.
    """
    # Asked of the types, because an object, or a subclass of str, may lie or fail.
    is_text, is_octets = issubclass(type(token), str), issubclass(type(token), bytes)
    if not (is_text or is_octets):
        raise TokenInvalidError("it is neither text nor bytes")
    if (str if is_text else bytes).__len__(cast("Any", token)) > longest:
        raise too_long(longest)
    if is_text:
        return str.__str__(cast("str", token))
    return bytes.decode(cast("bytes", token), "latin-1")  # foreign characters stay foreign


def too_long(longest: int) -> TokenInvalidError:
    """Return the error of a token with more characters than that."""
    return TokenInvalidError(f"it is longer than {longest} characters")


def without_traces(error: AuthError) -> AuthError:
    """Return the error without frames or chained errors, which may show a token or claims (JWT-16)."""
    error.__context__ = None
    return error.with_traceback(None)
