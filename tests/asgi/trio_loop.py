"""Runs an application on trio's event loop, where no asyncio is."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

import trio


def run(call: Coroutine[Any, Any, None]) -> None:
    """Run one call to its end."""

    async def main() -> None:
        await call

    trio.run(main)
