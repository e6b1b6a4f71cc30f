"""How much work one password hash costs: the named profiles, and the floor under them.

The numbers are Argon2's; the driver is in argon2.py, so that settings can name a profile without it.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from jwt_auth_core.errors import SettingsError
from jwt_auth_core.records import dataclass

MAX_LANES: Final = 16
_BLOCKS_PER_LANE: Final = 8  # RFC 9106 §3.1: m is at least 8*p KiB
_MAX_U32: Final = 2**32 - 1


@dataclass(frozen=True, slots=True)
class Profile:
    """The cost parameters of Argon2 (RFC 9106 §3.1).

    ``memory_kib`` is m (each hash in progress holds that much), ``passes`` is t, ``lanes`` is p,
    1 to 16 threads a hash.

    Raises:
        SettingsError: Argon2 has no such parameters.
    """

    memory_kib: int
    passes: int
    lanes: int = 1

    def __post_init__(self) -> None:
        if not 1 <= self.lanes <= MAX_LANES:
            raise SettingsError([f"password hashing: lanes must be 1 to {MAX_LANES}"])
        if not 1 <= self.passes <= _MAX_U32:
            raise SettingsError(["password hashing: passes must be at least 1"])
        if not _BLOCKS_PER_LANE * self.lanes <= self.memory_kib <= _MAX_U32:
            raise SettingsError([f"password hashing: memory must be at least {_BLOCKS_PER_LANE} KiB a lane"])

    @property
    def work(self) -> int:
        """Return how many KiB one hash fills, over all passes: what it costs whoever guesses."""
        return self.memory_kib * self.passes

    def covers(self, floor: Profile) -> bool:
        """Tell whether this costs an attacker at least the memory and the passes of ``floor``."""
        return self.memory_kib >= floor.memory_kib and self.passes >= floor.passes


OWASP: Final = Profile(memory_kib=19 * 1024, passes=2)
"""The default: 19 MiB, 2 passes, 1 lane (OWASP Password Storage Cheat Sheet, the recommended minimum)."""

RFC_9106_LOW_MEMORY: Final = Profile(memory_kib=64 * 1024, passes=3, lanes=4)
"""64 MiB, 3 passes, 4 lanes (RFC 9106 §4, second recommended option)."""

RFC_9106_HIGH_MEMORY: Final = Profile(memory_kib=2 * 1024 * 1024, passes=1, lanes=4)
"""2 GiB, 1 pass, 4 lanes (RFC 9106 §4, first recommended option)."""

FLOORS: Final = (OWASP, Profile(memory_kib=46 * 1024, passes=1))
"""A profile in use covers one of these: OWASP's two settings with at least 19 MiB."""

PROFILES: Final[Mapping[str, Profile]] = MappingProxyType(
    {
        "owasp": OWASP,
        "rfc9106-low-memory": RFC_9106_LOW_MEMORY,
        "rfc9106-high-memory": RFC_9106_HIGH_MEMORY,
    }
)
"""The profiles that settings can name."""


def profile(name: str) -> Profile:
    """Return the profile of that name.

    Raises:
        SettingsError: there is none.
    """
    found = PROFILES.get(name)
    if found is None:
        raise SettingsError([f"password hashing: the profile must be one of {', '.join(PROFILES)}"])
    return found
