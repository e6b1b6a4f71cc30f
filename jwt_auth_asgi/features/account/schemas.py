"""JSON schemas of the account; data for OpenAPI 3.1."""

from __future__ import annotations

from typing import Final

from jwt_auth_asgi.features.schemas import (
    ACCESS_TOKEN,
    EMAIL,
    EXPIRES_IN,
    FIRST_NAME,
    LAST_NAME,
    PASSWORD,
    REFRESH_TOKEN,
    SAME_TRANSPORT,
    USER_ID,
    Schema,
    always,
    object_of,
    of_length,
)

REGISTER: Final = object_of(
    {
        "email": of_length(EMAIL, 3, 254),
        "password": {**PASSWORD, "minLength": 8},
        "first_name": of_length(FIRST_NAME, 1, 200),
        "last_name": of_length(LAST_NAME, 1, 200),
    }
)
_ROWS: Final[Schema] = {"type": "array", "items": {"type": "object"}}
EXPORT: Final[Schema] = {
    **object_of(
        {"exported_at": {"type": "string", "format": "date-time"}, "sessions": _ROWS, "users": _ROWS}
    ),
    "additionalProperties": _ROWS,
}
REGISTERED: Final = object_of(
    {
        "user_id": USER_ID,
        "email": EMAIL,
        "first_name": FIRST_NAME,
        "last_name": LAST_NAME,
        "status": always("user created"),
    }
)
REGISTERED_QUIETLY: Final = object_of({"status": always("check your mail")})
CURRENT_USER: Final = object_of(
    {
        "user_id": USER_ID,
        "email": EMAIL,
        "first_name": FIRST_NAME,
        "last_name": LAST_NAME,
        "scopes": {"type": "array", "items": {"type": "string"}, "examples": [["topics:read"]]},
        "actor": {**USER_ID, "description": "The admin who acts for the user; left out where nobody does."},
    },
    optional=("actor",),
)
DELETION: Final = object_of(
    {
        "status": always("deletion scheduled"),
        "deletion_at": {"type": "string", "format": "date-time"},
    }
)
CHANGE_ME: Final = object_of(
    {"first_name": of_length(FIRST_NAME, 1, 200), "last_name": of_length(LAST_NAME, 1, 200)},
    optional=("first_name", "last_name"),
)
CHANGE_PASSWORD: Final = object_of(
    {
        "current_password": {**PASSWORD, "type": ["string", "null"]},
        "new_password": {**PASSWORD, "minLength": 8, "examples": ["green-heron-7-walks"]},
        "transport": SAME_TRANSPORT,
    },
    optional=("current_password", "transport"),
)
PASSWORD_CHANGED: Final = object_of(
    {
        "access_token": ACCESS_TOKEN,
        "token_type": always("bearer"),
        "expires_in": EXPIRES_IN,
        "status": always("password changed"),
        "refresh_token": REFRESH_TOKEN,
    },
    optional=("refresh_token",),
)
