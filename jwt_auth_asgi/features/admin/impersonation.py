"""The routes by which an admin begins and ends to act for a user, and their OpenAPI operations.

In a browser the access cookie is the user's then. The admin's own refresh cookie stays where it is and waits
(`http.acting_cookie`), so that nobody becomes the admin unawares, and the end brings the admin back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from jwt_auth_asgi.errors import NotAuthenticatedError
from jwt_auth_asgi.features import paths
from jwt_auth_asgi.features.admin import schemas
from jwt_auth_asgi.features.admin.operations import INVALID, NO_USER, REFUSALS, USER, changing
from jwt_auth_asgi.features.feature import FeatureRoute
from jwt_auth_asgi.features.operations import (
    AUTHENTICATED,
    BODY_PROBLEMS,
    CROSS_SITE,
    REFUSED,
    TAG,
    TOO_LARGE,
    Operation,
    responses,
    success,
)
from jwt_auth_asgi.features.service import Service
from jwt_auth_asgi.http import bodies
from jwt_auth_asgi.http.bodies import JSON, Fields
from jwt_auth_asgi.http.cookies.access_cookie import TokenTooLargeError
from jwt_auth_asgi.http.cookies.acting_cookie import NothingWaitsError
from jwt_auth_asgi.http.headers import by_name, lines
from jwt_auth_asgi.problems.responses import json_response
from jwt_auth_core.errors import FieldError, InvalidInputError, TokenError
from jwt_auth_core.flows.admin.show_impersonation import Acting
from jwt_auth_core.sessions.token import session_of
from jwt_auth_core.timestamp import timestamp
from jwt_auth_core.users.user import User
from jwt_auth_core.vocabulary import SessionId

_WAYS: Final = ("body", "cookies")
_BEGIN: Final = changing(
    "admin_impersonate",
    "Act for a user",
    (
        "A token of the user's in which the admin acts (`act`); there is no refresh token.",
        schemas.IMPERSONATING,
    ),
    {
        **BODY_PROBLEMS,
        400: {**BODY_PROBLEMS[400], **REFUSED[400]},
        403: {**REFUSALS, **CROSS_SITE, "impersonation_refused": "nobody acts for an admin"},
        404: NO_USER,
        409: {"nothing_waits": "no refresh cookie waits meanwhile (transport `cookies`)"},
        422: INVALID,
        **TOO_LARGE,
    },
    USER,
    about="For half an hour at most, and for nothing that changes an account.",
)
BEGIN: Final[Operation] = {
    **_BEGIN,
    "requestBody": {"required": False, "content": {JSON: {"schema": schemas.IMPERSONATE}}},
}
SHOW: Final[Operation] = {
    "operationId": "admin_show_impersonation",
    "summary": "Who acts for whom by this token",
    "description": "For the one who acts, to be told where it happens.",
    "tags": [TAG],
    "security": AUTHENTICATED,
    "responses": responses(
        {200: success("Admin, user and end; or that nobody acts.", schemas.IMPERSONATION)}, REFUSED
    ),
}
END: Final[Operation] = {
    "operationId": "admin_end_impersonation",
    "summary": "Act for nobody any more",
    "description": (
        "By the token that acts: ends that one. By a user's own: ends all that this user began. In a browser "
        "it takes the cookies of the impersonation away, also when its token is over already."
    ),
    "tags": [TAG],
    "security": AUTHENTICATED,
    "responses": responses(
        {200: success("Its token is refused within a second.", schemas.IMPERSONATION_ENDED)},
        {**REFUSED, 403: {**REFUSED[403], **CROSS_SITE}},
    ),
}


async def _begin(service: Service, request: Request) -> Response:
    caller = await service.caller(request.scope)
    headers = by_name(request.scope)
    cookies = headers.get(b"cookie", ())
    fields = await bodies.parsed_or_empty(headers, request.receive, bodies.JSON_ALONE)
    waiting = None
    if _is_by_cookies(fields):
        service.refuse_cross_site(request.scope)
        waiting = _held(service, cookies)
        if waiting is None:  # no page would say who acts, and nothing bring the admin back
            raise NothingWaitsError
    user_id, client = request.path_params["user_id"], service.client(request.scope)
    made = await service.run(service.auth.admin.impersonate, caller.claims, user_id, client)
    body = {"access_token": made.access_token, "token_type": "bearer", "expires_in": made.expires_in}
    brought: tuple[str, ...] = ()
    if waiting is not None:
        try:
            token = service.cookie.access.set(made.access_token, expires_in=made.expires_in)
        except TokenTooLargeError:
            await service.run(service.auth.admin.end_impersonations.take_back, made, client)
            raise
        brought = token, service.acting_cookie.set(waiting)
        service.waiting.add(waiting)
    return json_response(200, {**body, "user_id": made.user.user_id}, brought)


async def _show(service: Service, request: Request) -> Response:
    caller = await service.caller(request.scope, may_be_admin=True)
    found = await service.run(service.auth.admin.impersonation, caller.claims)
    return json_response(200, {"impersonation": None if found is None else _shown(found)})


async def _end(service: Service, request: Request) -> Response:
    cookies = lines(request.scope, b"cookie")
    is_acting = service.acting_cookie.is_among(cookies)
    try:
        caller = await service.caller(request.scope, may_be_admin=True)
    except (NotAuthenticatedError, TokenError):
        if not is_acting:
            raise
        ended = 0
    else:
        client = service.client(request.scope)
        ended = await service.run(service.auth.admin.end_impersonations, caller.claims, client)
    cleared: tuple[str, ...] = ()
    if is_acting:
        service.refuse_cross_site(request.scope)
        cleared = (service.acting_cookie.clear(), service.cookie.access.clear())
        waiting = _held(service, cookies)
        if waiting is not None:
            service.waiting.discard(waiting)
    return json_response(200, {"status": "impersonation ended", "ended": ended}, cleared)


def _held(service: Service, cookies: Sequence[str]) -> SessionId | None:
    """Return the session of the refresh cookie that a request brings."""
    token = service.cookie.read(cookies)
    return None if token is None else session_of(token.reveal())


def _is_by_cookies(fields: Fields) -> bool:
    way = fields.get("transport", "body")
    if way not in _WAYS:
        raise InvalidInputError([FieldError("transport", "unknown", 'must be "body" or "cookies"')])
    return way == "cookies"


def _shown(found: Acting) -> Mapping[str, object]:
    return {"actor": _person(found.actor), "user": _person(found.user), "until": timestamp(found.ends_at)}


def _person(user: User) -> Mapping[str, str]:
    return {"user_id": user.user_id, "email": user.email}


ROUTES: Final = (
    FeatureRoute(paths.ADMIN_IMPERSONATE, _begin, BEGIN),
    FeatureRoute(paths.ADMIN_IMPERSONATION, _show, SHOW),
    FeatureRoute(paths.ADMIN_END_IMPERSONATION, _end, END),
)
