"""From a request to what the flows take: checked attempts, and the refresh token with its transport.

Raw passwords and tokens stay inside these functions; what leaves is wrapped in `Secret` (LOG-1).
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Final

from jwt_auth_asgi.asgi import Receive, Scope
from jwt_auth_asgi.errors import RequestError
from jwt_auth_asgi.features.transport import Transport, with_transport
from jwt_auth_asgi.http import bodies
from jwt_auth_asgi.http.bodies import Fields, Parser
from jwt_auth_asgi.http.cookies import RefreshCookie
from jwt_auth_asgi.http.headers import Headers, by_name
from jwt_auth_core.errors import FieldError, InvalidInputError
from jwt_auth_core.flows.change_password import PasswordChange
from jwt_auth_core.flows.login import LoginAttempt
from jwt_auth_core.flows.register import RegisterAttempt
from jwt_auth_core.vocabulary import Secret

_JSON: Final[Mapping[str, Parser]] = {bodies.JSON: bodies.from_json}
_JSON_OR_FORM: Final[Mapping[str, Parser]] = {**_JSON, bodies.FORM: bodies.from_form}

_FORM_NAMES: Final = {"email": "username"}  # what OAuth2 calls our fields (RFC 6749 §4.3.2)


@dataclass(frozen=True, slots=True)
class LoginInput:
    """A login and how its refresh token is to be handed out; ``held`` is the one it takes the place of."""

    attempt: LoginAttempt
    transport: Transport
    held: Secret | None = None


@dataclass(frozen=True, slots=True)
class PasswordInput:
    """A password change and how the new refresh token is to be handed out."""

    change: PasswordChange
    transport: Transport


@dataclass(frozen=True, slots=True)
class RefreshInput:
    """A refresh token, None where the request brings none, and how it came."""

    token: Secret | None
    transport: Transport


async def register_input(
    scope: Scope, receive: Receive, parse: Callable[[Fields], RegisterAttempt]
) -> RegisterAttempt:
    """Return the registration of a JSON body.

    Raises:
        RequestError: the body cannot be read.
        InvalidInputError: names every offending field at once.
    """
    return parse(await bodies.parsed(by_name(scope), receive, _JSON))


async def login_input(scope: Scope, receive: Receive, cookie: RefreshCookie) -> LoginInput:
    """Return the login of a JSON body or of an OAuth2 password form.

    Raises:
        RequestError: the body cannot be read.
        InvalidInputError: names every offending field at once.
    """
    headers = by_name(scope)
    fields = await bodies.parsed(headers, receive, _JSON_OR_FORM)
    asked = _login_of_form(fields) if _is_form(headers) else _login(fields, [])
    if asked.transport is Transport.BODY:
        return asked
    return replace(asked, held=cookie.read(headers.get(b"cookie", ())))


def form_login(form: Fields) -> LoginAttempt:
    """Return the login of OAuth2's password form, without a word on where the refresh token travels.

    Raises:
        InvalidInputError: names every offending field at once, as the form does.
    """
    with _form_names():
        return LoginAttempt.parse(_ours(form))


def _is_form(headers: Headers) -> bool:
    return bodies.media_type(headers) == bodies.FORM


def _login_of_form(fields: Fields) -> LoginInput:
    problems: list[FieldError] = []
    if (fields.get("grant_type") or "password") != "password":
        problems.append(FieldError("grant_type", "unknown", 'must be "password"'))
    with _form_names():
        return _login(_ours(fields), problems)


def _ours(form: Fields) -> Fields:
    """Return a form's fields under our names; those that we have for it count only as it calls them."""
    known = {ours: form[theirs] for ours, theirs in _FORM_NAMES.items() if theirs in form}
    return {**{name: value for name, value in form.items() if name not in _FORM_NAMES}, **known}


@contextmanager
def _form_names() -> Generator[None]:
    """Have complaints speak of the fields that the form has."""
    try:
        yield
    except InvalidInputError as error:
        renamed = [replace(one, field=_FORM_NAMES.get(one.field, one.field)) for one in error.errors]
        raise InvalidInputError(renamed) from None


def _login(fields: Fields, problems: list[FieldError]) -> LoginInput:
    return LoginInput(*with_transport(fields, LoginAttempt.parse, problems))


async def password_input(scope: Scope, receive: Receive) -> PasswordInput:
    """Return the password change of a JSON body.

    Raises:
        RequestError: the body cannot be read.
        InvalidInputError: names every offending field at once.
    """
    fields = await bodies.parsed(by_name(scope), receive, _JSON)
    return PasswordInput(*with_transport(fields, PasswordChange.parse, []))


async def refresh_input(scope: Scope, receive: Receive, cookie: RefreshCookie) -> RefreshInput:
    """Return the refresh token of the cookie, of a JSON body or of a form.

    Raises:
        RequestError: the body cannot be read, or both bring a token.
        InvalidInputError: ``refresh_token`` is no text.
    """
    headers = by_name(scope)
    held = cookie.read(headers.get(b"cookie", ()))
    fields = await bodies.parsed_or_empty(headers, receive, _JSON_OR_FORM)
    # A form's field without a value counts as left out (RFC 6749 §3.2).
    if "refresh_token" not in fields or (not fields["refresh_token"] and _is_form(headers)):
        return RefreshInput(held, Transport.COOKIE)
    if held is not None:
        raise RequestError("send the refresh token once: as a cookie or in the body")
    text = fields["refresh_token"]
    if not isinstance(text, str):
        raise InvalidInputError([FieldError("refresh_token", "wrong_type", "must be a text")])
    return RefreshInput(Secret(text), Transport.BODY)
