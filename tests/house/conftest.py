"""Which tests of the house wait for a room that is still being built."""

from __future__ import annotations

import pytest

PENDING: tuple[str, ...] = ("test_every_requirement_is_named_by_a_test",)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect the waiting tests, visibly; take a name off the list to let it hold."""
    waiting = [item for item in items if item.name.partition("[")[0] in PENDING]
    if waiting:
        config.hook.pytest_deselected(items=waiting)
        items[:] = [item for item in items if item not in waiting]
