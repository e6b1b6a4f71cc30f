"""The routes for clients of OAuth and other services, one handler each.

RFC 7517, RFC 8414, RFC 7662 and RFC 7009. The last two ask for a client of ``OAUTH_CLIENTS``.
"""

from __future__ import annotations

import hashlib
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from jwt_auth_asgi.errors import InvalidClientError, UnsupportedTokenTypeError
from jwt_auth_asgi.features import paths
from jwt_auth_asgi.features.feature import Feature, FeatureRoute
from jwt_auth_asgi.features.oauth import operations
from jwt_auth_asgi.features.oauth.inputs import token_input
from jwt_auth_asgi.features.oauth.issuer import base_url
from jwt_auth_asgi.features.oauth.token_endpoint import GRANTS, answer_token
from jwt_auth_asgi.features.oauth.wrong_credentials import count_wrong
from jwt_auth_asgi.features.oauth_words import in_words
from jwt_auth_asgi.features.service import Service
from jwt_auth_asgi.http.headers import lines
from jwt_auth_asgi.problems.responses import json_response
from jwt_auth_core.errors import InvalidInputError
from jwt_auth_core.keys.jwks import MAX_AGE_SECONDS, render_jwks
from jwt_auth_core.tokens.profile import ALGORITHMS
from jwt_auth_core.vocabulary import Secret


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
    base = base_url(service, request, paths.METADATA)
    methods = ["client_secret_basic", "client_secret_post"]
    told: dict[str, object] = {
        "issuer": service.auth.settings.jwt_issuer or base,
        "token_endpoint": base + paths.TOKEN.path,
        "jwks_uri": base + paths.JWKS.path,
        "response_types_supported": [],
        "grant_types_supported": list(GRANTS),
        "token_endpoint_auth_methods_supported": ["none", *methods, "private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": sorted(ALGORITHMS),
    }
    if service.auth.oauth_clients:
        told |= {
            "introspection_endpoint": base + paths.INTROSPECT.path,
            "introspection_endpoint_auth_methods_supported": methods,
            "revocation_endpoint": base + paths.REVOKE.path,
            "revocation_endpoint_auth_methods_supported": methods,
        }
    return json_response(200, told)


async def _asked(service: Service, request: Request) -> Secret:
    """Return the token that an authenticated client asks about; who is none is counted by its address."""
    try:
        return await _proven(service, request)
    except InvalidClientError:
        await count_wrong(service, request.scope)
        raise


async def _proven(service: Service, request: Request) -> Secret:
    asked = await token_input(request.scope, request.receive)
    if asked.client is None or not asked.client.is_of(service.auth.oauth_clients):
        raise InvalidClientError
    return asked.token


@in_words
async def _introspect(service: Service, request: Request) -> Response:
    token = await _asked(service, request)
    return json_response(200, await service.run(service.auth.introspect, token.reveal()))


@in_words
async def _revoke(service: Service, request: Request) -> Response:
    token = await _asked(service, request)
    try:
        await service.run(service.auth.revoke_token, token.reveal(), service.client(request.scope))
    except InvalidInputError:
        raise UnsupportedTokenTypeError from None
    return json_response(200, {"status": "revoked"})


FEATURE: Final = Feature(
    "oauth",
    (
        FeatureRoute(paths.TOKEN, answer_token, operations.TOKEN),
        FeatureRoute(paths.INTROSPECT, _introspect, operations.INTROSPECT),
        FeatureRoute(paths.REVOKE, _revoke, operations.REVOKE),
        FeatureRoute(paths.JWKS, _jwks, operations.JWKS),
        FeatureRoute(paths.METADATA, _metadata, operations.METADATA),
    ),
)
