"""Connecting to one of several addresses, within one time for all of them."""

from __future__ import annotations

import socket
import time
from collections.abc import Sequence
from typing import Final

LEAST_SECONDS: Final = 0.001


def reach(addresses: Sequence[str], port: int, *, until: float) -> socket.socket | None:
    """Return a connection to the first address that answers, None where there is no address at all.

    Each has its share of the time that is left, so that one which swallows everything leaves some for the
    others; ``until`` is by the monotonic clock.

    Raises:
        OSError: what the last of them answered; none could be reached.
    """
    failure: OSError | None = None
    for place, address in enumerate(addresses):
        share = (until - time.monotonic()) / (len(addresses) - place)
        try:
            return socket.create_connection((address, port), max(share, LEAST_SECONDS))
        except OSError as error:
            failure = error
    if failure is not None:
        raise failure
    return None
