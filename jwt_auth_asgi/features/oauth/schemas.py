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
    always,
    object_of,
)

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
            "description": "For `client_credentials`, of the client's; a user's are granted, not asked for.",
        },
        "resource": {
            "type": "string",
            "description": "For `client_credentials`: the API that the token is for, of the client's list.",
        },
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
    },
    optional=("scope", "refresh_token", "device"),
)
