"""Whether a request comes from this very machine, as far as can be told."""

from __future__ import annotations

from typing import Final

from jwt_auth_asgi.asgi import Scope
from jwt_auth_asgi.http.client_address import parse_address, peer
from jwt_auth_asgi.http.headers import lines

_FORWARDING: Final = {
    *(b"forwarded", b"via", b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto"),
    *(b"x-forwarded-server", b"x-real-ip", b"x-client-ip", b"true-client-ip", b"cf-connecting-ip"),
}
_OLD: Final = "1.0"


def is_on_loopback(scope: Scope) -> bool:
    """Tell whether both ends are on the loopback, and nothing says that somebody else's request came along.

    A proxy on this machine comes from the loopback, too. One is known by a header of its kind, by the host
    that the client asked for, or, where it says neither (nginx unless it is told to), by HTTP/1.0.
    """
    address = parse_address(peer(scope))
    if address is None or not address.is_loopback or scope.get("http_version") == _OLD:
        return False
    if any(name in _FORWARDING for name, _ in scope.get("headers", ())):
        return False
    hosts = lines(scope, b"host")
    return len(hosts) == 1 and _is_local(hosts[0])


def _is_local(host: str) -> bool:
    name = host.rpartition(":")[0] if not host.endswith("]") and ":" in host else host
    if name.lower() == "localhost":
        return True
    address = parse_address(name)
    return address is not None and address.is_loopback
