"""The OpenAPI 3.1 document of the auth app, as data; a test holds it against the routes.

Each operation is self-contained, so that another framework's document can take it over whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from jwt_auth_asgi import schemas
from jwt_auth_asgi.bodies import FORM, JSON
from jwt_auth_asgi.cookies import SECURE_NAME
from jwt_auth_asgi.problems import FAULT_DETAIL

Operation = dict[str, Any]

PASSWORD_FLOW: Final = "OAuth2PasswordBearer"  # what FastAPI calls the same scheme
BEARER: Final = "BearerToken"
COOKIE: Final = "RefreshCookie"
PROBLEM: Final = "application/problem+json"
TAG: Final = "auth"

_TEXT: Final = {"schema": {"type": "string"}}
_SET_COOKIE: Final = {"description": "The next refresh cookie, for clients that use it.", **_TEXT}
_CLEAR_COOKIE: Final = {"description": "Takes the refresh cookie away, where it was used.", **_TEXT}
_CHALLENGE: Final = {"description": "RFC 6750 §3: Bearer, and why the token was refused.", **_TEXT}
_RETRY_AFTER: Final = {"description": "Seconds.", "schema": {"type": "integer", "minimum": 0}}
_NO_STORE: Final = {"description": "Always no-store.", "schema": {"type": "string", "const": "no-store"}}

_UNREADABLE: Final = {"bad_request": "the body is not valid JSON in UTF-8, or names a field twice"}
_BODY_PROBLEMS: Final[Mapping[int, Mapping[str, str]]] = {
    400: _UNREADABLE,
    408: {"body_timeout": "the body did not arrive in time"},
    413: {"too_large": "the body exceeds 16384 bytes"},
    415: {"unsupported_media_type": "send application/json"},
    422: {"invalid_input": "email: is required", "invalid_value": "a value cannot be stored"},
}
_CROSS_SITE: Final = {"cross_site": "cross-site request refused"}
_TOKEN_PROBLEMS: Final = {
    "not_authenticated": "Not authenticated",
    "token_expired": "Access token expired",
    "token_invalid": "Invalid access token",
    "user_not_found": "The account of this access token is gone",
}
_UNAVAILABLE_CODES: Final[tuple[str, ...]] = (
    "overloaded",
    "store_unavailable",
    "unavailable",
    "missing_table",
    "query_failed",
    "unique_violation",
    "constraint_violation",
    "unsafe_query",
    "invalid_settings",
    "missing_driver",
    "weak_key",
    "auth_error",
)
_UNAVAILABLE: Final[Mapping[str, str]] = dict.fromkeys(_UNAVAILABLE_CODES, FAULT_DETAIL)


def _success(description: str, schema: schemas.Schema, headers: Mapping[str, Any] | None = None) -> Operation:
    return {
        "description": description,
        "headers": {"Cache-Control": _NO_STORE, **(headers or {})},
        "content": {JSON: {"schema": schema}},
    }


def _problem(status: int, codes: Mapping[str, str]) -> Operation:
    examples = {
        code: {"value": schemas.problem_example(status, code, detail)} for code, detail in codes.items()
    }
    headers: dict[str, Any] = {"Cache-Control": _NO_STORE}
    if status == 401:  # noqa: PLR2004 - a status reads best as itself
        headers["WWW-Authenticate"] = _CHALLENGE
    if status == 503:  # noqa: PLR2004
        headers["Retry-After"] = _RETRY_AFTER
    return {
        "description": "; ".join(codes),
        "headers": headers,
        "content": {PROBLEM: {"schema": schemas.problem(status, codes), "examples": examples}},
    }


def _responses(success: Mapping[int, Operation], problems: Mapping[int, Mapping[str, str]]) -> Operation:
    failures = {status: _problem(status, codes) for status, codes in {**problems, 503: _UNAVAILABLE}.items()}
    return {str(status): answer for status, answer in sorted({**success, **failures}.items())}


REGISTER: Final[Operation] = {
    "operationId": "register",
    "summary": "Create an account",
    "description": "Passwords are checked for length and against common ones. " + schemas.LIMIT_SENTENCE,
    "tags": [TAG],
    "security": [],
    "requestBody": {"required": True, "content": {JSON: {"schema": schemas.REGISTER}}},
    "responses": _responses(
        {201: _success("The account was created.", schemas.REGISTERED)},
        {**_BODY_PROBLEMS, 409: {"email_taken": "Email already registered"}},
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
    "responses": _responses(
        {200: _success("The session is open.", schemas.LOGGED_IN, {"Set-Cookie": _SET_COOKIE})},
        {
            **_BODY_PROBLEMS,
            401: {"invalid_credentials": "Invalid email or password"},
            403: _CROSS_SITE,
        },
    ),
}

_REFRESH_BODY: Final = {
    "required": False,
    "description": "Only for clients that hold the token themselves; others send the cookie and no body.",
    "content": {JSON: {"schema": schemas.REFRESH}},
}
_COOKIE_PROBLEMS: Final[Mapping[int, Mapping[str, str]]] = {
    **_BODY_PROBLEMS,
    400: {**_UNREADABLE, "ambiguous_cookie": "the refresh cookie is repeated or malformed"},
    403: _CROSS_SITE,
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
    "responses": _responses(
        {200: _success("New tokens.", schemas.REFRESHED, {"Set-Cookie": _SET_COOKIE})},
        {
            **_COOKIE_PROBLEMS,
            401: {
                "refresh_invalid": "invalid or expired refresh token; log in again",
                "refresh_reused": "refresh token was used before; the session has been ended",
                "session_revoked": "the session has been ended; log in again",
            },
            409: {"refresh_superseded": "a newer refresh token is in use; send that one"},
        },
    ),
}
REFRESH["responses"]["401"]["headers"]["Set-Cookie"] = _CLEAR_COOKIE

LOGOUT: Final[Operation] = {
    "operationId": "logout",
    "summary": "End the session",
    "description": "Needs the refresh token alone, reads no access token, and may be repeated.",
    "tags": [TAG],
    "security": [{COOKIE: []}, {}],
    "requestBody": _REFRESH_BODY,
    "responses": _responses(
        {200: _success("The session is over.", schemas.LOGGED_OUT, {"Set-Cookie": _CLEAR_COOKIE})},
        _COOKIE_PROBLEMS,
    ),
}

ME: Final[Operation] = {
    "operationId": "me",
    "summary": "The caller's account",
    "tags": [TAG],
    "security": [{PASSWORD_FLOW: []}, {BEARER: []}],
    "responses": _responses(
        {200: _success("The account as it is now.", schemas.CURRENT_USER)},
        {400: {"invalid_request": "send one Authorization header, not several"}, 401: _TOKEN_PROBLEMS},
    ),
}

DOCUMENT: Final[Operation] = {
    "operationId": "auth_openapi",
    "summary": "This document",
    "tags": [TAG],
    "security": [],
    "responses": {
        "200": _success("An OpenAPI 3.1 document.", {"type": "object", "required": ["openapi", "paths"]})
    },
}


def security_schemes(prefix: str) -> dict[str, Any]:
    """Return the ways to authenticate; ``prefix`` is where the auth app is mounted."""
    return {
        PASSWORD_FLOW: {
            "type": "oauth2",
            "flows": {"password": {"tokenUrl": f"{prefix}/login", "scopes": {}}},
        },
        BEARER: {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
        COOKIE: {"type": "apiKey", "in": "cookie", "name": SECURE_NAME},
    }


def document(prefix: str, operations: Mapping[tuple[str, str], Operation]) -> dict[str, Any]:
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
        "components": {"securitySchemes": security_schemes(prefix)},
    }
