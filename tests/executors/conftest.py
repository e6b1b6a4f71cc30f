"""What the tests of the bounded threads share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from jwt_auth_asgi.executors.pool import Pool
from tests.executors.gate import Exchange, Gate


@pytest.fixture
def gate() -> Iterator[Gate]:
    """Return work that waits; it is let go when the test is over."""
    gate = Gate()
    yield gate
    gate.open.set()


@pytest.fixture
def pool() -> Iterator[Pool]:
    """Return one thread with room for two to wait."""
    pool = Pool("test", threads=1, waiting=2)
    yield pool
    pool.close()


@pytest.fixture
def exchange() -> Iterator[Exchange]:
    """Return a batch call that waits; it is let go when the test is over."""
    exchange = Exchange()
    yield exchange
    exchange.gate.open.set()
