"""The OpenAPI operations of the routes that show and end a user's sessions; data."""

from __future__ import annotations

from typing import Any, Final

from jwt_auth_asgi.features import schemas
from jwt_auth_asgi.features.operations import (
    BEARER,
    BODY_PROBLEMS,
    CLEAR_COOKIE,
    CROSS_SITE,
    PASSWORD_FLOW,
    SET_COOKIE,
    TAG,
    TOKEN_PROBLEMS,
    Operation,
    responses,
    success,
)
from jwt_auth_asgi.http.bodies import JSON

_AUTHENTICATED: Final[list[dict[str, list[str]]]] = [{PASSWORD_FLOW: []}, {BEARER: []}]
_REFUSED: Final = {
    400: {"invalid_request": "send one Authorization header, not several"},
    401: TOKEN_PROBLEMS,
}
_CLEARED: Final = {"Set-Cookie": CLEAR_COOKIE}

LIST: Final[Operation] = {
    "operationId": "list_sessions",
    "summary": "Where the caller is logged in",
    "tags": [TAG],
    "security": _AUTHENTICATED,
    "responses": responses({200: success("The sessions that live.", schemas.SESSIONS)}, _REFUSED),
}

_SESSION_ID: Final[dict[str, Any]] = {
    "name": "session_id",
    "in": "path",
    "required": True,
    "schema": schemas.SESSION_ID,
}

REVOKE: Final[Operation] = {
    "operationId": "revoke_session",
    "summary": "End one of the caller's sessions",
    "description": "Its access tokens are refused everywhere within a second. It may be the current one.",
    "tags": [TAG],
    "security": _AUTHENTICATED,
    "parameters": [_SESSION_ID],
    "responses": responses(
        {200: success("The session is over.", schemas.SESSION_ENDED, _CLEARED)},
        {**_REFUSED, 404: {"session_not_found": "no such session"}},
    ),
}

REVOKE_OTHERS: Final[Operation] = {
    "operationId": "revoke_other_sessions",
    "summary": "End all of the caller's sessions but this one",
    "tags": [TAG],
    "security": _AUTHENTICATED,
    "responses": responses({200: success("The others are over.", schemas.OTHERS_ENDED)}, _REFUSED),
}

LOGOUT_ALL: Final[Operation] = {
    "operationId": "logout_all",
    "summary": "End all of the caller's sessions",
    "description": "This one too; all access tokens are refused everywhere within a second.",
    "tags": [TAG],
    "security": _AUTHENTICATED,
    "responses": responses(
        {200: success("All sessions are over.", schemas.LOGGED_OUT_EVERYWHERE, _CLEARED)}, _REFUSED
    ),
}

CHANGE_PASSWORD: Final[Operation] = {
    "operationId": "change_password",
    "summary": "Change the password",
    "description": (
        "Needs the current one. Every session ends; a new one begins, whose tokens are in the answer, the "
        "refresh token in the cookie or, where `transport` is `body`, in the answer too. "
        + schemas.LIMIT_SENTENCE
    ),
    "tags": [TAG],
    "security": _AUTHENTICATED,
    "requestBody": {"required": True, "content": {JSON: {"schema": schemas.CHANGE_PASSWORD}}},
    "responses": responses(
        {200: success("The password is changed.", schemas.PASSWORD_CHANGED, {"Set-Cookie": SET_COOKIE})},
        {
            **BODY_PROBLEMS,
            400: {**BODY_PROBLEMS[400], **_REFUSED[400]},
            401: {**TOKEN_PROBLEMS, "invalid_credentials": "Invalid email or password"},
            403: CROSS_SITE,
        },
    ),
}
