"""The OpenAPI operations of forgotten passwords, and their schemas; data."""

from __future__ import annotations

from typing import Final

from jwt_auth_asgi.features.operations import (
    BODY_PROBLEMS,
    NO_MAILER,
    RATE_LIMITED,
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
    always,
    object_of,
)
from jwt_auth_asgi.http.bodies import JSON
from jwt_auth_core.one_time.proof import RESET

_FORGOT: Final = object_of({"email": EMAIL})
_ASKED: Final = object_of({"status": always("check your mail")})
_RESET: Final = object_of(
    {
        "token": LETTER_TOKEN,
        "new_password": {**PASSWORD, "minLength": 8, "examples": ["green-heron-7-walks"]},
    }
)
_CHANGED: Final = object_of({"status": always("password changed")})

FORGOT_PASSWORD: Final[Operation] = {
    "operationId": "forgot_password",
    "summary": "Ask for a link that sets another password",
    "description": (
        "The link is mailed to the account of this address, if there is one; the answer is the same if there "
        "is none. Few letters go to one address. " + LIMIT_SENTENCE
    ),
    "tags": [TAG],
    "security": [],
    "requestBody": {"required": True, "content": {JSON: {"schema": _FORGOT}}},
    "responses": responses(
        {202: success("A letter is on its way, if there is an account.", _ASKED)},
        {**BODY_PROBLEMS, **RATE_LIMITED, **NO_MAILER},
    ),
}

RESET_PASSWORD: Final[Operation] = {
    "operationId": "reset_password",
    "summary": "Set another password by a mailed link",
    "description": (
        f"The link is good once, for {RESET.ttl_seconds // 60} minutes, until a later letter, and until all "
        "sessions end. Every session ends, and none begins: log in with the new password. A password that is "
        "refused does not spend the link. " + LIMIT_SENTENCE
    ),
    "tags": [TAG],
    "security": [],
    "requestBody": {"required": True, "content": {JSON: {"schema": _RESET}}},
    "responses": responses(
        {200: success("The password is changed.", _CHANGED)},
        {
            **BODY_PROBLEMS,
            400: {**UNREADABLE, "invalid_code": "this link or code is not good, or no more; ask for another"},
            **NO_MAILER,
        },
    ),
}
