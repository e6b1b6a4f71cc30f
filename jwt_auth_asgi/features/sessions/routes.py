"""The routes that show a user's sessions and end them; all ask for a valid access token."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from jwt_auth_asgi.errors import MethodNotAllowedError
from jwt_auth_asgi.executors.disconnect import run_until_disconnect
from jwt_auth_asgi.features.operations import Operation
from jwt_auth_asgi.features.service import Service
from jwt_auth_asgi.features.sessions import operations
from jwt_auth_asgi.features.sessions.inputs import password_input
from jwt_auth_asgi.features.transport import Transport, token_response
from jwt_auth_asgi.problems.responses import json_response
from jwt_auth_core.sessions.session import Session

Handle = Callable[[Service, Request], Awaitable[Response]]

_OTHERS: Final = "revoke-others"  # stands where an id would, and is a route of its own


async def _list(service: Service, request: Request) -> Response:
    caller = await service.caller(request.scope)
    sessions = await service.list_sessions(caller.identity)
    current = caller.claims.session_id
    return json_response(200, {"sessions": [_shown(session, current) for session in sessions]})


async def _revoke(service: Service, request: Request) -> Response:
    caller = await service.caller(request.scope)
    session_id = request.path_params["session_id"]
    if session_id == _OTHERS:
        raise MethodNotAllowedError({"POST"})
    await service.revoke_session(caller.identity, session_id)
    is_current = session_id == caller.claims.session_id
    return json_response(200, {"status": "session ended"}, [service.cookie.clear()] if is_current else ())


async def _revoke_others(service: Service, request: Request) -> Response:
    caller = await service.caller(request.scope)
    ended = await service.revoke_others(caller.identity, keep=caller.claims.session_id)
    return json_response(200, {"status": "other sessions ended", "ended": ended})


async def _logout_all(service: Service, request: Request) -> Response:
    caller = await service.caller(request.scope)
    await service.logout_all(caller.claims)
    return json_response(200, {"status": "logged out everywhere"}, [service.cookie.clear()])


async def _change_password(service: Service, request: Request) -> Response:
    service.check_room()
    caller = await service.caller(request.scope)
    asked = await password_input(request.scope, request.receive)
    if asked.transport is Transport.COOKIE:
        service.refuse_cross_site(request.scope)
    client = service.client(request.scope)
    changing = service.change_password(caller.identity, asked.change, client)
    grant = await run_until_disconnect(request.receive, changing)
    return token_response(grant, service.cookie, asked.transport, {"status": "password changed"})


def _shown(session: Session, current: str | None) -> dict[str, object]:
    return {
        "session_id": session.session_id,
        "created_at": _time(session.created_at),
        "last_used_at": _time(session.last_used_at),
        "ends_at": _time(session.ends_at),
        "user_agent": session.client.user_agent,
        "address": session.client.address,
        "current": session.session_id == current,
    }


def _time(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


ROUTES: Final[Mapping[tuple[str, str], tuple[Handle, Operation]]] = {
    ("/sessions", "GET"): (_list, operations.LIST),
    (f"/sessions/{_OTHERS}", "POST"): (_revoke_others, operations.REVOKE_OTHERS),
    ("/sessions/{session_id}", "DELETE"): (_revoke, operations.REVOKE),
    ("/logout-all", "POST"): (_logout_all, operations.LOGOUT_ALL),
    ("/password", "POST"): (_change_password, operations.CHANGE_PASSWORD),
}
