"""The OpenAPI operations of passkeys; data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

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
    UNREADABLE,
    Operation,
    responses,
    success,
)
from jwt_auth_asgi.features.passkeys import schemas
from jwt_auth_asgi.features.schemas import LIMIT_SENTENCE, LOGGED_IN
from jwt_auth_asgi.http.bodies import JSON

_Problems = Mapping[int, Mapping[str, str]]

_NOT_CONFIGURED: Final[_Problems] = {
    501: {
        "passkeys_not_configured": (
            "there are no passkeys: neither RP_ID nor a PUBLIC_URL with the name of a host is set"
        )
    }
}
_FRESH: Final[_Problems] = {**REFUSED, 401: {**REFUSED[401], **STALE}}
_TOO_MANY: Final = {"too_many_passkeys": "a user may have 20 passkeys; remove one first"}
_NOT_FOUND: Final[_Problems] = {404: {"passkey_not_found": "no such passkey"}}

OPTIONS: Final[Operation] = {
    "operationId": "passkey_options",
    "summary": "What to ask a browser for a new passkey",
    "description": (
        "For `PublicKeyCredential.parseCreationOptionsFromJSON()` and `navigator.credentials.create()`. "
        "Needs a fresh login."
    ),
    "tags": [TAG],
    "security": AUTHENTICATED,
    "responses": responses(
        {200: success("The options, as WebAuthn level 3 has them.", schemas.CREATION_OPTIONS)},
        {**_FRESH, 409: _TOO_MANY, **_NOT_CONFIGURED},
    ),
}

REGISTER: Final[Operation] = {
    "operationId": "register_passkey",
    "summary": "Register the passkey that a browser has made",
    "description": "Needs a fresh login; the user is told of it by mail. " + LIMIT_SENTENCE,
    "tags": [TAG],
    "security": AUTHENTICATED,
    "requestBody": {"required": True, "content": {JSON: {"schema": schemas.REGISTRATION}}},
    "responses": responses(
        {201: success("The passkey may be used.", schemas.PASSKEY)},
        {
            **BODY_PROBLEMS,
            **_FRESH,
            400: {
                **UNREADABLE,
                **REFUSED[400],
                "invalid_passkey": (
                    "this is no answer to what was asked, or it came too late; ask for other options"
                ),
            },
            409: {"passkey_exists": "this passkey is registered already", **_TOO_MANY},
            **_NOT_CONFIGURED,
        },
    ),
}

LIST: Final[Operation] = {
    "operationId": "list_passkeys",
    "summary": "The caller's passkeys",
    "tags": [TAG],
    "security": AUTHENTICATED,
    "responses": responses({200: success("The passkeys, the oldest first.", schemas.PASSKEYS)}, REFUSED),
}

RENAME: Final[Operation] = {
    "operationId": "rename_passkey",
    "summary": "Give one of the caller's passkeys another name",
    "description": "Needs a fresh login.",
    "tags": [TAG],
    "security": AUTHENTICATED,
    "parameters": [schemas.PASSKEY_ID],
    "requestBody": {"required": True, "content": {JSON: {"schema": schemas.RENAMING}}},
    "responses": responses(
        {200: success("The passkey as it is now.", schemas.PASSKEY)},
        {**BODY_PROBLEMS, **_FRESH, 400: {**UNREADABLE, **REFUSED[400]}, **_NOT_FOUND},
    ),
}

REMOVE: Final[Operation] = {
    "operationId": "remove_passkey",
    "summary": "Remove one of the caller's passkeys",
    "description": "Needs a fresh login; the user is told of it by mail.",
    "tags": [TAG],
    "security": AUTHENTICATED,
    "parameters": [schemas.PASSKEY_ID],
    "responses": responses(
        {200: success("It opens nothing any more.", schemas.REMOVED)},
        {
            **_FRESH,
            **_NOT_FOUND,
            409: {
                "last_credential": (
                    "this is the last way into the account; set a password or add a passkey first"
                )
            },
        },
    ),
}

LOGIN_OPTIONS: Final[Operation] = {
    "operationId": "passkey_login_options",
    "summary": "What to ask a browser for a login by a passkey",
    "description": (
        "For `PublicKeyCredential.parseRequestOptionsFromJSON()` and `navigator.credentials.get()`, on a "
        "click or with `mediation: 'conditional'`. With the `challenge` of a login that was answered 401 "
        "`second_factor_required`: one of the user's passkeys, as its second factor. "
        "The body may be left out."
    ),
    "tags": [TAG],
    "security": [],
    "requestBody": {"required": False, "content": {JSON: {"schema": schemas.BEGUN}}},
    "responses": responses(
        {200: success("The options, as WebAuthn level 3 has them.", schemas.REQUEST_OPTIONS)},
        {
            **BODY_PROBLEMS,
            401: {"challenge_invalid": "this login cannot go on; begin again with the first factor"},
            **RATE_LIMITED,
            **_NOT_CONFIGURED,
        },
    ),
}

LOGIN: Final[Operation] = {
    "operationId": "login_by_passkey",
    "summary": "Open a session by a passkey",
    "description": (
        "The passkey says whose it is, and verifies its user: two factors in one, so nothing more is asked. "
        + LIMIT_SENTENCE
    ),
    "tags": [TAG],
    "security": [],
    "requestBody": {"required": True, "content": {JSON: {"schema": schemas.LOGIN}}},
    "responses": responses(
        {200: success("The session is open.", LOGGED_IN, {"Set-Cookie": SET_COOKIES})},
        {
            **BODY_PROBLEMS,
            401: {
                "passkey_refused": "this passkey is not good here, or its answer came too late",
                "challenge_invalid": "this login cannot go on; begin again with the first factor",
                "factor_invalid": "the second factor is wrong or was used before",
            },
            403: {**CROSS_SITE, **BY_HOOK},
            **RATE_LIMITED,
            **_NOT_CONFIGURED,
        },
    ),
}
