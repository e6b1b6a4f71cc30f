"""Ending everything of a user: log out everywhere, disable, delete.

The cut-off in the database comes first: from then on no older session or access token is good,
whatever happens to this process, to Redis or to the list of sessions (RF-06, F-18).
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Final

from jwt_auth_core.audit import AuditSink, Event
from jwt_auth_core.errors import UnavailableError
from jwt_auth_core.flows.ending import Ending
from jwt_auth_core.flows.list_sessions import ListSessions
from jwt_auth_core.users.account import Accounts
from jwt_auth_core.vocabulary import Clock, SessionId, UserId

_LOGGER: Final = logging.getLogger("jwt_auth.end_user")


@dataclass(frozen=True, slots=True)
class EndUser:
    """The use cases; their parts are named once, at assembly."""

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
        cut_off = self.next_cut_off()
        self.accounts.cut_off(user_id, at=cut_off)
        self.clear(user_id, cut_off=cut_off, reason="logout_all")
        self.audit(Event("logged_out_everywhere", user_id=user_id))

    def disable(self, user_id: UserId) -> None:
        """Refuse the user's logins and refreshes and end what is open, until `enable`.

        Raises:
            UserNotFoundError: there is no such user.
            UnavailableError: the database does not answer; try again.
        """
        cut_off = self.next_cut_off()
        self.accounts.disable(user_id, now=self.clock())
        self.accounts.cut_off(user_id, at=cut_off)
        self.clear(user_id, cut_off=cut_off, reason="disabled")
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
            UnavailableError: the database does not answer; try again.
        """
        # While the row is there, it holds the cut-off; each session's end is kept beyond it.
        self.disable(user_id)
        for session_id in self.listing.ids(user_id):
            self.ending(session_id, user_id=user_id, reason="deleted")
        self.accounts.delete(user_id)
        self.audit(Event("user_deleted", user_id=user_id))

    def next_cut_off(self) -> int:
        """Return a cut-off that everything up to this second is older than."""
        return self.clock() + 1

    def clear(self, user_id: UserId, *, cut_off: int, reason: str, keep: SessionId | None = None) -> None:
        """Announce a cut-off that is in the database already, and tidy up the sessions before it.

        Nothing here can fail the caller: refreshes compare the cut-off, and who follows the
        revocations finds it in the database.
        """
        try:
            self.ending.revocations.revoke_user(user_id, before=cut_off)
            for session_id in self.listing.ids(user_id):
                if session_id != keep:
                    self.ending.sessions.end(session_id, reason)
                    self.listing.roster.remove(session_id)
        except UnavailableError as error:
            _LOGGER.warning("sessions end at their next use, not at once: %s", error)
