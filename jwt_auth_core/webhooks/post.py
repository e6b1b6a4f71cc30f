"""Posting a webhook: one bounded exchange over HTTP, to an address that was looked at, and no redirects.

A name is resolved, its addresses are checked, and one of those is connected to: a name server that gives
another address the next time gains nothing by it. No proxy of the environment is used, which would resolve
the name by itself.
"""

from __future__ import annotations

import email.utils
import http.client
import socket
import ssl
import time
from collections.abc import Mapping
from functools import cached_property, partial
from typing import Final

from jwt_auth_core.database.reach import reach
from jwt_auth_core.database.resolver import Resolver, UnresolvedError
from jwt_auth_core.keys.deadline import Deadline
from jwt_auth_core.records import dataclass
from jwt_auth_core.vocabulary import Secret
from jwt_auth_core.webhooks.target import is_loopback, is_public, target

SECONDS: Final = 10.0
"""How long an exchange may take, the look-up of the name included."""

LARGEST_BYTES: Final = 4_096
"""How much of an answer is read; nothing of it is used."""

MOST_ADDRESSES: Final = 4


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a POST: the status, or ``error`` where there was none.

    ``error`` is ``timeout``, ``unreachable``, ``host_unknown``, ``address_refused``, ``tls_failed`` or
    ``overloaded`` (no thread to mind the time). ``retry_after`` is what the other side asks for, in seconds.
    """

    status: int | None = None
    error: str | None = None
    retry_after: int | None = None


class _AddressRefusedError(Exception):
    """The host has no address that may be connected to."""


class Poster:
    """Posts to one URL; a class because it reads the root certificates once.

    Raises:
        ValueError: the URL is none that may be asked.
    """

    def __init__(self, url: Secret, *, allow_private: bool = False, seconds: float = SECONDS) -> None:
        self._target = target(url.reveal())
        self._allow_private = allow_private
        self._seconds = seconds
        self._resolver = Resolver()

    def post(self, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Return what the other side answers; whatever goes wrong is an answer, too."""
        try:
            with Deadline(self._seconds) as deadline:
                return self._exchanged(deadline, body, headers)
        except RuntimeError:
            return Answer(error="overloaded")

    def _exchanged(self, deadline: Deadline, body: bytes, headers: Mapping[str, str]) -> Answer:
        connect = partial(self._reach, time.monotonic() + self._seconds)
        context = self._context if self._target.is_https else None
        connection = deadline.connection(self._target.host, self._target.port, reach=connect, context=context)
        try:
            connection.request("POST", self._target.path, body, {**headers, "Connection": "close"})
            with connection.response_class(connection.sock, method="POST") as response:
                return _answer(response)
        except _AddressRefusedError:
            return Answer(error="address_refused")
        except UnresolvedError:
            return Answer(error="host_unknown")
        except (OSError, http.client.HTTPException) as error:
            return Answer(error=_what(error, is_over=deadline.is_over))
        finally:
            connection.close()

    def _reach(self, until: float) -> socket.socket:
        """Connect to the first address that may be connected to and answers.

        Raises:
            _AddressRefusedError: there is none that may be.
            OSError: none answers.
        """
        found = self._resolver.addresses(self._target.host, within_seconds=max(until - time.monotonic(), 0))
        allowed = [address for address in found if self._is_allowed(address)][:MOST_ADDRESSES]
        connected = reach(allowed, self._target.port, until=until)
        if connected is None:
            raise _AddressRefusedError
        connected.settimeout(self._seconds)
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connected

    def _is_allowed(self, address: str) -> bool:
        if not self._target.is_https and not is_loopback(address):
            return False  # what is not encrypted stays on this machine
        return self._allow_private or is_public(address)

    @cached_property
    def _context(self) -> ssl.SSLContext:
        return ssl.create_default_context()


def _answer(response: http.client.HTTPResponse) -> Answer:
    """Read what is said; from the status line on, an exchange that breaks off has its answer."""
    try:
        response.begin()
        response.read(LARGEST_BYTES)
    except (OSError, http.client.HTTPException):
        if not str(response.status).isdigit():  # a word stands there until the line was read
            raise
    # There are no headers, where it broke off among them.
    wait = response.headers["Retry-After"] if response.headers else None
    return Answer(status=response.status, retry_after=_seconds(wait or ""))


def _seconds(text: str) -> int | None:
    """Read Retry-After: whole seconds, or a date (RFC 9110 section 10.2.3)."""
    digits = text.strip()
    if digits.isascii() and digits.isdigit():
        return int(digits[:9])
    try:
        at = email.utils.parsedate_to_datetime(digits).timestamp()
    except (ValueError, OverflowError):
        return None
    return max(round(at - time.time()), 0)


def _what(error: Exception, *, is_over: bool) -> str:
    if is_over or isinstance(error, TimeoutError):
        return "timeout"
    return "tls_failed" if isinstance(error, ssl.SSLError) else "unreachable"
