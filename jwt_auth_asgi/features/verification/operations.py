"""The OpenAPI operations of verification, and their schemas; data."""

from __future__ import annotations

from typing import Any, Final

from jwt_auth_asgi.features.operations import (
    BODY_PROBLEMS,
    CROSS_SITE,
    NO_MAILER,
    RATE_LIMITED,
    REFUSED,
    TAG,
    UNREADABLE,
    Operation,
    responses,
    success,
)
from jwt_auth_asgi.features.schemas import (
    EMAIL,
    LETTER_TOKEN,
    LIMIT_SENTENCE,
    PASSWORD,
    USER_CODE,
    always,
    object_of,
)
from jwt_auth_asgi.http.bodies import JSON

_SEND: Final = object_of({"email": EMAIL})
_ASKED: Final = object_of({"status": always("check your mail")})
_TOKEN: Final = {**LETTER_TOKEN, "examples": ["verify.q8Zb3nDk2Jv0sYtR7cXw1LmPpUeGhF5aB9dKoTiNyV4"]}
_VERIFY: Final[dict[str, Any]] = {
    "anyOf": [
        object_of({"token": _TOKEN, "password": PASSWORD}, optional=("password",)),
        object_of({"email": EMAIL, "code": USER_CODE, "password": PASSWORD}, optional=("password",)),
    ]
}
_VERIFIED: Final = object_of(
    {
        "status": always("email verified"),
        "reset_token": {
            **LETTER_TOKEN,
            "description": "Sets a password (`/password/reset`), where what was set before is void.",
        },
    },
    optional=("reset_token",),
)

SEND_VERIFICATION: Final[Operation] = {
    "operationId": "send_verification",
    "summary": "Send the letter that verifies an address once more",
    "description": (
        "To the account of this address, if there is one that has not verified it; the answer is the same if "
        "there is none. " + LIMIT_SENTENCE
    ),
    "tags": [TAG],
    "security": [],
    "requestBody": {"required": True, "content": {JSON: {"schema": _SEND}}},
    "responses": responses(
        {202: success("A letter is on its way, if one is needed.", _ASKED)},
        {**BODY_PROBLEMS, **RATE_LIMITED, **NO_MAILER},
    ),
}

VERIFY: Final[Operation] = {
    "operationId": "verify_email",
    "summary": "Verify an address by the link or the code of a letter",
    "description": (
        "What was set before stays when the request comes from the browser that registered (a cookie), or "
        "brings an access token of the account or its password. One of these that is no good is refused, and "
        "spends nothing. Otherwise password and sessions are void, "
        "and `reset_token` sets a password. " + LIMIT_SENTENCE
    ),
    "tags": [TAG],
    "security": [],
    "requestBody": {"required": True, "content": {JSON: {"schema": _VERIFY}}},
    "responses": responses(
        {200: success("The address is verified.", _VERIFIED)},
        {
            **BODY_PROBLEMS,
            400: {
                **UNREADABLE,
                "invalid_code": "this link or code is not good, or no more; ask for another",
                "invalid_request": "send one Authorization header, not several",
            },
            401: {**REFUSED[401], "invalid_credentials": "Invalid email or password"},
            403: {**REFUSED[403], **CROSS_SITE},
            **RATE_LIMITED,
            **NO_MAILER,
        },
    ),
}
