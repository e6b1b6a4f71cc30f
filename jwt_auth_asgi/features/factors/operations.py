"""The OpenAPI operations of second factors, and their schemas; data."""

from __future__ import annotations

from typing import Final

from jwt_auth_asgi.features.operations import (
    BODY_PROBLEMS,
    CROSS_SITE,
    RATE_LIMITED,
    SET_COOKIES,
    TAG,
    TOO_LARGE,
    Operation,
    responses,
    success,
)
from jwt_auth_asgi.features.schemas import DEVICE, LOGGED_IN, TRANSPORT, Schema, object_of
from jwt_auth_asgi.http.bodies import JSON

_CHALLENGE: Final[Schema] = {
    "type": "string",
    "description": "What the first step was answered with: good for 5 minutes, 5 answers and one session.",
    "examples": ["challenge.q8Zb3nDk2Jv0sYtR7cXw1LmPpUeGhF5aB9dKoTiNyV4"],
}
_SECOND_STEP: Final[Schema] = object_of(
    {
        "challenge": _CHALLENGE,
        "remember_device": {
            "type": ["boolean", "null"],
            "description": "Whether to ask for no second factor at this device for 30 days.",
        },
        "transport": TRANSPORT,
        "device": {**DEVICE, "type": ["string", "null"]},
    },
    optional=("remember_device", "transport", "device"),
)

SECOND_FACTOR: Final[Operation] = {
    "operationId": "second_factor",
    "summary": "Go on with a login",
    "description": (
        "For who was answered 401 `second_factor_required`: one of its `factors` completes the login. After "
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
                "email_unverified": "verify the e-mail address first: the link is in a letter",
            },
            **RATE_LIMITED,
            **TOO_LARGE,
        },
    ),
}
