"""The words that every room shares: identifiers, secrets, the clock, the client.

No behaviour beyond masking lives here, and nothing here imports another room.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import field
from typing import Final, NewType, NoReturn

from jwt_auth_core.records import dataclass

UserId = NewType("UserId", str)
"""A user's UUID as the table has it: ours in 36 lower-case characters, with hyphens."""

SessionId = NewType("SessionId", str)
"""A refresh session's id: 32 lower-case hexadecimal characters (16 random bytes)."""

Email = NewType("Email", str)
"""An e-mail identity in canonical form: what two spellings of one address have in common."""

Clock = Callable[[], int]
"""Tells the time: whole seconds since 1970-01-01T00:00:00Z."""

MASK: Final = "**********"


class Secret:
    """A text that must not be shown: a password, a signing secret, a refresh token.

    A class so that ``repr``, ``str``, ``format``, tracebacks, pickle and JSON cannot leak it
    (LOG-4); ``reveal()`` is the only way out and easy to search for.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the secret text itself."""
        return self._value

    def __repr__(self) -> str:
        return f"Secret('{MASK}')"

    def __str__(self) -> str:
        return MASK

    def __format__(self, spec: str) -> str:
        return format(MASK, spec)

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(_octets(self), _octets(other))

    def __hash__(self) -> int:
        return hash((Secret, self._value))

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        msg = "a Secret cannot be pickled or copied"
        raise TypeError(msg)


def _octets(secret: Secret) -> bytes:
    # Lone surrogates can arrive from JSON; they must compare, not raise.
    return secret.reveal().encode("utf-8", "surrogatepass")


@dataclass(frozen=True, slots=True)
class Client:
    """Where a request came from, as the edge saw it; kept with a session for its owner to read.

    ``address`` is an IP address in text form, ``user_agent`` the header's text; None when unknown.
    ``accept_language`` is the header of that name, cut where it is long; letters are written by it, and it is
    not kept. Limits count by ``limit_key``, which may stand for a ``crowd`` of so many; None is a caller in
    this process, whom no address limits.
    """

    address: str | None = None
    user_agent: str | None = None
    limit_key: str | None = field(default=None, compare=False, repr=False)
    crowd: int = field(default=1, compare=False, repr=False)
    accept_language: str | None = field(default=None, compare=False, repr=False)
