"""A transaction begins on a connection that is alive: one that died while it was idle is replaced, once."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from jwt_auth_core.database.pool import Pool
from jwt_auth_core.database.pooled import PooledDatabase
from jwt_auth_core.database.query import Outcome
from jwt_auth_core.errors import AuthError, QueryError, StoreUnavailableError
from tests.database.test_pool import FakeConnection


class Mortal(FakeConnection):
    """A connection that looks alive until its first statement, which may fail."""

    def __init__(self, fault: AuthError | None, *, survives: bool) -> None:
        super().__init__()
        self.fault = fault
        self.survives = survives

    def execute(self, text: str, values: Sequence[object] = ()) -> Outcome:
        """Note the statement, or fail."""
        if self.fault is not None:
            self.alive = self.survives
            raise self.fault
        return super().execute(text, values)


def database(*connections: Mortal) -> tuple[PooledDatabase, Pool]:
    """Return a database whose pool opens these, one after the other, and one at a time."""
    pool = Pool("fake", iter(connections).__next__, size=1, wait_seconds=5)
    return PooledDatabase(pool, dialect="sqlite", begin="BEGIN"), pool


def dead() -> Mortal:
    """Return one whose server is gone."""
    return Mortal(StoreUnavailableError("fake"), survives=False)


def test_what_died_while_idle_is_replaced():
    """Nothing has run yet: the transaction begins on a new connection, and nobody notices."""  # F-14
    new = Mortal(None, survives=True)
    ours, pool = database(dead(), new)
    with ours.transaction():
        assert new.texts == ["BEGIN"]
    assert (new.texts, pool.take()) == (["BEGIN", "COMMIT"], new)


def test_a_second_death_is_an_outage():
    """Not a third try; the place in the pool is free again."""  # F-14
    last = Mortal(None, survives=True)
    ours, pool = database(dead(), dead(), last)
    with pytest.raises(StoreUnavailableError), ours.transaction():
        pytest.fail("it has not begun")
    assert pool.take() is last


@pytest.mark.parametrize("fault", [StoreUnavailableError("fake"), QueryError("no such thing")])
def test_a_refused_beginning_costs_no_connection(fault):
    """A server that is alive and says no, or not now, keeps its connection."""
    refuses = Mortal(fault, survives=True)
    ours, pool = database(refuses)
    with pytest.raises(type(fault)), ours.transaction():
        pytest.fail("it has not begun")
    assert pool.take() is refuses
