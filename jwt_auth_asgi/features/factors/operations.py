"""The OpenAPI operations of second factors, and their schemas; data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from jwt_auth_asgi.features.operations import (
    AUTHENTICATED,
    BODY_PROBLEMS,
    BY_HOOK,
    CROSS_SITE,
    RATE_LIMITED,
    REFUSED,
    SET_COOKIES,
    STALE,
    TAG,
    TOO_LARGE,
    Operation,
    responses,
    success,
)
from jwt_auth_asgi.features.schemas import (
    DEVICE,
    LOGGED_IN,
    PASSKEY_ANSWER,
    RECOVERY_CODE,
    TOTP_CODE,
    TRANSPORT,
    Schema,
    always,
    object_of,
)
from jwt_auth_asgi.http.bodies import JSON

_CHALLENGE: Final[Schema] = {
    "type": "string",
    "description": "What the first step was answered with: good for 5 minutes, 5 answers and one session.",
    "examples": ["challenge.q8Zb3nDk2Jv0sYtR7cXw1LmPpUeGhF5aB9dKoTiNyV4"],
}
_SECOND_STEP: Final[Schema] = object_of(
    {
        "challenge": _CHALLENGE,
        "totp": {**TOTP_CODE, "type": ["string", "null"]},
        "recovery_code": {**RECOVERY_CODE, "type": ["string", "null"]},
        "passkey": {**PASSKEY_ANSWER, "type": ["object", "null"]},
        "remember_device": {
            "type": ["boolean", "null"],
            "description": "Whether to ask for no second factor at this device for 30 days.",
        },
        "transport": TRANSPORT,
        "device": {**DEVICE, "type": ["string", "null"]},
    },
    optional=("totp", "recovery_code", "passkey", "remember_device", "transport", "device"),
)

SECOND_FACTOR: Final[Operation] = {
    "operationId": "second_factor",
    "summary": "Go on with a login",
    "description": (
        "For who was answered 401 `second_factor_required`: exactly one of its `factors` completes it. After "
        "`factor_invalid` the challenge is good for another answer, after `challenge_invalid` it is not."
    ),
    "tags": [TAG],
    "security": [],
    "requestBody": {"required": True, "content": {JSON: {"schema": _SECOND_STEP}}},
    "responses": responses(
        {200: success("The session is open.", LOGGED_IN, {"Set-Cookie": SET_COOKIES})},
        {
            **BODY_PROBLEMS,
            401: {
                "challenge_invalid": "this login cannot go on; begin again with the first factor",
                "factor_invalid": "the second factor is wrong or was used before",
            },
            403: {
                **CROSS_SITE,
                **BY_HOOK,
                "email_unverified": "verify the e-mail address first: the link is in a letter",
            },
            **RATE_LIMITED,
            **TOO_LARGE,
        },
    ),
}


_FACTOR_ID: Final[Schema] = {
    "type": "string",
    "description": "What stands for the app here; it opens nothing.",
    "examples": ["totp_5f0c1e9a7b3d42c6a8e0f1b2"],
}
_DEVICE_ID: Final[Schema] = {
    "type": "string",
    "description": "What stands for the device here; it opens nothing.",
    "examples": ["q8Zb3nDk2Jv0sYtR"],
}
_NAME: Final[Schema] = {"type": "string", "minLength": 1, "maxLength": 200, "examples": ["Ada's phone"]}
_TIME: Final[Schema] = {"type": "string", "format": "date-time", "examples": ["2026-11-28T17:00:00Z"]}
_CODES: Final[Schema] = {
    "type": "array",
    "items": {"type": "string"},
    "description": "Recovery codes, shown this once; none where some of before are left.",
    "examples": [["WZ1J-Q46C-2DK8-3GJ3-G9V3-X6JR"]],
}
_LISTED: Final[Schema] = object_of(
    {
        "totp": {
            "type": "array",
            "description": "The authenticator apps, the oldest first.",
            "items": object_of(
                {
                    "id": _FACTOR_ID,
                    "name": _NAME,
                    "created_at": _TIME,
                    "last_used_at": {**_TIME, "type": ["string", "null"]},
                }
            ),
        },
        "recovery_codes_left": {"type": "integer", "minimum": 0, "maximum": 10, "examples": [9]},
        "remembered_devices": {
            "type": "array",
            "description": "Where no second factor is asked for, the last used first.",
            "items": object_of(
                {"id": _DEVICE_ID, "created_at": _TIME, "last_used_at": _TIME, "remembered_until": _TIME}
            ),
        },
    }
)
_FRESH: Final[Mapping[int, Mapping[str, str]]] = {**REFUSED, 401: {**REFUSED[401], **STALE}}
_FRESH_WITH_BODY: Final[Mapping[int, Mapping[str, str]]] = {
    **BODY_PROBLEMS,
    **_FRESH,
    400: {**BODY_PROBLEMS[400], **REFUSED[400]},
}
_NO_FACTOR: Final = {404: {"factor_not_found": "no such second factor"}}
_REMOVED: Final[Schema] = object_of({"status": always("second factor removed")})
_FRESH_SENTENCE: Final = "Needs a fresh login, and one with a second factor where the caller has one."


def _in_path(name: str, schema: Schema) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": schema}


LIST: Final[Operation] = {
    "operationId": "list_factors",
    "summary": "The caller's second factors",
    "tags": [TAG],
    "security": AUTHENTICATED,
    "responses": responses({200: success("What is enrolled; no secret.", _LISTED)}, REFUSED),
}
_SECRET: Final[Schema] = object_of(
    {
        "id": _FACTOR_ID,
        "name": _NAME,
        "secret": {
            "type": "string",
            "description": "160 bits in base32, for who types it.",
            "examples": ["JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"],
        },
        "uri": {
            "type": "string",
            "description": "The same as a link, which opens an app on the same device.",
            "examples": ["otpauth://totp/shop:ada%40example.com?secret=JBSW...&issuer=shop"],
        },
        "qr_svg": {
            "type": "string",
            "description": "The link as a QR code: an `<svg>` element.",
            "examples": ['<svg width="180" height="180"></svg>'],
        },
    }
)
_UNCONFIGURED: Final = {
    501: {"encryption_not_configured": "nothing can be encrypted: ENCRYPTION_KEYS is not set"}
}
ENROL_TOTP: Final[Operation] = {
    "operationId": "enrol_totp",
    "summary": "Set up an authenticator app",
    "description": "It counts once a code of it was confirmed, within 15 minutes. " + _FRESH_SENTENCE,
    "tags": [TAG],
    "security": AUTHENTICATED,
    "requestBody": {
        "required": False,
        "content": {
            JSON: {"schema": object_of({"name": {**_NAME, "type": ["string", "null"]}}, optional=("name",))}
        },
    },
    "responses": responses(
        {201: success("The secret, shown this once.", _SECRET)},
        {
            **_FRESH_WITH_BODY,
            409: {"too_many_factors": "a user may have 10 authenticator apps; remove one first"},
            **_UNCONFIGURED,
        },
    ),
}
ENROL: Final[Operation] = {
    "operationId": "enrol_at_login",
    "summary": "Set up the second factor that a login needs",
    "description": (
        "For who was answered 403 `enrolment_required`, by its `enrolment_token`: in the body, or as the "
        "bearer token of an `Authorization` header. A code of the app then "
        "completes the login at `/login/second-factor`, where that token is the `challenge`."
    ),
    "tags": [TAG],
    "security": [],
    "requestBody": {
        "required": False,
        "content": {
            JSON: {
                "schema": object_of(
                    {
                        "enrolment_token": {
                            "type": "string",
                            "description": "Good for 15 minutes and one session; opens nothing else.",
                            "examples": ["enrolment.q8Zb3nDk2Jv0sYtR7cXw1LmPpUeGhF5aB9dKoTiNyV4"],
                        },
                        "name": {**_NAME, "type": ["string", "null"]},
                    },
                    optional=("enrolment_token", "name"),
                )
            }
        },
    },
    "responses": responses(
        {201: success("The secret, shown this once.", _SECRET)},
        {
            **BODY_PROBLEMS,
            400: {**BODY_PROBLEMS[400], **REFUSED[400]},
            401: {
                **REFUSED[401],
                "challenge_invalid": "this login cannot go on; begin again with the first factor",
            },
            **_UNCONFIGURED,
        },
    ),
}
CONFIRM_TOTP: Final[Operation] = {
    "operationId": "confirm_totp",
    "summary": "Show that the authenticator app works",
    "description": "From now on a login asks for it. " + _FRESH_SENTENCE,
    "tags": [TAG],
    "security": AUTHENTICATED,
    "requestBody": {"required": True, "content": {JSON: {"schema": object_of({"code": TOTP_CODE})}}},
    "responses": responses(
        {200: success("The app counts.", object_of({"recovery_codes": _CODES}))},
        {
            **_FRESH_WITH_BODY,
            400: {
                **_FRESH_WITH_BODY[400],
                "invalid_code": "this link or code is not good, or no more; ask for another",
            },
            **RATE_LIMITED,
        },
    ),
}
REMOVE_ALL_TOTP: Final[Operation] = {
    "operationId": "remove_all_totp",
    "summary": "Remove the caller's authenticator apps",
    "description": "With the last second factor go the recovery codes. " + _FRESH_SENTENCE,
    "tags": [TAG],
    "security": AUTHENTICATED,
    "responses": responses({200: success("They are gone.", _REMOVED)}, {**_FRESH, **_NO_FACTOR}),
}
REMOVE_TOTP: Final[Operation] = {
    "operationId": "remove_totp",
    "summary": "Remove one of the caller's authenticator apps",
    "description": "With the last second factor go the recovery codes. " + _FRESH_SENTENCE,
    "tags": [TAG],
    "security": AUTHENTICATED,
    "parameters": [_in_path("factor_id", _FACTOR_ID)],
    "responses": responses({200: success("It is gone.", _REMOVED)}, {**_FRESH, **_NO_FACTOR}),
}
RENEW_RECOVERY_CODES: Final[Operation] = {
    "operationId": "renew_recovery_codes",
    "summary": "Ten new recovery codes",
    "description": "Those of before are void. " + _FRESH_SENTENCE,
    "tags": [TAG],
    "security": AUTHENTICATED,
    "responses": responses(
        {200: success("The codes, shown this once.", object_of({"recovery_codes": _CODES}))},
        {**_FRESH, **_NO_FACTOR},
    ),
}
FORGET_DEVICE: Final[Operation] = {
    "operationId": "forget_device",
    "summary": "Ask for a second factor again at a remembered device",
    "tags": [TAG],
    "security": AUTHENTICATED,
    "parameters": [_in_path("device_id", _DEVICE_ID)],
    "responses": responses(
        {200: success("It is asked for there.", object_of({"status": always("device forgotten")}))},
        {**REFUSED, **_NO_FACTOR},
    ),
}
