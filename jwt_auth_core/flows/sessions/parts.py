"""What the use cases of sessions share: their stores, who hears of an end, and the clock."""

from __future__ import annotations

from jwt_auth_core.audit.journal import Journal
from jwt_auth_core.flows.factor_scopes import NO_SCOPES, FactorScopes
from jwt_auth_core.records import dataclass
from jwt_auth_core.revocations.revocations import Revocations
from jwt_auth_core.sessions.session import SessionStore
from jwt_auth_core.sessions.session_index import SessionIndex
from jwt_auth_core.users.store import Users
from jwt_auth_core.vocabulary import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionParts:
    """Made once, at assembly, and handed to each of them whole.

    Attributes:
        sessions: the sessions themselves, and the rotation of their tokens.
        session_index: which of them a user has, for lists and limits.
        users: the users, and which of their sessions were ended.
        revocations: refuses the access tokens of what was ended, here and elsewhere.
        journal: hears what happened, and writes it down with the change.
        clock: the time in whole seconds.
        max_age_seconds: how long a session may last, and so for how long its end is remembered.
        factor_scopes: what a session without a second factor does not grant.
    """

    sessions: SessionStore
    session_index: SessionIndex
    users: Users
    revocations: Revocations
    journal: Journal
    clock: Clock
    max_age_seconds: int
    factor_scopes: FactorScopes = NO_SCOPES
