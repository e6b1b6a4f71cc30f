"""How tokens travel: the refresh token in the cookie, both in cookies, or in the body for who holds them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import Final, TypeVar

from starlette.responses import Response

from jwt_auth_asgi.asgi import Scope
from jwt_auth_asgi.errors import EnrolmentRequiredError, SecondFactorRequiredError
from jwt_auth_asgi.features.service import Service
from jwt_auth_asgi.http.bodies import Fields
from jwt_auth_asgi.http.cookies.access_cookie import TokenTooLargeError
from jwt_auth_asgi.http.cookies.device_cookie import DeviceCookie
from jwt_auth_asgi.http.cookies.refresh_cookie import RefreshCookie
from jwt_auth_asgi.problems.responses import encode, encoded_response
from jwt_auth_core.errors import FieldError, InvalidInputError
from jwt_auth_core.flows.sessions.challenge import Challenge
from jwt_auth_core.flows.sessions.grant import Grant
from jwt_auth_core.records import dataclass
from jwt_auth_core.vocabulary import Client, Secret

T = TypeVar("T")


class Transport(Enum):
    """How a refresh token travels: in the cookie, or in the body for clients that hold it themselves.

    ``cookies`` puts the access token into one, too, for a browser whose scripts hold none.
    """

    COOKIE = "cookie"
    COOKIES = "cookies"
    BODY = "body"


TRANSPORTS: Final = tuple(one.value for one in Transport)


def transport_of(cookie: RefreshCookie, lines: Sequence[str]) -> Transport:
    """Return how the tokens at hand travelled, by the cookies that a request brings.

    A browser's stay out of reach of its scripts (CK-03), also where somebody planted a second one.
    """
    if cookie.access.is_among(lines):
        return Transport.COOKIES
    return Transport.COOKIE if cookie.is_among(lines) else Transport.BODY


def check_transport(fields: Fields, otherwise: Transport, problems: list[FieldError]) -> Transport:
    """Return the transport that the fields ask for; note among the *problems* one that does not exist."""
    if "transport" not in fields:
        return otherwise
    asked = fields["transport"]
    if asked not in TRANSPORTS:
        problems.append(FieldError("transport", "unknown", 'must be "cookie", "cookies" or "body"'))
        return otherwise
    return Transport(asked)


def with_transport(
    fields: Fields, parse: Callable[[Fields], T], problems: list[FieldError]
) -> tuple[T, Transport]:
    """Return what *parse* makes of the fields, and the transport that they ask for.

    Raises:
        InvalidInputError: names every offending field at once, those of *problems* among them.
    """
    transport = check_transport(fields, Transport.COOKIE, problems)
    try:
        parsed = parse(fields)
    except InvalidInputError as error:
        raise InvalidInputError([*error.errors, *problems]) from None
    if problems:
        raise InvalidInputError(problems)
    return parsed, transport


@dataclass(frozen=True, slots=True)
class Held:
    """What a browser brings to a login: the refresh token that it takes the place of, and its device's."""

    token: Secret | None
    device: Secret | None


def held_in_browser(service: Service, scope: Scope, cookies: Sequence[str]) -> Held:
    """Return what the cookies of a login hold whose tokens go into cookies.

    Raises:
        CrossSiteError: another site's page asks for them.
    """
    service.refuse_cross_site(scope)
    return Held(service.cookie.read(cookies), service.device_cookie.read(cookies))


def granted(opened: Grant | Challenge) -> Grant:
    """Return the tokens that a first factor brought.

    Raises:
        SecondFactorRequiredError: it brought none: something else is asked for.
        EnrolmentRequiredError: it brought none: something else has to be set up first.
    """
    match opened:
        case Grant():
            return opened
        case Challenge(enrols=True):
            raise EnrolmentRequiredError(opened.token, opened.expires_in)
        case Challenge():
            raise SecondFactorRequiredError(opened.token, opened.factors, opened.expires_in)


def who(grant: Grant) -> dict[str, str]:
    """Return what an answer says of the user who has just logged in."""
    return {
        "user_id": grant.user.user_id,
        "first_name": grant.user.first_name,
        "last_name": grant.user.last_name,
        "status": "logged in",
    }


def token_response(
    grant: Grant,
    cookie: RefreshCookie,
    transport: Transport,
    more: Mapping[str, str],
    device_cookie: DeviceCookie | None = None,
) -> Response:
    """Render new tokens, the refresh token the way the client wants it, and ``more`` members.

    The token of the device goes the same way as the refresh token.

    Raises:
        TokenTooLargeError: the access token does not fit into a cookie.
    """
    # Written by hand, since json.dumps makes a new encoder at each call: tokens are base64url and dots, and
    # nothing in them needs escaping.
    members = (
        f'"access_token":"{grant.access_token}","token_type":"bearer","expires_in":{grant.expires_in}'
        f"{',' + encode(more)[1:-1] if more else ''}"
    )
    if transport is Transport.BODY:
        device = "" if grant.device is None else f',"device":"{grant.device.reveal()}"'
        text = f'{{{members},"refresh_token":"{grant.refresh_token.reveal()}"{device}}}'
        return encoded_response(200, text.encode("ascii"), ())
    lines = cookie_lines(grant, cookie, transport)
    if device_cookie is not None and grant.device is not None:
        lines.append(device_cookie.set(grant.device))
    return encoded_response(200, f"{{{members}}}".encode("ascii"), lines)


def cookie_lines(grant: Grant, cookie: RefreshCookie, transport: Transport) -> list[str]:
    """Return the Set-Cookie values of new tokens.

    Raises:
        TokenTooLargeError: the access token does not fit into a cookie.
    """
    if transport is Transport.COOKIE:
        return [cookie.set(grant.refresh_token, session_ends_in=grant.session_ends_in)]
    return cookie.set_both(
        grant.access_token,
        grant.refresh_token,
        expires_in=grant.expires_in,
        ends_in=grant.session_ends_in,
    )


async def opened_response(  # noqa: PLR0913, PLR0917 - as `token_response`, and who asks
    service: Service,
    client: Client,
    grant: Grant,
    transport: Transport,
    more: Mapping[str, str],
    device_cookie: DeviceCookie | None = None,
) -> Response:
    """Render the tokens of a session that was just opened; one that nobody can be handed is ended.

    Raises:
        TokenTooLargeError: the access token does not fit into a cookie.
    """
    try:
        return token_response(grant, service.cookie, transport, more, device_cookie)
    except TokenTooLargeError:
        await service.run(service.auth.logout, grant.refresh_token.reveal(), client)
        raise
