"""The access token of a grant, where the clocks of the process and of the session store disagree."""

from __future__ import annotations

from collections import Counter

import pytest

from jwt_auth_core.flows.sessions.grant import grant, lifetime_of
from jwt_auth_core.keys.ring import KeyRing
from jwt_auth_core.sessions.session import Life, new_session_id
from jwt_auth_core.sessions.token import RefreshTokens
from jwt_auth_core.tokens.access import AccessTokens
from jwt_auth_core.users.user import User
from jwt_auth_core.vocabulary import SessionId, UserId

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


def test_tokens_of_one_moment_end_at_many():
    """Of ten thousand logins at a deploy no second has more than a few hundred refreshes; none is late."""
    # F-21
    ends = Counter(lifetime_of(new_session_id(), ttl_seconds=900) for _ in range(10_000))
    assert (min(ends), max(ends)) == (855, 900)
    assert max(ends.values()) < 400


def test_a_session_has_one_lifetime():
    """Whichever process grants; so the token says what the answer says."""
    # F-21
    ids = [new_session_id() for _ in range(50)]
    assert [lifetime_of(one, ttl_seconds=900) for one in ids] == [
        lifetime_of(one, ttl_seconds=900) for one in ids
    ]
    assert lifetime_of(SessionId("0" * 32), ttl_seconds=900) == 900


@pytest.mark.parametrize("ttl_seconds", [1, 19])
def test_a_short_life_is_not_shortened(ttl_seconds):
    """A twentieth of it is less than a second."""
    assert {lifetime_of(new_session_id(), ttl_seconds=ttl_seconds) for _ in range(50)} == {ttl_seconds}
