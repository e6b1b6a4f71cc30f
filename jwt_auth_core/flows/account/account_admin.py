"""Ending everything of a user: log out everywhere, disable, delete.

The cut-off in the database comes first: from then on no older session or access token is good,
whatever happens to this process, to Redis or to the list of sessions (RF-06, F-18).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from functools import partial
from typing import ClassVar, Final

from jwt_auth_core.errors import TokenInvalidError, UnavailableError, UserNotFoundError
from jwt_auth_core.events import LoggedOutEverywhere, ScopesChanged, UserDeleted, UserDisabled, UserEnabled
from jwt_auth_core.flows.api_keys.revoke_api_key import RevokeApiKey
from jwt_auth_core.flows.executor import Executor
from jwt_auth_core.flows.sessions.end_session import EndSession
from jwt_auth_core.flows.sessions.list_sessions import ListSessions
from jwt_auth_core.flows.sessions.login import identity
from jwt_auth_core.flows.sessions.parts import SessionParts
from jwt_auth_core.records import dataclass
from jwt_auth_core.sessions.reason import EndReason
from jwt_auth_core.tokens.claims import Claims
from jwt_auth_core.users.standing import is_in_force
from jwt_auth_core.users.user import User
from jwt_auth_core.vocabulary import Client, SessionId, UserId

_LOGGER: Final = logging.getLogger("jwt_auth.end_user")

Check = Callable[[], None]
"""Asked in the transaction of a change; what it raises undoes that."""


@dataclass(frozen=True, slots=True)
class AccountAdmin:
    """What an operator does to an account; what is ended is refused everywhere within a second."""

    executor: ClassVar = Executor.STORE

    parts: SessionParts
    list_sessions: ListSessions
    end_session: EndSession
    revoke_api_key: RevokeApiKey

    def find(self, address: str) -> User:
        """Return the user who would log in with this address, disabled or not.

        Raises:
            UserNotFoundError: there is none.
            UnavailableError: the database does not answer.
        """
        user = self.parts.users.find_by_email(identity(address))
        if user is None:
            raise UserNotFoundError
        return user

    def logout_all(
        self, user_id: UserId, client: Client | None = None, *, claims: Claims | None = None
    ) -> None:
        """End all sessions and access tokens of the user.

        With the ``claims`` of the caller's access token it acts only while that is in force: of many
        calls at once with one token, one acts.

        Raises:
            UserNotFoundError: there is no such user.
            TokenInvalidError: the caller's token was ended meanwhile.
            UnavailableError: the database does not answer; try again.
        """
        now = self.parts.clock()
        event = LoggedOutEverywhere(at=now, user_id=user_id, client=client)
        version = (
            self._cut_off(user_id, event) if claims is None else self._cut_off_by(user_id, claims, event)
        )
        self.clear(user_id, now=now, version=version, reason=EndReason.LOGOUT_ALL)

    def disable(self, user_id: UserId, *, check: Check | None = None) -> None:
        """Refuse the user's logins and refreshes and end what is open, until `enable`.

        ``check`` is asked in the transaction of the change, and may refuse it by what it raises.

        Raises:
            UserNotFoundError: there is no such user.
            UnavailableError: the database does not answer; try again.
        """
        now = self.parts.clock()
        with self.parts.journal.together():
            if check is not None:
                check()
            version = self.parts.users.disable(user_id, now=now)
            self.revoke_api_key.all(user_id, reason=EndReason.DISABLED)
            self.parts.journal(UserDisabled(at=now, user_id=user_id))
        self.clear(user_id, now=now, version=version, reason=EndReason.DISABLED)

    def enable(self, user_id: UserId) -> None:
        """Let the user log in again; what was ended stays ended.

        Raises:
            UserNotFoundError: there is no such user.
            UnavailableError: the database does not answer.
        """
        with self.parts.journal.together():
            self.parts.users.enable(user_id)
            self.parts.journal(UserEnabled(at=self.parts.clock(), user_id=user_id))

    def set_scopes(self, user_id: UserId, scopes: Iterable[str]) -> None:
        """Replace the scopes of the user's next access tokens; those that are out keep theirs.

        Raises:
            TypeError: one text in place of several scopes.
            InvalidInputError: a scope is empty, or has a character that RFC 6749 does not allow.
            UserNotFoundError: there is no such user.
            UnavailableError: the database does not answer.
        """
        with self.parts.journal.together():
            self.parts.users.set_scopes(user_id, scopes)
            self.parts.journal(ScopesChanged(at=self.parts.clock(), user_id=user_id))

    def delete(self, user_id: UserId) -> None:
        """Remove the user with all sessions and access tokens.

        Raises:
            UserNotFoundError: there is no such user.
            UnavailableError: a store does not answer; the user is at most disabled, try again.
        """
        now = self.parts.clock()
        # Mark and cut-off are one write, so that no login can slip in between.
        with self.parts.journal.together():
            version = self.parts.users.disable(user_id, now=now)
            self.revoke_api_key.all(user_id, reason=EndReason.DELETED)
        self.clear(user_id, now=now, version=version, reason=EndReason.DELETED)
        # The row takes its cut-off along: by then every process has to hear of it from elsewhere.
        self._announce(user_id, now=now, version=version)
        with self.parts.journal.together():
            self.parts.users.delete(user_id)
            self.parts.journal(UserDeleted(at=now, user_id=user_id))

    def clear(
        self, user_id: UserId, *, now: int, version: int, reason: EndReason, keep: SessionId | None = None
    ) -> None:
        """Announce a cut-off that is in the database already, and end the sessions one by one.

        ``version`` is the user's session version since then.

        Nothing here can fail the caller: refreshes compare the cut-off, and who follows the
        revocations finds it in the database.
        """
        _try(partial(self._announce, user_id, now=now, version=version))
        _try(partial(self._end_listed, user_id, reason, keep))

    def announce_again(self, user: User) -> None:
        """Announce the user's last cut-off, if there is one, for a call whose answer may have been lost."""
        if user.session_version and user.sessions_valid_after is not None:
            words = {"now": user.sessions_valid_after, "version": user.session_version}
            _try(partial(self._announce, user.user_id, **words))

    def _cut_off(self, user_id: UserId, event: LoggedOutEverywhere) -> int:
        version = self._noted_cut_off(user_id, event)
        if version is None:  # no version was expected
            raise UserNotFoundError
        return version

    def _cut_off_by(self, user_id: UserId, claims: Claims, event: LoggedOutEverywhere) -> int:
        version = None
        while version is None:
            (standing,) = self.parts.users.read([(user_id, SessionId(claims.session_id or ""))])
            if standing.user is None:
                raise UserNotFoundError
            if not is_in_force(standing, since=claims.issued_at, version=claims.session_version):
                # By a call of before, perhaps, whose answer was lost: nobody may have announced it.
                self.announce_again(standing.user)
                raise TokenInvalidError("revoked")
            # None where somebody else was faster: then the token is looked at once more.
            expected = standing.user.session_version
            version = self._noted_cut_off(user_id, event, expected)
        return version

    def _noted_cut_off(
        self, user_id: UserId, event: LoggedOutEverywhere, expected_version: int | None = None
    ) -> int | None:
        with self.parts.journal.together():
            version = self.parts.users.cut_off(user_id, now=event.at, expected_version=expected_version)
            if version is not None:
                self.parts.journal(event)
            return version

    def _announce(self, user_id: UserId, *, now: int, version: int) -> None:
        self.parts.revocations.revoke_user(user_id, before=now + 1, session_version=version)

    def _end_listed(self, user_id: UserId, reason: EndReason, keep: SessionId | None) -> None:
        # Also in the database, one by one: sessions of before they were numbered are judged by their
        # store's clock, which may be ahead.
        listed = [session_id for session_id in self.list_sessions.ids(user_id) if session_id != keep]
        self.end_session.all(listed, user_id=user_id, reason=reason)


def _try(step: Callable[[], None]) -> None:
    try:
        step()
    except UnavailableError as error:
        _LOGGER.warning("sessions end at their next use, not at once: %s", error)
