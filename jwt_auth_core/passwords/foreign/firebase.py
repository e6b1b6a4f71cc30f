"""Firebase's scrypt, in the form that Supabase gave it: everything that is needed stands in the hash.

$fbscrypt$v=1,n=14,r=8,p=1,ss=<salt separator>,sk=<signer key>$<salt>$<hash>: what scrypt derives of the
password is the key by which the project's signer key is encrypted, and that is the hash.
"""

from __future__ import annotations

import re
from functools import partial
from typing import Final

from jwt_auth_core.encoding import same
from jwt_auth_core.passwords.foreign.check import Check, standard
from jwt_auth_core.passwords.foreign.scrypt import Cost
from jwt_auth_core.vocabulary import Secret

_SIGNER_BYTES: Final = 64
_KEY_BYTES: Final = 32
_BASE64: Final = r"[A-Za-z0-9+/]{%s}={0,2}"
_PATTERN: Final = re.compile(
    r"\$fbscrypt\$v=1,n=(?P<ln>[1-9][0-9]?),r=(?P<r>[1-9][0-9]?),p=(?P<p>[1-9])"
    rf"(?:,ss=(?P<ss>{_BASE64 % '1,64'}))?,sk=(?P<sk>{_BASE64 % '86'})"
    rf"\$(?P<salt>{_BASE64 % '1,128'})\$(?P<tag>{_BASE64 % '86'})"
)


def parse(stored: str) -> Check | None:
    """Return the check of such a hash; None of another, or where it costs more than scrypt may."""
    found = _PATTERN.fullmatch(stored)
    if found is None:
        return None
    signer, tag = (standard(found[name], _SIGNER_BYTES) for name in ("sk", "tag"))
    salt, separator = (standard(found[name] or "") for name in ("salt", "ss"))
    cost = Cost(1 << int(found["ln"]), int(found["r"]), int(found["p"]))
    if signer is None or tag is None or salt is None or separator is None or not cost.is_affordable:
        return None
    return partial(_matches, cost, salt + separator, signer, tag)


def _matches(cost: Cost, salt: bytes, signer: bytes, tag: bytes, password: Secret) -> bool:
    from jwt_auth_core.passwords.foreign.cryptography import aes_ctr  # noqa: PLC0415 - a driver

    return same(aes_ctr(cost.derived(password, salt, _KEY_BYTES), signer), tag)
