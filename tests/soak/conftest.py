"""What the soak needs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest


@pytest.fixture
def closing() -> Iterator[ExitStack]:
    """Return what closes whatever a test opens."""
    with ExitStack() as stack:
        yield stack
