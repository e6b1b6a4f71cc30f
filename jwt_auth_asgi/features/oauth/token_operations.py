"""The OpenAPI operation of the token endpoint, as data."""

from __future__ import annotations

from typing import Any, Final

from jwt_auth_asgi.features import schemas
from jwt_auth_asgi.features.oauth.operations import CLIENT, FORM_PROBLEMS
from jwt_auth_asgi.features.operations import BODY_PROBLEMS, TAG, Operation, responses, success
from jwt_auth_asgi.http.bodies import FORM, JSON

_PRAGMA: Final[dict[str, Any]] = {
    "description": "Always no-cache.",
    "schema": {"type": "string", "const": "no-cache"},
}

TOKEN: Final[Operation] = {
    "operationId": "token",
    "summary": "Tokens for a password or a refresh token (RFC 6749)",
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
                "unsupported_grant_type": "grant_type must be one of password, refresh_token",
                "invalid_request": "send one Authorization header, not several",
                **BODY_PROBLEMS[422],
                "invalid_credentials": "Invalid email or password",
                "refresh_invalid": "invalid or expired refresh token; log in again",
                "refresh_reused": "refresh token was used before; the session has been ended",
                "refresh_superseded": "a newer refresh token is in use; send that one",
                "session_revoked": "the session has been ended; log in again",
            },
            **FORM_PROBLEMS,
        },
        in_words=True,
        media_type=JSON,
    ),
}
