"""The clock that everything tells the time by where none is given."""

from __future__ import annotations

import time


def system_clock() -> int:
    """Return the system's time in whole seconds since the epoch."""
    return int(time.time())
