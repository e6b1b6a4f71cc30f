"""How long an access token lives, where it is to be shorter than usual."""

from __future__ import annotations

import pytest

from jwt_auth_core.tokens import AccessTokens
from tests.tokens.forge import NOW, RING


@pytest.mark.parametrize("seconds", [0, -1, 901])
def test_a_token_lives_no_longer_than_usual(seconds):
    """A lifetime of its own is shorter, and at least a second."""
    # F-21
    tokens = AccessTokens(RING, ttl_seconds=900)
    claims = tokens.verify(tokens.issue(subject="42", now=NOW, lifetime_seconds=1), now=NOW)
    assert claims.expires_at - claims.issued_at == 1
    with pytest.raises(ValueError, match="lifetime_seconds is from 1 to 900"):
        tokens.issue(subject="42", lifetime_seconds=seconds)
