"""The OpenAPI 3.1 document of the auth app, as data; a test holds it against the routes."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

from jwt_auth_asgi.features.oauth.operations import CLIENT, CLIENT_SCHEME
from jwt_auth_asgi.features.operations import BEARER, COOKIE, PASSWORD_FLOW, TAG, Operation, success

_DISTRIBUTION: Final = "jwt-auth-asgi"

DOCUMENT: Final[Operation] = {
    "operationId": "auth_openapi",
    "summary": "This document",
    "tags": [TAG],
    "security": [],
    "responses": {
        "200": success("An OpenAPI 3.1 document.", {"type": "object", "required": ["openapi", "paths"]})
    },
}


def cookie_scheme(name: str) -> dict[str, Any]:
    """Return how the refresh cookie of a name authenticates."""
    return {"type": "apiKey", "in": "cookie", "name": name}


def security_schemes(prefix: str) -> dict[str, Any]:
    """Return the other ways to authenticate; ``prefix`` is where the auth app is mounted."""
    return {
        PASSWORD_FLOW: {
            "type": "oauth2",
            "flows": {"password": {"tokenUrl": f"{prefix}/login", "scopes": {}}},
        },
        BEARER: {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
        CLIENT: CLIENT_SCHEME,
    }


def _version() -> str:
    try:
        return version(_DISTRIBUTION)
    except PackageNotFoundError:  # run from a folder that nobody installed
        return "0"


def document(
    prefix: str, operations: Mapping[tuple[str, str], Operation], *, cookie_name: str
) -> dict[str, Any]:
    """Return the document of the routes ``(path, method) -> operation`` below ``prefix``."""
    paths: dict[str, dict[str, Operation]] = {}
    for (path, method), operation in operations.items():
        paths.setdefault(path, {})[method.lower()] = operation
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "jwt-auth",
            "version": _version(),
            "description": "Register, log in, refresh, log out. Errors are RFC 9457 problems.",
        },
        "servers": [{"url": prefix or "/"}],
        "paths": paths,
        "components": {"securitySchemes": {**security_schemes(prefix), COOKIE: cookie_scheme(cookie_name)}},
    }
