"""The access token of a grant, where the clocks of the process and of the session store disagree."""

from __future__ import annotations

import pytest

from jwt_auth_core.flows.sessions.grant import grant
from jwt_auth_core.keys.ring import KeyRing
from jwt_auth_core.sessions.session import Life, new_session_id
from jwt_auth_core.sessions.token import RefreshTokens
from jwt_auth_core.tokens.access import AccessTokens
from jwt_auth_core.users.user import User
from jwt_auth_core.vocabulary import UserId

NOW = 1_800_000_000
SECRET = "a secret that only the tests of grants know"


@pytest.mark.parametrize("authenticated_at", [NOW - 5, NOW, NOW + 1, NOW + 60, NOW + 3600])
@pytest.mark.parametrize("number", [None, 0, 7])
def test_a_token_is_of_now_and_bears_the_sessions_number(authenticated_at, number):
    """It is never from the future, however far ahead the store's clock is: verifiers refuse that."""
    # F-22
    tokens = AccessTokens(KeyRing.from_secret(SECRET), clock=lambda: NOW)
    user = User(UserId("0192f0c1-7d3e-4e9a-8c55-1d2b3c4d5e6f"), "a@b.example", "A", "B", "", frozenset())
    session_id, life = new_session_id(), Life(authenticated_at, NOW + 9, number)
    first = RefreshTokens([SECRET.encode()]).first(session_id)
    made = grant(tokens, user=user, session_id=session_id, life=life, refresh=first, now=NOW)
    claims = tokens.verify(made.access_token)
    assert (claims.issued_at, claims.session_version) == (NOW, number)
