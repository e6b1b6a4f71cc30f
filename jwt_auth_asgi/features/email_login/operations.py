"""The OpenAPI operations of the login by e-mail, and their schemas; data."""

from __future__ import annotations

from typing import Any, Final

from jwt_auth_asgi.features.operations import (
    BODY_PROBLEMS,
    BY_HOOK,
    CROSS_SITE,
    NO_MAILER,
    RATE_LIMITED,
    SET_COOKIES,
    TAG,
    TOO_LARGE,
    UNREADABLE,
    Operation,
    responses,
    success,
)
from jwt_auth_asgi.features.schemas import (
    DEVICE,
    EMAIL,
    LETTER_TOKEN,
    LIMIT_SENTENCE,
    LOGGED_IN,
    TRANSPORT,
    USER_CODE,
    always,
    object_of,
)
from jwt_auth_asgi.http.bodies import JSON

_BINDING: Final[dict[str, Any]] = {
    "type": "string",
    "description": (
        "Tells where the letter was asked for, and opens nothing by itself. Browsers have it in a cookie; "
        "clients without cookies (`transport` is `body`) keep it and send it with what the letter brings."
    ),
    "examples": ["binding.q8Zb3nDk2Jv0sYtR7cXw1LmPpUeGhF5aB9dKoTiNyV4"],
}
_SEND: Final = object_of(
    {
        "email": {**EMAIL, "maxLength": 1000},
        "transport": {**TRANSPORT, "description": "Where `binding` travels: a cookie, or the answer."},
    },
    optional=("transport",),
)
_ASKED: Final = object_of({"status": always("check your mail"), "binding": _BINDING}, optional=("binding",))
_TOKEN: Final = {**LETTER_TOKEN, "examples": ["login.q8Zb3nDk2Jv0sYtR7cXw1LmPpUeGhF5aB9dKoTiNyV4"]}
_MORE: Final = {
    "binding": {**_BINDING, "type": ["string", "null"]},
    "transport": TRANSPORT,
    "device": {**DEVICE, "type": ["string", "null"]},
}
_LOGIN: Final[dict[str, Any]] = {
    "anyOf": [
        object_of({"token": _TOKEN, **_MORE}, optional=tuple(_MORE)),
        object_of({"email": {**EMAIL, "maxLength": 1000}, "code": USER_CODE, **_MORE}, optional=tuple(_MORE)),
    ]
}

SEND_LOGIN: Final[Operation] = {
    "operationId": "send_login",
    "summary": "Send a letter that opens a session without a password",
    "description": (
        "To the account of this address, if there is one; the answer is the same if there is none. What the "
        "letter brings is good in the browser that asks here, and nowhere else. " + LIMIT_SENTENCE
    ),
    "tags": [TAG],
    "security": [],
    "requestBody": {"required": True, "content": {JSON: {"schema": _SEND}}},
    "responses": responses(
        {
            202: success(
                "A letter is on its way, if there is an account.",
                _ASKED,
                {"Set-Cookie": {"description": "What tells this browser.", "schema": {"type": "string"}}},
            )
        },
        {**BODY_PROBLEMS, 403: CROSS_SITE, **RATE_LIMITED, **NO_MAILER},
    ),
}

LOGIN_BY_EMAIL: Final[Operation] = {
    "operationId": "login_by_email",
    "summary": "Open a session by the code or the link of a letter",
    "description": (
        "The answer is that of a login, and goes the same ways. An address that was not verified is by this: "
        "what was set before stays where the browser is the one that registered, or one in which the user "
        "has signed in before; otherwise password, sessions and keys of before are void. " + LIMIT_SENTENCE
    ),
    "tags": [TAG],
    "security": [],
    "requestBody": {"required": True, "content": {JSON: {"schema": _LOGIN}}},
    "responses": responses(
        {200: success("The session is open.", LOGGED_IN, {"Set-Cookie": SET_COOKIES})},
        {
            **BODY_PROBLEMS,
            400: {
                **UNREADABLE,
                "invalid_code": "this link or code is not good, or no more; ask for another",
            },
            403: {**CROSS_SITE, **BY_HOOK},
            **RATE_LIMITED,
            501: {**NO_MAILER[501], **TOO_LARGE[501]},
        },
    ),
}
