"""Alive: whether a session or a token that is good in itself may go on, by what the database says."""

from __future__ import annotations

from jwt_auth_core.revocations.revocation import CutOff
from jwt_auth_core.sessions.session import Life, Session
from jwt_auth_core.tokens.claims import Claims
from jwt_auth_core.users.standing import Standing, is_in_force


def is_alive(session: Session | Life, standing: Standing) -> bool:
    """Tell whether neither the session nor its user was ended; the store may have forgotten (F-06)."""
    return is_in_force(standing, since=session.authenticated_at, version=session.session_version)


def is_current(standing: Standing, claims: Claims) -> bool:
    """Tell whether an access token is younger than the last cut-off of its user's access tokens."""
    user = standing.user
    if user is None or user.tokens_valid_after is None:
        return True  # what there is of the user others look at
    before = user.tokens_valid_after + 1
    return not CutOff(user.user_id, before, token_version=user.token_version).concerns(claims)
