"""A Redis store that counts what it is asked."""

from __future__ import annotations

import pytest

from tests.contracts.rigs import RedisRig


class CountingRig(RedisRig):
    """A rig that knows how many commands its server has processed."""

    def commands(self) -> int:
        """Return the number of commands so far, this one not yet counted."""
        return self.client.info("stats")["total_commands_processed"]


@pytest.fixture
def own_store(redis_url):
    """Return a store on an empty server."""
    rig = CountingRig(redis_url)
    yield rig
    rig.client.close()
