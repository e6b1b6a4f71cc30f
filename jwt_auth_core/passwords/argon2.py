"""Argon2id by argon2-cffi (PW-01, PW-07, PW-08), in workspaces where those can be had.

Stored hashes are PHC strings: $argon2id$v=19$m=19456,t=2,p=1$<salt>$<tag>. Those of argon2i and
argon2d, and with Django's "argon2" before them, are checked, too, and outdated.
"""

from __future__ import annotations

import binascii
import os
import re
from base64 import b64decode, b64encode
from typing import ClassVar, Final

from jwt_auth_core.encoding import same
from jwt_auth_core.errors import MissingDriverError, OverloadedError, SettingsError
from jwt_auth_core.passwords.profile import FLOORS, MAX_LANES, Profile
from jwt_auth_core.passwords.work import Work
from jwt_auth_core.passwords.workspace import Workspaces
from jwt_auth_core.vocabulary import Secret

try:
    from argon2 import exceptions, low_level

    from jwt_auth_core.passwords.accelerated import argon2 as accelerated
except ModuleNotFoundError as missing:
    raise MissingDriverError("argon2-cffi", extra="argon2") from missing

VERSION: Final = 19  # Argon2 1.3, the one of RFC 9106
SALT_BYTES: Final = 16
TAG_BYTES: Final = 32
_MAX_MEMORY_KIB: Final = 256 * 1024
_MAX_PASSES: Final = 10
_MOST_KEPT_KIB: Final = 64 * 1024  # larger workspaces are given back to the system after each hash
_TYPES: Final = {"d": 0, "i": 1, "id": 2}  # RFC 9106 §3.2: the type y
_ARGON2ID: Final = "$argon2id$"

# Salt of 8 to 64 bytes, tag of 16 to 64; numbers as the encoder writes them. Version 16 is Argon2 1.0.
_PHC: Final = re.compile(
    r"(?:argon2)?\$argon2(?P<type>id|i|d)\$v=(?P<version>16|19)"
    r"\$m=(?P<memory>[1-9][0-9]{0,9}),t=(?P<passes>[1-9][0-9]{0,9}),p=(?P<lanes>[1-9][0-9]?)"
    r"\$(?P<salt>[A-Za-z0-9+/]{11,86})\$(?P<tag>[A-Za-z0-9+/]{22,86})"
)


class Argon2Hasher:
    """Makes Argon2id hashes with the cost of one profile; checks those, and argon2i and argon2d.

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
        keep = (os.cpu_count() or 1) if profile.memory_kib <= _MOST_KEPT_KIB else 0
        self.workspaces = Workspaces(profile.memory_kib, keep=keep) if accelerated.is_known() else None
        self._max_memory_kib = max(_MAX_MEMORY_KIB, profile.memory_kib)
        self._max_passes = max(_MAX_PASSES, profile.passes)

    def hash(self, password: Secret, *, salt: bytes | None = None) -> str:
        """Return the PHC string of ``password``; ``salt`` is 16 random bytes unless given.

        Raises:
            OverloadedError: there is no memory for it.
        """
        if salt is None:
            salt = os.urandom(SALT_BYTES)
        cost = self.profile
        tag = self._tag(password, Work(_TYPES["id"], VERSION, cost, salt, TAG_BYTES))
        parameters = f"m={cost.memory_kib},t={cost.passes},p={cost.lanes}"
        return f"$argon2id$v={VERSION}${parameters}${_unpadded(salt)}${_unpadded(tag)}"

    def verify(self, password: Secret, stored: str) -> bool:
        """Tell whether ``stored`` is a hash of ``password``; False, unhashed, when not recognised.

        Raises:
            OverloadedError: there is no memory for it.
        """
        known = self._parsed(stored)
        if known is None:
            return False
        work, tag = known
        return same(self._tag(password, work), tag)

    def recognises(self, stored: str) -> bool:
        """Tell whether ``stored`` is a well-formed Argon2 hash within the cost limits."""
        return self._parsed(stored) is not None

    def outdated(self, stored: str) -> bool:
        """Tell whether a new hash would have other parameters, or another version or type of Argon2.

        One of Argon2id that costs more than a new hash is kept: a login never makes guessing cheaper.
        """
        known = self._parsed(stored)
        if known is None or not stored.startswith(_ARGON2ID):
            return True
        work, _ = known
        if work.profile.work > self.profile.work:
            return False
        return (
            work != Work(_TYPES["id"], VERSION, self.profile, work.salt, TAG_BYTES)
            or len(work.salt) != SALT_BYTES
        )

    def close(self) -> None:
        """Give the memory back in which hashes were computed; a later hash takes new."""
        if self.workspaces is not None:
            self.workspaces.close()

    def _tag(self, password: Secret, work: Work) -> bytes:
        try:
            tag = self._computed(password.reveal().encode(), work)
        except (OSError, MemoryError, exceptions.HashingError):
            tag = None
        if tag is None:
            raise OverloadedError  # outside the handler, and of a frame that holds no password
        return tag

    def _computed(self, password: bytes, work: Work) -> bytes | None:
        """Return the tag; None, or an error, where the system gave no memory, or no thread for a lane."""
        if self.workspaces is None:
            return _documented(password, work)
        with self.workspaces.borrow(work.profile.memory_kib) as memory:
            return accelerated.computed(password, work, memory)

    def _parsed(self, stored: str) -> tuple[Work, bytes] | None:
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
        salt, tag = _decoded(found["salt"]), _decoded(found["tag"])
        if salt is None or tag is None:
            return None
        cost, version = Profile(memory, passes, lanes), int(found["version"])
        return Work(_TYPES[found["type"]], version, cost, salt, len(tag)), tag


def _documented(password: bytes, work: Work) -> bytes:
    cost = work.profile
    return low_level.hash_secret_raw(
        password,
        work.salt,
        time_cost=cost.passes,
        memory_cost=cost.memory_kib,
        parallelism=cost.lanes,
        hash_len=work.tag_bytes,
        type=low_level.Type(work.type),
        version=work.version,
    )


def _unpadded(raw: bytes) -> str:
    return b64encode(raw).rstrip(b"=").decode()


def _decoded(text: str) -> bytes | None:
    try:
        raw = b64decode(text + "=" * (-len(text) % 4), validate=True)
    except binascii.Error:
        return None
    # Unused bits must be zero, as libargon2 demands: one hash, one spelling.
    return raw if _unpadded(raw) == text else None
