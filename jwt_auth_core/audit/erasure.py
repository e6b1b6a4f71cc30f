"""Erasure: rows that name a pseudonym instead of a user, and the one row that says which those are.

A seal has prints of what its rows were. Nobody without the key can write the row that says what some of
them are since, so `verify` believes that one, and no other change.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Final

from jwt_auth_core.audit.row import Row, pseudonymous
from jwt_auth_core.audit.seal import PRINT_BYTES, read, written
from jwt_auth_core.audit.trail import Trail
from jwt_auth_core.encoding import b64url_decode, b64url_encode
from jwt_auth_core.events import EventName, UserErased
from jwt_auth_core.keys.derived import DerivedKey
from jwt_auth_core.vocabulary import UserId

STATEMENT: Final = EventName.USER_ERASED.value


def erase(  # noqa: PLR0913 - who, in which rows, by whose hand and when
    trail: Trail,
    keys: Mapping[str, DerivedKey],
    user_id: UserId,
    pseudonym: UserId,
    *,
    told: Iterable[int],
    now: int,
) -> UserErased | None:
    """Put the pseudonym in the place of the user, in the open transaction; return what says so, if any did.

    ``told`` are the ids of rows of others that name the user. The statement is for the caller to append, in
    the same transaction.
    """
    own, others = trail.of_user(user_id), (trail.row(one) for one in told)
    found = {row.id: row for row in (*own, *others) if row is not None}
    changed = [pseudonymous(found[one], user_id, pseudonym, keys) for one in sorted(found)]
    for row in changed:
        trail.change_person(row)
    if not changed:
        return None
    prints = b"".join(row.fingerprint()[:PRINT_BYTES] for row in changed)
    return UserErased(
        at=now, user_id=pseudonym, rows=written([row.id for row in changed]), prints=b64url_encode(prints)
    )


def prints_in(statements: Iterable[Row], keys: Mapping[str, DerivedKey]) -> dict[int, bytes]:
    """Return what erased rows are since, by their ids; the last statement counts, a forged one does not."""
    prints: dict[int, bytes] = {}
    for row in statements:
        if row.seal(keys) == "good":
            facts = json.loads(row.facts or "{}")
            found = b64url_decode(facts["prints"])
            ids = [one for ids in read(facts["rows"]) for one in ids]
            for place, one in enumerate(ids):
                prints[one] = found[place * PRINT_BYTES : (place + 1) * PRINT_BYTES]
    return prints
