"""JSON schemas of passkeys: ours, and those of WebAuthn level 3 as far as we say something; data."""

from __future__ import annotations

from typing import Any, Final

from jwt_auth_asgi.features.schemas import (
    BASE64URL,
    DEVICE,
    PASSKEY_ANSWER,
    TRANSPORT,
    Schema,
    always,
    browser_gave,
    object_of,
)

_CHALLENGE: Final[Schema] = {
    **BASE64URL,
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
            "id": BASE64URL,
            "type": always("public-key"),
            "transports": {"type": "array", "items": {"type": "string"}},
        },
        optional=("transports",),
    ),
}
CREATION_OPTIONS: Final = object_of(
    {
        "rp": object_of({"id": {"type": "string"}, "name": {"type": "string"}}),
        "user": object_of({"id": BASE64URL, "name": {"type": "string"}, "displayName": {"type": "string"}}),
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


_CREATED: Final = browser_gave(
    "navigator.credentials.create()",
    clientDataJSON=BASE64URL,
    attestationObject=BASE64URL,
    transports={"type": "array", "items": {"type": "string"}},
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
_CHALLENGE_OF_LOGIN: Final[Schema] = {
    "type": ["string", "null"],
    "description": "What the first factor of a login was answered with, whose second factor the passkey is.",
    "examples": ["challenge.q8Zb3nDk2Jv0sYtR7cXw1LmPpUeGhF5aB9dKoTiNyV4"],
}
BEGUN: Final = object_of({"challenge": _CHALLENGE_OF_LOGIN}, optional=("challenge",))
LOGIN: Final = object_of(
    {
        "passkey": PASSKEY_ANSWER,
        "challenge": _CHALLENGE_OF_LOGIN,
        "transport": TRANSPORT,
        "device": {**DEVICE, "type": ["string", "null"]},
    },
    optional=("challenge", "transport", "device"),
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
