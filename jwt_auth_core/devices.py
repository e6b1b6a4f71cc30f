"""Devices: the browsers and applications in which a user has signed in before, in the table ``auth_devices``.

A device's token opens nothing. It says that a password which comes along is not one of a stranger's guesses.
Whoever signs in at one browser shares its token, which is a new one as soon as it stands for another user:
who had it before knows it no longer. Times are seconds since the epoch.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Final, LiteralString

from jwt_auth_core.database.query import Database
from jwt_auth_core.database.statement import Dialect
from jwt_auth_core.encoding import b64url_encode
from jwt_auth_core.records import dataclass
from jwt_auth_core.vocabulary import Secret, UserId

TOKEN_BYTES: Final = 32
MAX_AGE_SECONDS: Final = 365 * 86_400  # a year since the user last signed in there
MOST_FAILURES: Final = 20
"""So many wrong passwords, and a device is known no longer, until the user signs in there again."""
MOST_DEVICES: Final = 50
"""So many of one user are kept: those that came back before those that never did, the newest first."""
ID_LENGTH: Final = 16
"""How much of a digest tells a user's devices apart."""
REMEMBERED_SECONDS: Final = 30 * 86_400
"""For how long no second factor is asked for where its user has said so."""

_TOKEN: Final = re.compile("[A-Za-z0-9_-]{43}", re.ASCII)

_IS_KNOWN: Final = """
    SELECT 1 FROM auth_devices WHERE token_digest = %s AND user_id = %s AND failures < %s AND used_at > %s
"""
_KEEP: Final = """
    UPDATE auth_devices SET used_at = %s, failures = 0
    WHERE token_digest = %s AND user_id = %s AND failures < %s AND used_at > %s
"""
_COUNT: Final = "UPDATE auth_devices SET failures = failures + 1 WHERE token_digest = %s AND user_id = %s"
_MOVE: Final = "UPDATE auth_devices SET token_digest = %s WHERE token_digest = %s"
# Of one who was deleted meanwhile there is nothing to add.
_ADD: Final = """
    INSERT INTO auth_devices (token_digest, user_id, created_at, used_at)
    SELECT %s, user_id, %s, %s FROM auth_accounts WHERE user_id = %s
    ON CONFLICT (token_digest, user_id) DO UPDATE SET used_at = excluded.used_at, failures = 0
"""
_MAKE_ROOM: Final[Mapping[Dialect, LiteralString]] = {
    "sqlite": """
        DELETE FROM auth_devices WHERE user_id = %s AND (used_at <= %s OR token_digest IN (
            SELECT token_digest FROM auth_devices WHERE user_id = %s AND token_digest <> %s
            ORDER BY used_at > created_at DESC, used_at DESC, token_digest LIMIT -1 OFFSET %s))
    """,
    "postgres": """
        DELETE FROM auth_devices WHERE user_id = %s AND (used_at <= %s OR token_digest IN (
            SELECT token_digest FROM auth_devices WHERE user_id = %s AND token_digest <> %s
            ORDER BY used_at > created_at DESC, used_at DESC, token_digest OFFSET %s))
    """,
}
# Both in one trip, where a statement can; it does not see the row that it adds, and counts without it.
_MAKE_ROOM_AND_ADD: Final[LiteralString] = f"WITH room AS ({_MAKE_ROOM['postgres']}) {_ADD}"
_IS_REMEMBERED: Final = """
    SELECT 1 FROM auth_devices
    WHERE token_digest = %s AND user_id = %s AND second_factor_version = %s AND second_factor_until > %s
"""
_REMEMBER: Final = """
    UPDATE auth_devices SET second_factor_version = %s, second_factor_until = %s
    WHERE token_digest = %s AND user_id = %s
"""
_FORGET_REMEMBERED: Final = """
    UPDATE auth_devices SET second_factor_until = NULL, second_factor_version = NULL
    WHERE user_id = %s AND second_factor_until IS NOT NULL
"""
_REMEMBERED: Final = """
    SELECT token_digest, created_at, used_at, second_factor_until FROM auth_devices
    WHERE user_id = %s AND second_factor_version = %s AND second_factor_until > %s
    ORDER BY used_at DESC, token_digest
"""
_FORGET_ONE: Final = """
    UPDATE auth_devices SET second_factor_until = NULL, second_factor_version = NULL
    WHERE user_id = %s AND token_digest = %s AND second_factor_until IS NOT NULL
"""
_OF_USER: Final = """
    SELECT token_digest FROM auth_devices WHERE user_id = %s ORDER BY used_at DESC, token_digest
"""
_FORGET: Final = "DELETE FROM auth_devices WHERE user_id = %s"
_FORGIVE: Final = "UPDATE auth_devices SET failures = 0 WHERE user_id = %s AND failures > 0"


def device_digest(token: Secret | None) -> str | None:
    """Return what is stored of a token; None where it cannot be one of ours."""
    if token is None or not _TOKEN.fullmatch(token.reveal()):
        return None
    return b64url_encode(hashlib.sha256(token.reveal().encode("ascii")).digest())


@dataclass(frozen=True, slots=True)
class RememberedDevice:
    """A device at which no second factor is asked for; its id tells it from others, and opens nothing."""

    device_id: str
    signed_in_first_at: int
    signed_in_at: int
    remembered_until: int


class Devices:
    """The table; every method raises UnavailableError when the database does not answer."""

    def __init__(self, database: Database, *, random: Callable[[int], bytes] = secrets.token_bytes) -> None:
        self._database = database
        self._random = random

    def is_known(self, digest: str, user_id: UserId, *, now: int) -> bool:
        """Tell whether the user has signed in there, and nobody was wrong too often since."""
        values = (digest, user_id, MOST_FAILURES, now - MAX_AGE_SECONDS)
        return self._database.query(_IS_KNOWN, values, fetch="one") is not None

    def keep(self, digest: str, user_id: UserId, *, now: int) -> bool:
        """Note that the user has signed in there again; tell whether the device is still known."""
        values = (now, digest, user_id, MOST_FAILURES, now - MAX_AGE_SECONDS)
        return self._database.query(_KEEP, values) == 1

    def count_failure(self, digest: str, user_id: UserId) -> None:
        """Count a wrong password; it does not wait for the disk on SQLite."""
        self._database.lightly(_COUNT, (digest, user_id))

    def add(self, user_id: UserId, *, now: int, before: str | None = None) -> Secret:
        """Note that the user has signed in at a device; return its new token.

        ``before`` is the digest of the token that it had: it is good no longer, for nobody.
        """
        token = Secret(b64url_encode(self._random(TOKEN_BYTES)))
        digest = device_digest(token)
        added = (digest, now, now, user_id)
        room = (user_id, now - MAX_AGE_SECONDS, user_id, digest, MOST_DEVICES - 1)
        if before is None and self._database.dialect == "postgres":
            self._database.lightly(_MAKE_ROOM_AND_ADD, (*room, *added))  # kept as all is there
            return token
        with self._database.joined():
            if before is not None:
                self._database.query(_MOVE, (digest, before))
            self._database.query(_ADD, added)
            self._database.query(_MAKE_ROOM[self._database.dialect], room)
        return token

    def is_remembered(self, digest: str, user_id: UserId, *, version: int, now: int) -> bool:
        """Tell whether a known device needs no second factor, of a user with this session version."""
        return self._database.query(_IS_REMEMBERED, (digest, user_id, version, now), fetch="one") is not None

    def remember(self, token: Secret | None, user_id: UserId, *, version: int, until: int) -> None:
        """Ask for no second factor at a device until then, unless the user's session version changes."""
        self._database.query(_REMEMBER, (version, until, device_digest(token), user_id))

    def remembered(self, user_id: UserId, *, version: int, now: int) -> Sequence[RememberedDevice]:
        """Return the devices at which a user with this session version needs no second factor."""
        rows = self._database.query(_REMEMBERED, (user_id, version, now), fetch="all")
        return [RememberedDevice(row[0][:ID_LENGTH], row[1], row[2], row[3]) for row in rows]

    def forget_remembered(self, user_id: UserId, device_id: str | None = None) -> bool:
        """Ask for a second factor again at one device, or at all; tell whether there was one."""
        if device_id is None:
            return self._database.query(_FORGET_REMEMBERED, (user_id,)) > 0
        digests = [one for one in self.of_user(user_id) if one[:ID_LENGTH] == device_id]
        return sum(self._database.query(_FORGET_ONE, (user_id, one)) for one in digests) > 0

    def of_user(self, user_id: UserId) -> Sequence[str]:
        """Return the digests of the user's devices, the last used first."""
        rows = self._database.query(_OF_USER, (user_id,), fetch="all")
        return [str(row["token_digest"]) for row in rows]

    def forget(self, user_id: UserId) -> None:
        """Forget where the user has signed in."""
        self._database.query(_FORGET, (user_id,))

    def forgive(self, user_id: UserId) -> None:
        """Forget which wrong passwords came from the user's devices."""
        self._database.query(_FORGIVE, (user_id,))
