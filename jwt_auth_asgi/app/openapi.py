"""The OpenAPI 3.1 document of the auth app, as data; a test holds it against the routes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from jwt_auth_asgi.features import schemas
from jwt_auth_asgi.features.oauth.operations import CLIENT, CLIENT_SCHEME
from jwt_auth_asgi.features.operations import (
    BEARER,
    BODY_PROBLEMS,
    CLEAR_COOKIE,
    COOKIE,
    CROSS_SITE,
    PASSWORD_FLOW,
    SET_COOKIE,
    TAG,
    TOKEN_PROBLEMS,
    UNREADABLE,
    Operation,
    responses,
    success,
)
from jwt_auth_asgi.http.bodies import FORM, JSON

REGISTER: Final[Operation] = {
    "operationId": "register",
    "summary": "Create an account",
    "description": "Passwords are checked for length and against common ones. " + schemas.LIMIT_SENTENCE,
    "tags": [TAG],
    "security": [],
    "requestBody": {"required": True, "content": {JSON: {"schema": schemas.REGISTER}}},
    "responses": responses(
        {201: success("The account was created.", schemas.REGISTERED)},
        {**BODY_PROBLEMS, 409: {"email_taken": "Email already registered"}},
    ),
}

LOGIN: Final[Operation] = {
    "operationId": "login",
    "summary": "Open a session",
    "description": (
        "Takes JSON, or the OAuth2 password form. The refresh token goes into an HttpOnly cookie, or into "
        "the answer where `transport` is `body`. " + schemas.LIMIT_SENTENCE
    ),
    "tags": [TAG],
    "security": [],
    "requestBody": {
        "required": True,
        "content": {JSON: {"schema": schemas.LOGIN}, FORM: {"schema": schemas.LOGIN_FORM}},
    },
    "responses": responses(
        {200: success("The session is open.", schemas.LOGGED_IN, {"Set-Cookie": SET_COOKIE})},
        {
            **BODY_PROBLEMS,
            401: {"invalid_credentials": "Invalid email or password"},
            403: CROSS_SITE,
        },
        in_words=True,
    ),
}

_REFRESH_BODY: Final = {
    "required": False,
    "description": "Only for clients that hold the token themselves; others send the cookie and no body.",
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
        "The next refresh token comes the way this one came. After 409 and 503 the one at hand stays valid; "
        "after 401 it is of no more use."
    ),
    "tags": [TAG],
    "security": [{COOKIE: []}, {}],
    "requestBody": _REFRESH_BODY,
    "responses": responses(
        {200: success("New tokens.", schemas.REFRESHED, {"Set-Cookie": SET_COOKIE})},
        {
            **_COOKIE_PROBLEMS,
            401: {
                "refresh_invalid": "invalid or expired refresh token; log in again",
                "refresh_reused": "refresh token was used before; the session has been ended",
                "session_revoked": "the session has been ended; log in again",
            },
            409: {"refresh_superseded": "a newer refresh token is in use; send that one"},
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

ME: Final[Operation] = {
    "operationId": "me",
    "summary": "The caller's account",
    "tags": [TAG],
    "security": [{PASSWORD_FLOW: []}, {BEARER: []}],
    "responses": responses(
        {200: success("The account as it is now.", schemas.CURRENT_USER)},
        {400: {"invalid_request": "send one Authorization header, not several"}, 401: TOKEN_PROBLEMS},
    ),
}

DOCUMENT: Final[Operation] = {
    "operationId": "auth_openapi",
    "summary": "This document",
    "tags": [TAG],
    "security": [],
    "responses": {
        "200": success("An OpenAPI 3.1 document.", {"type": "object", "required": ["openapi", "paths"]})
    },
}


def cookie_scheme(name: str) -> dict[str, Any]:
    """Return how the refresh cookie of a name authenticates."""
    return {"type": "apiKey", "in": "cookie", "name": name}


def security_schemes(prefix: str) -> dict[str, Any]:
    """Return the other ways to authenticate; ``prefix`` is where the auth app is mounted."""
    return {
        PASSWORD_FLOW: {
            "type": "oauth2",
            "flows": {"password": {"tokenUrl": f"{prefix}/login", "scopes": {}}},
        },
        BEARER: {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
        CLIENT: CLIENT_SCHEME,
    }


def document(
    prefix: str, operations: Mapping[tuple[str, str], Operation], *, cookie_name: str
) -> dict[str, Any]:
    """Return the document of the routes ``(path, method) -> operation`` below ``prefix``."""
    paths: dict[str, dict[str, Operation]] = {}
    for (path, method), operation in operations.items():
        paths.setdefault(path, {})[method.lower()] = operation
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "jwt-auth",
            "version": "1.0.0",
            "description": "Register, log in, refresh, log out. Errors are RFC 9457 problems.",
        },
        "servers": [{"url": prefix or "/"}],
        "paths": paths,
        "components": {"securitySchemes": {**security_schemes(prefix), COOKIE: cookie_scheme(cookie_name)}},
    }
