"""The OpenAPI operations of the account; data."""

from __future__ import annotations

from typing import Final

from jwt_auth_asgi.features.account import schemas
from jwt_auth_asgi.features.operations import (
    AUTHENTICATED,
    BODY_PROBLEMS,
    BY_HOOK,
    CROSS_SITE,
    RATE_LIMITED,
    REFUSED,
    SET_COOKIE,
    STALE,
    TAG,
    TOKEN_PROBLEMS,
    TOO_LARGE,
    Operation,
    responses,
    success,
)
from jwt_auth_asgi.features.schemas import LIMIT_SENTENCE
from jwt_auth_asgi.http.bodies import JSON

REGISTER: Final[Operation] = {
    "operationId": "register",
    "summary": "Create an account",
    "description": (
        "Passwords are checked for length and against common ones. Where registration is quiet, the answer "
        "is 202 whether an account with the address exists or not; a letter says the rest. " + LIMIT_SENTENCE
    ),
    "tags": [TAG],
    "security": [],
    "requestBody": {"required": True, "content": {JSON: {"schema": schemas.REGISTER}}},
    "responses": responses(
        {
            201: success("The account was created.", schemas.REGISTERED),
            202: success("A letter is on its way, where registration is quiet.", schemas.REGISTERED_QUIETLY),
        },
        {
            **BODY_PROBLEMS,
            403: {"registration_closed": "Registration is closed", **BY_HOOK},
            409: {"email_taken": "Email already registered"},
            **RATE_LIMITED,
        },
    ),
}

ME: Final[Operation] = {
    "operationId": "me",
    "summary": "The caller's account",
    "tags": [TAG],
    "security": AUTHENTICATED,
    "responses": responses(
        {200: success("The account as it is now.", schemas.CURRENT_USER)},
        REFUSED,
    ),
}

CHANGE_ME: Final[Operation] = {
    "operationId": "change_me",
    "summary": "Change the caller's names",
    "description": "What is left out stays as it is. " + LIMIT_SENTENCE,
    "tags": [TAG],
    "security": AUTHENTICATED,
    "requestBody": {"required": True, "content": {JSON: {"schema": schemas.CHANGE_ME}}},
    "responses": responses(
        {200: success("The account as it is now.", schemas.CURRENT_USER)},
        {**BODY_PROBLEMS, **REFUSED, 400: {**BODY_PROBLEMS[400], **REFUSED[400]}},
    ),
}

EXPORT_ME: Final[Operation] = {
    "operationId": "export_me",
    "summary": "All that is kept of the caller",
    "description": (
        "Needs a fresh login (`POST /auth/reauthenticate`). The rows of each table by its name, and the live "
        "sessions; no hash and no secret is among them."
    ),
    "tags": [TAG],
    "security": AUTHENTICATED,
    "responses": responses(
        {200: success("What is kept.", schemas.EXPORT)},
        {**REFUSED, 401: {**REFUSED[401], **STALE}},
    ),
}

DELETE_ME: Final[Operation] = {
    "operationId": "delete_me",
    "summary": "Delete the caller's account",
    "description": (
        "Needs a fresh login (`POST /auth/reauthenticate`). Every session ends at once, API keys are good "
        "for nothing, and at `deletion_at`, 30 days later, all that is kept of the account is erased. A "
        "login before that takes it back."
    ),
    "tags": [TAG],
    "security": AUTHENTICATED,
    "responses": responses(
        {202: success("The account will be erased.", schemas.DELETION, {"Set-Cookie": SET_COOKIE})},
        {**REFUSED, 401: {**REFUSED[401], **STALE}},
    ),
}

CHANGE_PASSWORD: Final[Operation] = {
    "operationId": "change_password",
    "summary": "Change the password",
    "description": (
        "Needs a fresh login (`POST /auth/reauthenticate`), or the current password. Every session ends; a "
        "new one begins, whose tokens are in the answer, the refresh token in the cookie or, where "
        "`transport` is `body`, in the answer too. " + LIMIT_SENTENCE
    ),
    "tags": [TAG],
    "security": AUTHENTICATED,
    "requestBody": {"required": True, "content": {JSON: {"schema": schemas.CHANGE_PASSWORD}}},
    "responses": responses(
        {200: success("The password is changed.", schemas.PASSWORD_CHANGED, {"Set-Cookie": SET_COOKIE})},
        {
            **BODY_PROBLEMS,
            400: {**BODY_PROBLEMS[400], **REFUSED[400]},
            401: {**TOKEN_PROBLEMS, "invalid_credentials": "Invalid email or password", **STALE},
            403: {**CROSS_SITE, **REFUSED[403], **BY_HOOK},
            **RATE_LIMITED,
            **TOO_LARGE,
        },
    ),
}
