"""How a refresh token travels: in the cookie, or in the body for clients that hold it themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from typing import TypeVar

from starlette.responses import Response

from jwt_auth_asgi.errors import SecondFactorRequiredError
from jwt_auth_asgi.http.bodies import Fields
from jwt_auth_asgi.http.cookies import RefreshCookie
from jwt_auth_asgi.http.device_cookie import DeviceCookie
from jwt_auth_asgi.problems.responses import encode, encoded_response
from jwt_auth_core.errors import FieldError, InvalidInputError
from jwt_auth_core.flows.sessions.challenge import Challenge
from jwt_auth_core.flows.sessions.grant import Grant

T = TypeVar("T")


class Transport(Enum):
    """How a refresh token travels: in the cookie, or in the body for clients that hold it themselves."""

    COOKIE = "cookie"
    BODY = "body"


def with_transport(
    fields: Fields, parse: Callable[[Fields], T], problems: list[FieldError]
) -> tuple[T, Transport]:
    """Return what *parse* makes of the fields, and the transport that they ask for.

    Raises:
        InvalidInputError: names every offending field at once, those of *problems* among them.
    """
    transport = fields.get("transport", Transport.COOKIE.value)
    if transport not in ("cookie", "body"):
        problems.append(FieldError("transport", "unknown", 'must be "cookie" or "body"'))
    try:
        parsed = parse(fields)
    except InvalidInputError as error:
        raise InvalidInputError([*error.errors, *problems]) from None
    if problems:
        raise InvalidInputError(problems)
    return parsed, Transport(transport)


def granted(opened: Grant | Challenge) -> Grant:
    """Return the tokens that a first factor brought.

    Raises:
        SecondFactorRequiredError: it brought none: something else is asked for.
    """
    match opened:
        case Grant():
            return opened
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
    lines = [cookie.set(grant.refresh_token, session_ends_in=grant.session_ends_in)]
    if device_cookie is not None and grant.device is not None:
        lines.append(device_cookie.set(grant.device))
    return encoded_response(200, f"{{{members}}}".encode("ascii"), lines)
