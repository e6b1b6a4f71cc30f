"""Take a login back: the session ends whose tokens the edge did not hand out after all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from jwt_auth_core.audit.sink import session_mark
from jwt_auth_core.events import SessionEnded
from jwt_auth_core.flows.executor import Executor
from jwt_auth_core.flows.sessions.end_session import EndSession
from jwt_auth_core.flows.sessions.grant import Grant
from jwt_auth_core.sessions.reason import EndReason
from jwt_auth_core.vocabulary import Clock


@dataclass(frozen=True, slots=True)
class TakeBack:
    """The use case; its parts are named once, at assembly."""

    executor: ClassVar = Executor.STORE

    end_session: EndSession
    clock: Clock

    def __call__(self, grant: Grant) -> None:
        """End the session, which the audit had told of.

        Raises:
            UnavailableError: a store does not answer; nobody has its tokens all the same.
        """
        user_id, reason = grant.user.user_id, EndReason.NOT_GRANTED
        event = SessionEnded(
            at=self.clock(), user_id=user_id, session=session_mark(grant.session_id), reason=reason.value
        )
        self.end_session(grant.session_id, user_id=user_id, reason=reason, event=event)
