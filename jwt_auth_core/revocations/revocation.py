"""What is revoked: the tokens of one session, or those of a user from before a moment."""

from __future__ import annotations

from typing import Final, Protocol

from jwt_auth_core.records import dataclass

SLACK_SECONDS: Final = 120
"""How long a revocation is remembered beyond an access token's life: the clocks of two processes may
be a minute apart (F-22), and a token may be on its way to its client while its session is ended."""


@dataclass(frozen=True, slots=True)
class EndedSession:
    """Every access token of this session is revoked."""

    session_id: str


@dataclass(frozen=True, slots=True)
class CutOff:
    """Every access token of this user from before a moment is revoked.

    With a ``session_version`` the tokens that carry a lower one, whatever their time; of those that carry
    none, and without a ``session_version`` of all, the ones issued earlier than ``before`` (seconds since
    the epoch). With a ``token_version`` the same by that number: then the user's sessions go on.
    """

    user_id: str
    before: int
    session_version: int | None = None
    token_version: int | None = None

    def concerns(self, claims: Claimed) -> bool:
        """Tell whether it revokes a token of its user."""
        least, number = self.session_version, claims.session_version
        if self.token_version is not None:
            least, number = self.token_version, token_version_of(claims)
        if least is None or number is None:
            return claims.issued_at < self.before
        return number < least

    def ends(self, claims: Claimed) -> bool:
        """Tell whether it revokes a token of its user, or one by which that user acts for another.

        Such a token carries no number of who acts: there time decides.
        """
        if claims.subject == self.user_id:
            return self.concerns(claims)
        return claims.issued_at < self.before

    @property
    def kind(self) -> tuple[bool, bool]:
        """By which number it goes: that of sessions, that of tokens, or none."""
        return self.session_version is not None, self.token_version is not None

    def joined(self, other: CutOff | None) -> CutOff:
        """Return what revokes as much as both; the other is of the same user and kind, if there is one."""
        if other is None:
            return self
        before = max(self.before, other.before)
        return CutOff(
            self.user_id,
            before,
            _later(self.session_version, other.session_version),
            _later(self.token_version, other.token_version),
        )


def _later(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else max(one, other)


def token_version_of(claims: Claimed) -> int | None:
    """Return the number of a token, which is not written where it is 0; None where nobody counted."""
    if claims.token_version is None and claims.session_version is not None:
        return 0
    return claims.token_version


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
    def acting(self) -> tuple[str, ...]:
        """The sessions of those who call on the subject's behalf, if any."""
        ...

    @property
    def actors(self) -> tuple[str, ...]:
        """Who calls on the subject's behalf, if anybody does."""
        ...

    @property
    def session_version(self) -> int | None:
        """The user's number when that session began, if the token says so."""
        ...

    @property
    def token_version(self) -> int | None:
        """How often the user's access tokens were cut off before this one, if the token says so."""
        ...

    @property
    def issued_at(self) -> int:
        """Seconds since the epoch."""
        ...

    @property
    def expires_at(self) -> int:
        """Seconds since the epoch."""
        ...
