"""JSON schemas of sessions; data for OpenAPI 3.1."""

from __future__ import annotations

from typing import Final

from jwt_auth_asgi.features.schemas import (
    ACCESS_TOKEN,
    DEVICE,
    EMAIL,
    EXPIRES_IN,
    PASSKEY_ANSWER,
    PASSWORD,
    RECOVERY_CODE,
    REFRESH_TOKEN,
    SAME_TRANSPORT,
    TOTP_CODE,
    TRANSPORT,
    Schema,
    always,
    object_of,
)

LOGIN: Final = object_of(
    {
        "email": {**EMAIL, "maxLength": 1000},
        "password": PASSWORD,
        "transport": TRANSPORT,
        "device": {**DEVICE, "type": ["string", "null"]},
    },
    optional=("transport", "device"),
)
LOGIN_FORM: Final = object_of(
    {
        "username": {**EMAIL, "maxLength": 1000, "description": "The e-mail address, as OAuth2 names it."},
        "password": PASSWORD,
        "grant_type": {"type": "string", "const": "password"},
        "scope": {"type": "string", "description": "Ignored: a user's scopes are granted, not asked for."},
        "client_id": {"type": "string", "description": "Ignored."},
        "client_secret": {"type": "string", "description": "Ignored."},
        "transport": TRANSPORT,
        "device": DEVICE,
    },
    optional=("grant_type", "scope", "client_id", "client_secret", "transport", "device"),
)
REAUTHENTICATE: Final = object_of(
    {
        "password": {**PASSWORD, "type": ["string", "null"]},
        "totp": {**TOTP_CODE, "type": ["string", "null"]},
        "recovery_code": {**RECOVERY_CODE, "type": ["string", "null"]},
        "passkey": {**PASSKEY_ANSWER, "type": ["object", "null"]},
        "transport": SAME_TRANSPORT,
    },
    optional=("password", "totp", "recovery_code", "passkey", "transport"),
)
REFRESH: Final = object_of(
    {
        "refresh_token": REFRESH_TOKEN,
        "transport": SAME_TRANSPORT,
    },
    optional=("refresh_token", "transport"),
)
REFRESHED: Final = object_of(
    {
        "access_token": ACCESS_TOKEN,
        "token_type": always("bearer"),
        "expires_in": EXPIRES_IN,
        "refresh_token": REFRESH_TOKEN,
    },
    optional=("refresh_token",),
)
LOGGED_OUT: Final = object_of({"status": always("logged out")})
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


SESSIONS: Final = object_of(
    {
        "sessions": {
            "type": "array",
            "description": "The oldest first.",
            "items": object_of(
                {
                    "session_id": SESSION_ID,
                    "created_at": _time("When the user logged in"),
                    "last_used_at": _time("When its refresh token was last used"),
                    "ends_at": _time("When it ends at the latest"),
                    "user_agent": _text_or_null("What the browser or application called itself.", "curl/8"),
                    "address": _text_or_null("The IP address that it was opened from.", "203.0.113.9"),
                    "place": _text_or_null(
                        "Where that is, in the language asked for; left out without `GEOIP_FILE`.",
                        "Berlin, Germany",
                    ),
                    "current": {"type": "boolean", "description": "Whether this request came from it."},
                },
                optional=("place",),
            ),
        }
    }
)
SESSION_ENDED: Final = object_of({"status": always("session ended")})
OTHERS_ENDED: Final = object_of(
    {
        "status": always("other sessions ended"),
        "ended": {"type": "integer", "minimum": 0, "description": "How many.", "examples": [2]},
    }
)
LOGGED_OUT_EVERYWHERE: Final = object_of({"status": always("logged out everywhere")})
