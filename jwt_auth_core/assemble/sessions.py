"""Sessions: what begins, renews, lists and ends them."""

from __future__ import annotations

from typing import TypedDict

from jwt_auth_core.assemble.parts import Parts
from jwt_auth_core.assemble.places import places
from jwt_auth_core.assemble.session_limit import session_limit
from jwt_auth_core.flows.sessions.account_limits import AccountLimits
from jwt_auth_core.flows.sessions.find_places import FindPlaces
from jwt_auth_core.flows.sessions.list_sessions import ListSessions
from jwt_auth_core.flows.sessions.login import Login
from jwt_auth_core.flows.sessions.logout import Logout
from jwt_auth_core.flows.sessions.recheck import Recheck
from jwt_auth_core.flows.sessions.refresh import Refresh
from jwt_auth_core.flows.sessions.revoke_session import RevokeSession
from jwt_auth_core.flows.sessions.show_session import ShowSession
from jwt_auth_core.flows.sessions.take_back import TakeBack


class SessionFlows(TypedDict):
    """The use cases of this group, by their names in `Auth`."""

    login: Login
    account_limits: AccountLimits
    refresh: Refresh
    logout: Logout
    list_sessions: ListSessions
    revoke_session: RevokeSession
    show_session: ShowSession
    find_places: FindPlaces
    recheck: Recheck
    take_back: TakeBack


def session_flows(parts: Parts) -> SessionFlows:
    """Return the use cases of this group."""
    return {
        "login": Login(parts.passwords, parts.stores.users, parts.open_session, parts.account_limits.limits),
        "account_limits": parts.account_limits,
        "refresh": Refresh(
            parts.sessions,
            parts.refresh_tokens,
            parts.tokens,
            parts.end_session,
            session_limit(parts.settings),
            parts.refusals,
        ),
        "logout": Logout(parts.end_session, parts.refresh_tokens),
        "list_sessions": parts.list_sessions,
        "revoke_session": parts.revoke_session,
        "show_session": ShowSession(parts.stores.sessions, parts.refresh_tokens),
        "find_places": FindPlaces(places(parts.settings)),
        "recheck": parts.recheck,
        "take_back": TakeBack(
            parts.end_session, parts.list_sessions, parts.journal, parts.deletions, parts.clock
        ),
    }
