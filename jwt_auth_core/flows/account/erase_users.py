"""Erase users: remove all that is kept of those whose deletion is due, and leave a pseudonym in the audit.

What Redis has goes first, then all that the database has, in one transaction with the events. Where a process
is killed in between, another one does all of it; what was written meanwhile is looked for a day later.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Sequence
from dataclasses import field
from typing import ClassVar, Final

from jwt_auth_core.audit.audit import Audit
from jwt_auth_core.errors import ConstraintError, UnavailableError, UserNotFoundError
from jwt_auth_core.events import UserDeleted
from jwt_auth_core.flows.account.account_admin import AccountAdmin
from jwt_auth_core.flows.executor import Executor
from jwt_auth_core.flows.sessions.parts import SessionParts
from jwt_auth_core.flows.sweeper import Sweeper
from jwt_auth_core.records import dataclass
from jwt_auth_core.sessions.reason import EndReason
from jwt_auth_core.users.deletion import Erasure, ErasureRefusedError, SqlDeletions
from jwt_auth_core.users.user import User
from jwt_auth_core.vocabulary import UserId

AT_ONCE: Final = 20
"""How many users one step erases; a step that found so many is followed by the next."""

AGAIN_SECONDS: Final = 3600
"""When a user is tried again whom a table of the application still refers to."""

SOON_SECONDS: Final = 300
"""When a user is tried again who met a store that did not answer."""

STEP_SECONDS: Final = 60.0
"""How often a serving process looks."""

_LOGGER: Final = logging.getLogger("jwt_auth.erasure")


@dataclass(frozen=True, slots=True)
class EraseUsers:
    """Removes users for good, each in one transaction; may run in several processes at once.

    ``later`` has whom this process could not erase, and from when on it tries again.
    """

    executor: ClassVar = Executor.STORE

    parts: SessionParts
    deletions: SqlDeletions
    audit: Audit
    end_user: AccountAdmin
    later: dict[UserId, int] = field(default_factory=dict[UserId, int], compare=False)

    def __call__(self) -> int:
        """Erase those whose time has come, some at once; return how many.

        Raises:
            UnavailableError: a store does not answer; whom that hit stays for the next time.
        """
        now = self.parts.clock()
        due = self.deletions.due(now=now, most=AT_ONCE + len(self.later))
        erased = sum(self._tried(user_id, now) for user_id in due if self.later.get(user_id, 0) <= now)
        for erasure in self.deletions.late(now=now, most=AT_ONCE):
            told = self.audit.telling_of(erasure.user_id)
            with self.parts.journal.together():
                self._remove_traces(erasure, told)
                self.deletions.forget(erasure)
        return erased

    def at_once(self, user: User) -> None:
        """Erase a user for an operator, without any grace.

        Raises:
            ErasureRefusedError: a table of the application refers to the user.
            UserNotFoundError: the user is gone, or being erased by another process.
            UnavailableError: a store does not answer; the user is ended, and erased by whoever looks next.
        """
        now, user_id = self.parts.clock(), user.user_id
        with self.parts.journal.together():
            version = self.parts.users.disable(user_id, now=now)
            self.deletions.move(user_id, to=now)
        self.end_user.clear(user_id, now=now, version=version, reason=EndReason.DELETED)
        try:
            is_done = self._erase(user_id, now)
        except ConstraintError as error:
            raise ErasureRefusedError(error.constraint) from error
        if not is_done:
            raise UserNotFoundError

    def _tried(self, user_id: UserId, now: int) -> bool:
        try:
            is_done = self._erase(user_id, now)
        except ConstraintError as error:
            # Of all users whose time has come, this one must not be the only one that is tried.
            self.later[user_id] = now + AGAIN_SECONDS
            _LOGGER.error("user %s cannot be erased, and is tried again in an hour: %s", user_id, error)  # noqa: TRY400
            return False
        except UnavailableError as error:
            self.later[user_id] = now + SOON_SECONDS
            _LOGGER.warning("user %s is erased later: %s", user_id, error)
            return False
        self.later.pop(user_id, None)
        return is_done

    def _erase(self, user_id: UserId, now: int) -> bool:
        for session_id in self.deletions.sessions_of(user_id):
            self.parts.sessions.forget(session_id)
        told = self.audit.telling_of(user_id)
        erasure = Erasure(user_id, UserId(f"erased-{secrets.token_hex(8)}"))
        with self.parts.journal.together():
            if not self.deletions.claim(user_id, now=now):
                return False
            self.deletions.note(erasure, now=now)
            # The application hears who it was: it has something of the user, too.
            self.parts.journal(UserDeleted(at=now, user_id=user_id))
            self._remove_traces(erasure, told)
            self.parts.users.delete(user_id)
        _LOGGER.info("a user was erased; the audit calls them %s", erasure.pseudonym)
        return True

    def _remove_traces(self, erasure: Erasure, told: Sequence[int]) -> None:
        self.deletions.remove_traces(erasure.user_id)
        self.audit.erase(erasure.user_id, erasure.pseudonym, told=told)


class Eraser(Sweeper):
    """Erases in the background."""

    def __init__(self, erase: EraseUsers) -> None:
        super().__init__(
            erase,
            most=AT_ONCE,
            seconds=STEP_SECONDS,
            name="jwt-auth-erasure",
            logger=_LOGGER,
            warning="nobody was erased, and it is tried again",
        )
