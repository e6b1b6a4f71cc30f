"""Ending everything of a user: log out everywhere, disable, delete.

The cut-off in the database comes first: from then on no older session or access token is good,
whatever happens to this process, to Redis or to the list of sessions (RF-06, F-18).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

from jwt_auth_core.audit import AuditSink, Event
from jwt_auth_core.errors import UnavailableError, UserNotFoundError
from jwt_auth_core.flows.ending import Ending
from jwt_auth_core.flows.list_sessions import ListSessions
from jwt_auth_core.users.account import Accounts
from jwt_auth_core.users.user import User, UserStore
from jwt_auth_core.vocabulary import Clock, SessionId, UserId

_LOGGER: Final = logging.getLogger("jwt_auth.end_user")


def next_cut_off(user: User, *, now: int) -> int:
    """Return a cut-off that everything of the user up to this second is older than.

    Also what was opened in this second after an earlier cut-off, which counts as the next second's.
    """
    return max(now, user.sessions_valid_after or 0) + 1


@dataclass(frozen=True, slots=True)
class EndUser:
    """The use cases; their parts are named once, at assembly."""

    users: UserStore
    accounts: Accounts
    listing: ListSessions
    ending: Ending
    audit: AuditSink
    clock: Clock

    def logout_all(self, user_id: UserId) -> None:
        """End all sessions and access tokens of the user.

        Raises:
            UserNotFoundError: there is no such user.
            UnavailableError: the database does not answer; try again.
        """
        self._cut_off(user_id, reason="logout_all")
        self.audit(Event("logged_out_everywhere", user_id=user_id))

    def disable(self, user_id: UserId) -> None:
        """Refuse the user's logins and refreshes and end what is open, until `enable`.

        Raises:
            UserNotFoundError: there is no such user.
            UnavailableError: the database does not answer; try again.
        """
        self._disable(user_id, reason="disabled")
        self.audit(Event("user_disabled", user_id=user_id))

    def enable(self, user_id: UserId) -> None:
        """Let the user log in again; what was ended stays ended.

        Raises:
            UserNotFoundError: there is no such user.
            UnavailableError: the database does not answer.
        """
        self.accounts.enable(user_id)
        self.audit(Event("user_enabled", user_id=user_id))

    def delete(self, user_id: UserId) -> None:
        """Remove the user with all sessions and access tokens.

        Raises:
            UserNotFoundError: there is no such user.
            UnavailableError: a store does not answer; the user is at most disabled, try again.
        """
        cut_off = self._disable(user_id, reason="deleted")
        # The row takes its cut-off along: by then every process has to hear of it from elsewhere.
        self.ending.revocations.revoke_user(user_id, before=cut_off)
        self.accounts.delete(user_id)
        self.audit(Event("user_deleted", user_id=user_id))

    def clear(self, user_id: UserId, *, cut_off: int, reason: str, keep: SessionId | None = None) -> None:
        """Announce a cut-off that is in the database already, and end the sessions one by one.

        Nothing here can fail the caller: refreshes compare the cut-off, and who follows the
        revocations finds it in the database.
        """
        _try(partial(self.ending.revocations.revoke_user, user_id, before=cut_off))
        _try(partial(self._end_listed, user_id, reason, keep))

    def _disable(self, user_id: UserId, *, reason: str) -> int:
        # First, so that no login can slip in behind the cut-off.
        self.accounts.disable(user_id, now=self.clock())
        return self._cut_off(user_id, reason=reason)

    def _cut_off(self, user_id: UserId, *, reason: str) -> int:
        user = self.users.find(user_id)
        if user is None:
            raise UserNotFoundError
        cut_off = next_cut_off(user, now=self.clock())
        self.accounts.cut_off(user_id, at=cut_off)
        self.clear(user_id, cut_off=cut_off, reason=reason)
        return cut_off

    def _end_listed(self, user_id: UserId, reason: str, keep: SessionId | None) -> None:
        # Also in the database, one by one: a login that overlaps, or a store whose clock is ahead,
        # may have opened a session that the cut-off takes for a younger one.
        listed = [session_id for session_id in self.listing.ids(user_id) if session_id != keep]
        self.ending.all(listed, user_id=user_id, reason=reason)


def _try(step: Callable[[], None]) -> None:
    try:
        step()
    except UnavailableError as error:
        _LOGGER.warning("sessions end at their next use, not at once: %s", error)
