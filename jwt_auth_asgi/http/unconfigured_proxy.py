"""A proxy that nobody configured: what its operator has to hear, once a minute and not once a request."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Final

from jwt_auth_asgi.http.client_key import PROXY_FACTOR, ClientKey

PAUSE_SECONDS: Final = 60.0

logger = logging.getLogger("jwt_auth")


class UnconfiguredProxyWarning:
    """Warns that all clients of a proxy share one limit; a class because it remembers when it did."""

    def __init__(self, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._warned = -PAUSE_SECONDS

    def note(self, key: ClientKey) -> bool:
        """Warn where a key is such a proxy's; tell whether it did. A race of two threads costs one line."""
        if key.factor == 1:
            return False
        now = self._monotonic()
        if now - self._warned < PAUSE_SECONDS:
            return False
        self._warned = now
        logger.warning(
            "%s sends X-Forwarded-For, but TRUSTED_PROXY_COUNT is 0: all who come through it share one limit "
            "of %s times what an address has; set TRUSTED_PROXY_COUNT to the number of proxies in front",
            key.text,
            PROXY_FACTOR,
        )
        return True


UNCONFIGURED_PROXY: Final = UnconfiguredProxyWarning()
"""The process's own: one line a minute, whoever counts."""
