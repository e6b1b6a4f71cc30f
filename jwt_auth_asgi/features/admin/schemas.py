"""JSON schemas of the admin's API; data for OpenAPI 3.1."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from jwt_auth_asgi.features.schemas import (
    ACCESS_TOKEN,
    EMAIL,
    EXPIRES_IN,
    FIRST_NAME,
    LAST_NAME,
    PASSWORD,
    USER_ID,
    Schema,
    always,
    object_of,
    of_length,
)
from jwt_auth_core.audit.timeline import MOST
from jwt_auth_core.flows.admin.change_clients import MOST_OVERLAP_SECONDS

TIME: Final[Schema] = {"type": "string", "format": "date-time", "examples": ["2026-11-28T17:00:00Z"]}
MAYBE_TIME: Final[Schema] = {**TIME, "type": ["string", "null"]}
TEXT: Final[Schema] = {"type": "string"}
MAYBE_TEXT: Final[Schema] = {"type": ["string", "null"]}
COUNT: Final[Schema] = {"type": "integer", "minimum": 0}
SCOPES: Final[Schema] = {"type": "array", "items": TEXT, "examples": [["reports:read"]]}
NEXT: Final[Schema] = {
    "type": ["string", "null"],
    "description": "Send it as `cursor` for the next page; null: this is the last.",
}

_LISTED: Final[Mapping[str, Schema]] = {
    "user_id": USER_ID,
    "email": EMAIL,
    "first_name": FIRST_NAME,
    "last_name": LAST_NAME,
    "disabled_at": {**MAYBE_TIME, "description": "null: the user may log in."},
}
_NAMED: Final[Mapping[str, Schema]] = {
    "id": TEXT,
    "name": TEXT,
    "created_at": TIME,
    "last_used_at": MAYBE_TIME,
}


def list_of(schema: Schema) -> Schema:
    """Return the schema of a list."""
    return {"type": "array", "items": schema}


_SESSION: Final[Mapping[str, Schema]] = {
    "session_id": TEXT,
    "created_at": TIME,
    "last_used_at": TIME,
    "ends_at": TIME,
    "user_agent": MAYBE_TEXT,
    "address": MAYBE_TEXT,
    "place": {
        **MAYBE_TEXT,
        "description": "Where that is, in the language asked for; left out without `GEOIP_FILE`.",
    },
}
SESSION: Final = object_of(_SESSION, optional=("place",))
_OWNER: Final = {"user_id": USER_ID, "email": EMAIL, "first_name": FIRST_NAME, "last_name": LAST_NAME}
OWNED_SESSIONS: Final = object_of(
    {"sessions": list_of(object_of({**_SESSION, **_OWNER}, optional=("place",))), "next": NEXT}
)
ROLE: Final = object_of({"name": TEXT, "scopes": SCOPES})
API_KEY: Final = object_of({**_NAMED, "scopes": SCOPES, "expires_at": MAYBE_TIME})
OWNED_KEYS: Final = object_of(
    {
        "api_keys": list_of(
            object_of(
                {**_NAMED, "scopes": SCOPES, "expires_at": MAYBE_TIME, "user_id": USER_ID, "email": EMAIL}
            )
        ),
        "next": NEXT,
    }
)
IDENTITY: Final = object_of(
    {
        "id": TEXT,
        "issuer": TEXT,
        "subject": TEXT,
        "email": MAYBE_TEXT,
        "name": MAYBE_TEXT,
        "linked_at": TIME,
        "last_used_at": MAYBE_TIME,
    }
)
USERS: Final = object_of({"users": list_of(object_of(_LISTED)), "next": NEXT})
USER: Final = object_of(
    {
        **_LISTED,
        "deletion_at": {
            **MAYBE_TIME,
            "description": "When it will be erased, unless the user signs in before.",
        },
        "scopes": {**SCOPES, "description": "All that its access tokens carry."},
        "own_scopes": {**SCOPES, "description": "Those that were granted to it alone."},
        "roles": list_of(ROLE),
        "sessions_ended_at": {**MAYBE_TIME, "description": "When all sessions were ended last."},
        "tokens_ended_at": {**MAYBE_TIME, "description": "When all access tokens were ended last."},
        "sessions": list_of(SESSION),
        "passkeys": list_of(object_of(_NAMED)),
        "identities": list_of(IDENTITY),
        "totp": list_of(object_of(_NAMED)),
        "recovery_codes_left": COUNT,
        "api_keys": list_of(API_KEY),
        "known_devices": {**COUNT, "description": "Browsers in which the user has signed in."},
        "wrong_passwords_in_a_row": COUNT,
        "password_is_stopped": {"type": "boolean", "description": "It works from known devices alone."},
    }
)
CLIENT: Final = object_of(
    {
        "client_id": TEXT,
        "scopes": SCOPES,
        "resources": list_of(TEXT),
        "may_exchange": list_of(TEXT),
        "created_at": TIME,
        "has_keys": {"type": "boolean", "description": "It proves itself by keys, and has no secret."},
        "previous_until": {**MAYBE_TIME, "description": "How long the secret or keys of before are good."},
    }
)
CLIENT_SECRET: Final = object_of(
    {"status": {"enum": ["client added", "secret rotated"]}, "client_id": TEXT, "client_secret": TEXT}
)
NEW_CLIENT: Final[Schema] = {
    **object_of(
        {
            "client_id": {"type": "string", "minLength": 1, "maxLength": 64, "examples": ["billing"]},
            "scopes": {**SCOPES, "type": ["array", "null"], "description": "What its tokens grant."},
            "resources": {
                **list_of(TEXT),
                "type": ["array", "null"],
                "description": "URLs of APIs that it may have tokens for (RFC 8707).",
            },
            "may_exchange": {
                **list_of(TEXT),
                "type": ["array", "null"],
                "description": "Audiences for whom it may exchange users' tokens (RFC 8693).",
            },
        },
        optional=("scopes", "resources", "may_exchange"),
    ),
    "additionalProperties": False,
}
ROTATION: Final[Schema] = {
    **object_of(
        {
            "overlap_seconds": {
                "type": ["integer", "null"],
                "minimum": 0,
                "maximum": MOST_OVERLAP_SECONDS,
                "description": "How long the secret of before is good; a day where it is left out.",
            }
        },
        optional=("overlap_seconds",),
    ),
    "additionalProperties": False,
}
KEY: Final = object_of(
    {
        "key_id": {**MAYBE_TEXT, "description": "The `kid` of tokens; null: it has no name."},
        "algorithm": TEXT,
        "signs": {"type": "boolean", "description": "New tokens are signed with it; others verify alone."},
        "is_public": {"type": "boolean", "description": "It is in `/.well-known/jwks.json`."},
    }
)
EVENT: Final = object_of(
    {
        "id": {"type": "integer"},
        "event_id": TEXT,
        "at": {**MAYBE_TIME, "description": "null: somebody edited the row."},
        "type": TEXT,
        "outcome": {"enum": ["success", "failure"]},
        "user_id": MAYBE_TEXT,
        "actor": {**MAYBE_TEXT, "description": "The admin who did it to the user."},
        "session": {**MAYBE_TEXT, "description": "What tells sessions apart; no session's id."},
        "address": MAYBE_TEXT,
        "user_agent": MAYBE_TEXT,
        "reason": MAYBE_TEXT,
        "facts": {"type": "object"},
    }
)
TIMELINE: Final = object_of(
    {
        "since": {**TIME, "description": "When the first part begins, which is at a round time."},
        "until": {**TIME, "description": "When the last one ends."},
        "seconds": {"type": "integer", "minimum": 60, "description": "How long each is."},
        "parts": {
            **list_of(object_of({"at": TIME, "success": COUNT, "failure": COUNT})),
            "maxItems": MOST,
        },
    }
)
OUTBOX: Final = object_of(
    {
        "messages": list_of(
            object_of(
                {
                    "id": TEXT,
                    "kind": TEXT,
                    "type": {**MAYBE_TEXT, "description": "Which letter or event."},
                    "recipient": TEXT,
                    "state": {"enum": ["waiting", "sending", "dead"]},
                    "attempts": COUNT,
                    "created_at": TIME,
                    "due_at": MAYBE_TIME,
                    "error": MAYBE_TEXT,
                }
            )
        ),
        "next": NEXT,
        "waiting": COUNT,
        "dead": COUNT,
    }
)
_STATUS: Final[Schema] = {"enum": ["pass", "warn", "fail"]}
HEALTH: Final = object_of(
    {
        "status": _STATUS,
        "checks": {"type": "object", "additionalProperties": {"type": "object", "required": ["status"]}},
    }
)
NEW_USER: Final[Schema] = {
    **object_of(
        {
            "email": of_length(EMAIL, 3, 254),
            "first_name": of_length(FIRST_NAME, 1, 200),
            "last_name": of_length(LAST_NAME, 1, 200),
            "password": {
                **PASSWORD,
                "type": ["string", "null"],
                "minLength": 8,
                "description": "Left out or null: the user sets one by `POST /password/forgot`.",
            },
            "scopes": {
                **SCOPES,
                "type": ["array", "null"],
                "description": "What its access tokens carry; left out or null: nothing.",
            },
        },
        optional=("password", "scopes"),
    ),
    "additionalProperties": False,
}
CREATED: Final = object_of({**_LISTED, "scopes": SCOPES, "status": always("user created")})
IMPERSONATING: Final = object_of(
    {
        "access_token": ACCESS_TOKEN,
        "token_type": always("bearer"),
        "expires_in": EXPIRES_IN,
        "user_id": USER_ID,
    }
)
_PERSON: Final = object_of({"user_id": USER_ID, "email": EMAIL})
IMPERSONATION: Final = object_of(
    {
        "impersonation": {
            **object_of({"actor": _PERSON, "user": _PERSON, "until": TIME}),
            "type": ["object", "null"],
            "description": "null: the user calls as itself.",
        }
    }
)
IMPERSONATE: Final = object_of(
    {
        "transport": {
            "enum": ["body", "cookies"],
            "default": "body",
            "description": "`cookies` puts the token into the access cookie, and needs the refresh cookie.",
        }
    },
    optional=("transport",),
)
IMPERSONATION_ENDED: Final = object_of({"status": always("impersonation ended"), "ended": COUNT})
DELETION: Final = object_of({"status": always("deletion scheduled"), "deletion_at": TIME})
DELETION_UNDONE: Final = object_of({"status": always("deletion undone"), "changed": {"type": "boolean"}})
FACTORS_RESET: Final = object_of({"status": always("factors reset"), "changed": {"type": "boolean"}})
ROLE_GRANTED: Final = object_of({"status": always("role granted"), "changed": {"type": "boolean"}})
ROLE_REVOKED: Final = object_of({"status": always("role revoked"), "changed": {"type": "boolean"}})
