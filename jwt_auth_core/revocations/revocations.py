"""Revocations: which access tokens are revoked, as far as this process knows, and telling the others."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Literal

from jwt_auth_core.errors import StoreUnavailableError, TokenInvalidError
from jwt_auth_core.forks import renew_in_children
from jwt_auth_core.revocations.feed import Feed, Ledger
from jwt_auth_core.revocations.follower import Sources
from jwt_auth_core.revocations.publisher import Publisher
from jwt_auth_core.revocations.reader import STORE, Reader
from jwt_auth_core.revocations.revocation import SLACK_SECONDS, Claimed, CutOff, EndedSession, Recorded
from jwt_auth_core.revocations.revoked import Listener, Revoked
from jwt_auth_core.vocabulary import Clock

Policy = Literal["stateless", "strict"]


class Revocations:
    """Made once a process and shared by its threads; the first `check` starts the one that follows.

    Args:
        feed: carries revocations between the processes.
        ledger: the database's own record of them.
        clock: tells the time of the records.
        token_seconds: the lifetime of an access token.
        policy: what a silent feed means: ``stateless`` goes on with what is known, ``strict``
            refuses with StoreUnavailableError.
        max_silence_seconds: from when on a feed counts as silent.
    """

    def __init__(  # noqa: PLR0913 - a constructor names all its parts
        self,
        feed: Feed,
        ledger: Ledger,
        *,
        clock: Clock,
        token_seconds: int,
        policy: Policy = "stateless",
        max_silence_seconds: float = 10.0,
    ) -> None:
        self._keep_seconds = token_seconds + SLACK_SECONDS
        self.revoked = Revoked(keep_seconds=self._keep_seconds)
        self._sessions = self.revoked.sessions
        self._cut_offs = self.revoked.cut_offs
        self._clock, self._ledger = clock, ledger
        self._is_strict = policy == "strict"
        self._is_wary = True
        self._max_silence_seconds = max_silence_seconds
        self._publisher = Publisher(feed, self.revoked, clock)
        sources = Sources(feed, ledger, self.revoked, self._publisher, clock, max_silence_seconds)
        self.reader = Reader(sources)
        self._is_started = False
        renew_in_children(self)

    @property
    def is_started(self) -> bool:
        """Tell whether the first look is over, so that `check` will not wait for it."""
        return self._is_started

    def start(self) -> None:
        """Start to follow, and wait at most two seconds until everything recorded is known.

        Raises:
            StoreUnavailableError: the system gives no thread.
        """
        self.reader.await_first()
        self._is_started = True
        self._is_wary = self._is_strict

    def check(self, claims: Claimed) -> None:
        """Refuse a revoked token: two dictionary lookups, no I/O and no lock.

        Raises:
            TokenInvalidError: its session was ended, or the user's tokens were cut off, or that is so of who
                acts for the user.
            StoreUnavailableError: the feed is silent and the policy strict.
        """
        if (
            claims.session_id in self._sessions
            or claims.subject in self._cut_offs
            or claims.acting
            or self._is_wary
            or claims.expires_at - claims.issued_at > self._keep_seconds
        ):
            self._check_closely(claims)

    def is_revoked(self, claims: Claimed) -> bool:
        """Tell whether a token is known to be revoked, however old that knowledge is."""
        if claims.session_id in self._sessions or not self._sessions.keys().isdisjoint(claims.acting):
            return True
        named = (claims.subject, *claims.actors) if claims.acting else (claims.subject,)
        return any(cut_off.ends(claims) for name in named for cut_off in self._cut_offs.get(name, ()))

    def record_session(self, session_id: str) -> None:
        """Record the end of what is no user's session, in the caller's transaction: then it cannot get lost.

        `revoke_session` tells of it afterwards; where that never happens, the record does, within a second.

        Raises:
            StoreUnavailableError: the database does not answer.
        """
        self._ledger.keep(Recorded(EndedSession(session_id), self._clock()))

    def revoke_session(self, session_id: str) -> None:
        """Revoke the access tokens of a session, everywhere within a second.

        The caller has recorded its end in the database. May be repeated.

        Raises:
            StoreUnavailableError: not all processes may know yet; repeat it.
        """
        self._publisher.publish(EndedSession(session_id))

    def revoke_user(self, user_id: str, *, before: int, session_version: int | None = None) -> None:
        """Revoke a user's access tokens that were issued earlier than ``before`` (seconds).

        Where a ``session_version`` is given, it is the user's from now on: of tokens that carry a number
        those with a lower one are revoked, whatever their time.

        Raises:
            StoreUnavailableError: not all processes may know yet; repeat it.
        """
        self._publisher.publish(CutOff(user_id, before, session_version))

    def revoke_tokens(self, user_id: str, *, before: int, token_version: int) -> None:
        """Revoke a user's access tokens, and let the sessions go on.

        Of tokens that carry a ``token_version`` those with a lower one are revoked, of others the ones that
        were issued earlier than ``before`` (seconds).

        Raises:
            StoreUnavailableError: not all processes may know yet; repeat it.
        """
        self._publisher.publish(CutOff(user_id, before, token_version=token_version))

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call ``listener`` with each revocation as it becomes known; return what ends that.

        It is called in the thread that learns of it: it must be quick, and hand over what is not.
        """
        unsubscribe = self.revoked.subscribe(listener)
        self.reader.start()
        return unsubscribe

    def staleness_seconds(self) -> float | None:
        """Return how old the memory may be; None when it was never complete."""
        silence = self.reader.silence_seconds()
        return None if math.isinf(silence) else silence

    def health(self) -> dict[str, object]:
        """Return what an operator asks: how stale, how many, and whether that is too stale."""
        return {
            "staleness_seconds": self.staleness_seconds(),
            "is_silent": self.reader.silence_seconds() > self._max_silence_seconds,
            "revoked": len(self.revoked),
        }

    def close(self) -> None:
        """End the thread; what is known stays known."""
        self.reader.close()

    def after_fork(self) -> None:
        """Begin anew in a child, which inherits memory but no threads."""
        self._is_started = False
        self._is_wary = True
        self.reader.after_fork()

    def _check_closely(self, claims: Claimed) -> None:
        if not self._is_started:
            self.start()
        if self._is_strict and self.reader.silence_seconds() > self._max_silence_seconds:
            raise StoreUnavailableError(STORE, "is silent")
        if self.is_revoked(claims):
            raise TokenInvalidError("revoked")
        # Of a longer lifetime than today's setting: nobody remembers whether it was revoked early on.
        is_longer_lived = claims.expires_at - claims.issued_at > self._keep_seconds
        if is_longer_lived and self._clock() - claims.issued_at > self._keep_seconds:
            raise TokenInvalidError("older than revocations are remembered")
