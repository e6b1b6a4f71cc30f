"""The key by which addresses are counted: whoever has a whole network of IPv6 has one key (RL-3)."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Network, ip_address
from typing import Final

NOBODY: Final = "unknown"
"""What all have in common whose address nobody knows."""
_PREFIX_BITS: Final = 64


def address_key(address: str | None) -> str:
    """Return an IPv4 address as it is, also one that is mapped into IPv6, and the /64 of any other."""
    try:
        found = ip_address(address or "")
    except ValueError:
        return NOBODY
    if isinstance(found, IPv4Address):
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(IPv6Network((int(found), _PREFIX_BITS), strict=False))
