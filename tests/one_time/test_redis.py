"""Codes in Redis whose server may be gone."""

from __future__ import annotations

import pytest

from jwt_auth_core.database.redis import connect
from jwt_auth_core.errors import StoreUnavailableError
from jwt_auth_core.one_time.redis import RedisCodes

pytestmark = pytest.mark.servers


def test_a_server_that_is_gone_is_unavailable(own_valkey):
    """Keeping and redeeming say so; nothing is taken for a spent code."""
    client = connect(own_valkey.url)
    codes = RedisCodes(client)
    own_valkey.kill()
    with pytest.raises(StoreUnavailableError):
        codes.keep("digest", "kept", seconds=30)
    with pytest.raises(StoreUnavailableError):
        codes.redeem(["digest"])
    client.close()
