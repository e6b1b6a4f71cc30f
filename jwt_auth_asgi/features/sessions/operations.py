"""The OpenAPI operations of sessions; data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from jwt_auth_asgi.features.operations import (
    AUTHENTICATED,
    BODY_PROBLEMS,
    BY_HOOK,
    CHALLENGED,
    CLEAR_COOKIE,
    COOKIE,
    CROSS_SITE,
    RATE_LIMITED,
    REFUSED,
    SET_COOKIE,
    SET_COOKIES,
    TAG,
    TOKEN_PROBLEMS,
    TOO_LARGE,
    UNENROLLED,
    UNREADABLE,
    Operation,
    responses,
    success,
)
from jwt_auth_asgi.features.schemas import LIMIT_SENTENCE, LOGGED_IN
from jwt_auth_asgi.features.sessions import schemas
from jwt_auth_asgi.http.bodies import FORM, JSON

LOGIN: Final[Operation] = {
    "operationId": "login",
    "summary": "Open a session",
    "description": (
        "Takes JSON, or the OAuth2 password form. The refresh token goes into an HttpOnly cookie, or into "
        "the answer where `transport` is `body`; so does the token of the device, by which an owner gets in "
        "who has signed in there before, while others guess at the account. With `cookies` the access token "
        "goes into one, too, for browser sessions. " + LIMIT_SENTENCE
    ),
    "tags": [TAG],
    "security": [],
    "requestBody": {
        "required": True,
        "content": {JSON: {"schema": schemas.LOGIN}, FORM: {"schema": schemas.LOGIN_FORM}},
    },
    "responses": responses(
        {200: success("The session is open.", LOGGED_IN, {"Set-Cookie": SET_COOKIES})},
        {
            **BODY_PROBLEMS,
            401: {"invalid_credentials": "Invalid email or password", **CHALLENGED},
            403: {**CROSS_SITE, **BY_HOOK, **UNENROLLED},
            **RATE_LIMITED,
            **TOO_LARGE,
        },
        in_words=True,
    ),
}

REAUTHENTICATE: Final[Operation] = {
    "operationId": "reauthenticate",
    "summary": "Log in once more",
    "description": (
        "For what asks for a fresh login (401 `insufficient_user_authentication`): the password, a second "
        "factor, or both open a new session in the place of the caller's, which ends with its access tokens. "
        "Where there is a second factor, a password alone is challenged as at a login. " + LIMIT_SENTENCE
    ),
    "tags": [TAG],
    "security": AUTHENTICATED,
    "requestBody": {"required": True, "content": {JSON: {"schema": schemas.REAUTHENTICATE}}},
    "responses": responses(
        {200: success("The new session is open.", LOGGED_IN, {"Set-Cookie": SET_COOKIE})},
        {
            **BODY_PROBLEMS,
            400: {**BODY_PROBLEMS[400], **REFUSED[400]},
            401: {
                **TOKEN_PROBLEMS,
                "invalid_credentials": "Invalid email or password",
                "factor_invalid": "the second factor is wrong or was used before",
                **CHALLENGED,
            },
            403: {**CROSS_SITE, **REFUSED[403], **BY_HOOK, **UNENROLLED},
            **RATE_LIMITED,
            **TOO_LARGE,
        },
    ),
}

_REFRESH_BODY: Final = {
    "required": False,
    "description": "For clients that hold the token themselves; others send the cookie, and need no body.",
    "content": {JSON: {"schema": schemas.REFRESH}, FORM: {"schema": schemas.REFRESH}},
}

_COOKIE_PROBLEMS: Final[Mapping[int, Mapping[str, str]]] = {
    **BODY_PROBLEMS,
    400: UNREADABLE,
    403: CROSS_SITE,
    422: {"invalid_input": "refresh_token: must be a text"},
}

REFRESH: Final[Operation] = {
    "operationId": "refresh",
    "summary": "Exchange the refresh token for new tokens",
    "description": (
        "The next refresh token comes the way this one came. After 409, 429 and 503 the one at hand stays "
        "valid; after 401 it is invalid."
    ),
    "tags": [TAG],
    "security": [{COOKIE: []}, {}],
    "requestBody": _REFRESH_BODY,
    "responses": responses(
        {200: success("New tokens.", schemas.REFRESHED, {"Set-Cookie": SET_COOKIE})},
        {
            **_COOKIE_PROBLEMS,
            403: {**CROSS_SITE, **BY_HOOK},
            401: {
                "refresh_invalid": "invalid or expired refresh token; log in again",
                "refresh_reused": "refresh token was used before; the session has been ended",
                "session_revoked": "the session has been ended; log in again",
            },
            409: {
                "refresh_superseded": "a newer refresh token is in use; send that one",
                "acting": "an admin acts for a user in this browser",
            },
            **RATE_LIMITED,
            **TOO_LARGE,
        },
        in_words=True,
    ),
}

REFRESH["responses"]["401"]["headers"]["Set-Cookie"] = CLEAR_COOKIE

LOGOUT: Final[Operation] = {
    "operationId": "logout",
    "summary": "End the session",
    "description": "Needs the refresh token alone, reads no access token, and may be repeated.",
    "tags": [TAG],
    "security": [{COOKIE: []}, {}],
    "requestBody": _REFRESH_BODY,
    "responses": responses(
        {200: success("The session is over.", schemas.LOGGED_OUT, {"Set-Cookie": CLEAR_COOKIE})},
        _COOKIE_PROBLEMS,
        in_words=True,
    ),
}

_CLEARED: Final = {"Set-Cookie": CLEAR_COOKIE}

LIST: Final[Operation] = {
    "operationId": "list_sessions",
    "summary": "Where the caller is logged in",
    "tags": [TAG],
    "security": AUTHENTICATED,
    "responses": responses({200: success("The sessions that live.", schemas.SESSIONS)}, REFUSED),
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
    "security": AUTHENTICATED,
    "parameters": [_SESSION_ID],
    "responses": responses(
        {200: success("The session is over.", schemas.SESSION_ENDED, _CLEARED)},
        {**REFUSED, 404: {"session_not_found": "no such session"}},
    ),
}

REVOKE_OTHERS: Final[Operation] = {
    "operationId": "revoke_other_sessions",
    "summary": "End all of the caller's sessions but this one",
    "tags": [TAG],
    "security": AUTHENTICATED,
    "responses": responses({200: success("The others are over.", schemas.OTHERS_ENDED)}, REFUSED),
}

LOGOUT_ALL: Final[Operation] = {
    "operationId": "logout_all",
    "summary": "End all of the caller's sessions",
    "description": "This one too; all access tokens are refused everywhere within a second.",
    "tags": [TAG],
    "security": AUTHENTICATED,
    "responses": responses(
        {200: success("All sessions are over.", schemas.LOGGED_OUT_EVERYWHERE, _CLEARED)}, REFUSED
    ),
}
