"""Argon2id by argon2-cffi, the only file that imports it (PW-01, PW-07, PW-08).

Stored hashes are PHC strings: $argon2id$v=19$m=19456,t=2,p=1$<salt>$<tag>.
"""

from __future__ import annotations

import binascii
import os
import re
from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import ClassVar, Final

from jwt_auth_core.errors import MissingDriverError, OverloadedError, SettingsError
from jwt_auth_core.passwords.profile import FLOORS, MAX_LANES, Profile
from jwt_auth_core.vocabulary import Secret

try:
    from argon2 import low_level
    from argon2.exceptions import HashingError, VerificationError, VerifyMismatchError
except ModuleNotFoundError as missing:
    raise MissingDriverError("argon2-cffi", extra="argon2") from missing

VERSION: Final = 19  # Argon2 1.3, the one of RFC 9106
SALT_BYTES: Final = 16
TAG_BYTES: Final = 32
_MAX_MEMORY_KIB: Final = 256 * 1024
_MAX_PASSES: Final = 10

# Salt of 8 to 64 bytes, tag of 16 to 64; numbers as the encoder writes them. Version 16 is Argon2 1.0.
_PHC: Final = re.compile(
    r"\$argon2id\$v=(?P<version>16|19)"
    r"\$m=(?P<memory>[1-9][0-9]{0,9}),t=(?P<passes>[1-9][0-9]{0,9}),p=(?P<lanes>[1-9][0-9]?)"
    r"\$(?P<salt>[A-Za-z0-9+/]{11,86})\$(?P<tag>[A-Za-z0-9+/]{22,86})"
)


@dataclass(frozen=True, slots=True)
class _Stored:
    version: int
    profile: Profile
    salt_bytes: int
    tag_bytes: int


class Argon2Hasher:
    """Makes and checks Argon2id hashes with the cost of one profile.

    A class so that the profile is judged once, before the first password. A stored hash may have been
    made with other parameters, up to 256 MiB, 10 passes and 16 lanes (or the profile's own, if higher):
    whatever asks for more is not executed.

    Raises:
        SettingsError: the profile is under the OWASP floor.
    """

    floors: ClassVar[tuple[Profile, ...]] = FLOORS

    def __init__(self, profile: Profile) -> None:
        if not any(profile.covers(floor) for floor in self.floors):
            needs = " or ".join(f"{floor.memory_kib} KiB in {floor.passes} passes" for floor in self.floors)
            raise SettingsError([f"password hashing: Argon2id needs at least {needs}"])
        self.profile = profile
        self._wanted = _Stored(VERSION, profile, SALT_BYTES, TAG_BYTES)
        self._max_memory_kib = max(_MAX_MEMORY_KIB, profile.memory_kib)
        self._max_passes = max(_MAX_PASSES, profile.passes)

    def hash(self, password: Secret, *, salt: bytes | None = None) -> str:
        """Return the PHC string of ``password``; ``salt`` is 16 random bytes unless given.

        Raises:
            OverloadedError: there is no memory for it.
        """
        cost = self.profile
        try:
            return low_level.hash_secret(
                password.reveal().encode(),
                os.urandom(SALT_BYTES) if salt is None else salt,
                time_cost=cost.passes,
                memory_cost=cost.memory_kib,
                parallelism=cost.lanes,
                hash_len=TAG_BYTES,
                type=low_level.Type.ID,
                version=VERSION,
            ).decode("ascii")
        except HashingError:
            pass
        raise OverloadedError  # outside the handler: the driver's frames hold the password

    def verify(self, password: Secret, stored: str) -> bool:
        """Tell whether ``stored`` is a hash of ``password``; False, unhashed, when not recognised.

        Raises:
            OverloadedError: there is no memory for it.
        """
        if self._parsed(stored) is None:
            return False
        try:
            return low_level.verify_secret(
                stored.encode("ascii"), password.reveal().encode(), low_level.Type.ID
            )
        except VerifyMismatchError:
            return False
        except VerificationError:
            pass
        raise OverloadedError  # outside the handler: the driver's frames hold the password

    def recognises(self, stored: str) -> bool:
        """Tell whether ``stored`` is a well-formed Argon2id hash within the cost limits."""
        return self._parsed(stored) is not None

    def outdated(self, stored: str) -> bool:
        """Tell whether a new hash would have other parameters, or another version of Argon2."""
        return self._parsed(stored) != self._wanted

    def _parsed(self, stored: str) -> _Stored | None:
        found = _PHC.fullmatch(stored)
        if found is None:
            return None
        memory, passes, lanes = int(found["memory"]), int(found["passes"]), int(found["lanes"])
        if (
            memory > self._max_memory_kib
            or passes > self._max_passes
            or lanes > MAX_LANES
            or memory < 8 * lanes
        ):
            return None
        salt, tag = _unpadded(found["salt"]), _unpadded(found["tag"])
        if salt is None or tag is None:
            return None
        return _Stored(int(found["version"]), Profile(memory, passes, lanes), len(salt), len(tag))


def _unpadded(text: str) -> bytes | None:
    try:
        raw = b64decode(text + "=" * (-len(text) % 4), validate=True)
    except binascii.Error:
        return None
    # Unused bits must be zero, as libargon2 demands: one hash, one spelling.
    return raw if b64encode(raw).rstrip(b"=").decode() == text else None
