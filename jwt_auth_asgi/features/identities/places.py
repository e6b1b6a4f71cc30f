"""Where providers lead back to, and where a browser goes then: made of the settings, never of a Host."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode, urlsplit

from starlette.requests import Request

from jwt_auth_asgi.features import paths
from jwt_auth_asgi.features.service import Service
from jwt_auth_asgi.http.paths import inner_path
from jwt_auth_asgi.http.public_url import below

_PROVIDER: Final = "{provider}"
_TAILS: Final = (paths.OAUTH_RETURN, paths.OAUTH_LEAVE, paths.LINK_IDENTITY)


def callback_url(service: Service, request: Request, provider: str) -> str:
    """Return where a provider leads back to, to the letter: what is registered there."""
    return base_url(service, request) + paths.OAUTH_RETURN.path.replace(_PROVIDER, provider)


def account_url(service: Service, request: Request) -> str:
    """Return where the pages of accounts are."""
    own = service.auth.settings.mail.account_url
    return own.rstrip("/") if own is not None else base_url(service, request) + "/account"


def account_origin(service: Service) -> str | None:
    """Return the origin of those pages, where the settings name one."""
    own = service.auth.settings.mail.account_url
    if own is None:
        return None
    parts = urlsplit(own)
    return f"{parts.scheme}://{parts.netloc}"


def base_url(service: Service, request: Request) -> str:
    """Return the URL that browsers have for the auth app; settings with a provider have a ``PUBLIC_URL``."""
    return below(service.auth.settings.public_url or "", request.scope, _prefix(request))


def with_query(path: str, more: Mapping[str, str]) -> str:
    """Return a path with more parameters in its query."""
    parts = urlsplit(path)
    query = "&".join(filter(None, (parts.query, urlencode(more))))
    return parts._replace(query=query).geturl()


def _prefix(request: Request) -> str:
    """Return where the auth app is mounted."""
    path, provider = inner_path(request.scope), request.path_params.get("provider", "")
    for tail in _TAILS:  # it ends in one of them
        path = path.removesuffix(tail.path.replace(_PROVIDER, provider))
    return path
