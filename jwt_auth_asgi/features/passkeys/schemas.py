"""JSON schemas of passkeys: ours, and those of WebAuthn level 3 as far as we say something; data."""

from __future__ import annotations

from typing import Any, Final

from jwt_auth_asgi.features.schemas import (
    ACCESS_TOKEN,
    DEVICE,
    EXPIRES_IN,
    FIRST_NAME,
    LAST_NAME,
    REFRESH_TOKEN,
    TRANSPORT,
    USER_ID,
    Schema,
    always,
    object_of,
)

_B64: Final[Schema] = {"type": "string", "pattern": "^[A-Za-z0-9_-]*$"}
_CHALLENGE: Final[Schema] = {
    **_B64,
    "description": "32 random bytes in base64url: good for one answer, for five minutes.",
    "examples": ["NkJs98IgWeUKIfm5yjEyYcj5pjv3bm3KvRVrGiyEnGA"],
}
_TIMEOUT: Final[Schema] = {
    "type": "integer",
    "minimum": 1,
    "description": "Milliseconds.",
    "examples": [300000],
}
_DESCRIPTORS: Final[Schema] = {
    "type": "array",
    "items": object_of(
        {
            "id": _B64,
            "type": always("public-key"),
            "transports": {"type": "array", "items": {"type": "string"}},
        },
        optional=("transports",),
    ),
}
CREATION_OPTIONS: Final = object_of(
    {
        "rp": object_of({"id": {"type": "string"}, "name": {"type": "string"}}),
        "user": object_of({"id": _B64, "name": {"type": "string"}, "displayName": {"type": "string"}}),
        "challenge": _CHALLENGE,
        "pubKeyCredParams": {
            "type": "array",
            "items": object_of({"type": always("public-key"), "alg": {"type": "integer"}}),
        },
        "timeout": _TIMEOUT,
        "excludeCredentials": _DESCRIPTORS,
        "authenticatorSelection": {"type": "object"},
        "attestation": always("none"),
    }
)
REQUEST_OPTIONS: Final = object_of(
    {
        "challenge": _CHALLENGE,
        "timeout": _TIMEOUT,
        "rpId": {"type": "string", "examples": ["example.com"]},
        "allowCredentials": _DESCRIPTORS,
        "userVerification": {"type": "string", "enum": ["required", "preferred"]},
    }
)


def _credential(description: str, **response: Schema) -> Schema:
    return {
        **object_of(
            {
                "id": _B64,
                "rawId": _B64,
                "type": always("public-key"),
                "response": object_of(response, optional=("transports", "userHandle")),
            }
        ),
        "description": f"What `{description}` gave, as its `toJSON()` has it.",
    }


_CREATED: Final = _credential(
    "navigator.credentials.create()",
    clientDataJSON=_B64,
    attestationObject=_B64,
    transports={"type": "array", "items": {"type": "string"}},
)
_GOT: Final = _credential(
    "navigator.credentials.get()",
    clientDataJSON=_B64,
    authenticatorData=_B64,
    signature=_B64,
    userHandle={"type": ["string", "null"]},
)
_NAME: Final[Schema] = {"type": "string", "minLength": 1, "maxLength": 200, "examples": ["telephone"]}
REGISTRATION: Final = object_of(
    {
        "passkey": _CREATED,
        "name": {**_NAME, "type": ["string", "null"], "description": "Left out or null, it is `Passkey`."},
    },
    optional=("name",),
)
RENAMING: Final = object_of({"name": _NAME})
LOGIN: Final = object_of(
    {"passkey": _GOT, "transport": TRANSPORT, "device": {**DEVICE, "type": ["string", "null"]}},
    optional=("transport", "device"),
)
LOGGED_IN: Final = object_of(
    {
        "access_token": ACCESS_TOKEN,
        "token_type": always("bearer"),
        "expires_in": EXPIRES_IN,
        "user_id": USER_ID,
        "first_name": FIRST_NAME,
        "last_name": LAST_NAME,
        "status": always("logged in"),
        "refresh_token": REFRESH_TOKEN,
        "device": DEVICE,
    },
    optional=("refresh_token", "device"),
)
_ID: Final[Schema] = {
    "type": "string",
    "description": "What stands for the passkey here; it opens nothing.",
    "examples": ["pk_5f0c1e9a7b3d42c6a8e0f1b2"],
}
PASSKEY_ID: Final[dict[str, Any]] = {"name": "passkey_id", "in": "path", "required": True, "schema": _ID}
_TIME: Final[Schema] = {"type": "string", "format": "date-time", "examples": ["2026-11-28T17:00:00Z"]}
PASSKEY: Final = object_of(
    {
        "id": _ID,
        "name": {"type": "string", "examples": ["telephone"]},
        "created_at": _TIME,
        "last_used_at": {**_TIME, "type": ["string", "null"], "description": "null: not yet."},
        "synced": {"type": "boolean", "description": "Whether it may be on several devices."},
        "backed_up": {"type": "boolean", "description": "Whether it was, when it was last used."},
        "transports": {"type": "array", "items": {"type": "string"}, "examples": [["hybrid", "internal"]]},
        "aaguid": {
            "type": "string",
            "description": "The model of its authenticator; zeros where that does not say.",
            "examples": ["00000000-0000-0000-0000-000000000000"],
        },
    }
)
PASSKEYS: Final = object_of(
    {"passkeys": {"type": "array", "items": PASSKEY, "description": "The oldest first."}}
)
REMOVED: Final = object_of({"status": always("passkey removed")})
