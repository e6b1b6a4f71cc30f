"""Refresh: refresh tokens in, for each a new grant or the error that it met.

The batch is the natural form: one round trip to the session store and one query for the
users, however many clients wait. One client is a batch of one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, cast

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
from jwt_auth_core.flows.ending import Ending
from jwt_auth_core.flows.grant import Grant, grant
from jwt_auth_core.sessions.reason import EndReason
from jwt_auth_core.sessions.session import (
    Life,
    Rotating,
    Rotation,
    SessionBusyError,
    SessionStore,
    Verdict,
    at_once,
    rotating,
)
from jwt_auth_core.sessions.token import Presented, RefreshTokens
from jwt_auth_core.steps import Aside, Steps, aside, run
from jwt_auth_core.tokens.access import AccessTokens
from jwt_auth_core.users.standing import Reading, Standing, Standings, reading
from jwt_auth_core.users.user import User
from jwt_auth_core.vocabulary import Clock, UserId

_NOTED: Final = frozenset([Verdict.REUSE, Verdict.REVOKED])
_OK: Final = Verdict.OK  # looking a member up takes longer than comparing it


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
        return run(self._exchanged(texts, aside(self.sessions.rotate), aside(self.standings.read)))

    def steps(self, texts: Sequence[str]) -> Steps[list[Grant | AuthError]]:
        """Do the same in steps, where the session store has any: nothing then blocks a thread.

        A session that somebody else holds is not waited for: its answer is a `SessionBusyError`.
        """
        own = rotating(self.sessions)
        if own is None:  # a store that blocks: both calls in one visit to a thread, not in two
            return (yield from aside(self._at_once)(texts))
        return (yield from self._exchanged(texts, own, reading(self.standings)))

    def _at_once(self, texts: Sequence[str]) -> list[Grant | AuthError]:
        # Whoever comes in steps is one of many: none of them waits for another's session.
        return run(self._exchanged(texts, aside(at_once(self.sessions)), aside(self.standings.read)))

    def _exchanged(
        self, texts: Sequence[str], rotate: Rotating, read: Reading
    ) -> Steps[list[Grant | AuthError]]:
        parsed = [self._parse(text) for text in texts]
        authentic = [presented for presented in parsed if presented is not None]
        if not authentic:
            return [RefreshInvalidError() for _ in texts]
        rotations = yield from rotate(authentic)
        refusals = yield from self._refusals(rotations)
        pairs = zip(authentic, rotations, strict=True)
        granted = iter((yield from self._granted([pair for pair in pairs if _is_accepted(pair[1])], read)))
        judged = iter([refusal or next(granted) for refusal in refusals])
        return [RefreshInvalidError() if presented is None else next(judged) for presented in parsed]

    def _refusals(self, rotations: Sequence[Rotation]) -> Steps[list[AuthError | None]]:
        refusals: list[AuthError | None] = [None] * len(rotations)
        for place, rotation in enumerate(rotations):
            if _is_accepted(rotation):
                continue
            if rotation.verdict in _NOTED:  # in the database and the audit, which may block
                refusals[place] = yield Aside(partial(self._refusal, rotation))
            else:
                refusals[place] = self._refusal(rotation)
        return refusals

    def _granted(
        self, accepted: Sequence[tuple[Presented, Rotation]], read: Reading
    ) -> Steps[list[Grant | AuthError]]:
        if not accepted:
            return []
        standings = yield from read([(_owner(rotation), rotation.session_id) for _, rotation in accepted])
        answers: list[Grant | AuthError] = []
        for (presented, rotation), standing in zip(accepted, standings, strict=True):
            if rotation.verdict is _OK and _may_go_on(rotation, standing):
                answers.append(self._grant(presented, rotation, standing))
            else:
                answers.append((yield Aside(partial(self._noted, presented, rotation, standing))))
        return answers

    def _parse(self, text: str) -> Presented | None:
        try:
            return self.refresh_tokens.parse(text)
        except RefreshInvalidError:
            return None

    def _refusal(self, rotation: Rotation) -> AuthError:
        match rotation.verdict:
            case Verdict.SUPERSEDED:
                return RefreshSupersededError(rotation.session_id)
            case Verdict.REUSE:
                return self._reused(rotation)
            case Verdict.REVOKED:
                return self._revoked(rotation)
            case Verdict.UNKNOWN | Verdict.EXPIRED:
                return RefreshInvalidError()
            case Verdict.BUSY:
                return SessionBusyError()
            case _:  # UNAVAILABLE; and a verdict that nobody taught this flow is no yes either
                return StoreUnavailableError("session store")

    def _reused(self, rotation: Rotation) -> AuthError:
        # The tombstone is set already, atomically (I11); the database remembers it beyond the store.
        self._note("refresh_reused", rotation)
        self._record_reuse(rotation)
        return RefreshReusedError(rotation.session_id)

    def _revoked(self, rotation: Rotation) -> AuthError:
        if rotation.reason == EndReason.REUSE:
            # Again, in case the database was down when the reuse was found; idempotent.
            self._record_reuse(rotation)
        return SessionRevokedError(rotation.session_id)

    def _record_reuse(self, rotation: Rotation) -> None:
        self.ending.over(rotation.session_id, user_id=rotation.user_id, reason=EndReason.REUSE)

    def _noted(self, presented: Presented, rotation: Rotation, standing: Standing) -> Grant | AuthError:
        if not _may_go_on(rotation, standing):
            self.ending.refuse(rotation.session_id)
            self._note("refresh_refused", rotation)
            return SessionRevokedError(rotation.session_id)
        self._note("refresh_resync", rotation)
        return self._grant(presented, rotation, standing)

    def _grant(self, presented: Presented, rotation: Rotation, standing: Standing) -> Grant:
        return grant(
            self.tokens,
            user=cast("User", standing.user),
            session_id=rotation.session_id,
            life=cast("Life", rotation.life),
            refresh=self.refresh_tokens.child(presented),
            now=self.clock(),
        )

    def _note(self, name: str, rotation: Rotation) -> None:
        self.audit(Event(name, user_id=rotation.user_id, session=session_mark(rotation.session_id)))


def _is_accepted(rotation: Rotation) -> bool:
    return rotation.life is not None


def _may_go_on(rotation: Rotation, standing: Standing) -> bool:
    return rotation.life is not None and is_alive(rotation.life, standing)


def _owner(rotation: Rotation) -> UserId:
    # Only sessions that were accepted come here, and those have an owner.
    return rotation.user_id or UserId("")
