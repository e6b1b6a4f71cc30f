"""Where a request came from and how: the server's word, or a proxy's where proxies are configured.

Used for sessions, the audit, limits and our own origin, never to decide who somebody is (RL-3, LOG-2).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final

from jwt_auth_asgi.asgi import Scope
from jwt_auth_asgi.http.headers import lines
from jwt_auth_core.vocabulary import Client

Address = IPv4Address | IPv6Address

LONGEST_USER_AGENT: Final = 256  # characters
LONGEST_LANGUAGES: Final = 1_000

FORWARDED_FOR: Final = b"x-forwarded-for"
_LONGEST: Final = 72  # an address with brackets, zone and port; nothing longer is one

_IS_SECURE: Final = {"http": False, "ws": False, "https": True, "wss": True}


def client(scope: Scope, *, trusted_proxy_count: int) -> Client:
    """Return the client of an ASGI request."""
    found = client_of(
        peer(scope),
        forwarded_for=lines(scope, FORWARDED_FOR),
        user_agent=lines(scope, b"user-agent"),
        trusted_proxy_count=trusted_proxy_count,
    )
    asked_for = ",".join(lines(scope, b"accept-language"))[:LONGEST_LANGUAGES]
    return replace(found, accept_language=asked_for) if asked_for else found


def client_of(
    peer: str | None,
    *,
    forwarded_for: Sequence[str],
    user_agent: Sequence[str],
    trusted_proxy_count: int,
) -> Client:
    """Return the client of a request.

    ``peer`` is the socket's other end, ``forwarded_for`` and ``user_agent`` the lines of those
    headers. Each of the ``trusted_proxy_count`` proxies has appended one hop: the client is that
    many hops from the right. What is no IP address becomes None, never text of the sender's.
    """
    address = _named(peer, forwarded_for, trusted_proxy_count)
    return Client(address=None if address is None else str(address), user_agent=_printable(user_agent))


def address(scope: Scope, *, trusted_proxy_count: int) -> Address | None:
    """Return the client's address alone, as `client_of` finds it; None where there is none."""
    forwarded_for = lines(scope, FORWARDED_FOR) if trusted_proxy_count else ()
    return _named(peer(scope), forwarded_for, trusted_proxy_count)


def scheme(scope: Scope, *, trusted_proxy_count: int) -> str:
    """Return the scheme by which the client came: http or https, of a websocket ws or wss.

    Most proxies write one ``X-Forwarded-Proto`` over whatever was there, some append to it as to
    ``X-Forwarded-For``. What is neither is nobody's word.
    """
    plain, secure = ("ws", "wss") if scope["type"] == "websocket" else ("http", "https")
    told = _hop(lines(scope, b"x-forwarded-proto"), trusted_proxy_count) if trusted_proxy_count else None
    known = told.lower() if told and told.lower() in _IS_SECURE else scope.get("scheme") or plain
    return secure if _IS_SECURE.get(known) else plain


def peer(scope: Scope) -> str | None:
    """Return the socket's other end, as the server names it; None for a socket without an address."""
    found: Sequence[str | None] = scope.get("client") or (None,)
    return found[0]


def _named(peer: str | None, forwarded_for: Sequence[str], count: int) -> Address | None:
    hop = _hop(forwarded_for, count) if count else None
    return parse_address(hop or peer)


def _hop(forwarded_for: Sequence[str], count: int) -> str | None:
    hops = ",".join(forwarded_for).rsplit(",", count)[-count:]
    return hops[0].strip() or None


def parse_address(text: str | None) -> Address | None:
    """Return the address that a text is, with a port or not; None for any other."""
    return _parsed(text) if text and len(text) <= _LONGEST else None


@lru_cache(maxsize=1024)  # the same few clients come again and again, and parsing takes some 10 us
def _parsed(text: str) -> Address | None:
    try:
        return _plain(ip_address(_without_port(text)))
    except ValueError:
        return None


def _without_port(text: str) -> str:
    """Accept the forms that proxies write: ``1.2.3.4:80``, ``[::1]``, ``[::1]:80``."""
    if text.startswith("["):
        inside, bracket, after = text[1:].partition("]")
        return inside if bracket and (not after or _is_port(after)) else ""
    host, colon, port = text.rpartition(":")
    return host if "." in host and _is_port(colon + port) else text


def _is_port(text: str) -> bool:
    digits = text.removeprefix(":")
    return text.startswith(":") and digits.isascii() and digits.isdigit()


def _plain(address: Address) -> Address:
    """Return an IPv4-mapped address as IPv4 and an IPv6 address without its zone."""
    if isinstance(address, IPv4Address):
        return address
    return address.ipv4_mapped or IPv6Address(int(address))


def _printable(lines: Sequence[str]) -> str | None:
    """Return the header's first 256 characters, with what could forge a log line replaced."""
    text = ", ".join(lines)[:LONGEST_USER_AGENT]
    if not text.isprintable():  # hardly any text is that
        text = "".join(one if one.isprintable() else "\ufffd" for one in text)
    return text or None
