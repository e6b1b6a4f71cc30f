"""A connection that is lent again is idle: what others left in a transaction is not."""

from types import SimpleNamespace

import pytest
from psycopg2 import extensions

from jwt_auth_core.database.connections.postgres import PostgresConnection


@pytest.mark.parametrize(
    "status", [extensions.TRANSACTION_STATUS_INTRANS, extensions.TRANSACTION_STATUS_INERROR]
)
def test_a_connection_in_a_transaction_is_not_used_again(status):
    """Nobody knows whose transaction it is."""
    raw = SimpleNamespace(closed=0, get_transaction_status=lambda: status)
    lent = SimpleNamespace(_raw=raw, _losses_before=0, _losses=SimpleNamespace(count=0))
    assert not PostgresConnection.usable(lent)
