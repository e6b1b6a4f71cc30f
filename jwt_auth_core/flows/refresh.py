"""Refresh: refresh tokens in, for each a new grant or the error that it met.

The batch is the natural form: one round trip to the session store and one query for the
users, however many clients wait. One client is a batch of one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from jwt_auth_core.audit import AuditSink, Event, session_mark
from jwt_auth_core.errors import (
    AuthError,
    RefreshInvalidError,
    RefreshReusedError,
    RefreshSupersededError,
    SessionRevokedError,
    StoreUnavailableError,
)
from jwt_auth_core.flows.alive import is_alive
from jwt_auth_core.flows.ending import REUSE, Ending
from jwt_auth_core.flows.grant import Grant, grant
from jwt_auth_core.sessions.session import Rotation, SessionStore, Verdict
from jwt_auth_core.sessions.token import Presented, RefreshTokens
from jwt_auth_core.tokens.access import AccessTokens
from jwt_auth_core.users.standing import Standing, Standings
from jwt_auth_core.vocabulary import Clock, UserId


@dataclass(frozen=True, slots=True)
class Refresh:
    """The use case; its parts are named once, at assembly."""

    sessions: SessionStore
    standings: Standings
    refresh_tokens: RefreshTokens
    tokens: AccessTokens
    ending: Ending
    audit: AuditSink
    clock: Clock

    def __call__(self, texts: Sequence[str]) -> list[Grant | AuthError]:
        """Exchange each refresh token; the answers stand in the order of ``texts``.

        Nothing of a child token is stored, so the whole call may be repeated without harm
        (I6, I10).

        Raises:
            UnavailableError: a store does not answer; no token was handed out, none was lost.
        """
        answers: list[Grant | AuthError] = [RefreshInvalidError() for _ in texts]
        authentic = [(place, one) for place, text in enumerate(texts) if (one := self._parse(text))]
        if not authentic:
            return answers
        rotations = self.sessions.rotate([presented for _, presented in authentic])
        judged = [(place, one, turn) for (place, one), turn in zip(authentic, rotations, strict=True)]
        for place, _, rotation in judged:
            if refusal := self._refusal(rotation):
                answers[place] = refusal
        self._answer_accepted([one for one in judged if one[2].session is not None], answers)
        return answers

    def _parse(self, text: str) -> Presented | None:
        try:
            return self.refresh_tokens.parse(text)
        except RefreshInvalidError:
            return None

    def _refusal(self, rotation: Rotation) -> AuthError | None:
        match rotation.verdict:
            case Verdict.OK | Verdict.RESYNC:
                return None
            case Verdict.SUPERSEDED:
                return RefreshSupersededError(rotation.session_id)
            case Verdict.REUSE:
                return self._reused(rotation)
            case Verdict.REVOKED:
                return self._revoked(rotation)
            case Verdict.UNKNOWN | Verdict.EXPIRED:
                return RefreshInvalidError()
            case _:  # UNAVAILABLE; and a verdict that nobody taught this flow is no yes either
                return StoreUnavailableError("session store")

    def _reused(self, rotation: Rotation) -> AuthError:
        # The tombstone is set already, atomically (I11); the database remembers it beyond the store.
        self._note("refresh_reused", rotation)
        self._record_reuse(rotation)
        return RefreshReusedError(rotation.session_id)

    def _revoked(self, rotation: Rotation) -> AuthError:
        if rotation.reason == REUSE:
            # Again, in case the database was down when the reuse was found; idempotent.
            self._record_reuse(rotation)
        return SessionRevokedError(rotation.session_id)

    def _record_reuse(self, rotation: Rotation) -> None:
        self.ending.over(rotation.session_id, user_id=rotation.user_id, reason=REUSE)

    def _answer_accepted(
        self, accepted: Sequence[tuple[int, Presented, Rotation]], answers: list[Grant | AuthError]
    ) -> None:
        if not accepted:
            return
        pairs = [(_owner(rotation), rotation.session_id) for _, _, rotation in accepted]
        standings = self.standings.read(pairs)
        for (place, presented, rotation), standing in zip(accepted, standings, strict=True):
            answers[place] = self._answer(presented, rotation, standing)

    def _answer(self, presented: Presented, rotation: Rotation, standing: Standing) -> Grant | AuthError:
        session = rotation.session
        user = standing.user
        if session is None or user is None or not is_alive(session, standing):
            self.ending.refuse(rotation.session_id)
            self._note("refresh_refused", rotation)
            return SessionRevokedError(rotation.session_id)
        if rotation.verdict is Verdict.RESYNC:
            self._note("refresh_resync", rotation)
        child = self.refresh_tokens.child(presented)
        return grant(self.tokens, user=user, session=session, refresh=child, now=self.clock())

    def _note(self, name: str, rotation: Rotation) -> None:
        self.audit(Event(name, user_id=rotation.user_id, session=session_mark(rotation.session_id)))


def _owner(rotation: Rotation) -> UserId:
    # Only sessions that were accepted come here, and those have an owner.
    return rotation.user_id or UserId("")
