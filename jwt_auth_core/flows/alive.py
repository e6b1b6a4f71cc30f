"""Alive: whether a session or a token that is good in itself may go on, by what the database says."""

from __future__ import annotations

from jwt_auth_core.sessions.session import Life, Session
from jwt_auth_core.users.standing import Standing


def is_alive(session: Session | Life, standing: Standing) -> bool:
    """Tell whether neither the session nor its user was ended; the store may have forgotten (F-06)."""
    return is_in_force(standing, since=session.authenticated_at)


def is_in_force(standing: Standing, *, since: int) -> bool:
    """Tell whether what began ``since`` (seconds since the epoch) was not ended with its user or session."""
    user = standing.user
    if user is None or user.disabled_at is not None or standing.session_ended:
        return False
    cut_off = user.sessions_valid_after
    return cut_off is None or since >= cut_off
