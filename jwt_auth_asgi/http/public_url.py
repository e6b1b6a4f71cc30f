"""The URL that clients have for the auth app: from the settings, or this machine's names."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address
from typing import Final
from urllib.parse import urlsplit

from jwt_auth_asgi.asgi import Scope
from jwt_auth_asgi.errors import UnknownHostError
from jwt_auth_asgi.http.headers import lines
from jwt_auth_asgi.http.paths import outer_root
from jwt_auth_core.settings import Settings

_HOST: Final = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[0-9A-Za-z.-]+)(?::([0-9]{1,5}))?")
_PORTS: Final = range(1, 65536)


def public_url(scope: Scope, prefix: str, scheme: str, settings: Settings) -> str:
    """Return the URL of what is mounted at ``prefix`` of the application.

    Raises:
        UnknownHostError: no setting names it, and the request's Host is not this machine's own name.
    """
    issuer, public = settings.jwt_issuer, settings.public_url
    if issuer is not None and issuer.startswith("https://") and issuer.endswith(prefix):
        return issuer
    if public is None:
        return f"{scheme}://{_own_host(scope)}{outer_root(scope)}{prefix}"
    return below(public, scope, prefix)


def below(public: str, scope: Scope, prefix: str) -> str:
    """Return the URL below ``PUBLIC_URL`` of what is mounted at ``prefix`` of the application.

    The path of ``PUBLIC_URL`` is taken off by a proxy, or left on: then ``prefix`` begins with it, and no
    ``root_path`` says otherwise. Without a path it is the ``root_path`` that stands before the prefix.
    """
    base, root = public.rstrip("/"), outer_root(scope)
    path = urlsplit(base).path
    if not path:
        return base + root + prefix
    is_left_on = not root and (prefix + "/").startswith(path + "/")
    return base + prefix.removeprefix(path) if is_left_on else base + prefix


def _own_host(scope: Scope) -> str:
    hosts = lines(scope, b"host")
    match = _HOST.fullmatch(hosts[0]) if len(hosts) == 1 else None
    if match is None or not _is_loopback(match[1]) or (match[2] and int(match[2]) not in _PORTS):
        raise UnknownHostError
    return match[0].lower()


def _is_loopback(name: str) -> bool:
    if name.lower() == "localhost":
        return True
    try:
        if name.startswith("["):
            return IPv6Address(name[1:-1]).is_loopback
        return IPv4Address(name).is_loopback
    except ValueError:
        return False
