"""Fetch: one exchange over https by the standard library, bounded in time and size, and no redirects.

What connects, and ends in time, is `Deadline`; webhooks post through that as well.
"""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request
from collections.abc import Collection, Mapping
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import urlsplit

from jwt_auth_core.errors import StoreUnavailableError
from jwt_auth_core.keys.deadline import Deadline
from jwt_auth_core.records import dataclass

TIMEOUT_SECONDS: Final = 5.0
LARGEST_BYTES: Final = 262_144  # 256 KiB; the largest key sets in use have some 20

_HEADERS: Final = {"Accept": "application/json"}
_CHUNK: Final = 16_384
_OK: Final = 200
_LONGEST_REASON: Final = 200
_TOO_SLOW: Final = "comes too slowly"
_FAULTS: Final = (OSError, http.client.HTTPException, ValueError)


@dataclass(frozen=True, slots=True)
class Reply:
    """What the other side answers: the status, and the body whole."""

    status: int
    body: bytes


def check_url(url: str, *, http_hosts: Collection[str] = ()) -> str:
    """Return a URL that may be asked.

    *http_hosts* (with their ports, where they have one in the URL) are asked over http, too.

    Raises:
        ValueError: it is not https (or http on this machine), or has credentials or a fragment.
        TypeError: *http_hosts* are one text: a part of it would be a host, too.
    """
    if isinstance(http_hosts, str):
        raise TypeError('http_hosts is a collection of hosts, such as {"keycloak:8080"}, not one text')
    parts = urlsplit(url)
    is_near = parts.netloc in http_hosts or _is_loopback(parts.hostname or "")
    if parts.scheme != "https" and not (parts.scheme == "http" and is_near):
        raise ValueError("a key set comes over https; over http only from this machine, or from http_hosts")
    if (
        not parts.hostname
        or "@" in parts.netloc
        or parts.fragment
        or not url.isascii()
        or not url.isprintable()
    ):
        raise ValueError("the URL of a key set has a host, no credentials, no fragment, and only ASCII")
    return url


def fetch(
    url: str,
    *,
    name: str | None = None,
    headers: Mapping[str, str] = _HEADERS,
    seconds: float = TIMEOUT_SECONDS,
) -> bytes:
    """Return the body of the answer to one GET.

    Raises:
        StoreUnavailableError: no answer in so many seconds, another status than 200, or too large. It has
            the name, or the URL without its query, for whoever reads the log.
    """
    name = url.partition("?")[0] if name is None else name
    reply = exchange(url, name=name, headers=headers, seconds=seconds)
    if reply.status != _OK:
        raise StoreUnavailableError(name, f"answers {reply.status}")
    return reply.body


def exchange(
    url: str,
    *,
    name: str,
    headers: Mapping[str, str] = _HEADERS,
    body: bytes | None = None,
    seconds: float = TIMEOUT_SECONDS,
) -> Reply:
    """Return what is answered, whatever its status, to one GET, or to a POST where there is a ``body``.

    A redirect is an answer like any other: nobody follows it.

    Raises:
        StoreUnavailableError: no answer in so many seconds, or too large; it has the name, for the log.
    """
    # check_url saw it
    request = urllib.request.Request(url, body, {"User-Agent": "jwt-auth", **headers})  # noqa: S310
    try:
        with Deadline(seconds) as deadline:
            return _within(deadline, request, name, seconds)
    except RuntimeError:
        raise StoreUnavailableError(name, "is not asked: there is no thread that minds the time") from None


def _within(deadline: Deadline, request: urllib.request.Request, name: str, seconds: float) -> Reply:
    try:
        with _opened(request, deadline, seconds) as answer:
            reply = Reply(answer.status, _body(answer, name))
    except _FAULTS as error:
        why = _TOO_SLOW if deadline.is_over else f"does not answer: {_reason(error)}"
        raise StoreUnavailableError(name, why) from None
    if deadline.is_over:  # what was read may be the half of it
        raise StoreUnavailableError(name, _TOO_SLOW)
    return reply


def _opened(request: urllib.request.Request, deadline: Deadline, seconds: float) -> Any:
    try:
        return _opener(request.full_url, deadline).open(request, timeout=seconds)
    except urllib.error.HTTPError as error:  # an answer, too
        return error


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Takes a redirect for the failure that it is; a class because urllib asks for one."""

    def redirect_request(self, *_arguments: object, **_named: object) -> None:
        """Go nowhere."""


def _opener(url: str, deadline: Deadline) -> urllib.request.OpenerDirector:
    # What is for this machine must not leave it by way of a proxy.
    own = [urllib.request.ProxyHandler({})] if url.startswith("http:") else []
    return urllib.request.build_opener(_NoRedirects, *deadline.handlers(), *own)


def _reason(error: Exception) -> str:
    """Return what went wrong: no such host, connection refused, a certificate that is not trusted."""
    cause = getattr(error, "reason", error)
    kind = type(cause).__name__
    # Of the rest the words may be those of the other side.
    return f"{kind}: {cause}"[:_LONGEST_REASON] if isinstance(cause, OSError) else kind


def _body(answer: Any, name: str) -> bytes:
    """Read what comes until the end or the limit."""
    body = bytearray()
    while chunk := answer.read1(_CHUNK):
        body += chunk
        if len(body) > LARGEST_BYTES:
            raise StoreUnavailableError(name, f"is larger than {LARGEST_BYTES} bytes")
    return bytes(body)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
