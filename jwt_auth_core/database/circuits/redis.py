"""The circuits of Redis servers: one for each pool of connections; each node of a cluster has its own.

Loaded by ``database/redis.py``, which says what is missing where the driver is.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any, Final

import redis
from redis import exceptions as its

from jwt_auth_core.database.circuits.circuit import Circuit

FAILURES: Final = (its.RedisError, its.RedisClusterException, its.ChildDeadlockedError, OSError)
"""All that the driver raises."""


class SilentError(its.TimeoutError):
    """Raised in the driver's place where a server has kept silent and has not been heard since."""


_CIRCUITS: Final[weakref.WeakKeyDictionary[Any, Circuit]] = weakref.WeakKeyDictionary()
"""Of each pool of connections: a cluster has one a node."""


def circuit_of(server: Any, cluster: Any = None) -> Circuit:
    """Return the circuit of a server; of a node, its cluster is asked for the map while it keeps silent."""
    pool = server.connection_pool
    found = _CIRCUITS.get(pool)
    if found is None:
        map_of = None if cluster is None else weakref.ref(cluster.nodes_manager)
        found = _CIRCUITS.setdefault(pool, Circuit("redis", partial(is_heard, weakref.ref(pool), map_of)))
    return found


def is_heard(pool_of: Callable[[], Any], map_of: Callable[[], Any] | None) -> bool:
    """Tell whether a server says anything; while a cluster's node does not, look for who is in its place."""
    pool = pool_of()
    if pool is None:
        return True
    server: Any = redis.Redis(connection_pool=pool)
    try:
        server.ping()
    except its.TimeoutError:
        nodes = None if map_of is None else map_of()
        if nodes is not None:
            with suppress(*FAILURES):
                nodes.initialize()
        return False
    except FAILURES:
        return True  # refused, or nobody there: that is said at once
    return True


@contextmanager
def heard(server: Any, cluster: Any = None) -> Generator[None]:
    """Leave a server alone that has kept silent; note one that does."""
    circuit = circuit_of(server, cluster)
    if circuit.is_open:
        raise SilentError
    try:
        yield
    except its.TimeoutError:
        circuit.trip()
        raise
