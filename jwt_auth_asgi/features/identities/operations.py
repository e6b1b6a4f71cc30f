"""The OpenAPI operations of signing in with others, and their schemas; data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from jwt_auth_asgi.features.operations import (
    AUTHENTICATED,
    BODY_PROBLEMS,
    CROSS_SITE,
    RATE_LIMITED,
    REFUSED,
    STALE,
    TAG,
    UNREADABLE,
    Operation,
    responses,
    success,
)
from jwt_auth_asgi.features.schemas import (
    DEVICE,
    LIMIT_SENTENCE,
    LOGGED_IN,
    TRANSPORT,
    Schema,
    always,
    object_of,
)
from jwt_auth_asgi.http.bodies import FORM, JSON

_Problems = Mapping[int, Mapping[str, str]]

_UNKNOWN: Final = {"provider_not_found": "no such provider; OIDC_PROVIDERS names those that there are"}
_FRESH: Final[_Problems] = {**REFUSED, 401: {**REFUSED[401], **STALE}}
_INVALID: Final = {422: {"invalid_input": "next: must be a path of this site"}}


def _parameter(name: str, where: str, schema: Schema, description: str) -> dict[str, Any]:
    about = {"required": where == "path", "schema": schema, "description": description}
    return {"name": name, "in": where, **about}


def _sent(description: str) -> Operation:
    """Return an answer that sends a browser somewhere."""
    text = {"schema": {"type": "string"}}
    headers = {"Location": {"description": "Where to.", **text}, "Set-Cookie": text}
    return {"description": description, "headers": headers}


_NAME: Final[Schema] = {"type": "string", "examples": ["google"]}
_PATH: Final = _parameter("provider", "path", _NAME, "A name of `OIDC_PROVIDERS`.")
_NEXT: Final[Schema] = {"type": "string", "maxLength": 2000, "pattern": "^/", "examples": ["/questions"]}
_TEXT: Final[Schema] = {"type": "string"}
_BACK: Final = {"code": _TEXT, "state": _TEXT, "iss": _TEXT, "error": _TEXT}
_ERROR_SENTENCE: Final = "What goes wrong is told there: `303` to `{ACCOUNT_URL}/signin?error=code`."

LEAVE: Final[Operation] = {
    "operationId": "sign_in_with",
    "summary": "Sign in with a provider",
    "description": (
        "For links, not for scripts: the browser is sent to the provider, and known by a cookie when it "
        f"comes back. {_ERROR_SENTENCE} With `transport=body` it is led to `next` in the end with a `code` "
        "in the query, for an application that gave the S256 of a verifier as `challenge`."
    ),
    "tags": [TAG],
    "security": [],
    "parameters": [
        _PATH,
        _parameter("next", "query", _NEXT, "A path of this site; left out, it is the account's page."),
        _parameter("transport", "query", TRANSPORT, "How tokens are handed out."),
        _parameter(
            "challenge",
            "query",
            {"type": "string", "pattern": "^[A-Za-z0-9_-]{43}$"},
            "Of an application alone: the SHA-256 of its verifier in base64url (RFC 7636).",
        ),
    ],
    "responses": responses({303: _sent("To the provider.")}, {404: _UNKNOWN, **_INVALID}),
}

RETURN: Final[Operation] = {
    "operationId": "returned_by_provider",
    "summary": "Where a provider leads back to",
    "description": f"Opens the session, or links the identity. {_ERROR_SENTENCE}",
    "tags": [TAG],
    "security": [],
    "parameters": [_PATH, *(_parameter(name, "query", _TEXT, "The provider's.") for name in _BACK)],
    "responses": responses({303: _sent("To `next`, or to what else is asked for.")}, {404: _UNKNOWN}),
}

RETURN_POSTED: Final[Operation] = {
    "operationId": "posted_by_provider",
    "summary": "Where a provider has its answer posted (form_post)",
    "description": (
        "From elsewhere it is answered with a page that posts it once more from here: another site's form "
        f"brings no cookie, and nothing is used before. {_ERROR_SENTENCE}"
    ),
    "tags": [TAG],
    "security": [],
    "parameters": [_PATH],
    "requestBody": {
        "required": True,
        "content": {FORM: {"schema": object_of({**_BACK, "user": _TEXT}, optional=(*_BACK, "user"))}},
    },
    "responses": responses(
        {
            200: {"description": "The page.", "content": {"text/html": {"schema": _TEXT}}},
            303: _sent("To `next`, or to what else is asked for."),
        },
        {404: _UNKNOWN},
    ),
}

_CODE: Final[Schema] = {
    "type": "string",
    "description": "From the query of `next`; good once, for a minute.",
    "examples": ["login_code.q8Zb3nDk2Jv0sYtR7cXw1LmPpUeGhF5aB9dKoTiNyV4"],
}
_VERIFIER: Final[Schema] = {
    "type": "string",
    "description": "What `challenge` is the SHA-256 of (RFC 7636): 43 to 128 characters.",
    "examples": ["dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"],
}

LOGIN_BY_CODE: Final[Operation] = {
    "operationId": "login_by_code",
    "summary": "Open the session of an application that had a browser sign in with a provider",
    "description": LIMIT_SENTENCE,
    "tags": [TAG],
    "security": [],
    "requestBody": {
        "required": True,
        "content": {
            JSON: {
                "schema": object_of(
                    {"code": _CODE, "verifier": _VERIFIER, "device": {**DEVICE, "type": ["string", "null"]}},
                    optional=("device",),
                )
            }
        },
    },
    "responses": responses(
        {200: success("The session is open; the refresh token is in the body.", LOGGED_IN)},
        {
            **BODY_PROBLEMS,
            400: {**UNREADABLE, "invalid_code": "the link or code is not good, or no more; ask for another"},
            401: {
                "second_factor_required": "a second factor is required",
            },
            403: {
                "email_unverified": "verify the e-mail address first: the link is in a letter",
                "enrolment_required": "enrol a second factor to go on",
                "refused": "refused by the application",
            },
            **RATE_LIMITED,
        },
    ),
}

_ID: Final[Schema] = {
    "type": "string",
    "description": "What stands for the identity here; it opens nothing.",
    "examples": ["id_5f0c1e9a7b3d42c6a8e0f1b2"],
}
_TIME: Final[Schema] = {"type": "string", "format": "date-time", "examples": ["2026-11-29T12:00:00Z"]}
_MAYBE: Final[Schema] = {"type": ["string", "null"]}
_IDENTITY: Final = object_of(
    {
        "id": _ID,
        "issuer": {"type": "string", "examples": ["https://accounts.google.com"]},
        "subject": {"type": "string", "description": "What the issuer calls its user."},
        "email": {**_MAYBE, "description": "As the issuer said at the last sign-in; proves nothing."},
        "name": _MAYBE,
        "linked_at": _TIME,
        "last_used_at": {**_TIME, "type": ["string", "null"], "description": "null: not yet."},
    }
)

LIST: Final[Operation] = {
    "operationId": "list_identities",
    "summary": "Who the caller is at providers",
    "tags": [TAG],
    "security": AUTHENTICATED,
    "responses": responses(
        {
            200: success(
                "The identities, the oldest first, and the providers that there are.",
                object_of(
                    {
                        "identities": {"type": "array", "items": _IDENTITY},
                        "providers": {"type": "array", "items": _NAME},
                    }
                ),
            )
        },
        REFUSED,
    ),
}

LINK: Final[Operation] = {
    "operationId": "link_identity",
    "summary": "Begin to link a provider with the caller's account",
    "description": (
        "Needs a fresh login. The browser that asks goes to `url`, by `location.assign(url)`, and is known "
        "by a cookie when it comes back."
    ),
    "tags": [TAG],
    "security": AUTHENTICATED,
    "requestBody": {
        "required": True,
        "content": {
            JSON: {
                "schema": object_of(
                    {"provider": _NAME, "next": {**_NEXT, "type": ["string", "null"]}}, optional=("next",)
                )
            }
        },
    },
    "responses": responses(
        {
            200: success(
                "Where to.",
                object_of({"url": {"type": "string", "format": "uri"}}),
                {"Set-Cookie": {"schema": {"type": "string"}}},
            )
        },
        {
            **BODY_PROBLEMS,
            **_FRESH,
            400: {**UNREADABLE, **REFUSED[400]},
            403: {**REFUSED[403], **CROSS_SITE},
            404: _UNKNOWN,
            **RATE_LIMITED,
        },
    ),
}

REMOVE: Final[Operation] = {
    "operationId": "remove_identity",
    "summary": "Take a provider off the caller's account",
    "description": "Needs a fresh login; the user is told of it by mail.",
    "tags": [TAG],
    "security": AUTHENTICATED,
    "parameters": [{"name": "identity_id", "in": "path", "required": True, "schema": _ID}],
    "responses": responses(
        {200: success("It opens nothing any more.", object_of({"status": always("identity removed")}))},
        {
            **_FRESH,
            404: {"identity_not_found": "no such identity"},
            409: {
                "last_credential": (
                    "this is the last way into the account; set a password or add a passkey first"
                )
            },
        },
    ),
}
