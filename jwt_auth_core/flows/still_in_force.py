"""Still in force: what opens an account is not added by a session that was ended at that moment (RF-11).

A token is verified before a use case begins. Whoever voids all that opens an account holds its row, and so
does whoever adds to that: looked at behind the lock, one of the two has come first.
"""

from __future__ import annotations

from jwt_auth_core.errors import TokenInvalidError
from jwt_auth_core.tokens.claims import Claims
from jwt_auth_core.users.standing import Standing, Standings, is_in_force
from jwt_auth_core.users.user import User
from jwt_auth_core.vocabulary import SessionId, UserId


def refuse_ended(users: Standings, user_id: UserId, claims: Claims | None) -> None:
    """Raise where the caller's session was ended since its access token was verified.

    To be called in the transaction of a change, when the account's row is held. Without ``claims`` nobody's
    session asks.

    Raises:
        TokenInvalidError: it was, alone or with all others; the transaction is undone by it.
        UnavailableError: the store does not answer.
    """
    if claims is not None:
        (standing,) = users.read([(user_id, SessionId(claims.session_id or ""))])
        _refuse(standing, claims)


def refuse_other(user: User | None, claims: Claims) -> None:
    """Do the same for a user who was just read, without looking at the one session.

    Raises:
        TokenInvalidError: see `refuse_ended`.
    """
    _refuse(Standing(user, session_ended=False), claims)


def _refuse(standing: Standing, claims: Claims) -> None:
    if not is_in_force(standing, since=claims.issued_at, version=claims.session_version):
        raise TokenInvalidError("revoked")
