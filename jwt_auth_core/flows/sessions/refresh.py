"""Refresh: refresh tokens in, for each a new grant or the error that it met.

The batch is the natural form: one round trip to the session store and one query for the
users, however many clients wait. One client is a batch of one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import field
from functools import partial
from typing import ClassVar, Final, TypeVar

from jwt_auth_core.audit.refusals import Refusals
from jwt_auth_core.audit.sink import session_mark
from jwt_auth_core.errors import (
    AuthError,
    RefreshInvalidError,
    RefreshReusedError,
    RefreshSupersededError,
    SessionRevokedError,
    StoreUnavailableError,
)
from jwt_auth_core.events import Event, Refreshed, RefreshRefused, RefreshResynced, RefreshReused
from jwt_auth_core.events.refused import Whose
from jwt_auth_core.flows.executor import Executor
from jwt_auth_core.flows.sessions.end_session import EndSession
from jwt_auth_core.flows.sessions.grant import Grant, grant
from jwt_auth_core.flows.sessions.parts import SessionParts
from jwt_auth_core.flows.sessions.session_validity import is_alive
from jwt_auth_core.rate_limits.record_limit import RecordLimit
from jwt_auth_core.records import dataclass
from jwt_auth_core.sessions.reason import EndReason
from jwt_auth_core.sessions.session import (
    Accepted,
    Refused,
    Rotating,
    Rotation,
    SessionBusyError,
    Verdict,
    at_once,
    rotating,
)
from jwt_auth_core.sessions.token import Presented, RefreshTokens
from jwt_auth_core.steps import Blocking, Steps, aside, run
from jwt_auth_core.tokens.access import AccessTokens
from jwt_auth_core.users.standing import Reading, reading
from jwt_auth_core.users.user import User
from jwt_auth_core.vocabulary import Client

E = TypeVar("E", bound=Event)

Where = Callable[[], Client | None]
"""Says where a token came from; what an event needs is not read for every refresh."""

_NOTED: Final = frozenset([Verdict.REUSE, Verdict.REVOKED])
_OK: Final = Verdict.OK  # looking a member up takes longer than comparing it


@dataclass(slots=True, eq=False, repr=False)
class Exchange:
    """A token on its way to its answer; `Refresh` sets that once, whoever knows it first."""

    presented: Presented
    where: Where
    answer: Grant | AuthError = field(init=False)


_Accepted = tuple[Exchange, Accepted]


def nowhere() -> None:
    """Say where a token came from that a caller in this process brought."""


@dataclass(frozen=True, slots=True)
class Refresh:
    """Exchanges many refresh tokens in one round trip; each has its own answer."""

    executor: ClassVar = Executor.BATCH

    parts: SessionParts
    refresh_tokens: RefreshTokens
    tokens: AccessTokens
    end_session: EndSession
    limit: RecordLimit
    refusals: Refusals

    def __call__(self, texts: Sequence[str], wheres: Sequence[Where] = ()) -> list[Grant | AuthError]:
        """Exchange each refresh token; the answers stand in the order of ``texts``.

        ``wheres`` say of each where it came from, and are asked for events alone.

        Nothing of a child token is stored, so the whole call may be repeated without harm
        (I6, I10). One that comes too often is answered with a RateLimitedError, and is not spent.

        Raises:
            UnavailableError: a store does not answer; no token was handed out, none was lost.
        """
        rotate, read = aside(self.parts.sessions.rotate), aside(self.parts.users.read)
        return run(self._exchanged(texts, wheres, rotate, read))

    def steps(self, texts: Sequence[str], wheres: Sequence[Where] = ()) -> Steps[list[Grant | AuthError]]:
        """Do the same in steps, where the session store has any: nothing then blocks a thread.

        A session that somebody else holds is not waited for: its answer is a `SessionBusyError`.
        """
        own = rotating(self.parts.sessions)
        if own is None:  # a store that blocks: both calls in one visit to a thread, not in two
            return (yield from aside(self._at_once)(texts, wheres))
        return (yield from self._exchanged(texts, wheres, own, reading(self.parts.users)))

    def _at_once(self, texts: Sequence[str], wheres: Sequence[Where]) -> list[Grant | AuthError]:
        # Whoever comes in steps is one of many: none of them waits for another's session.
        rotate, read = aside(at_once(self.parts.sessions)), aside(self.parts.users.read)
        return run(self._exchanged(texts, wheres, rotate, read))

    def _exchanged(
        self, texts: Sequence[str], wheres: Sequence[Where], rotate: Rotating, read: Reading
    ) -> Steps[list[Grant | AuthError]]:
        begun = [*map(self._begun, texts, wheres or [nowhere] * len(texts))]
        authentic = [one for one in begun if isinstance(one, Exchange)]
        if authentic:
            accepted = yield from self._judged(authentic, rotate)
            yield from self._granted(accepted, read)
        return [one.answer if isinstance(one, Exchange) else one for one in begun]

    def _begun(self, text: str, where: Where) -> Exchange | RefreshInvalidError:
        try:
            return Exchange(self.refresh_tokens.parse(text), where)
        except RefreshInvalidError:
            return RefreshInvalidError()

    def _judged(self, exchanges: Sequence[Exchange], rotate: Rotating) -> Steps[list[_Accepted]]:
        """Have the session store judge all tokens; answer what it refused, return the rest."""
        rotations = yield from rotate([one.presented for one in exchanges])
        accepted: list[_Accepted] = []
        for exchange, rotation in zip(exchanges, rotations, strict=True):
            if isinstance(rotation, Accepted):
                accepted.append((exchange, rotation))
            elif rotation.counted is not None:
                refused = self.limit.refused(
                    session_mark(rotation.session_id),
                    Whose(client=exchange.where(), user_id=rotation.user_id),
                )
                if not self.refusals.is_noted(refused):
                    yield Blocking(partial(self.refusals.note, refused))
                exchange.answer = self.limit.refusal(rotation.counted.counts, rotation.counted.at)
            elif rotation.verdict in _NOTED:  # in the database and the audit, which may block
                exchange.answer = yield Blocking(partial(self._refusal, rotation, exchange.where))
            else:
                exchange.answer = self._refusal(rotation, exchange.where)
        return accepted

    def _granted(self, accepted: Sequence[_Accepted], read: Reading) -> Steps[None]:
        """Answer what the session store accepted, by what the database says of user and session."""
        if not accepted:
            return
        standings = yield from read([(rotation.user_id, rotation.session_id) for _, rotation in accepted])
        for (exchange, rotation), standing in zip(accepted, standings, strict=True):
            user = standing.user
            if user is None or not is_alive(rotation.life, standing):
                exchange.answer = yield Blocking(partial(self._overruled, rotation, exchange.where))
                continue
            if rotation.verdict is not _OK:
                yield Blocking(partial(self._note, RefreshResynced, rotation, exchange.where))
            exchange.answer = self._grant(exchange.presented, rotation, user)
        if self.parts.journal.subscribers.wants(Refreshed):
            yield Blocking(partial(self._tell, accepted))

    def _refusal(self, refused: Refused, where: Where) -> AuthError:
        match refused.verdict:
            case Verdict.SUPERSEDED:
                return RefreshSupersededError(refused.session_id)
            case Verdict.REUSE:
                return self._reused(refused, where)
            case Verdict.REVOKED:
                return self._revoked(refused, where)
            case Verdict.UNKNOWN | Verdict.EXPIRED:
                return RefreshInvalidError()
            case Verdict.BUSY:
                return SessionBusyError()
            case _:  # UNAVAILABLE; and a verdict that nobody taught this flow is no yes either
                return StoreUnavailableError("session store")

    def _reused(self, refused: Refused, where: Where) -> AuthError:
        # The tombstone is set already, atomically (I11); the database remembers it beyond the store.
        self._record_reuse(refused, where, is_news=True)
        return RefreshReusedError(refused.session_id)

    def _revoked(self, refused: Refused, where: Where) -> AuthError:
        if refused.reason == EndReason.REUSE:
            # Again, in case the database was down when the reuse was found; idempotent.
            self._record_reuse(refused, where, is_news=False)
        return SessionRevokedError(refused.session_id, refused.reason)

    def _record_reuse(self, refused: Refused, where: Where, *, is_news: bool) -> None:
        event = self._event(RefreshReused, refused, where)
        self.end_session.reused(refused.session_id, event, is_news=is_news)

    def _overruled(self, accepted: Accepted, where: Where) -> AuthError:
        """Refuse what the session store accepted, and end what it has forgotten to be over."""
        self._note(
            RefreshRefused, accepted, where
        )  # first: once the session is over, nobody comes here again
        self.end_session.refuse(accepted.session_id)
        return SessionRevokedError(accepted.session_id)

    def _grant(self, presented: Presented, accepted: Accepted, user: User) -> Grant:
        return grant(
            self.tokens,
            user=user,
            session_id=accepted.session_id,
            life=accepted.life,
            refresh=self.refresh_tokens.child(presented),
            now=self.parts.clock(),
            factor_scopes=self.parts.factor_scopes,
        )

    def _note(self, kind: type[Event], rotation: Rotation, where: Where) -> None:
        self.parts.journal(self._event(kind, rotation, where))

    def _event(self, kind: type[E], rotation: Rotation, where: Where) -> E:
        now, mark = self.parts.clock(), session_mark(rotation.session_id)
        return kind(at=now, user_id=rotation.user_id, session=mark, client=where())

    def _tell(self, accepted: Sequence[_Accepted]) -> None:
        """Tell subscribers, who may block, of refreshes; nobody writes them down."""
        for exchange, rotation in accepted:
            if isinstance(exchange.answer, Grant):
                self.parts.journal.subscribers(self._event(Refreshed, rotation, exchange.where))
