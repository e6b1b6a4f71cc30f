"""Find places: where sessions were opened, in words, for whoever is shown them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from jwt_auth_core.flows.executor import Executor
from jwt_auth_core.places.place import Places
from jwt_auth_core.records import dataclass


@dataclass(frozen=True, slots=True)
class FindPlaces:
    """Looks addresses up in a local file; asks no other host and keeps nothing."""

    executor: ClassVar = Executor.STORE

    places: Places | None

    @property
    def is_configured(self) -> bool:
        """Whether anybody would know: ``GEOIP_FILE`` is set."""
        return self.places is not None

    def __call__(self, addresses: Sequence[str | None], language: str) -> list[str | None]:
        """Return where each address is, in their order; None of what nobody knows."""
        if self.places is None:
            return [None] * len(addresses)
        return [self.places.of(address, language) for address in addresses]
