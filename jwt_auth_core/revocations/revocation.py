"""What is revoked: the tokens of one session, or those of a user from before a moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

SLACK_SECONDS: Final = 120
"""How long a revocation is remembered beyond an access token's life: the clocks of two processes may
be a minute apart (F-22), and a token may be on its way to its client while its session is ended."""


@dataclass(frozen=True, slots=True)
class EndedSession:
    """Every access token of this session is revoked."""

    session_id: str


@dataclass(frozen=True, slots=True)
class CutOff:
    """Every access token of this user that was issued earlier than ``before`` is revoked.

    ``before`` is in seconds since the epoch, like the ``sessions_valid_after`` that it repeats.
    """

    user_id: str
    before: int


Revocation = EndedSession | CutOff


@dataclass(frozen=True, slots=True)
class Recorded:
    """A revocation and when it was recorded, in seconds since the epoch."""

    revocation: Revocation
    at: int

    def until(self, keep_seconds: int) -> int:
        """Return when it is to be forgotten; tokens that a cut-off to come concerns may yet be issued."""
        revocation = self.revocation
        begins = max(self.at, revocation.before) if isinstance(revocation, CutOff) else self.at
        return begins + keep_seconds


class Claimed(Protocol):
    """What a check reads of the claims of a verified access token."""

    @property
    def subject(self) -> str:
        """The user's id."""
        ...

    @property
    def session_id(self) -> str | None:
        """The session that the token came from, if any."""
        ...

    @property
    def issued_at(self) -> int:
        """Seconds since the epoch."""
        ...

    @property
    def expires_at(self) -> int:
        """Seconds since the epoch."""
        ...
