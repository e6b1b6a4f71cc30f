"""Where a contract is held: in memory, in both databases, and on Redis in all its forms."""

from __future__ import annotations

import pytest

_SERVERS = [pytest.mark.servers]
KINDS = [
    pytest.param("memory"),
    pytest.param("sqlite"),
    pytest.param("postgres", marks=_SERVERS),
    pytest.param("valkey", marks=_SERVERS),
    pytest.param("cluster", marks=_SERVERS),
    pytest.param("sentinel", marks=_SERVERS),
]
SESSION_KINDS = [*KINDS, pytest.param("wires", marks=_SERVERS)]
"""Of sessions, Redis once more as an event loop uses it: without the driver on the usual way."""
