"""The fast reader of payloads: msgspec's where it is installed, the standard library's patterns elsewhere.

Both say what the strict reader of `rules.py` would say, or nothing: a new claim is taught to the strict one
first, and is read slower until they know it. What they save stands under "Tricks" in docs/performance.md.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from jwt_auth_core.tokens.payload_patterns import PayloadPatterns


class Said(Protocol):
    """What a payload says, its scopes as on the wire; times are seconds since the epoch."""

    @property
    def subject(self) -> str: ...  # noqa: D102 - what its name says, as below
    @property
    def issued_at(self) -> int: ...  # noqa: D102
    @property
    def expires_at(self) -> int: ...  # noqa: D102
    @property
    def token_id(self) -> str: ...  # noqa: D102
    @property
    def session_id(self) -> str | None: ...  # noqa: D102
    @property
    def scope(self) -> str | None: ...  # noqa: D102
    @property
    def session_version(self) -> int | None: ...  # noqa: D102
    @property
    def client_id(self) -> str | None: ...  # noqa: D102
    @property
    def auth_time(self) -> int | None: ...  # noqa: D102
    @property
    def amr(self) -> frozenset[str]: ...  # noqa: D102
    @property
    def acr(self) -> str | None: ...  # noqa: D102
    @property
    def token_version(self) -> int | None: ...  # noqa: D102
    @property
    def roles(self) -> frozenset[str]: ...  # noqa: D102


class FastReader(Protocol):
    """Reads the payloads that nearly all tokens have; says what the strict reader would say, or nothing."""

    def read(self, segment: bytes) -> Said | None:
        """Return what a payload segment in base64url says; None where only the strict reader can tell.

        Raises ValueError where the segment is not canonical base64url of UTF-8.
        """
        ...

    def learn(self, names: tuple[str, ...]) -> None:
        """Hear the order of claims in an accepted payload that the strict reader had to read."""
        ...


Members = Callable[[bytes], dict[str, object] | None]
"""Returns the members of a payload segment in base64url; None where only the strict reader can tell.

Raises ValueError where the segment is not canonical base64url."""


def members_reader() -> Members:
    """Return the fastest reader of any issuer's payloads that can be had here."""
    try:
        from jwt_auth_core.tokens.msgspec import members_in  # noqa: PLC0415 - an extra
    except ImportError:
        return _leave_it
    return members_in


def _leave_it(_segment: bytes) -> None:
    """Leave every payload to the strict reader."""


def fast_reader(*, issuer: str | None, audience: str | None) -> FastReader:
    """Return the fastest reader of payloads for this issuer and audience that can be had here."""
    try:
        from jwt_auth_core.tokens.msgspec import MsgspecReader  # noqa: PLC0415 - an extra
    except ImportError:
        return PayloadPatterns(issuer=issuer, audience=audience)
    return MsgspecReader(issuer=issuer, audience=audience)
