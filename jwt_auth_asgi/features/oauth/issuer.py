"""Which issuer this is, and where: what metadata say, and what assertions have to be for."""

from __future__ import annotations

from starlette.requests import Request

from jwt_auth_asgi.features.paths import RoutePath
from jwt_auth_asgi.features.service import Service
from jwt_auth_asgi.http.paths import inner_path
from jwt_auth_asgi.http.public_url import public_url


def base_url(service: Service, request: Request, at: RoutePath) -> str:
    """Return the URL that clients have for the auth app, of a request for its route *at*.

    Raises:
        UnknownHostError: no setting names it, and the request's Host is not this machine's own name.
    """
    prefix, scheme = _prefix(request, at.path), service.scheme(request.scope)
    return public_url(request.scope, prefix, scheme, service.auth.settings)


def issuer(service: Service, request: Request, at: RoutePath) -> str:
    """Return what the issuer is called: as the settings have it, else as the auth app's URL.

    Raises:
        UnknownHostError: see `base_url`.
    """
    return service.auth.settings.jwt_issuer or base_url(service, request, at)


def _prefix(request: Request, known: str) -> str:
    """Return where the auth app is mounted: before the route's part, or behind it (RFC 8414 §3.1)."""
    path = inner_path(request.scope)
    return path.removeprefix(known) if path.startswith(known) else path.removesuffix(known)
