"""Work: what an Argon2 tag is computed of, besides the password."""

from __future__ import annotations

from jwt_auth_core.passwords.profile import Profile
from jwt_auth_core.records import dataclass


@dataclass(frozen=True, slots=True)
class Work:
    """The type of Argon2 (RFC 9106 section 3.2: 0 is d, 1 is i, 2 is id), its version, cost and salt."""

    type: int
    version: int
    profile: Profile
    salt: bytes
    tag_bytes: int
