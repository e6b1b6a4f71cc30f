"""The routes of sessions, one handler each: login, refresh and logout, and those that list and end them.

The first three take credentials of their own; the others ask for an access token.
"""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from jwt_auth_asgi.errors import MethodNotAllowedError
from jwt_auth_asgi.executors.disconnect import run_until_disconnect
from jwt_auth_asgi.features import paths
from jwt_auth_asgi.features.feature import Feature, FeatureRoute
from jwt_auth_asgi.features.oauth_words import in_words
from jwt_auth_asgi.features.service import Service
from jwt_auth_asgi.features.session_places import with_places
from jwt_auth_asgi.features.sessions import operations
from jwt_auth_asgi.features.sessions.inputs import login_input, reauthentication_input, refresh_input
from jwt_auth_asgi.features.transport import granted, opened_response, token_response, who
from jwt_auth_asgi.http.cookies.acting_cookie import ActingError
from jwt_auth_asgi.http.headers import lines
from jwt_auth_asgi.problems.challenge import realm_of
from jwt_auth_asgi.problems.responses import json_response, problem_response
from jwt_auth_core.errors import RefreshSupersededError, SessionError
from jwt_auth_core.flows.address_limits import GUESS
from jwt_auth_core.sessions.session import Session
from jwt_auth_core.timestamp import timestamp

_OTHERS: Final = paths.OTHER_SESSIONS.path.rpartition("/")[2]
"""Stands where an id would, and is a route of its own."""


@in_words
async def _login(service: Service, request: Request) -> Response:
    await service.check_capacity(request.scope, limits=GUESS)
    asked = await login_input(service, request)
    client = service.client(request.scope)
    await service.hooked.before_login(asked.attempt.email, client)
    if asked.held is None:
        login = service.run(service.auth.login, asked.attempt, client)
    else:  # its session ends when this one opens
        login = service.run(service.auth.login, asked.attempt, client, asked.held.reveal())
    grant = granted(await run_until_disconnect(request.receive, login))
    device_cookie = service.device_cookie
    return await opened_response(service, client, grant, asked.transport, who(grant), device_cookie)


async def _reauthenticate(service: Service, request: Request) -> Response:
    await service.check_capacity(request.scope)
    caller = await service.caller(request.scope)
    asked = await reauthentication_input(service, request)
    client, held = service.client(request.scope), asked.held.reveal() if asked.held else None
    opening = service.run(service.auth.reauthenticate, caller.claims, asked.proof, client, held)
    grant = granted(await run_until_disconnect(request.receive, opening))
    return await opened_response(service, client, grant, asked.transport, who(grant))


@in_words
async def _refresh(service: Service, request: Request) -> Response:
    presented = await refresh_input(service, request)
    if presented.is_cookie and service.acting_cookie.waits(lines(request.scope, b"cookie"), presented.token):
        raise ActingError
    try:
        grant = await service.refresh(presented.token, request.scope)
    except SessionError as error:
        over = presented.is_cookie and not isinstance(error, RefreshSupersededError)
        cleared = _cleared(service, request) if over else ()
        realm = realm_of(request.scope, service.realm)
        return problem_response(error, realm=realm, cookies=cleared, in_oauth=True)
    return token_response(grant, service.cookie, presented.transport, {})


@in_words
async def _logout(service: Service, request: Request) -> Response:
    presented = await refresh_input(service, request)
    token = presented.token.reveal() if presented.token else None
    await service.run(service.auth.logout, token, service.client(request.scope))
    return json_response(
        200, {"status": "logged out"}, _cleared(service, request) if presented.is_cookie else ()
    )


async def _list(service: Service, request: Request) -> Response:
    caller = await service.caller(request.scope)
    sessions = await service.run_for(caller.identity, service.auth.list_sessions)
    told = [_shown(session, caller.claims.session_id) for session in sessions]
    return json_response(200, {"sessions": await with_places(service, request.scope, sessions, told)})


async def _revoke(service: Service, request: Request) -> Response:
    caller = await service.caller(request.scope)
    session_id = request.path_params["session_id"]
    if session_id == _OTHERS:
        raise MethodNotAllowedError({"POST"})
    client = service.client(request.scope)
    await service.run_for(caller.identity, service.auth.revoke_session, session_id, client)
    is_current = session_id == caller.claims.session_id
    return json_response(
        200, {"status": "session ended"}, _cleared_here(service, request) if is_current else ()
    )


async def _revoke_others(service: Service, request: Request) -> Response:
    caller = await service.caller(request.scope)
    revoke, client = service.auth.revoke_session.others, service.client(request.scope)
    ended = await service.run_for(caller.identity, revoke, client, keep=caller.claims.session_id)
    return json_response(200, {"status": "other sessions ended", "ended": ended})


async def _logout_all(service: Service, request: Request) -> Response:
    caller = await service.caller(request.scope)
    log_out, client = service.auth.end_user.logout_all, service.client(request.scope)
    await service.run_for(caller.identity, log_out, client, claims=caller.claims)
    return json_response(200, {"status": "logged out everywhere"}, _cleared_here(service, request))


def _cleared(service: Service, request: Request) -> tuple[str, ...]:
    """Return what takes both cookies away, wherever that of the refresh token may have come from."""
    below = service.cookie.clear_below(request.url.path)
    return (*below, *service.cookie.access.clear_among(lines(request.scope, b"cookie")))


def _cleared_here(service: Service, request: Request) -> tuple[str, ...]:
    return service.cookie.clear(), *service.cookie.access.clear_among(lines(request.scope, b"cookie"))


def _shown(session: Session, current: str | None) -> dict[str, object]:
    return {
        "session_id": session.session_id,
        "created_at": timestamp(session.created_at),
        "last_used_at": timestamp(session.last_used_at),
        "ends_at": timestamp(session.ends_at),
        "user_agent": session.client.user_agent,
        "address": session.client.address,
        "current": session.session_id == current,
    }


FEATURE: Final = Feature(
    "sessions",
    (
        FeatureRoute(paths.LOGIN, _login, operations.LOGIN),
        FeatureRoute(paths.REFRESH, _refresh, operations.REFRESH),
        FeatureRoute(paths.LOGOUT, _logout, operations.LOGOUT),
        FeatureRoute(paths.REAUTHENTICATE, _reauthenticate, operations.REAUTHENTICATE),
        FeatureRoute(paths.SESSIONS, _list, operations.LIST),
        FeatureRoute(paths.OTHER_SESSIONS, _revoke_others, operations.REVOKE_OTHERS),
        FeatureRoute(paths.SESSION, _revoke, operations.REVOKE),
        FeatureRoute(paths.LOGOUT_ALL, _logout_all, operations.LOGOUT_ALL),
    ),
)
