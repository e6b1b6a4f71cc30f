"""Find places: where sessions were opened, in words, for whoever is shown them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from jwt_auth_core.flows.executor import Executor
from jwt_auth_core.places.place import NoPlaces, Places


@dataclass(frozen=True, slots=True)
class FindPlaces:
    """The use case; its parts are named once, at assembly."""

    executor: ClassVar = Executor.STORE

    places: Places

    @property
    def is_configured(self) -> bool:
        """Whether anybody would know: ``GEOIP_FILE`` is set."""
        return not isinstance(self.places, NoPlaces)

    def __call__(self, addresses: Sequence[str | None], language: str) -> list[str | None]:
        """Return where each address is, in their order; None of what nobody knows."""
        return [self.places.of(address, language) for address in addresses]
