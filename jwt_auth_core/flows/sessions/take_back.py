"""Take a login back: the session ends whose tokens the edge did not hand out after all."""

from __future__ import annotations

from typing import ClassVar

from jwt_auth_core.audit.journal import Journal
from jwt_auth_core.audit.sink import session_mark
from jwt_auth_core.events import DeletionScheduled, SessionEnded
from jwt_auth_core.flows.executor import Executor
from jwt_auth_core.flows.sessions.end_session import EndSession
from jwt_auth_core.flows.sessions.grant import Grant
from jwt_auth_core.flows.sessions.list_sessions import ListSessions
from jwt_auth_core.records import dataclass
from jwt_auth_core.sessions.reason import EndReason
from jwt_auth_core.users.deletion import Deletions
from jwt_auth_core.vocabulary import Clock, UserId


@dataclass(frozen=True, slots=True)
class TakeBack:
    """Ends a session whose tokens nobody has got."""

    executor: ClassVar = Executor.STORE

    end_session: EndSession
    list_sessions: ListSessions
    journal: Journal
    deletions: Deletions
    clock: Clock

    def __call__(self, grant: Grant) -> None:
        """End the session, which the audit had told of; an account that it kept is on its way out again.

        Raises:
            UnavailableError: a store does not answer; nobody has its tokens all the same.
        """
        user_id, reason = grant.user.user_id, EndReason.NOT_GRANTED
        event = SessionEnded(
            at=self.clock(), user_id=user_id, session=session_mark(grant.session_id), reason=reason.value
        )
        self.end_session(grant.session_id, user_id=user_id, reason=reason, event=event)
        if grant.kept_from is not None and not self.list_sessions.ids(user_id):  # nor did anybody else come
            self._delete_again(grant.user.user_id, grant.kept_from)

    def _delete_again(self, user_id: UserId, at: int) -> None:
        with self.journal.together():
            due = self.deletions.schedule(user_id, at=at)
            if due is not None:
                self.journal(DeletionScheduled(at=self.clock(), user_id=user_id, deletion_at=due))
