"""Tickets in Redis with the documented rights of its user."""

from __future__ import annotations

from pathlib import Path

import pytest
import redis

from jwt_auth_core.database.redis import connect
from jwt_auth_core.errors import StoreUnavailableError
from jwt_auth_core.tickets.redis import ACL_RULES, RedisTickets

PAPER = Path(__file__).parents[2] / "docs" / "redis.md"
pytestmark = pytest.mark.servers


def test_the_documented_rights_suffice(own_valkey):
    """A user with the rights of the page keeps and redeems tickets."""
    # RED-1
    (documented,) = [line for line in PAPER.read_text("utf-8").splitlines() if line.startswith("ACL SETUSER")]
    assert {*ACL_RULES.split()} <= {*documented.split()}
    with redis.Redis.from_url(own_valkey.url) as admin:
        admin.execute_command(*documented.split())
    client = connect(own_valkey.url.replace("//", "//jwt-auth:password@"))
    tickets = RedisTickets(client)
    tickets.keep("digest", "kept", seconds=30)
    assert tickets.redeem(["digest", "other"]) == ["kept", None]
    assert tickets.redeem([]) == []
    client.close()


def test_a_server_that_is_gone_is_unavailable(own_valkey):
    """Keeping and redeeming say so; nothing is taken for a spent ticket."""
    client = connect(own_valkey.url)
    tickets = RedisTickets(client)
    own_valkey.kill()
    with pytest.raises(StoreUnavailableError):
        tickets.keep("digest", "kept", seconds=30)
    with pytest.raises(StoreUnavailableError):
        tickets.redeem(["digest"])
    client.close()
