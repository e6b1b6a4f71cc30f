"""The OpenAPI operations for clients of OAuth and other services; data."""

from __future__ import annotations

from typing import Any, Final

from jwt_auth_asgi.features.oauth import schemas
from jwt_auth_asgi.features.operations import (
    BODY_PROBLEMS,
    BY_HOOK,
    CHALLENGED,
    RATE_LIMITED,
    TAG,
    Operation,
    responses,
    success,
)
from jwt_auth_asgi.http.bodies import FORM, JSON
from jwt_auth_core.keys.jwks import MAX_AGE_SECONDS

CLIENT: Final = "OAuthClient"
CLIENT_SCHEME: Final[dict[str, Any]] = {
    "type": "http",
    "scheme": "basic",
    "description": (
        "The id and secret of a client (`OAUTH_CLIENTS`, `jwt-auth clients`); also in the form. At the token "
        "endpoint a client that has keys sends a `client_assertion` instead (`private_key_jwt`)."
    ),
}

_GRANTS: Final = (
    *("password", "refresh_token", "client_credentials"),
    "urn:ietf:params:oauth:grant-type:token-exchange",
)
_TEXT: Final[dict[str, Any]] = {"type": "string"}
_SECONDS: Final[dict[str, Any]] = {"type": "integer", "examples": [1_800_000_000]}
_TEXTS: Final[dict[str, Any]] = {"type": "array", "items": _TEXT}

_FORM: Final[Operation] = {
    "required": True,
    "content": {
        FORM: {
            "schema": {
                "type": "object",
                "properties": {
                    "token": {**_TEXT, "description": "An access token, a refresh token or an API key."},
                    "token_type_hint": {**_TEXT, "description": "Not needed."},
                    "client_id": {**_TEXT, "description": "Of a client that sends no header."},
                    "client_secret": _TEXT,
                },
                "required": ["token"],
            }
        }
    },
}
FORM_PROBLEMS: Final = {
    401: {"invalid_client": "client authentication failed"},
    408: BODY_PROBLEMS[408],
    413: BODY_PROBLEMS[413],
    415: {"unsupported_media_type": "send application/x-www-form-urlencoded"},
}
"""What every route answers that takes a client's form."""

_PROBLEMS: Final = {
    400: {
        "bad_request": "the form field token is required",
        "invalid_request": "send one Authorization header, not several",
    },
    **FORM_PROBLEMS,
    **RATE_LIMITED,
}

_PRAGMA: Final[dict[str, Any]] = {
    "description": "Always no-cache.",
    "schema": {"type": "string", "const": "no-cache"},
}

TOKEN: Final[Operation] = {
    "operationId": "token",
    "summary": "Tokens for a password, a refresh token, a client or another token (RFC 6749, RFC 8693)",
    "description": (
        "The token endpoint, for clients of OAuth; both tokens are in the answer, no cookie is read or set. "
        "Errors are those of RFC 6749 §5.2, with the members of a problem beside them."
    ),
    "tags": [TAG],
    "security": [{CLIENT: []}, {}],
    "requestBody": {"required": True, "content": {FORM: {"schema": schemas.TOKEN_FORM}}},
    "responses": responses(
        {200: success("The tokens.", schemas.TOKENS, {"Pragma": _PRAGMA})},
        {
            400: {
                "bad_request": "the form field grant_type is required",
                "unsupported_grant_type": "grant_type must be one of " + ", ".join(_GRANTS),
                "invalid_request": "send one Authorization header, not several",
                "unauthorized_client": "client_credentials are for clients of jwt-auth clients",
                "invalid_scope": "scope names what the client or subject does not have, or is malformed",
                "invalid_target": "resource or audience is not on the list of the client",
                "invalid_subject_token": "subject_token is no access token of a user that is good now",
                **BODY_PROBLEMS[422],
                "invalid_credentials": "Invalid email or password",
                **CHALLENGED,
                "refresh_invalid": "invalid or expired refresh token; log in again",
                "refresh_reused": "refresh token was used before; the session has been ended",
                "refresh_superseded": "a newer refresh token is in use; send that one",
                "session_revoked": "the session has been ended; log in again",
                **BY_HOOK,
            },
            **FORM_PROBLEMS,
            **RATE_LIMITED,
        },
        in_words=True,
        media_type=JSON,
    ),
}

INTROSPECT: Final[Operation] = {
    "operationId": "introspect",
    "summary": "What a token is worth now (RFC 7662)",
    "description": "Asks the stores. Of a token that is of no use nothing but `active: false` is told.",
    "tags": [TAG],
    "security": [{CLIENT: []}, {}],
    "requestBody": _FORM,
    "responses": responses(
        {
            200: success(
                "What the token says, if it is active.",
                {
                    "type": "object",
                    "properties": {
                        "active": {"type": "boolean"},
                        "token_type": {"type": "string", "const": "Bearer"},
                        **dict.fromkeys(("scope", "sub", "jti", "sid", "iss", "client_id"), _TEXT),
                        "aud": {"type": ["string", "array"], "items": _TEXT},
                        "act": {"type": "object", "description": "Who acts for the subject (RFC 8693)."},
                        "key_id": {**_TEXT, "description": "Of an API key."},
                        **dict.fromkeys(("exp", "iat"), _SECONDS),
                    },
                    "required": ["active"],
                },
            )
        },
        _PROBLEMS,
        in_words=True,
    ),
}

REVOKE: Final[Operation] = {
    "operationId": "revoke",
    "summary": "End the session of a token (RFC 7009)",
    "description": "A token of no use counts as revoked. An access token without a session cannot be.",
    "tags": [TAG],
    "security": [{CLIENT: []}, {}],
    "requestBody": _FORM,
    "responses": responses(
        {
            200: success(
                "The session is over, with all its tokens.",
                {
                    "type": "object",
                    "properties": {"status": {"type": "string", "const": "revoked"}},
                    "required": ["status"],
                },
            )
        },
        {
            **_PROBLEMS,
            400: {
                **_PROBLEMS[400],
                "unsupported_token_type": "an access token without a session ends by expiring",
            },
        },
        in_words=True,
    ),
}

_CACHING: Final[dict[str, Any]] = {
    "Cache-Control": {
        "description": "May be kept that long.",
        "schema": {"type": "string", "const": f"public, max-age={MAX_AGE_SECONDS}"},
    },
    "ETag": {"description": "Send it as If-None-Match to hear whether the keys changed.", "schema": _TEXT},
}
_KEY_SET: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {"keys": {"type": "array", "items": {"type": "object", "required": ["kty", "kid", "alg"]}}},
    "required": ["keys"],
}

JWKS: Final[Operation] = {
    "operationId": "jwks",
    "summary": "The public keys of access tokens (RFC 7517)",
    "description": "Empty where tokens are signed with a shared secret.",
    "tags": [TAG],
    "security": [],
    "responses": responses(
        {
            200: {"description": "A JWK set.", "headers": _CACHING, "content": {JSON: {"schema": _KEY_SET}}},
            304: {"description": "The keys are those of the ETag.", "headers": _CACHING, "content": {}},
        },
        {},
    ),
}

METADATA: Final[Operation] = {
    "operationId": "oauth_metadata",
    "summary": "Where everything is (RFC 8414)",
    "description": (
        "The introspection and revocation endpoints are named where there are clients for them. URLs are "
        "made of `PUBLIC_URL` or an https `JWT_ISSUER`, else of names of this machine; no other host counts."
    ),
    "tags": [TAG],
    "security": [],
    "responses": responses(
        {
            200: success(
                "The metadata of the authorization server.",
                {
                    "type": "object",
                    "properties": {
                        **dict.fromkeys(("issuer", "token_endpoint", "jwks_uri"), _TEXT),
                        **dict.fromkeys(("introspection_endpoint", "revocation_endpoint"), _TEXT),
                        **dict.fromkeys(("response_types_supported", "grant_types_supported"), _TEXTS),
                        "token_endpoint_auth_methods_supported": _TEXTS,
                        "token_endpoint_auth_signing_alg_values_supported": _TEXTS,
                    },
                    "required": ["issuer", "token_endpoint", "jwks_uri", "response_types_supported"],
                },
            )
        },
        {400: {"unknown_host": "this host is not known; PUBLIC_URL names the one that is"}},
    ),
}
