"""What services and clients of OAuth send: who they are (RFC 6749 §2.3.1), and a form."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Mapping
from functools import partial
from typing import Final, cast
from urllib.parse import unquote_plus

from jwt_auth_asgi.asgi import Receive, Scope
from jwt_auth_asgi.errors import InvalidClientError, RequestError
from jwt_auth_asgi.features.oauth.schemas import JWT_BEARER
from jwt_auth_asgi.http import bodies
from jwt_auth_asgi.http.headers import by_name
from jwt_auth_asgi.identity.credentials import authorization
from jwt_auth_core.flows.oauth.oauth_clients import OAuthClients
from jwt_auth_core.records import dataclass
from jwt_auth_core.vocabulary import Secret

_BASIC: Final = re.compile(rb"(?i:basic) +([A-Za-z0-9+/]+={0,2})")
_SCHEME: Final = b"basic "
_LISTS: Final = ("resource", "audience")  # RFC 8707 section 2, RFC 8693 section 2.1
_fields: Final = partial(bodies.from_form, lists=_LISTS)
_TWO_WAYS: Final = "authenticate in one way: by the header, in the form or by an assertion"


@dataclass(frozen=True, slots=True)
class Credentials:
    """A client's name and what it says is its secret; in HTTP Basic both can be read in several ways."""

    readings: tuple[tuple[str, Secret], ...]

    def is_of(self, clients: OAuthClients) -> bool:
        """Tell whether they are those of a client."""
        return self.client_of(clients) is not None

    def client_of(self, clients: OAuthClients) -> str | None:
        """Return the name of the client whose they are; all readings are looked at, in equal time."""
        known = [client_id for client_id, secret in self.readings if clients.knows(client_id, secret)]
        return known[0] if known else None

    def are_of_a_stranger_without_secret(self, clients: OAuthClients) -> bool:
        """Tell whether they only name a client, and none that has a secret to prove it."""
        return not any(secret or client_id in clients for client_id, secret in self.readings)


@dataclass(frozen=True, slots=True)
class SignedAssertion:
    """An assertion by which a client says who it is (RFC 7523 §2.2), and what the form calls it."""

    text: Secret
    client_id: str | None


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a form that have a value: others count as left out (RFC 6749 §3.2).

    ``lists`` are those that may be named more than once.
    """

    fields: Mapping[str, str]
    lists: Mapping[str, tuple[str, ...]]

    def text(self, name: str) -> str:
        """Return a field; raises RequestError where it is left out."""
        if name not in self.fields:
            raise RequestError(f"the form field {name} is required")
        return self.fields[name]

    def texts(self, name: str) -> tuple[str, ...]:
        """Return all the values of a field that may be named more than once; none where it is left out."""
        return self.lists.get(name, ())


@dataclass(frozen=True, slots=True)
class TokenInput:
    """A token, and who asks; None where the request does not say."""

    client: Credentials | None
    token: Secret


@dataclass(frozen=True, slots=True)
class GrantInput:
    """The form of a request for tokens, and which client it is from; None where it does not say."""

    client: Credentials | SignedAssertion | None
    form: Form


async def token_input(scope: Scope, receive: Receive) -> TokenInput:
    """Return the token of a form, and the client of HTTP Basic or of the form; a hint is not needed.

    Raises:
        RequestError: the body cannot be read, names no token, or two ways to authenticate are used.
        InvalidClientError: the header is neither Basic nor readable.
    """
    header = authorization(scope)
    named = _of_header(header) if header else None
    form = await _form(scope, receive)
    return TokenInput(_client(named, form), Secret(form.text("token")))


async def grant_input(scope: Scope, receive: Receive) -> GrantInput:
    """Return the form that asks for tokens, and its client; a header of another scheme is not read.

    Raises:
        RequestError: the body cannot be read, or two ways to authenticate are used.
        InvalidClientError: the header is Basic and cannot be read, or the assertion is of another type.
    """
    header = authorization(scope) or b""
    named = _of_header(header) if header[: len(_SCHEME)].lower() == _SCHEME else None
    form = await _form(scope, receive)
    client = _client(named, form)
    if "client_assertion" in form.fields or "client_assertion_type" in form.fields:
        return GrantInput(_assertion(client, form), form)
    if client is None and "client_id" in form.fields:
        client = Credentials(((form.text("client_id"), Secret("")),))
    return GrantInput(client, form)


async def _form(scope: Scope, receive: Receive) -> Form:
    fields = await bodies.parsed(by_name(scope), receive, {bodies.FORM: _fields})
    return Form(
        {name: text for name, text in fields.items() if isinstance(text, str) and text},
        {name: tuple(filter(None, cast("list[str]", fields.get(name, [])))) for name in _LISTS},
    )


def _client(named: Credentials | None, form: Form) -> Credentials | None:
    if "client_secret" not in form.fields:
        _refuse_another(named, form.fields.get("client_id"))
        return named
    if named is not None:
        raise RequestError(_TWO_WAYS)
    return Credentials(((form.text("client_id"), Secret(form.text("client_secret"))),))


def _refuse_another(named: Credentials | None, client_id: str | None) -> None:
    if named is not None and client_id is not None and client_id not in dict(named.readings):
        raise RequestError("the client_id of the form is not that of the Authorization header")


def _assertion(client: Credentials | None, form: Form) -> SignedAssertion:
    if client is not None:
        raise RequestError(_TWO_WAYS)
    text = Secret(form.text("client_assertion"))
    if form.text("client_assertion_type") != JWT_BEARER:
        raise InvalidClientError(f"client_assertion_type is not {JWT_BEARER}")
    return SignedAssertion(text, form.fields.get("client_id"))


def _of_header(value: bytes) -> Credentials:
    match = _BASIC.fullmatch(value)
    try:
        octets = b64decode(match[1], validate=True) if match else b""
    except ValueError:
        octets = b""
    if b":" not in octets:
        raise InvalidClientError
    pairs = [(name, secret) for text in _texts(octets) for name, _, secret in [text.partition(":")]]
    # RFC 6749 has both encoded as in a form; most clients send them as they are.
    plain = [(unquote_plus(name), unquote_plus(secret)) for name, secret in pairs]
    return Credentials(tuple((name, Secret(secret)) for name, secret in [*pairs, *plain]))


def _texts(octets: bytes) -> list[str]:
    """Return what the octets may say: RFC 7617 leaves the encoding open, and requests takes Latin-1."""
    latin = octets.decode("latin-1")
    try:
        return [octets.decode(), latin]
    except UnicodeDecodeError:
        return [latin]
