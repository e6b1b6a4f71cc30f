"""What a service sends that asks about a token: who it is (RFC 6749 §2.3.1), and the token, as a form."""

from __future__ import annotations

import re
from base64 import b64decode
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote_plus

from jwt_auth_asgi import bodies
from jwt_auth_asgi.asgi import Receive, Scope
from jwt_auth_asgi.bodies import Fields
from jwt_auth_asgi.credentials import authorization
from jwt_auth_asgi.errors import InvalidClientError, RequestError
from jwt_auth_asgi.headers import by_name
from jwt_auth_core.vocabulary import Secret

_BASIC: Final = re.compile(rb"(?i:basic) +([A-Za-z0-9+/]+={0,2})")


@dataclass(frozen=True, slots=True)
class Credentials:
    """A client's name and what it says is its secret."""

    client_id: str
    secret: Secret


@dataclass(frozen=True, slots=True)
class TokenInput:
    """A token, and who asks; None where the request does not say."""

    client: Credentials | None
    token: Secret


async def token_input(scope: Scope, receive: Receive) -> TokenInput:
    """Return the token of a form, and the client of HTTP Basic or of the form; a hint is not needed.

    Raises:
        RequestError: the body cannot be read, names no token, or two ways to authenticate are used.
        InvalidClientError: the header is neither Basic nor readable.
    """
    header = authorization(scope)
    named = None if header is None else _of_header(header)
    fields = await bodies.parsed(by_name(scope), receive, {bodies.FORM: bodies.from_form})
    if "client_secret" in fields:
        if named is not None:
            raise RequestError("authenticate in one way: by the header or in the form")
        named = Credentials(_text(fields, "client_id"), Secret(_text(fields, "client_secret")))
    return TokenInput(named, Secret(_text(fields, "token")))


def _of_header(value: bytes) -> Credentials:
    match = _BASIC.fullmatch(value)
    try:
        pair = b64decode(match[1], validate=True).decode() if match else ""
    except ValueError:
        pair = ""
    client_id, colon, secret = pair.partition(":")
    if not colon:
        raise InvalidClientError
    return Credentials(unquote_plus(client_id), Secret(unquote_plus(secret)))


def _text(fields: Fields, name: str) -> str:
    text = fields.get(name)
    if not isinstance(text, str) or not text:
        raise RequestError(f"the form field {name} is required")
    return text
