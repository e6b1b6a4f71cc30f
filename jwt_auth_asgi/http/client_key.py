"""The key that a limit by address counts by: what one client cannot change at will (RL-3); its network.

An IPv4 address, or the /64 of an IPv6 address, which is the least that one subscriber has. Whoever has none,
such as the peer of a unix socket, shares one key with all who have none: never a key of its own choice.
"""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network
from typing import Final

from jwt_auth_asgi.asgi import Scope
from jwt_auth_asgi.http.client_address import FORWARDED_FOR, Address, address
from jwt_auth_core.records import dataclass

SHARED: Final = "unknown"
PROXY_FACTOR: Final = 20
"""How many clients a proxy that nobody configured is taken for."""

_HOST_BITS: Final = 64
_NEIGHBOUR_BITS: Final = 8
# Where proxies stand: loopback, link-local, and what is not routed (RFC 1918, 4193, 6598).
_NEAR: Final[tuple[IPv4Network | IPv6Network, ...]] = tuple(
    ip_network(text)
    for text in (
        *("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16"),
        *("::1/128", "fc00::/7", "fe80::/10"),
    )
)


@dataclass(frozen=True, slots=True)
class ClientKey:
    """``text`` is the key; ``factor`` how many times a rule's rate it may have.

    The factor is 1, but for what looks like a proxy that nobody configured: there all clients share one
    key, and one of them would shut out the others.
    """

    text: str
    factor: int = 1


def client_key(scope: Scope, *, trusted_proxy_count: int) -> ClientKey:
    """Return the key of whoever is behind an http request or a websocket."""
    found = address(scope, trusted_proxy_count=trusted_proxy_count)
    is_proxy = not trusted_proxy_count and _is_forwarded(scope) and _is_near(found)
    return ClientKey(key_of(found), PROXY_FACTOR if is_proxy else 1)


@lru_cache(maxsize=1024)
def key_of(address: Address | None) -> str:
    """Return the key of an address."""
    if address is None:
        return SHARED
    if isinstance(address, IPv6Address):
        network = IPv6Address(int(address) >> _HOST_BITS << _HOST_BITS)
        return f"{network}/{_HOST_BITS}"
    return str(address)


@lru_cache(maxsize=1024)
def network_of(address: Address | None) -> str:
    """Return the network that is served in turns with others: an IPv4 /24 or an IPv6 /64.

    Wider than the key of a limit, whose count would shut neighbours out: here they only share a turn.
    """
    if isinstance(address, IPv4Address):
        return f"{IPv4Address(int(address) >> _NEIGHBOUR_BITS << _NEIGHBOUR_BITS)}/24"
    return key_of(address)


def _is_forwarded(scope: Scope) -> bool:
    for name, _ in scope.get("headers", ()):  # noqa: SIM110 - any() with a generator takes three times as long
        if name == FORWARDED_FOR:
            return True
    return False


def _is_near(address: Address | None) -> bool:
    """Tell whether a proxy of ours may be there; the other end of a unix socket has no address."""
    return address is None or any(address in network for network in _NEAR)
