"""JSON schemas of the token endpoint; data for OpenAPI 3.1."""

from __future__ import annotations

from typing import Final

from jwt_auth_asgi.features.schemas import (
    ACCESS_TOKEN,
    DEVICE,
    EMAIL,
    EXPIRES_IN,
    PASSWORD,
    REFRESH_TOKEN,
    Schema,
    always,
    object_of,
)

_ACCESS_TOKEN: Final = "urn:ietf:params:oauth:token-type:access_token"
_LIST: Final[Schema] = {"type": "array", "items": {"type": "string"}}
JWT_BEARER: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
TOKEN_FORM: Final = object_of(
    {
        "grant_type": {"type": "string", "examples": ["password"]},
        "username": {**EMAIL, "description": "For `password`: the e-mail address."},
        "password": {**PASSWORD, "description": "For `password`."},
        "device": DEVICE,
        "refresh_token": {**REFRESH_TOKEN, "description": "For `refresh_token`."},
        "scope": {
            "type": "string",
            "description": (
                "For `client_credentials`, of the client's; for an exchange, of the subject token's. "
                "A user's are granted, not asked for."
            ),
        },
        "resource": {
            **_LIST,
            "description": "APIs that the token is for, of the client's list; not of a user's own tokens.",
        },
        "audience": {**_LIST, "description": "For an exchange: whom the token is for, of the client's list."},
        "subject_token": {"type": "string", "description": "For an exchange: a user's access token."},
        "subject_token_type": {"type": "string", "examples": [_ACCESS_TOKEN]},
        "requested_token_type": {"type": "string", "examples": [_ACCESS_TOKEN]},
        "client_id": {"type": "string", "description": "Of a client that sends no header; not needed."},
        "client_secret": {"type": "string", "description": "Checked where it is sent."},
        "client_assertion_type": {**always(JWT_BEARER), "description": "Beside `client_assertion`."},
        "client_assertion": {
            "type": "string",
            "description": "A JWT of a client that has keys (RFC 7523), for the issuer, good once.",
        },
    },
    optional=(
        "username",
        "password",
        "device",
        "refresh_token",
        "scope",
        "resource",
        "audience",
        "subject_token",
        "subject_token_type",
        "requested_token_type",
        "client_id",
        "client_secret",
        "client_assertion_type",
        "client_assertion",
    ),
)
TOKENS: Final = object_of(
    {
        "access_token": ACCESS_TOKEN,
        "token_type": always("bearer"),
        "expires_in": EXPIRES_IN,
        "refresh_token": REFRESH_TOKEN,
        "scope": {
            "type": "string",
            "description": "What was granted, if anything.",
            "examples": ["topics:read"],
        },
        "device": DEVICE,
        "issued_token_type": {**always(_ACCESS_TOKEN), "description": "Of an exchange."},
    },
    optional=("scope", "refresh_token", "device", "issued_token_type"),
)
