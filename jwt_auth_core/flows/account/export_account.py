"""Export the account: all that is kept of a user, without what opens anything."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar, Final

from jwt_auth_core.audit.journal import Journal
from jwt_auth_core.database.query import Database
from jwt_auth_core.database.row import Row
from jwt_auth_core.events import AccountExported
from jwt_auth_core.flows.account.current_user import CurrentUser
from jwt_auth_core.flows.account.kept import EXPORTED, MOST_EVENTS
from jwt_auth_core.flows.executor import Executor
from jwt_auth_core.flows.fresh_login import FreshLogin
from jwt_auth_core.flows.sessions.list_sessions import ListSessions
from jwt_auth_core.records import dataclass
from jwt_auth_core.sessions.session import Session
from jwt_auth_core.timestamp import timestamp
from jwt_auth_core.tokens.claims import Claims
from jwt_auth_core.vocabulary import Client, Clock, UserId

_TIMES: Final = ("at", "_at", "_until", "_after")


@dataclass(frozen=True, slots=True)
class ExportAccount:
    """Collects what is kept of a user; hashes and secrets are left out."""

    executor: ClassVar = Executor.STORE

    database: Database
    current_user: CurrentUser
    list_sessions: ListSessions
    fresh_login: FreshLogin
    journal: Journal
    clock: Clock

    def __call__(self, user_id: str, client: Client, claims: Claims | None = None) -> dict[str, object]:
        """Return what each table has of the user, by its name, and the live sessions; JSON can hold it.

        Times are texts in UTC. The audit has the newest `MOST_EVENTS`, the export itself among them.

        Raises:
            InsufficientAuthenticationError: the login of the ``claims`` is not fresh, or showed no second
                factor where there is one.
            UserNotFoundError: the user is gone or disabled.
            UnavailableError: a store does not answer.
        """
        user, now = self.current_user(user_id), self.clock()
        self.fresh_login.check(claims, user=user)
        owner = user.user_id
        self.journal(AccountExported(at=now, user_id=owner, client=client))
        tables = {name: self._rows(name, owner) for name in EXPORTED}
        sessions = [_session(one) for one in self.list_sessions(owner)]
        return {"exported_at": timestamp(now), "sessions": sessions, **tables}

    def _rows(self, table: str, owner: UserId) -> list[dict[str, object]]:
        values = (owner, MOST_EVENTS) if table == "auth_audit" else (owner,)
        return [_shown(row) for row in self.database.query(EXPORTED[table], values, fetch="all")]


def _shown(row: Row) -> dict[str, object]:
    return {name: _value(name, value) for name, value in row.items()}


def _value(name: str, value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if name == "facts" and isinstance(value, str):
        facts: object = json.loads(value)
        return facts
    if type(value) is int and (name in _TIMES or name.endswith(_TIMES[1:])):
        return timestamp(value)
    return value if value is None or isinstance(value, str | int | float) else str(value)


def _session(session: Session) -> Mapping[str, object]:
    return {
        "session_id": session.session_id,
        "created_at": timestamp(session.created_at),
        "last_used_at": timestamp(session.last_used_at),
        "ends_at": timestamp(session.ends_at),
        "methods": list(session.methods),
        "address": session.client.address,
        "user_agent": session.client.user_agent,
    }
