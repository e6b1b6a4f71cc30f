"""The imported user: what every file comes to, whoever wrote it, before anything of it is checked."""

from __future__ import annotations

from dataclasses import field
from functools import lru_cache
from typing import Final
from uuid import NAMESPACE_URL, UUID, uuid5

from jwt_auth_core.records import dataclass
from jwt_auth_core.vocabulary import Secret, UserId

_LONGEST_UUID: Final = 36


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedUser:
    """A user of another system; ``line`` is where its record begins in the file.

    ``old_id`` is its id there, empty where the file has none. ``password_hash`` is None where there is no
    password, and has a form of ``passwords/foreign`` or ours; ``created_at`` is in seconds since the epoch.
    ``roles`` are names of the other system, of which an import grants what it is told to. ``totp_secrets``
    are in base32, of apps with SHA-1, 30 seconds and 6 digits; ``left_behind`` names other factors.
    """

    line: int
    email: str
    old_id: str = ""
    first_name: str = ""
    last_name: str = ""
    password_hash: str | None = field(default=None, repr=False)
    is_verified: bool = False
    is_disabled: bool = False
    created_at: int | None = None
    roles: frozenset[str] = frozenset()
    totp_secrets: tuple[Secret, ...] = ()
    left_behind: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Remark:
    """What is said of a record: why it is refused, or what of it stays behind; no value of it is in that."""

    line: int
    reason: str


Entry = ImportedUser | Remark


def imported_id(issuer: str, old_id: str) -> UserId:
    """Return the id that a user of another system has here: its own if that is a UUID, else one made of it.

    Made is a UUID of version 5 (RFC 9562 section 5.5) of the old id, in the namespace that the one of the
    ``issuer`` is in `NAMESPACE_URL`: the same for every import, and for ``subject=`` of `any_of`.
    """
    if len(old_id) <= _LONGEST_UUID:
        try:
            return UserId(str(UUID(old_id)))
        except ValueError:
            pass
    return UserId(str(uuid5(_namespace(issuer), old_id)))


@lru_cache(maxsize=8)  # one file has one
def _namespace(issuer: str) -> UUID:
    return uuid5(NAMESPACE_URL, issuer)
