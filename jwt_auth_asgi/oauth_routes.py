"""The routes for other services: published keys, metadata, introspection and revocation.

RFC 7517, RFC 8414, RFC 7662 and RFC 7009. The last two ask for a client of ``OAUTH_CLIENTS``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping
from functools import wraps
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from jwt_auth_asgi import oauth_operations as operations
from jwt_auth_asgi.answers import answer, refusal
from jwt_auth_asgi.challenge import challenge
from jwt_auth_asgi.errors import InvalidClientError, RequestError, UnsupportedTokenTypeError
from jwt_auth_asgi.headers import lines
from jwt_auth_asgi.oauth_inputs import token_input
from jwt_auth_asgi.operations import Operation
from jwt_auth_asgi.service import Service
from jwt_auth_core.errors import InvalidInputError
from jwt_auth_core.keys.jwks import MAX_AGE_SECONDS, render_jwks
from jwt_auth_core.vocabulary import Secret

Handle = Callable[[Service, Request], Awaitable[Response]]

JWKS: Final = "/.well-known/jwks.json"
METADATA: Final = "/.well-known/oauth-authorization-server"
INTROSPECT: Final = "/introspect"
REVOKE: Final = "/revoke"

# RFC 6749 section 5.2 has few words; the problem's own code says more.
_OAUTH_ERRORS: Final = frozenset({"invalid_client", "unsupported_token_type"})


async def _jwks(service: Service, request: Request) -> Response:
    body = render_jwks(service.auth.tokens.keys.keys)
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {
        "cache-control": f"public, max-age={MAX_AGE_SECONDS}",
        "etag": etag,
        "x-content-type-options": "nosniff",
    }
    if etag in ",".join(lines(request.scope, b"if-none-match")):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type="application/json")


async def _metadata(service: Service, request: Request) -> Response:
    settings = service.auth.settings
    base = _base(service, request)
    methods = ["client_secret_basic", "client_secret_post"]
    told: dict[str, object] = {
        "issuer": settings.jwt_issuer or base,
        "token_endpoint": f"{base}/login",
        "jwks_uri": base + JWKS,
        "response_types_supported": [],
        "grant_types_supported": ["password"],
        "token_endpoint_auth_methods_supported": ["none"],
    }
    if service.auth.oauth_clients:
        told |= {
            "introspection_endpoint": base + INTROSPECT,
            "introspection_endpoint_auth_methods_supported": methods,
            "revocation_endpoint": base + REVOKE,
            "revocation_endpoint_auth_methods_supported": methods,
        }
    return answer(200, told)


def _base(service: Service, request: Request) -> str:
    """Return the URL that the auth app is mounted at: the issuer's where it may be, or as it was asked."""
    prefix = request.scope["path"].removesuffix(METADATA)
    issuer = service.auth.settings.jwt_issuer
    if issuer is not None and issuer.startswith("https://") and issuer.endswith(prefix):
        return issuer
    host = "".join(lines(request.scope, b"host"))
    return f"{service.scheme(request.scope)}://{host}{prefix}"


def _oauth(handle: Handle) -> Handle:
    """Have what was wrong with a request told in the words of OAuth, too."""

    @wraps(handle)
    async def told(service: Service, request: Request) -> Response:
        try:
            return await handle(service, request)
        except RequestError as error:
            return _refusal(error, service.realm)

    return told


def _refusal(error: RequestError, realm: str) -> Response:
    problem = refusal(error, realm=realm)
    word = error.code if error.code in _OAUTH_ERRORS else "invalid_request"
    body = {**json.loads(bytes(problem.body)), "error": word, "error_description": str(error)}
    headers = {name: value for name, value in problem.headers.items() if name != "content-length"}
    if isinstance(error, InvalidClientError):
        headers["www-authenticate"] = challenge(realm).decode("ascii").replace("Bearer", "Basic", 1)
    return Response(json.dumps(body, separators=(",", ":")), status_code=problem.status_code, headers=headers)


async def _asked(service: Service, request: Request) -> Secret:
    """Return the token that an authenticated client asks about."""
    asked = await token_input(request.scope, request.receive)
    client = asked.client
    if client is None or not service.auth.oauth_clients.knows(client.client_id, client.secret):
        raise InvalidClientError
    return asked.token


@_oauth
async def _introspect(service: Service, request: Request) -> Response:
    return answer(200, await service.introspect(await _asked(service, request)))


@_oauth
async def _revoke(service: Service, request: Request) -> Response:
    token = await _asked(service, request)
    try:
        await service.revoke_token(token)
    except InvalidInputError:
        raise UnsupportedTokenTypeError from None
    return answer(200, {"status": "revoked"})


ROUTES: Final[Mapping[tuple[str, str], tuple[Handle, Operation]]] = {
    (INTROSPECT, "POST"): (_introspect, operations.INTROSPECT),
    (REVOKE, "POST"): (_revoke, operations.REVOKE),
    (JWKS, "GET"): (_jwks, operations.JWKS),
    (METADATA, "GET"): (_metadata, operations.METADATA),
}
