"""Host names become addresses: in threads of their own, so that a slow name server holds up nothing else.

The system's resolver has no time limit of its own, and libpq calls it while it holds the interpreter's lock.
"""

from __future__ import annotations

import ipaddress
import os
import socket
import threading


class UnresolvedError(Exception):
    """A host name has no address, or none in time; the text says which."""


class Resolver:
    """Looks host names up; a class because callers that ask for one name at a time share one look-up."""

    def __init__(self) -> None:
        self._under_way: dict[tuple[int, str], _Lookup] = {}

    def addresses(self, host: str, *, within_seconds: float) -> tuple[str, ...]:
        """Return the addresses of a host in the system's order; an address is its own.

        Raises:
            UnresolvedError: there is none, or the look-up takes too long.
        """
        if _is_address(host):
            return (host,)
        mine = _Lookup()
        # Of its process: a fork has the parent's table, and not its threads.
        key = (os.getpid(), host)
        lookup = self._under_way.setdefault(key, mine)
        if lookup is mine:
            threading.Thread(target=self._look_up, args=(key, mine), name="resolver", daemon=True).start()
        return lookup.result(host, within_seconds)

    def _look_up(self, key: tuple[int, str], lookup: _Lookup) -> None:
        try:
            found = socket.getaddrinfo(key[1], None, type=socket.SOCK_STREAM)
            lookup.addresses = tuple(dict.fromkeys(str(address[0]) for *_, address in found))
        except (OSError, ValueError) as exc:  # ValueError: a name that cannot be encoded
            lookup.problem = getattr(exc, "strerror", None) or "not a host name"
        finally:
            del self._under_way[key]
            lookup.done.set()


class _Lookup:
    """One look-up that is under way, and what it found."""

    __slots__ = ("addresses", "done", "problem")

    def __init__(self) -> None:
        self.done = threading.Event()
        self.addresses: tuple[str, ...] = ()
        self.problem = ""

    def result(self, host: str, within_seconds: float) -> tuple[str, ...]:
        if not self.done.wait(within_seconds):
            raise UnresolvedError(f'the address of "{host}" was not found within {within_seconds:g} seconds')
        if self.problem:
            raise UnresolvedError(f'could not translate host name "{host}" to address: {self.problem}')
        return self.addresses


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
