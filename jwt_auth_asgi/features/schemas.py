"""JSON schemas of what the auth app takes and answers, with examples; data for OpenAPI 3.1.

Self-contained: no ``$ref``, so that any framework can inline them. Tests hold real answers
against them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from jwt_auth_asgi.http.bodies import LIMIT_BYTES
from jwt_auth_asgi.problems.problem import TITLES

Schema = dict[str, Any]

_USER_ID: Final[Schema] = {
    "type": "string",
    "format": "uuid",
    "examples": ["6f9619ff-8b86-4d01-b42d-00cf4fc964ff"],
}
_EMAIL: Final[Schema] = {"type": "string", "examples": ["ada@example.com"]}
_FIRST_NAME: Final[Schema] = {"type": "string", "examples": ["Ada"]}
_LAST_NAME: Final[Schema] = {"type": "string", "examples": ["Lovelace"]}
_PASSWORD: Final[Schema] = {
    "type": "string",
    "format": "password",
    "maxLength": 1024,
    "description": "Any characters, counted as code points; compared in NFC, never trimmed.",
    "examples": ["purple-otter-9-sings"],
}
_ACCESS_TOKEN: Final[Schema] = {
    "type": "string",
    "description": "A signed JWT (RFC 9068): send it as `Authorization: Bearer ...`.",
    "examples": ["eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI2ZjkuLi4ifQ.c2lnbmF0dXJl"],
}
_REFRESH_TOKEN: Final[Schema] = {
    "type": "string",
    "description": "Opaque and good for one exchange; only for clients that hold it themselves.",
    "examples": ["AZ3uTm0rZk1vcGFxdWUtcmVmcmVzaC10b2tlbg"],
}
_EXPIRES_IN: Final[Schema] = {
    "type": "integer",
    "minimum": 1,
    "description": "Lifetime of the access token in seconds.",
    "examples": [900],
}
_TRANSPORT: Final[Schema] = {
    "type": "string",
    "enum": ["cookie", "body"],
    "default": "cookie",
    "description": "Where the refresh token travels: an HttpOnly cookie, or JSON bodies (native apps).",
}


def _object(properties: Mapping[str, Schema], *, optional: tuple[str, ...] = ()) -> Schema:
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": dict(properties), "required": required}


def _always(value: str) -> Schema:
    return {"type": "string", "const": value, "examples": [value]}


def _of_length(schema: Schema, low: int, high: int) -> Schema:
    return {**schema, "minLength": low, "maxLength": high}


REGISTER: Final = _object(
    {
        "email": _of_length(_EMAIL, 3, 254),
        "password": {**_PASSWORD, "minLength": 8},
        "first_name": _of_length(_FIRST_NAME, 1, 200),
        "last_name": _of_length(_LAST_NAME, 1, 200),
    }
)
REGISTERED: Final = _object(
    {
        "user_id": _USER_ID,
        "email": _EMAIL,
        "first_name": _FIRST_NAME,
        "last_name": _LAST_NAME,
        "status": _always("user created"),
    }
)
LOGIN: Final = _object(
    {
        "email": {**_EMAIL, "maxLength": 1000},
        "password": _PASSWORD,
        "transport": _TRANSPORT,
    },
    optional=("transport",),
)
LOGIN_FORM: Final = _object(
    {
        "username": {**_EMAIL, "maxLength": 1000, "description": "The e-mail address, as OAuth2 names it."},
        "password": _PASSWORD,
        "grant_type": {"type": "string", "const": "password"},
        "scope": {"type": "string", "description": "Ignored: a user's scopes are granted, not asked for."},
        "client_id": {"type": "string", "description": "Ignored."},
        "client_secret": {"type": "string", "description": "Ignored."},
        "transport": _TRANSPORT,
    },
    optional=("grant_type", "scope", "client_id", "client_secret", "transport"),
)
LOGGED_IN: Final = _object(
    {
        "access_token": _ACCESS_TOKEN,
        "token_type": _always("bearer"),
        "expires_in": _EXPIRES_IN,
        "user_id": _USER_ID,
        "first_name": _FIRST_NAME,
        "last_name": _LAST_NAME,
        "status": _always("logged in"),
        "refresh_token": _REFRESH_TOKEN,
    },
    optional=("refresh_token",),
)
REFRESH: Final = _object({"refresh_token": _REFRESH_TOKEN}, optional=("refresh_token",))
REFRESHED: Final = _object(
    {
        "access_token": _ACCESS_TOKEN,
        "token_type": _always("bearer"),
        "expires_in": _EXPIRES_IN,
        "refresh_token": _REFRESH_TOKEN,
    },
    optional=("refresh_token",),
)
TOKEN_FORM: Final = _object(
    {
        "grant_type": {"type": "string", "examples": ["password"]},
        "username": {**_EMAIL, "description": "For `password`: the e-mail address."},
        "password": {**_PASSWORD, "description": "For `password`."},
        "refresh_token": {**_REFRESH_TOKEN, "description": "For `refresh_token`."},
        "scope": {"type": "string", "description": "Ignored: a user's scopes are granted, not asked for."},
        "client_id": {"type": "string", "description": "Of a client that sends no header; not needed."},
        "client_secret": {"type": "string", "description": "Checked where it is sent."},
    },
    optional=("username", "password", "refresh_token", "scope", "client_id", "client_secret"),
)
TOKENS: Final = _object(
    {
        "access_token": _ACCESS_TOKEN,
        "token_type": _always("bearer"),
        "expires_in": _EXPIRES_IN,
        "refresh_token": _REFRESH_TOKEN,
        "scope": {
            "type": "string",
            "description": "What was granted, if anything.",
            "examples": ["topics:read"],
        },
    },
    optional=("scope",),
)
LOGGED_OUT: Final = _object({"status": _always("logged out")})
CURRENT_USER: Final = _object(
    {
        "user_id": _USER_ID,
        "email": _EMAIL,
        "first_name": _FIRST_NAME,
        "last_name": _LAST_NAME,
        "scopes": {"type": "array", "items": {"type": "string"}, "examples": [["topics:read"]]},
    }
)

SESSION_ID: Final[Schema] = {
    "type": "string",
    "pattern": "^[0-9a-f]{32}$",
    "description": "Tells sessions apart; no credential.",
    "examples": ["1d8b9f0c6a5e4d3c2b1a09f8e7d6c5b4"],
}


def _time(description: str) -> Schema:
    return {
        "type": "string",
        "format": "date-time",
        "description": description + " (RFC 3339, UTC).",
        "examples": ["2026-01-02T03:04:05Z"],
    }


def _text_or_null(description: str, example: str) -> Schema:
    return {"type": ["string", "null"], "description": description, "examples": [example]}


SESSIONS: Final = _object(
    {
        "sessions": {
            "type": "array",
            "description": "The oldest first.",
            "items": _object(
                {
                    "session_id": SESSION_ID,
                    "created_at": _time("When the user logged in"),
                    "last_used_at": _time("When its refresh token was last used"),
                    "ends_at": _time("When it ends at the latest"),
                    "user_agent": _text_or_null("What the browser or application called itself.", "curl/8"),
                    "address": _text_or_null("The IP address that it was opened from.", "203.0.113.9"),
                    "current": {"type": "boolean", "description": "Whether this request came from it."},
                }
            ),
        }
    }
)
SESSION_ENDED: Final = _object({"status": _always("session ended")})
OTHERS_ENDED: Final = _object(
    {
        "status": _always("other sessions ended"),
        "ended": {"type": "integer", "minimum": 0, "description": "How many.", "examples": [2]},
    }
)
LOGGED_OUT_EVERYWHERE: Final = _object({"status": _always("logged out everywhere")})
CHANGE_PASSWORD: Final = _object(
    {
        "current_password": _PASSWORD,
        "new_password": {**_PASSWORD, "minLength": 8, "examples": ["green-heron-7-walks"]},
        "transport": _TRANSPORT,
    },
    optional=("transport",),
)
PASSWORD_CHANGED: Final = _object(
    {
        "access_token": _ACCESS_TOKEN,
        "token_type": _always("bearer"),
        "expires_in": _EXPIRES_IN,
        "status": _always("password changed"),
        "refresh_token": _REFRESH_TOKEN,
    },
    optional=("refresh_token",),
)

_FIELD_ERRORS: Final[Schema] = {
    "type": "array",
    "description": "One entry a problem, every offending field at once.",
    "items": _object(
        {
            "field": {"type": "string", "examples": ["email"]},
            "code": {"type": "string", "examples": ["missing"]},
            "message": {"type": "string", "examples": ["is required"]},
        }
    ),
}


def problem(status: int, codes: Mapping[str, str]) -> Schema:
    """Return the schema of an RFC 9457 problem; ``codes`` are its stable codes with their details."""
    members: dict[str, Schema] = {
        "status": {"type": "integer", "const": status},
        "title": {"type": "string", "const": TITLES[status]},
        "detail": {"type": "string", "examples": list(codes.values())},
        "code": {"type": "string", "enum": list(codes)},
    }
    if "invalid_input" in codes:
        members["errors"] = _FIELD_ERRORS
    return _object(members, optional=("errors",))


def in_words(problem: Schema) -> Schema:
    """Return the schema of a problem that has OAuth's members, too (RFC 6749 §5.2)."""
    words: dict[str, Schema] = {
        "error": {"type": "string", "examples": ["invalid_grant"]},
        "error_description": {"type": "string"},
    }
    return {
        **problem,
        "properties": {**words, **problem["properties"]},
        "required": [*words, *problem["required"]],
    }


def problem_example(status: int, code: str, detail: str) -> Schema:
    """Return one problem document."""
    return {"status": status, "title": TITLES[status], "detail": detail, "code": code}


LIMIT_SENTENCE: Final = f"Bodies may have {LIMIT_BYTES // 1024} KiB."
