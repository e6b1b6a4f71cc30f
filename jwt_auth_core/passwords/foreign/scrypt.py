"""scrypt as Werkzeug, Django and passlib store it, by the standard library.

scrypt:32768:8:1$<salt>$<hex>, scrypt$16384$<salt>$8$5$<base64>, $scrypt$ln=16,r=8,p=1$<salt>$<tag>.
"""

from __future__ import annotations

import re
from contextlib import suppress
from functools import partial
from hashlib import scrypt
from typing import Final

from jwt_auth_core.encoding import same
from jwt_auth_core.errors import OverloadedError
from jwt_auth_core.passwords.foreign.check import Check, standard, unpadded
from jwt_auth_core.records import dataclass
from jwt_auth_core.vocabulary import Secret

MAX_MEMORY: Final = 256 * 1024 * 1024
"""What one hash may hold, in bytes: as much as one of Argon2."""

MAX_WORK: Final = 512 * 1024 * 1024
"""What one hash may fill, in bytes, over all its lanes; some two seconds of one core."""

_BLOCK: Final = 128
_NUMBERS: Final = r"(?P<n>[1-9][0-9]{0,7}):(?P<r>[1-9][0-9]?):(?P<p>[1-9][0-9]?)"
_WERKZEUG: Final = re.compile(rf"scrypt:{_NUMBERS}\$(?P<salt>[!-#%-~]{{1,128}})\$(?P<tag>[0-9a-f]{{128}})")
_DJANGO: Final = re.compile(
    r"scrypt\$(?P<n>[1-9][0-9]{0,7})\$(?P<salt>[!-#%-~]{1,128})\$(?P<r>[1-9][0-9]?)\$(?P<p>[1-9][0-9]?)"
    r"\$(?P<tag>[A-Za-z0-9+/]{86}==)"
)
_PASSLIB: Final = re.compile(
    r"\$scrypt\$ln=(?P<ln>[1-9][0-9]?),r=(?P<r>[1-9][0-9]?),p=(?P<p>[1-9][0-9]?)"
    r"\$(?P<salt>[A-Za-z0-9+/]{2,128})\$(?P<tag>[A-Za-z0-9+/]{43})"
)


@dataclass(frozen=True, slots=True)
class Cost:
    """The parameters of scrypt (RFC 7914 section 2): N, the size of a block, and lanes."""

    n: int
    r: int
    p: int

    @property
    def is_affordable(self) -> bool:
        """Tell whether scrypt has such parameters, and they are within the limits."""
        memory = _BLOCK * self.n * self.r
        is_power = self.n > 1 and self.n & (self.n - 1) == 0
        return is_power and memory <= MAX_MEMORY and memory * self.p <= MAX_WORK

    def derived(self, password: Secret, salt: bytes, size: int) -> bytes:
        """Return what scrypt derives.

        Raises:
            OverloadedError: there is no memory for it.
        """
        # OpenSSL counts its own buffers, too, and by default lets nobody have more than 32 MiB.
        room = _BLOCK * self.r * (self.n + self.p + 4)
        with suppress(MemoryError, ValueError):
            return scrypt(
                password.reveal().encode(),
                salt=salt,
                n=self.n,
                r=self.r,
                p=self.p,
                maxmem=room,
                dklen=size,
            )
        raise OverloadedError  # outside the handler: in no chain of errors


def parse(stored: str) -> Check | None:
    """Return the check of such a hash; None of another, or where it costs more than the limits."""
    if found := _WERKZEUG.fullmatch(stored):
        n, salt, tag = int(found["n"]), found["salt"].encode(), bytes.fromhex(found["tag"])
        return _check(found, n, salt, tag)
    if found := _DJANGO.fullmatch(stored):
        return _check(found, int(found["n"]), found["salt"].encode(), standard(found["tag"], 64))
    if found := _PASSLIB.fullmatch(stored):
        return _check(found, 1 << int(found["ln"]), unpadded(found["salt"]), unpadded(found["tag"], 32))
    return None


def _check(found: re.Match[str], n: int, salt: bytes | None, tag: bytes | None) -> Check | None:
    cost = Cost(n, int(found["r"]), int(found["p"]))
    if salt is None or tag is None or not cost.is_affordable:
        return None
    return partial(_matches, cost, salt, tag)


def _matches(cost: Cost, salt: bytes, tag: bytes, password: Secret) -> bool:
    return same(cost.derived(password, salt, len(tag)), tag)
