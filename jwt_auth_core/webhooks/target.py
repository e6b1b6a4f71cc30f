"""Where a webhook goes: what its URL may be, and which addresses its host may have."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final
from urllib.parse import urlsplit

from jwt_auth_core.records import dataclass
from jwt_auth_core.vocabulary import Secret

_PORTS: Final = {"http": 80, "https": 443}
_TOO_MANY: Final = 65_536
_GLOBAL_UNICAST: Final = IPv6Network("2000::/3")
_TUNNELS: Final = (IPv6Network("2001::/32"), IPv6Network("2002::/16"))  # Teredo, 6to4: who knows where to
_NAT64: Final = IPv6Network("64:ff9b::/96")
_LAST_32_BITS: Final = 0xFFFF_FFFF
_SPECIAL: Final = (
    IPv4Network("192.0.0.0/24"),  # of protocols (RFC 6890), once of a metadata service
    IPv4Network("192.88.99.0/24"),  # relays to 6to4
    IPv4Network("168.63.129.16"),  # looks public, and is the host of whoever runs on Azure, with its metadata
)


@dataclass(frozen=True, slots=True)
class Target:
    """A URL in its parts; ``path`` has the query, ``origin`` is what may be shown."""

    is_https: bool
    host: str
    port: int
    path: str
    origin: str


def target(url: str) -> Target:
    """Return the parts of a URL that events may be sent to.

    Raises:
        ValueError: it is none; the text says what it must be, and does not hold it.
    """
    limit = (
        "must be an https URL of printable ASCII, without a user, a password or a fragment; "
        "http is for this machine: localhost, 127.0.0.1 or [::1]"
    )
    if not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        raise ValueError(limit)
    try:
        parts = urlsplit(url)
        port = _PORTS.get(parts.scheme, _TOO_MANY) if parts.port is None else parts.port
    except ValueError:  # a port that is none, or brackets around no address
        port = _TOO_MANY
        parts = urlsplit("")
    host = parts.hostname or ""
    is_near = parts.scheme == "https" or is_loopback(host)
    if not host or not 0 < port < _TOO_MANY or not is_near or "@" in parts.netloc or "#" in url:
        raise ValueError(limit)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme == "https", host, port, path, f"{parts.scheme}://{parts.netloc}".lower())


def origin(url: Secret) -> str:
    """Return what may be shown of a URL: where it is, without path and query."""
    return target(url.reveal()).origin


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine, by its name or address."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def is_public(address: str) -> bool:
    """Tell whether an address is one of the internet's, and nobody's private network or metadata service.

    An IPv6 address that stands for an IPv4 one is what that is.
    """
    try:
        known = ip_address(address)
    except ValueError:
        return False
    if isinstance(known, IPv6Address):
        inner = _inner(known)
        if inner is None:
            is_reached = known in _GLOBAL_UNICAST and not any(known in tunnel for tunnel in _TUNNELS)
            return is_reached and known.is_global
        known = inner
    is_special = known.is_multicast or known.is_reserved or any(known in network for network in _SPECIAL)
    return known.is_global and not is_special


def _inner(address: IPv6Address) -> IPv4Address | None:
    """Return the IPv4 address that is reached through this one: mapped, or by a translator (RFC 6052)."""
    if address in _NAT64:
        return IPv4Address(int(address) & _LAST_32_BITS)
    return address.ipv4_mapped
